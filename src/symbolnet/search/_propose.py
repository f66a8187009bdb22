"""Which trials come next: Optuna's samplers on a bounded memory of what was told, the same for the same history."""

__all__ = ["Known", "grid_jobs", "optuna", "propose"]

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from symbolnet._errors import SymbolNetError
from symbolnet.search._records import Plan, _draw
from symbolnet.search._space import Choice, Parameter, Space

MEMORY = {"nsga2": 200, "tpe": 100, "random": 0, "grid": 0}
"""Trials that a sampler looks at. Samplers go through all of them for each trial, so an unbounded memory would cost
time quadratic in the number of trials."""

_PARENTS = 50


@dataclass(frozen=True)
class Known:
    """A complete trial: what was tried and what came out."""

    params: dict[str, Any]
    values: tuple[float, ...]


def optuna() -> Any:
    """The module, with its chatter turned off.

    Raises
    ------
    SymbolNetError
        If the extra is not installed.
    """
    try:
        import optuna as module
    except ImportError as error:
        raise SymbolNetError(
            f"a scan needs the extra 'search' ({error.name} is missing); pip install 'symbolnet[search]'"
        ) from error
    module.logging.set_verbosity(module.logging.ERROR)
    return module


def propose(plan: Plan, generation: int, sizes: Sequence[int], known: Sequence[Known]) -> list[list[dict[str, Any]]]:
    """The parameters of the trials of one generation.

    Parameters
    ----------
    plan : Plan
    generation : int
        It enters the seed, so that a scan which goes on proposes what it would have proposed without the break.
    sizes : sequence of int
        Trials of each job. The first trial of a job draws its shape, and the others take that shape over.
    known : sequence of Known
        At most `MEMORY[plan.sampler]` are used, so give those first that matter.

    Returns
    -------
    list (jobs) of list (trials) of dict
    """
    module = optuna()
    distributions = {name: _distribution(p) for name, p in plan.space.parameters.items()}
    with _quiet(module):
        memory = list(known)[: MEMORY[plan.sampler]]
        study = module.create_study(
            directions=["maximize", *["minimize"] * (1 + len(plan.extra))],
            sampler=_sampler(module, plan, generation, len(memory)),
        )
        # Told trials are the parents of the new ones: generation 0 of Optuna's genetic algorithm.
        attributes = {"NSGAIISampler:generation": 0}
        study.add_trials(
            [
                module.trial.create_trial(
                    params=k.params, distributions=distributions, values=list(k.values), system_attrs=attributes
                )
                for k in memory
            ]
        )
        jobs = []
        for size in sizes:
            trials: list[dict[str, Any]] = []
            for place in range(size):
                if place:
                    study.enqueue_trial({name: trials[0][name] for name in plan.space.shape_names})
                trials.append(dict(study.ask(distributions).params))
            jobs.append(trials)
    return jobs


def grid_jobs(space: Space, queue: int, grid: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The combinations `grid` of a space, in their order, in jobs of one shape and at most `queue` trials."""
    jobs: list[list[dict[str, Any]]] = []
    for params in grid:
        last = jobs[-1] if jobs else None
        same = last is not None and all(last[0][name] == params[name] for name in space.shape_names)
        if last is not None and same and len(last) < queue:
            last.append(params)
        else:
            jobs.append([params])
    return jobs


def _sampler(module: Any, plan: Plan, generation: int, n_known: int) -> Any:
    seed = _draw(plan.seed, 2, generation)
    if plan.sampler == "nsga2" and n_known >= 2:
        return module.samplers.NSGAIISampler(population_size=min(_PARENTS, n_known), seed=seed)
    if plan.sampler == "tpe" and n_known >= 2:
        # All parameters of a trial at once: one look at the memory instead of one a parameter, half the time.
        return module.samplers.TPESampler(seed=seed, n_startup_trials=2, multivariate=True)
    return module.samplers.RandomSampler(seed=seed)


def _distribution(parameter: Parameter) -> Any:
    module = optuna()
    if isinstance(parameter, Choice):
        return module.distributions.CategoricalDistribution(parameter.values)
    if parameter.whole:
        return module.distributions.IntDistribution(int(parameter.low), int(parameter.high), log=parameter.log)
    return module.distributions.FloatDistribution(parameter.low, parameter.high, log=parameter.log)


def distributions(space: Space) -> dict[str, Any]:
    """The space in Optuna's terms."""
    return {name: _distribution(parameter) for name, parameter in space.parameters.items()}


@contextmanager
def _quiet(module: Any) -> Iterator[None]:
    """Without the warnings about features that Optuna calls experimental."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", module.exceptions.ExperimentalWarning)
        yield
