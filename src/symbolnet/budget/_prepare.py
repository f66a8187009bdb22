"""From X and y to what a search works on: columns of one scale, rows to fit and rows to choose by."""

__all__ = ["Task", "prepare"]

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet.budget._descent import Descent
from symbolnet.budget._kinds import kind_of
from symbolnet.budget._model import Columns, Model, Output, Unit, scaled_unit
from symbolnet.budget._records import Split, split_rows
from symbolnet.budget._target import Target
from symbolnet.expression import NODES, Costs
from symbolnet.objectives import Loss

F64 = NDArray[np.float64]
Rows = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Task:
    """A data set as the search sees it.

    Attributes
    ----------
    data : Descent
    split : Split
    mean, scale : (inputs,) arrays
        Columns are divided by the scale; the mean is that of the columns.
    raw : float64 array, (outputs, samples)
        Targets in their own units.
    weight : float32 array, (samples,)
        Mean one.
    shift, size : (outputs,) arrays
        Squared errors are fitted on (y - shift)/size, Huber's on y - shift.
    rows : (rows to fit, rows to choose by)
    used : (inputs,) bool array
        Inputs that vary.
    tied : bool
        Whether inputs may share coefficients.
    """

    data: Descent
    split: Split
    mean: F64
    scale: F64
    raw: F64
    weight: NDArray[np.float32]
    shift: F64
    size: F64
    rows: tuple[Rows, Rows]
    used: NDArray[np.bool_]
    tied: bool

    def standard(self, y: F64) -> NDArray[np.float32]:
        """Targets or predictions (outputs, samples) as the search sees them; the difference is taken in float64."""
        return _standard(y, self.shift, self.size)

    def in_units(self, model: Model) -> Model:
        """The model of standardised targets as one of the targets themselves."""
        if np.all(self.size == 1) and np.all(self.shift == 0):
            return model
        outputs = []
        for output, a, b in zip(model.outputs, self.size.tolist(), self.shift.tolist(), strict=True):
            units = tuple(_in_units(unit, a) for unit in output.units)
            outputs.append(Output(output.const * a + b, units))
        return Model(tuple(outputs))


def _in_units(unit: Unit, size: float) -> Unit:
    if kind_of(unit.kind).homogeneous:
        return scaled_unit(unit, size)
    return Unit(unit.kind, unit.coef * size, unit.free, unit.forms)


def _standard(y: F64, shift: F64, size: F64) -> NDArray[np.float32]:
    return np.asarray((y - shift[:, None]) / size[:, None], dtype=np.float32)


def prepare(
    X: NDArray[Any],
    y: NDArray[Any],
    sample_weight: NDArray[Any] | None,
    loss: Loss,
    rng: np.random.Generator,
    tied: bool | None = None,
    rows: tuple[Rows, Rows] | None = None,
    costs: Costs = NODES,
) -> Task:
    """Scale inputs and targets and hold rows out; the arguments are those of `fit_front`."""
    raw = np.asarray(y, dtype=np.float64)
    raw = (raw[:, None] if raw.ndim == 1 else raw).T.copy()
    n, d = X.shape
    weight = np.ones(n) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    weight32 = (weight / weight.mean()).astype(np.float32) if weight.sum() > 0 else np.ones(n, np.float32)

    mean, std = X.mean(axis=0, dtype=np.float64), X.std(axis=0, dtype=np.float64)
    used = std > 1e-6 * np.abs(mean)
    used &= std > 0
    classes = loss.link == "logit"
    tied = classes and _one_scale(X, used) if tied is None else tied
    scale = np.where(used, std, 1.0)
    if tied and used.any():
        scale = np.full(d, float(np.sqrt(np.mean(std[used] ** 2))))
    # Squared errors are fitted on standardised targets, and the scale goes into the constants at the end.
    shift, size = np.zeros(len(raw)), np.ones(len(raw))
    if loss.name in ("mse", "huber"):
        shift = raw.mean(axis=1)
    if loss.name == "mse":
        spread = raw.std(axis=1)
        size = np.where(spread > 1e-12 * np.abs(shift), spread, 1.0)
        size = np.where(size > 0, size, 1.0)
    target = Target(
        loss,
        _standard(raw, shift, size),
        weight32,
        ridge=0.3 / n if classes else 1e-9,
        natural=bool(np.all(size == 1)),
    )
    fit_rows, held_rows = split_rows(target.y, rng) if rows is None else rows
    fit_rows = rng.permutation(fit_rows)  # samples of them are windows
    columns = Columns(np.ascontiguousarray((X / scale).T.astype(np.float32)), mean / scale, scale)
    fitted = columns.rows(fit_rows), target.rows(fit_rows)
    held = columns.rows(held_rows), target.rows(held_rows).smoothed()
    split = Split(*fitted, *held, costs)
    data = Descent(X[fit_rows], mean, scale, np.where(used, std, 0.0) / scale, split.target)
    return Task(data, split, mean / scale, scale, raw, weight32, shift, size, (fit_rows, held_rows), used, bool(tied))


def _one_scale(X: NDArray[Any], used: NDArray[np.bool_]) -> bool:
    """Whether the inputs are many and of one scale, as pixels are: they may then share coefficients."""
    if used.sum() < 32:
        return False
    if X.dtype.kind in "ub":
        return True
    span = np.ptp(X[:, used], axis=0)
    return bool(np.percentile(span, 90) < 2 * np.median(span))
