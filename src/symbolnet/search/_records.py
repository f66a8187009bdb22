"""What passes between the parts of a scan: plans, jobs, results. All of it is what JSON holds."""

__all__ = ["Job", "Plan", "Result", "TrialSpec", "trial_seed"]

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from symbolnet._errors import SymbolNetError
from symbolnet.search._space import Space

COMPLETE, PRUNED, FAILED = "complete", "pruned", "failed"
SAMPLERS = ("nsga2", "tpe", "random", "grid")


@dataclass(frozen=True)
class Plan:
    """What a scan is, apart from its data: with it and the data every trial can be made again.

    Attributes
    ----------
    space : Space
    task : {"classification", "regression"}
    sampler : {"nsga2", "tpe", "random", "grid"}
    seed : int
    width : int
        Trials that one population trains at a time.
    queue : int
        Trials of one job: those beyond `width` take the places of trials that end.
    jobs_per_generation : int
        The sampler learns after this many jobs.
    early_stop : bool
        Whether hopeless trials are stopped.
    extra : tuple of str
        Further costs to keep small, beside the complexity.
    """

    space: Space
    task: str
    sampler: str = "nsga2"
    seed: int = 0
    width: int = 1
    queue: int = 16
    jobs_per_generation: int = 4
    early_stop: bool = True
    extra: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.sampler not in SAMPLERS:
            raise SymbolNetError(f"sampler is {self.sampler!r}; give one of {', '.join(SAMPLERS)}")
        for name in ("width", "queue", "jobs_per_generation"):
            if getattr(self, name) < 1:
                raise SymbolNetError(f"{name} of a scan is {getattr(self, name)}; give at least 1")
        if not 0 <= self.seed < 2**32:
            raise SymbolNetError(f"the seed of a scan is {self.seed}; give a whole number from 0 to {2**32 - 1}")

    @property
    def metric(self) -> str:
        """The first objective, to be large."""
        return "accuracy" if self.task == "classification" else "r2"

    def to_json(self) -> dict[str, Any]:
        """The plan as JSON holds it."""
        return {**asdict(self), "space": self.space.to_json(), "extra": list(self.extra)}

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> "Plan":
        """The plan that `to_json` described."""
        return Plan(
            **{**document, "space": Space.from_json(document["space"]), "extra": tuple(document.get("extra", ()))}
        )


@dataclass(frozen=True)
class TrialSpec:
    """One trial that is to be trained.

    Attributes
    ----------
    index : int
        Counts the trials of a scan from 0; it stays the trial's own when the trial has to be asked again.
    place : int
        Its position in the queue of its job.
    seed : int
        Of the initial weights.
    params : dict
        The varied parameters.
    """

    index: int
    place: int
    seed: int
    params: dict[str, Any]


@dataclass(frozen=True)
class Job:
    """Trials of one shape but for the numbers of nodes, which are trained one after the other.

    Attributes
    ----------
    number : int
    task, seed, width, early_stop : as in `Plan`
    by_budget : bool
        Whether each trial is a fit of its own.
    every_model : bool
        Whether the model file of every complete trial is wanted, not only of those that may enter the front.
    settings : dict
        The fixed parameters of the estimator.
    trials : tuple of TrialSpec
        All of them, also those that have ended: with them goes the size of the arrays.
    levels : dict
        Numbers of nodes to which those of the trials are padded, for each number that is varied.
    """

    number: int
    task: str
    seed: int
    width: int
    early_stop: bool
    by_budget: bool
    every_model: bool
    settings: dict[str, Any]
    trials: tuple[TrialSpec, ...]
    levels: dict[str, list[int]] = field(default_factory=dict)

    @property
    def order_seed(self) -> int:
        """Seed of the order of the samples."""
        return _draw(self.seed, 1, self.number)

    def to_json(self) -> dict[str, Any]:
        """The job as JSON holds it."""
        return asdict(self)

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> "Job":
        """The job that `to_json` described."""
        return Job(**{**document, "trials": tuple(TrialSpec(**spec) for spec in document["trials"])})


@dataclass(frozen=True)
class Result:
    """How a trial ended.

    Attributes
    ----------
    index : int
    state : {"complete", "pruned", "failed"}
    reason : str
        Why it was stopped or failed; empty for a complete one.
    metric, loss : float or None
        Of the formulas, on the held-out samples.
    complexity : float or None
        Mean over the formulas: nodes, or costs where `complexity_of_operators` is set.
    complexities : list of float
    n_inputs : int or None
    equations : list of str or None
        With 4 digits; None where they are too long to be kept of every trial.
    digest : str
        SHA-256 of the formulas with all their digits.
    epochs : int
    slot, first_epoch : int
        The place in the population and the population's epoch at which it began.
    extra : list of float
        The further costs, in the order of the plan.
    seconds : float
        Its share of the time of its job.
    """

    index: int
    state: str
    reason: str = ""
    metric: float | None = None
    loss: float | None = None
    complexity: float | None = None
    complexities: list[float] = field(default_factory=list)
    n_inputs: int | None = None
    equations: list[str] | None = None
    digest: str = ""
    epochs: int = 0
    slot: int = 0
    first_epoch: int = 0
    extra: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        numbers = (self.metric, self.loss, self.complexity, *self.extra)
        if any(value is not None and not math.isfinite(value) for value in numbers):
            raise SymbolNetError(f"trial {self.index} has a result that is not finite; tell it as failed")

    @property
    def values(self) -> list[float]:
        """The objectives of a complete trial: the metric, to be large, and the costs, to be small."""
        assert self.metric is not None
        assert self.complexity is not None
        return [self.metric, self.complexity, *self.extra]

    def to_json(self) -> dict[str, Any]:
        """The result as JSON holds it."""
        return asdict(self)


def trial_seed(seed: int, index: int) -> int:
    """Seed of the initial weights of trial `index` of a scan."""
    return _draw(seed, 0, index)


def _draw(*entropy: int) -> int:
    return int(np.random.SeedSequence(entropy).generate_state(1)[0] >> 1)
