"""Formulas grown term by term beside those of the descent: for targets that are values, fitted by least squares."""

__all__ = ["grown_models", "joined"]

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet.budget._records import FrontModel
from symbolnet.expression import NODES, Costs, Expression
from symbolnet.growth import GrownFormula, grow_front, merge_fronts
from symbolnet.operators import get_operator

_DEFAULT_UNARY, _DEFAULT_BINARY = ("sin", "cos", "gauss", "tanh"), ("+", "*")


def grown_models(
    X: NDArray[Any],
    y: NDArray[Any],
    weight: NDArray[np.float64],
    rows: tuple[NDArray[Any], NDArray[Any]],
    *,
    max_complexity: float,
    costs: Costs,
    operators: Sequence[str] | None,
    random_state: int,
    effort: float,
    names: tuple[Sequence[str], Sequence[str]],
    callback: Callable[[float, float], bool],
) -> tuple[GrownFormula, ...]:
    """The front of grown formulas; none where y holds only zeros and ones, which are classes.

    The growth counts nodes. With other costs it may use as many nodes as the budget pays for typical ones, and only
    functions that fit the budget; what it finds is then counted in costs.
    """
    if np.isin(y, (0, 1)).all():
        return ()
    unary: tuple[str, ...] = _DEFAULT_UNARY
    binary: tuple[str, ...] = _DEFAULT_BINARY
    if operators is not None:
        records = [get_operator(name) for name in operators]
        unary = tuple(record.name for record in records if record.arity == 1)
        binary = tuple(record.name for record in records if record.arity == 2)
    if costs != NODES:
        unary = tuple(name for name in unary if _cost_of(name, costs) <= max_complexity)
    found = grow_front(
        X,
        y,
        weight,
        max_complexity=max(1.0, max_complexity / costs.typical),
        unary=unary,
        binary=binary,
        random_state=random_state,
        effort=effort,
        input_names=names[0],
        output_names=names[1],
        rows=rows,
        callback=callback,
    )
    return tuple(formula for formula in found if formula.expression.cost(costs) <= max_complexity)


def _cost_of(name: str, costs: Costs) -> float:
    """What an operator of one input costs."""
    import sympy

    return Expression.from_sympy([get_operator(name).sympy(sympy.Symbol("x"))], ["x"]).cost(costs)


def joined(
    grown: Sequence[GrownFormula],
    front: Sequence[FrontModel],
    X: NDArray[Any],
    y: NDArray[Any],
    weight: NDArray[np.float64],
    loss: Callable[[NDArray[np.float64]], float],
    costs: Costs,
) -> tuple[FrontModel, ...]:
    """One front: a model of the descent enters where it is better than grown ones by more than chance.

    Parameters
    ----------
    grown, front : sequences
    X, y, weight : the rows to choose by
    loss : (samples, outputs) → float
        The loss of a prediction on these rows.
    costs : Costs
    """
    first = [(formula.expression, formula.expression.cost(costs)) for formula in grown]
    second = [(model.expression, model.complexity) for model in front]
    return tuple(
        FrontModel(expression, expression.cost(costs), loss(expression(X)))
        for expression in merge_fronts(first, second, X, y, weight)
    )
