"""Which trials belong to which job, and when a job can be planned: a function of the plan and of what was told."""

__all__ = ["Schedule"]

from collections.abc import Iterator
from typing import Any

from symbolnet.search._cells import levels_of
from symbolnet.search._front import Front
from symbolnet.search._propose import MEMORY, Known, grid_jobs, propose
from symbolnet.search._records import COMPLETE, Job, Plan, TrialSpec, trial_seed
from symbolnet.search._study import Study

_LAG = 2


class Schedule:
    """The jobs of a scan in their order.

    Jobs are planned a generation at a time. Generation g is planned from the results of generations up to g - 2, so
    that generation g - 1 is trained meanwhile and no worker waits. What is planned does not depend on how fast the
    workers are, nor on breaks: a scan that goes on plans what it would have planned without the break.

    Parameters
    ----------
    study : Study
    """

    def __init__(self, study: Study) -> None:
        self._study, plan = study, study.plan
        self._grid: list[dict[str, Any]] = plan.space.grid() if plan.sampler == "grid" else []
        self._sizes = _job_sizes(plan, study.targets, self._grid)
        self._starts = [sum(self._sizes[:k]) for k in range(len(self._sizes))]
        self._front, self._looked = Front(), 0
        self._next = 0

    @property
    def n_trials(self) -> int:
        """Trials in all."""
        return sum(self._sizes)

    @property
    def ended(self) -> bool:
        """Whether every job has been planned."""
        return self._next >= len(self._sizes)

    def job(self, number: int) -> Job:
        """A job with all of its trials, those that have ended too."""
        return self._generation(range(number, number + 1))[0]

    def next_jobs(self) -> Iterator[Job]:
        """The jobs of the next generation that have something left to train; none while it cannot be planned yet."""
        while not self.ended and self._may_plan(self._next):
            last = min(self._next + self._study.plan.jobs_per_generation, len(self._sizes))
            numbers = range(self._next, last)
            jobs = [job for job in self._generation(numbers) if self.untold(job)]
            # Long jobs first, so that at the end of a scan no worker is left with one.
            jobs.sort(key=lambda job: -_length(job))
            self._next = last
            yield from jobs
            if jobs:
                return

    def untold(self, job: Job) -> list[TrialSpec]:
        """The trials of a job that have not ended."""
        return [spec for spec in job.trials if not self._study.told(spec.index)]

    def _may_plan(self, first: int) -> bool:
        """Whether all trials that the generation which begins with job `first` learns from have ended."""
        until = self._learns_until(first)
        while self._looked < until:
            job = range(self._starts[self._looked], self._starts[self._looked] + self._sizes[self._looked])
            if not all(self._study.told(index) for index in job):
                return False
            for index in job:
                entry = self._study.entries[index]
                if entry.state == COMPLETE:
                    self._front.offer(index, entry.values)
            self._looked += 1
        return True

    def _learns_until(self, first: int) -> int:
        """The number of jobs whose results count for the generation that begins with job `first`."""
        if not MEMORY[self._study.plan.sampler]:
            return 0
        return max(0, first - (_LAG - 1) * self._study.plan.jobs_per_generation)

    def _generation(self, numbers: range) -> list[Job]:
        plan, study = self._study.plan, self._study
        indexes = {k: range(self._starts[k], self._starts[k] + self._sizes[k]) for k in numbers}
        proposed: list[list[dict[str, Any]]] | None = None
        if any(index not in study.specs for job in indexes.values() for index in job):
            proposed = self._proposals(numbers)
        jobs = []
        for position, number in enumerate(numbers):
            trials = []
            for place, index in enumerate(indexes[number]):
                spec = study.specs.get(index)
                if spec is None:
                    assert proposed is not None
                    spec = TrialSpec(index, place, trial_seed(plan.seed, index), proposed[position][place])
                trials.append(spec)
            jobs.append(job_of(plan, number, tuple(trials)))
        return jobs

    def _proposals(self, numbers: range) -> list[list[dict[str, Any]]]:
        plan = self._study.plan
        sizes = [self._sizes[k] for k in numbers]
        if plan.sampler == "grid":
            return [self._grid[self._starts[k] : self._starts[k] + self._sizes[k]] for k in numbers]
        return propose(plan, numbers[0] // plan.jobs_per_generation, sizes, self._known(numbers[0]))

    def _known(self, first: int) -> list[Known]:
        """What the sampler learns from: the front, then the latest trials."""
        entries, limit = self._study.entries, MEMORY[self._study.plan.sampler]
        until = self._learns_until(first)
        if not until:
            return []
        chosen = self._front.sorted()[:limit]
        taken = set(chosen)
        for index in range(self._starts[until - 1] + self._sizes[until - 1] - 1, -1, -1):
            if len(chosen) >= limit:
                break
            if index not in taken and entries[index].state == COMPLETE:
                chosen.append(index)
        return [Known(entries[index].spec.params, entries[index].values) for index in chosen]


def job_of(plan: Plan, number: int, trials: tuple[TrialSpec, ...]) -> Job:
    """The job that trains these trials."""
    return Job(
        number,
        plan.task,
        plan.seed,
        plan.width,
        plan.early_stop,
        plan.space.by_budget,
        bool(plan.extra),
        dict(plan.space.settings),
        trials,
        levels_of(plan.space),
    )


def _length(job: Job) -> float:
    """About how long a job takes, by the numbers of layers and nodes."""

    def number(spec: TrialSpec, name: str) -> float:
        value = spec.params.get(name)
        return float(value) if isinstance(value, int | float) else 1.0

    return sum(number(s, "n_layers") * (number(s, "n_unary") + number(s, "n_binary")) for s in job.trials)


def _job_sizes(plan: Plan, targets: list[int], grid: list[dict[str, Any]]) -> list[int]:
    """Trials of each job. Where more trials were asked for later, they begin with a new job."""
    sizes: list[int] = []
    done = 0
    for target in targets:
        if plan.sampler == "grid":
            target = min(target, len(grid))
            sizes += [len(job) for job in grid_jobs(plan.space, plan.queue, grid[done:target])]
        else:
            whole, rest = divmod(max(0, target - done), plan.queue)
            sizes += [plan.queue] * whole + ([rest] if rest else [])
        done = max(done, target)
    return sizes
