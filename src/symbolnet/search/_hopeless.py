"""When a trial is hopeless: too many others of its job lie on better fronts of loss and size at the same age."""

__all__ = ["Rivals", "Verdict", "expected_size"]

import math
from dataclasses import dataclass

import numpy as np

from symbolnet.pareto import pareto_mask
from symbolnet.search._records import FAILED, PRUNED

_RUNGS = (0.2, 0.3, 0.5)
"""Shares of the training after which a trial is compared."""
_SHARE = 1 / 3
"""A trial goes on while fewer than this share of those compared lie on better fronts."""
_LEAST = 3
"""How many must have been there before."""


@dataclass(frozen=True)
class Verdict:
    """Why a trial ends before its time: "pruned" or "failed", and the reason."""

    state: str
    reason: str


def expected_size(kept: float, target: float) -> float:
    """What stands for a trial's complexity while it trains: the geometric mean of the weights that are left now and
    of those that will be left if it comes to its target.

    Complexity is known only when a network is unrolled. Early, a trial with a strict target still has most of its
    weights and a low loss; late, it may have gone beyond the target.
    """
    return math.sqrt(max(kept, 0.0) * max(target, 0.0))


class Rivals:
    """The losses and sizes that the trials of a job had at given ages.

    Successive halving for two objectives, asynchronously, by non-dominated sorting (Schmucker et al. 2021,
    arXiv:2106.12639): at each rung a trial is placed among those that came there before it. The verdict depends only on
    trials that came before in the same job, so that it is the same whenever the job is run again.

    Parameters
    ----------
    max_iter : int
        Epochs of every trial.
    enabled : bool
        Without it only trials that are not finite end early.
    """

    def __init__(self, max_iter: int, *, enabled: bool = True) -> None:
        self._rungs = sorted({math.ceil(share * max_iter) for share in _RUNGS})
        self._max_iter, self._enabled = max_iter, enabled
        self._passed: dict[int, int] = {}
        self._seen: dict[int, list[tuple[float, float]]] = {rung: [] for rung in self._rungs}

    def verdict(self, index: int, age: int, loss: float, size: float) -> Verdict | None:
        """What to do with a trial at `age` epochs of validation loss `loss` and of `expected_size`."""
        passed = self._passed.get(index, 0)
        due = [rung for rung in self._rungs[passed:] if rung <= age]
        if not due and age < self._max_iter:
            return None
        if not math.isfinite(loss) or not math.isfinite(size):
            return Verdict(
                FAILED, f"validation loss or size are not finite after {age} epochs; take a smaller learning_rate"
            )
        self._passed[index] = passed + len(due)
        for rung in due:
            seen = self._seen[rung]
            seen.append((loss, size))
            better = _on_better_fronts(seen)
            enough = len(seen) > _LEAST and better >= _SHARE * len(seen)
            if self._enabled and enough and age < self._max_iter:
                return Verdict(
                    PRUNED,
                    f"after {age} epochs {better} of {len(seen)} trials lay on better fronts of loss and size "
                    f"({loss:.4g})",
                )
        return None


def _on_better_fronts(points: list[tuple[float, float]]) -> int:
    """How many of the points are peeled off, front by front, before the last one is on the front itself."""
    losses, sizes = np.array(points).T
    left = np.arange(len(points))
    better = 0
    while not (front := pareto_mask(sizes[left], losses[left]))[-1]:
        better += int(front.sum())
        left = left[~front]
    return better
