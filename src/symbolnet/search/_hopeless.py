"""When a trial is hopeless: others of its population are better in both objectives at the same age."""

__all__ = ["Rivals", "Verdict"]

import math
from dataclasses import dataclass

from symbolnet.search._records import FAILED, PRUNED

_RUNGS = (0.5, 0.75)
"""Shares of the training after which a trial is compared. Before, sparsity is still far from its target."""
_RIVALS = 3
"""How many must be better."""
_MARGIN = 0.98
"""A rival's loss must be below this multiple of the trial's."""


@dataclass(frozen=True)
class Verdict:
    """Why a trial ends before its time: "pruned" or "failed", and the reason."""

    state: str
    reason: str


class Rivals:
    """The losses and sizes that the trials of a job had at given ages.

    Complexity is known only when a network is unrolled; the number of weights that survive stands for it. The verdict
    depends only on trials that came before in the same job, so that it is the same whenever the job is run again.

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

    def verdict(self, index: int, age: int, loss: float, kept: float) -> Verdict | None:
        """What to do with a trial at `age` epochs of validation loss `loss` with `kept` surviving weights."""
        passed = self._passed.get(index, 0)
        due = [rung for rung in self._rungs[passed:] if rung <= age]
        if not due and age < self._max_iter:
            return None
        if not math.isfinite(loss):
            return Verdict(
                FAILED, f"the validation loss is not finite after {age} epochs; take a smaller learning_rate"
            )
        self._passed[index] = passed + len(due)
        for rung in due:
            seen = self._seen[rung]
            better = sum(other < _MARGIN * loss and size <= kept for other, size in seen)
            seen.append((loss, kept))
            if self._enabled and better >= _RIVALS and age < self._max_iter:
                return Verdict(
                    PRUNED, f"after {age} epochs {better} trials had a lower loss with no more weights ({loss:.4g})"
                )
        return None
