"""The scan itself: plan, ask, train elsewhere, tell."""

__all__ = ["ScanProgress", "run_scan"]

import contextlib
import tempfile
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from symbolnet._errors import SymbolNetError
from symbolnet.search._executors import Event, Executor
from symbolnet.search._folder import ScanFolder
from symbolnet.search._front import Front
from symbolnet.search._lease import Lease
from symbolnet.search._records import COMPLETE, FAILED, PRUNED, Job, Result, TrialSpec
from symbolnet.search._schedule import Schedule
from symbolnet.search._study import Entry, Study

_MOST_LOSSES = 3
"""A trial whose worker was lost this often is told as failed: it may be what kills them."""
_TICK = 0.5
_ENOUGH_BAD_JOBS = 3

Cost = Callable[[Any], float]
"""A further cost of an `Expression`, to be small."""


@dataclass(frozen=True)
class ScanProgress:
    """What a callback sees.

    Attributes
    ----------
    done, n_trials : int
        Trials that have ended, and trials in all.
    complete, pruned, failed, lost : int
        How they ended; `lost` counts attempts whose worker was gone, in this invocation.
    front : int
        Members of the front.
    best : float or None
        The best metric so far.
    seconds : float
        Of this invocation.
    seconds_left : float or None
        At the pace of this invocation.
    """

    done: int
    n_trials: int
    complete: int
    pruned: int
    failed: int
    lost: int
    front: int
    best: float | None
    seconds: float
    seconds_left: float | None


class _Scan:
    """The state of one invocation."""

    def __init__(self, study: Study, executor: Executor, folder: ScanFolder, costs: Mapping[str, Cost]) -> None:
        self.study, self.executor, self.folder, self.costs = study, executor, folder, costs
        self.front, self.lost, self.bad = Front(), 0, 0
        self.running: dict[int, Job] = {}
        self.counts = dict.fromkeys((COMPLETE, PRUNED, FAILED), 0)
        self.began = time.monotonic()

    def begin(self) -> None:
        """Bring storage, second record, front and model files into one state after whatever happened before."""
        study = self.study
        reconcile(study, self.folder)
        running = [index for index, entry in study.entries.items() if entry.state == "running"]
        study.lose(running, "the scan ended before the trial did")
        for entry in study.entries.values():
            self._count(entry)
        self.folder.models.keep_only(self.front.members)
        self.done_before = self.done

    @property
    def done(self) -> int:
        return sum(self.counts.values())

    def submit(self, job: Job, untold: list[TrialSpec]) -> None:
        self.study.ask(job.number, untold, job.settings)
        self.running[job.number] = job
        self.executor.submit(job)

    def handle(self, events: list[Event]) -> list[Job]:
        """Tell what has come in; return the jobs that have to be done again."""
        results = [(e.result, e.model) for e in events if e.kind == "result" and e.result is not None]
        self._tell([pair for pair in results if not self.study.told(pair[0].index)])
        again = []
        for event in events:
            if event.kind == "result":
                continue
            job = self.running.pop(event.job)
            left = [spec.index for spec in job.trials if not self.study.told(spec.index)]
            if event.kind == "lost" or (event.kind == "done" and left):
                again.append(job) if self._lose(left, event.reason or "it did not come back") else None
            elif event.kind == "error":
                self.bad += 1
                if self.bad >= _ENOUGH_BAD_JOBS and not self.counts[COMPLETE]:
                    raise SymbolNetError(f"no trial can be trained: {event.reason}")
                self._tell([(Result(index, FAILED, event.reason), None) for index in left])
        return again

    def progress(self, n_trials: int) -> ScanProgress:
        seconds, here = time.monotonic() - self.began, self.done - self.done_before
        left = (n_trials - self.done) * seconds / here if here else None
        best = max((values[0] for values in self.front.members.values()), default=None)
        c = self.counts
        return ScanProgress(
            self.done, n_trials, c[COMPLETE], c[PRUNED], c[FAILED], self.lost, len(self.front.members), best, seconds,
            left,
        )  # fmt: skip

    def _lose(self, indexes: list[int], reason: str) -> bool:
        """Tell trials as lost; whether they are to be asked again."""
        self.lost += len(indexes)
        worn = [i for i in indexes if self.study.attempts.get(i, 0) + 1 >= _MOST_LOSSES]
        self._tell([(Result(i, FAILED, f"lost {_MOST_LOSSES} times: {reason}"), None) for i in worn])
        self.study.lose([i for i in indexes if i not in worn], reason)
        return len(worn) < len(indexes)

    def _tell(self, results: list[tuple[Result, bytes | None]]) -> None:
        if not results:
            return
        told = [(self._with_costs(result, model), model) for result, model in results]
        # The model is on the disk before its trial counts, and the second record before the storage.
        for result, model in told:
            if result.state == COMPLETE and model and self.front.would_enter(result.index, result.values):
                self.folder.models.save(result.index, model)
        records = []
        for result, _ in told:
            entry = self.study.entries[result.index]
            records.append({"job": entry.job, "spec": asdict(entry.spec), "result": result.to_json()})
        self.folder.log.append(records)
        self.study.tell([result for result, _ in told])
        before = set(self.front.members)
        for result, _ in told:
            self._count(self.study.entries[result.index])
        if set(self.front.members) != before:
            self.folder.models.keep_only(self.front.members)

    def _count(self, entry: Entry) -> None:
        self.counts[entry.state] += 1
        if entry.state == COMPLETE:
            self.front.offer(entry.spec.index, entry.values)

    def _with_costs(self, result: Result, model: bytes | None) -> Result:
        if result.state != COMPLETE or not self.study.plan.extra:
            return result
        from symbolnet.estimators import load

        assert model is not None
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "model.symbolnet"
            file.write_bytes(model)
            expression = load(file).expression()
        try:
            return replace(result, extra=[float(self.costs[name](expression)) for name in self.study.plan.extra])
        except (ValueError, ArithmeticError) as error:
            return Result(result.index, FAILED, f"its cost cannot be computed: {' '.join(str(error).split())[:200]}")


def reconcile(study: Study, folder: ScanFolder) -> int:
    """Let storage and second record agree on what was told; return how many trials the storage had forgotten."""
    recorded = {int(r["result"]["index"]): r for r in folder.log.read()}
    forgotten = 0
    by_job: dict[int, list[dict[str, Any]]] = {}
    for index, record in recorded.items():
        if not study.told(index):
            by_job.setdefault(int(record["job"]), []).append(record)
            forgotten += 1
    for job, records in sorted(by_job.items()):
        study.ask(job, [TrialSpec(**record["spec"]) for record in records], study.plan.space.settings)
        study.tell([Result(**record["result"]) for record in records])
    return forgotten


def run_scan(
    study: Study,
    executor: Executor,
    folder: ScanFolder,
    *,
    costs: Mapping[str, Cost] | None = None,
    callback: Callable[[ScanProgress], bool | None] | None = None,
    time_limit: float | None = None,
    take_over: bool = False,
) -> str:
    """Train every trial of a study that has not ended.

    Parameters
    ----------
    study : Study
    executor : Executor
        Closed by the caller.
    folder : ScanFolder
    costs : mapping of name to function, optional
        One for each name in the plan's `extra`.
    callback : callable, optional
        Sees a `ScanProgress` about twice a second; a true result ends the scan.
    time_limit : float, optional
        Seconds after which it ends.
    take_over : bool
        Begin although another process seems to be running the scan.

    Returns
    -------
    "finished", "stopped" or "time_limit"

    Raises
    ------
    SymbolNetError
        If the storage fails for good, another process has the scan, or no trial can be trained. What was told stays,
        and a later call goes on.
    """
    missing = [name for name in study.plan.extra if name not in (costs or {})]
    if missing:
        raise SymbolNetError(f"the scan counts {missing[0]!r}, for which no function is given; name it in costs")
    lease = Lease(study.storage.optuna, study.study_id, study.name)
    study.guarded(lambda: lease.take(by_force=take_over))
    try:
        study.refresh()
        why = _train_all(_Scan(study, executor, folder, costs or {}), lease, callback, time_limit)
        running = [index for index, entry in study.entries.items() if entry.state == "running"]
        study.lose(running, "the scan was stopped")
    except Exception:
        # Whoever goes on need not wait; but a storage that fails takes no message either.
        with contextlib.suppress(Exception):
            lease.give_back()
        raise
    study.guarded(lease.give_back)
    return why


def _train_all(
    scan: _Scan, lease: Lease, callback: Callable[[ScanProgress], bool | None] | None, time_limit: float | None
) -> str:
    """The loop of a scan; returns why it ended."""
    study, executor = scan.study, scan.executor
    scan.begin()
    schedule = Schedule(study)
    waiting: deque[Job] = deque()
    while True:
        while executor.free() > 0:
            if not waiting:
                waiting.extend(schedule.next_jobs())
            if not waiting:
                break
            job = waiting.popleft()
            scan.submit(job, schedule.untold(job))
        if not scan.running and not waiting and schedule.ended:
            return "finished"
        waiting.extendleft(reversed(scan.handle(executor.poll(_TICK))))
        study.guarded(lease.renew)
        if callback is not None and callback(scan.progress(schedule.n_trials)):
            return "stopped"
        if time_limit is not None and time.monotonic() - scan.began > time_limit:
            return "time_limit"
