"""`fit_front`: one fit, the whole front of models below a budget."""

__all__ = ["fit_front"]

import contextlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet.budget._costs import rates
from symbolnet.budget._descent import Plan, descend
from symbolnet.budget._emit import emit
from symbolnet.budget._free import constants_only, free_front
from symbolnet.budget._grown import grown_models, joined
from symbolnet.budget._kinds import KINDS, kinds_for
from symbolnet.budget._left import something_left
from symbolnet.budget._model import Model, Output
from symbolnet.budget._perturb import perturbed
from symbolnet.budget._polish import polished
from symbolnet.budget._prepare import Task, prepare
from symbolnet.budget._records import Candidate, FrontModel, pareto
from symbolnet.budget._tied import styles, tied_front
from symbolnet.expression import NODES, Costs, Expression, check_budget
from symbolnet.growth import GrownFormula
from symbolnet.objectives import Loss

_FEW_ROWS = 20_000
"""Rows below which several descents are affordable and the best is chosen on held-out rows."""
CLASS_KINDS = ("abs",) * 3 + ("tanh",) * 3 + ("linear",)
_VALUE_KINDS = ("tanh", "tanh", "sin", "sin", "gauss", "square", "prod", "prod", "linear")
_START_PARAMETERS = 500
CLASS_START = 100.0
"""Mean nodes at which single moves take over from gradient descent where there are classes."""
_SMALL = 1 / 3
"""Share of the budget that classes have a start of their own for: what is left of a model of many nodes is seldom the
best one of few."""

_POLISHED_ON = 2_000
"""Rows on which constants are made whole."""
_SLACK = 8.0
"""Nodes beyond the budget that a search with operators beyond `KINDS` may use: of these the cost is an upper bound,
since factors and whole numbers may leave a formula once it is written. What is then over the budget is dropped.
"""


class _EnoughError(Exception):
    """The callback asked to stop."""


def fit_front(
    X: NDArray[Any],
    y: NDArray[Any],
    sample_weight: NDArray[Any] | None = None,
    *,
    loss: Loss,
    max_complexity: float,
    costs: Costs = NODES,
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
        Mean cost per formula that no model of the front exceeds, at least that of a constant.
    costs : Costs
        What each node of a formula costs; by default 1, so that cost means nodes.
    random_state : int
    operators : sequence of str, optional
        Names of `symbolnet.operators` that formulas may use, beside sums; without it, the units of `KINDS`.
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
        If `max_complexity` is below the cost of a constant, or the operators leave no unit.
    """
    check_budget(max_complexity, costs)
    # The search has thresholds in nodes: it counts in the cost of a typical one, whatever the unit of the costs is.
    unit = costs.typical
    inner, budget = costs.scaled(1 / unit), max_complexity / unit
    slack = 0.0 if kinds_for(operators) <= KINDS.keys() else _SLACK
    rng = np.random.default_rng(random_state)
    X = np.asarray(X)
    task = prepare(X, y, sample_weight, loss, rng, tied, rows, inner)
    names = (
        list(input_names) if input_names is not None else [f"x{k}" for k in range(X.shape[1])],
        list(output_names) if output_names is not None else [f"y{k}" for k in range(len(task.raw))],
    )
    found = [constants_only(Model(tuple(Output(0.0, ()) for _ in task.raw)), task.split)]
    enough = False

    def keep(candidate: Candidate) -> None:
        found.append(candidate)
        if callback is not None and callback(replace(candidate, cost=candidate.cost * unit)):
            raise _EnoughError

    def watch(nodes: float, left: float) -> bool:
        nonlocal enough
        enough = callback is not None and bool(callback(Candidate(found[0].model, nodes * unit, left)))
        return enough

    grown: list[GrownFormula] = []
    if loss.name == "mse" and not task.tied:
        grown += grown_models(
            X, task.raw.T, task.weight.astype(float), task.rows, max_complexity=max_complexity, costs=costs,
            operators=operators, random_state=random_state, effort=effort, names=names, callback=watch,
        )  # fmt: skip
        enough = enough or any(formula.exact for formula in grown)
        if grown and not enough:
            residual = task.raw.T - grown[-1].expression(X)
            enough = not something_left(X, residual, task.weight.astype(float))
    if task.used.any() and budget >= rates(inner).least and not enough:
        with contextlib.suppress(_EnoughError):
            left_out = _search(task, budget + slack, operators, effort, rng, keep)
            found = [each for each in found if each not in left_out]
    front = _emitted(task, X, found, max_complexity, slack * unit, costs, names)
    if not grown:
        return tuple(front)
    held = task.rows[1]
    target = task.split.held_target
    measure = lambda z: target.value(task.standard(z.T))  # noqa: E731
    return joined(grown, front, X[held], task.raw[:, held].T, task.weight[held].astype(float), measure, costs)


def _emitted(
    task: Task,
    X: NDArray[Any],
    found: Sequence[Candidate],
    max_complexity: float,
    slack: float,
    costs: Costs,
    names: tuple[list[str], list[str]],
) -> list[FrontModel]:
    """The front of the models found, as formulas of the raw inputs within the budget."""
    most = (max_complexity + slack) * (1 + 1e-9)
    classes = task.data.target.loss.link == "logit"

    def loss(formula: Expression, held: bool = False) -> float:
        rows = task.rows[1] if held else task.rows[0][:_POLISHED_ON]
        target = task.split.held_target if held else task.split.target.window(slice(_POLISHED_ON))
        return target.value(task.standard(formula(X[rows]).T))

    of_constants, models = found[0].loss, list[FrontModel]()
    for candidate in pareto(c for c in found if c.cost * costs.typical <= most):
        model = task.in_units(candidate.model)
        formula = emit(model, task.mean, task.scale, *names, task.split.costs)
        models.append(FrontModel(formula, formula.cost(costs), candidate.loss))
        if not classes and (simpler := polished(formula, loss, of_constants)) is not formula:
            models.append(FrontModel(simpler, simpler.cost(costs), loss(simpler, held=True)))
    front: list[FrontModel] = []
    for each in sorted(models, key=lambda each: (each.complexity, each.loss)):
        if each.complexity <= max_complexity and (not front or each.loss < front[-1].loss):
            front.append(each)
    return front


def _search(
    task: Task,
    max_complexity: float,
    operators: Sequence[str] | None,
    effort: float,
    rng: np.random.Generator,
    keep: Callable[[Candidate], None],
) -> Collection[Candidate]:
    """Hand models to `keep`; return those of them that must not come into the front."""
    data, split = task.data, task.split
    n, outputs = len(data.x), len(data.target.y)
    allowed = kinds_for(operators)
    if task.tied:
        small = n < _FEW_ROWS
        if small:
            data, split = perturbed(data, split, rng)
        steps = max(100, int((2500 if small else 6000) * effort))
        plan = Plan(
            (), max_complexity, True, steps, 256, l1=1e-3 if small else 3e-4, costs=split.costs, power=6 if small else 4
        )
        sorts = styles(allowed, small)
        if sorts:
            return tied_front(data, split, plan, max_complexity, sorts, small, rng, keep)
    classes = data.target.loss.link == "logit"
    default = CLASS_KINDS if classes else _VALUE_KINDS
    wanted = default if operators is None else (*sorted(2 * list(allowed - {"linear"})), "linear")
    kinds = tuple(sorted(kind for kind in wanted if kind in allowed))
    dense = max(8.0, 4 * min(_START_PARAMETERS, n / 3 if classes else 2 * n) / outputs)
    if classes:
        dense = min(dense, max(CLASS_START, 2 * max_complexity))
    plan = Plan(
        kinds,
        dense,
        False,
        max(100, int(6000 * effort)),
        min(512, max(8, n // 4)),
        rate=5e-3,
        l1=1e-3 if classes else 1e-4,
        power=3,
        costs=split.costs,
    )
    starts = [(dense, max_complexity)] * (1 if (classes and n >= _FEW_ROWS) or effort < 0.5 else 2)
    if classes and effort >= 0.5:
        lower = _SMALL * max_complexity
        starts.append((max(8.0, min(dense, 2 * lower)), lower))
    for nodes, highest in starts:
        model = descend(data, replace(plan, budget=nodes), int(rng.integers(2**31)))
        free_front(model, split, highest, allowed if operators else set(kinds), rng, keep, effort)
    return ()
