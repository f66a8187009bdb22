"""`fit_front`: one fit, the whole front of models below a budget."""

__all__ = ["fit_front"]

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.budget._descent import Descent, Plan, descend
from symbolnet.budget._emit import emit
from symbolnet.budget._free import constants_only, free_front
from symbolnet.budget._kinds import KINDS
from symbolnet.budget._model import Columns, Model, Output, Unit, values
from symbolnet.budget._records import Candidate, FrontModel, Split, pareto, split_rows
from symbolnet.budget._target import Target
from symbolnet.budget._tied import styles, tied_front
from symbolnet.objectives import Loss

_SMALL = 20_000
"""Rows below which several descents are affordable and the best is chosen on held-out rows."""
_CLASS_KINDS = ("tanh",) * 6 + ("linear",)
_VALUE_KINDS = ("tanh", "tanh", "sin", "sin", "gauss", "square", "prod", "prod", "linear")
_START_PARAMETERS = 500


class _EnoughError(Exception):
    """The callback asked to stop."""


def fit_front(
    X: NDArray[Any],
    y: NDArray[Any],
    sample_weight: NDArray[Any] | None = None,
    *,
    loss: Loss,
    max_complexity: float,
    random_state: int = 0,
    operators: Sequence[str] | None = None,
    tied: bool | None = None,
    effort: float = 1.0,
    input_names: Sequence[str] | None = None,
    output_names: Sequence[str] | None = None,
    rows: tuple[NDArray[Any], NDArray[Any]] | None = None,
    callback: Callable[[Candidate], bool | None] | None = None,
) -> tuple[FrontModel, ...]:
    """Fit the front of accuracy against complexity up to `max_complexity`.

    Parameters
    ----------
    X : (samples, inputs) array of finite numbers
        uint8 is kept as it is on the device.
    y : (samples,) or (samples, outputs) array
        One-hot for several classes, one column of 0 and 1 for two, or values.
    sample_weight : (samples,) array, optional
    loss : Loss
        Of `symbolnet.objectives`. The link "logit" means classes.
    max_complexity : float
        Mean nodes per formula that no model of the front exceeds, at least 1.
    random_state : int
    operators : sequence of str, optional
        Names of `symbolnet.operators` that formulas may use; only those in `symbolnet.budget._kinds` are.
    tied : bool, optional
        Whether inputs may share coefficients. Default: for classes, if there are at least 32 inputs of one scale.
    effort : float
        Multiplies the number of training steps.
    input_names, output_names : sequences of str, optional
    rows : (rows to fit, rows to choose by), optional
        Drawn at random if not given.
    callback : Candidate → bool, optional
        Called for every model on the way. A true result ends the search with what there is.

    Returns
    -------
    tuple of FrontModel
        By ascending complexity and descending loss; never empty.

    Raises
    ------
    SymbolNetError
        If `max_complexity` is below one, or the operators leave no unit.
    """
    if not max_complexity >= 1:
        raise SymbolNetError(f"max_complexity is {max_complexity}; a constant costs 1 node, so give at least 1")
    rng = np.random.default_rng(random_state)
    X = np.asarray(X)
    raw = np.asarray(y, dtype=np.float32)
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
    if loss.name == "mse":
        shift = raw.mean(axis=1, dtype=np.float64)
        spread = raw.std(axis=1, dtype=np.float64)
        size = np.where(spread > 1e-6 * np.abs(shift), spread, 1.0)
        size = np.where(size > 0, size, 1.0)
    target = Target(
        loss,
        ((raw - shift[:, None]) / size[:, None]).astype(np.float32),
        weight32,
        ridge=0.3 / n if classes else 1e-9,
        natural=bool(np.all(size == 1)),
    )
    fit_rows, held_rows = split_rows(target.y, rng) if rows is None else rows
    columns = Columns(np.ascontiguousarray((X / scale).T.astype(np.float32)), mean / scale, scale)
    split = Split(columns.rows(fit_rows), target.rows(fit_rows), columns.rows(held_rows), target.rows(held_rows))
    data = Descent(X[fit_rows], mean, scale, np.where(used, std, 0.0) / scale, split.target)
    found: list[Candidate] = []

    def keep(candidate: Candidate) -> None:
        found.append(candidate)
        if callback is not None and callback(candidate):
            raise _EnoughError

    found.append(constants_only(Model(tuple(Output(0.0, ()) for _ in raw)), split))
    if used.any() and max_complexity >= 2:
        with contextlib.suppress(_EnoughError):
            _search(data, split, max_complexity, operators, tied, effort, rng, keep)

    inputs = list(input_names) if input_names is not None else [f"x{k}" for k in range(d)]
    outputs = list(output_names) if output_names is not None else [f"y{k}" for k in range(len(raw))]
    front: list[FrontModel] = []
    held = Target(loss, raw[:, held_rows], weight32[held_rows])
    for candidate in pareto(c for c in found if c.cost <= max_complexity):
        model = _in_units(candidate.model, shift, size)
        formula = emit(model, mean / scale, scale, inputs, outputs)
        while front and front[-1].complexity >= formula.complexity:
            front.pop()
        if formula.complexity <= max_complexity:
            front.append(FrontModel(formula, formula.complexity, held.value(values(model, split.held_columns))))
    return tuple(front)


def _search(
    data: Descent,
    split: Split,
    max_complexity: float,
    operators: Sequence[str] | None,
    tied: bool,
    effort: float,
    rng: np.random.Generator,
    keep: Callable[[Candidate], None],
) -> None:
    n, outputs = len(data.x), len(data.target.y)
    allowed = {name for name, kind in KINDS.items() if operators is None or set(kind.operators) & set(operators)}
    allowed.add("linear")
    if tied:
        small = n < _SMALL
        steps = max(100, int((2500 if small else 6000) * effort))
        plan = Plan((), max_complexity, True, steps, 256, l1=1e-3 if small else 3e-4)
        sorts = styles(allowed, small)
        if sorts:
            tied_front(data, split, plan, max_complexity, sorts, small, rng, keep)
            return
    classes = data.target.loss.link == "logit"
    default = _CLASS_KINDS if classes else _VALUE_KINDS
    wanted = default if operators is None else (*sorted(2 * list(allowed - {"linear"})), "linear")
    kinds = tuple(sorted(kind for kind in wanted if kind in allowed))
    plan = Plan(
        kinds,
        max(8.0, 4 * min(_START_PARAMETERS, 2 * n) / outputs),
        False,
        max(100, int(6000 * effort)),
        min(512, max(8, n // 4)),
        rate=5e-3,
        l1=1e-3 if classes else 1e-4,
        power=3,
    )
    trials = max(1, round(8 * min(1.0, effort)))
    for _ in range(1 if (classes and n >= _SMALL) or effort < 0.5 else 2):
        model = descend(data, plan, int(rng.integers(2**31)))
        free_front(model, split, max_complexity, rng, keep, trials)


def _in_units(model: Model, shift: NDArray[np.float64], size: NDArray[np.float64]) -> Model:
    """The model of standardised targets as one of the targets themselves."""
    if np.all(size == 1) and np.all(shift == 0):
        return model
    outputs = []
    for output, a, b in zip(model.outputs, size.tolist(), shift.tolist(), strict=True):
        units = tuple(Unit(unit.kind, unit.coef * a, unit.free, unit.forms) for unit in output.units)
        outputs.append(Output(output.const * a + b, units))
    return Model(tuple(outputs))


def _one_scale(X: NDArray[Any], used: NDArray[np.bool_]) -> bool:
    """Whether the inputs are many and of one scale, as pixels are: they may then share coefficients."""
    if used.sum() < 32:
        return False
    if X.dtype.kind in "ub":
        return True
    span = np.ptp(X[:, used], axis=0)
    return bool(np.percentile(span, 90) < 2 * np.median(span))
