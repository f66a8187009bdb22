"""What goes into the search and what comes out."""

__all__ = ["Candidate", "FrontModel", "Split", "candidate", "pareto", "split_rows"]

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet.budget._costs import cost
from symbolnet.budget._model import Columns, Model, can_scale, scaled, values
from symbolnet.budget._target import Target
from symbolnet.expression import NODES, Costs, Expression


@dataclass(frozen=True, eq=False)
class FrontModel:
    """One model of the front.

    Attributes
    ----------
    expression : Expression
        Formulas of the raw inputs.
    complexity : float
        Counted on the expression, in the costs of the fit.
    loss : float
        Mean data loss on the rows held out inside the fit, or on all rows where there were too few to hold out; of
        targets of variance one where it is the squared error.
    """

    expression: Expression
    complexity: float
    loss: float


@dataclass(frozen=True, eq=False)
class Candidate:
    """A model with its cost and its loss on held-out rows."""

    model: Model
    cost: float
    loss: float


@dataclass(frozen=True, eq=False)
class Split:
    """The data of a fit, rows to fit in random order and rows to choose by, and what each node of a formula costs."""

    columns: Columns
    target: Target
    held_columns: Columns
    held_target: Target
    costs: Costs = NODES

    def sample(self, rng: np.random.Generator, size: int) -> tuple[Columns, Target]:
        """Some rows to fit: a window at random, since copying drawn rows would take longer than most uses of them."""
        n = self.columns.n_samples
        if size >= n:
            return self.columns, self.target
        start = int(np.clip(rng.integers(-(size // 2), n - size // 2), 0, n - size))
        window = slice(start, start + size)
        return self.columns.window(window), self.target.window(window)


def split_rows(y: NDArray[np.float32], rng: np.random.Generator) -> tuple[NDArray[Any], NDArray[Any]]:
    """Rows to fit and rows held out (15 %, at most 10,000), in equal shares of each class where there are classes.

    With fewer than 40 rows both are all rows.
    """
    n = y.shape[1]
    order = rng.permutation(n)
    if n < 40:
        return order, order
    held = min(10_000, max(10, round(0.15 * n)))
    # Rows sorted by target, every k-th held out: shares are equal whatever the target is.
    label = y.argmax(axis=0) if len(y) > 1 else y[0]
    order = order[np.argsort(label[order], kind="stable")]
    chosen = np.zeros(n, dtype=bool)
    chosen[order[np.linspace(0, n - 1, held).astype(int)]] = True
    return np.flatnonzero(~chosen), np.flatnonzero(chosen)


def pareto(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Candidates that no cheaper or equally cheap one beats, by ascending cost."""
    kept: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda c: (c.cost, c.loss)):
        if np.isfinite(candidate.loss) and (not kept or candidate.loss < kept[-1].loss):
            kept.append(candidate)
    return kept


def candidate(model: Model, split: Split) -> Candidate:
    """Measure a model on the held-out rows, after `calibrated`."""
    with np.errstate(all="ignore"):
        z = values(model, split.held_columns)
        model, loss = _calibrated(model, z, split.held_target)
    return Candidate(model, cost(model, split.costs), loss)


def _calibrated(model: Model, z: NDArray[np.float32], target: Target) -> tuple[Model, float]:
    """The model with all outputs multiplied by the number that fits the held-out classes best, and its loss.

    The constants of a model that fits well grow too large: the ranking of the samples is right, the confidence is not,
    and a comparison by the loss would pick the model that ranks worse (temperature scaling, Guo et al. 2017).
    """
    from scipy.optimize import minimize_scalar

    loss = target.value(z)
    if target.loss.name != "cross_entropy" or not np.isfinite(loss) or not can_scale(model):
        return model, loss
    found = minimize_scalar(
        lambda log: target.value(np.float32(np.exp(log)) * z),
        bounds=(-3.0, 1.0),
        method="bounded",
        options={"xatol": 0.02},
    )
    factor, best = float(np.exp(found.x)), float(found.fun)
    return (scaled(model, factor), best) if best < loss else (model, loss)
