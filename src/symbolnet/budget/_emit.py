"""From the structured model to the formula of the raw inputs, node for node as `cost` counts it."""

__all__ = ["emit"]

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from symbolnet.budget._costs import form_cost, rates
from symbolnet.budget._kinds import kind_of
from symbolnet.budget._model import Columns, Form, Model, Unit
from symbolnet.expression import NODES, Costs, Expression
from symbolnet.expression._algebra import Algebra
from symbolnet.operators._primitives import BOUND

Pair = tuple[int, float]
"""A node and its coefficient."""


def emit(
    model: Model,
    mean: NDArray[np.float64],
    scale: NDArray[np.float64],
    inputs: Sequence[str],
    outputs: Sequence[str],
    costs: Costs = NODES,
) -> Expression:
    """Write the model as an `Expression`, in the form that `costs` makes cheapest; the scaling of the inputs is folded
    into the constants.
    """
    builder = Algebra()
    columns = Columns(np.zeros((len(scale), 0), np.float32), mean, scale)
    nodes = []
    for output in model.outputs:
        const, terms = output.const, list[Pair]()
        for unit in output.units:
            terms.append(_unit(builder, unit, columns, costs))
            if unit.kind == "linear":
                const -= unit.coef * unit.forms[0].at_mean(columns)
        nodes.append(_sum(builder, const, terms))
    graph, places = builder.freeze(nodes)
    return Expression(graph, places, tuple(inputs), tuple(outputs))


def _sum(builder: Algebra, const: float, terms: Sequence[Pair]) -> int:
    """Return const + Σ coef·node, like terms merged; sums with coefficient 1 are opened."""
    total: dict[int, float] = {}
    for node, coef in terms:
        total[node] = total.get(node, 0.0) + coef
    kept = sorted((node, coef) for node, coef in total.items() if coef != 0.0)
    child = np.array([node for node, _ in kept], dtype=np.int64)
    return builder.sum(float(const), child, np.array([coef for _, coef in kept], dtype=np.float64))


def _form(builder: Algebra, form: Form, columns: Columns, pulled: bool) -> tuple[int, float]:
    """The node of a form and the factor taken out of it."""
    raw = [float(w) / float(columns.scale[g[0]]) for w, g in zip(form.weights, form.groups, strict=True)]
    const = 0.0 if form.bias is None else form.bias - form.at_mean(columns)
    factor, first = 1.0, -1
    if pulled:
        sizes = [len(group) for group in form.groups]
        first = sizes.index(max(sizes))
        factor = raw[first] if raw[first] != 0 else 1.0
    terms: list[Pair] = []
    for k, group in enumerate(form.groups):
        members = [(builder.input(int(i)), 1.0) for i in np.sort(group)]
        if k == first and raw[k] != 0:
            terms += members
        else:
            terms.append((_sum(builder, 0.0, members), raw[k] / factor))
    return _sum(builder, const / factor, terms), factor


def _unit(builder: Algebra, unit: Unit, columns: Columns, costs: Costs) -> Pair:
    kind = kind_of(unit.kind)
    if kind.name == "linear":
        form = unit.forms[0]
        node, factor = _form(builder, form, columns, True)
        return node, unit.coef * factor
    if kind.scaled:
        parts = [_form(builder, form, columns, True) for form in unit.forms]
        node, factor = _scaled(builder, kind.name, parts)
        return node, unit.coef * factor
    if kind.record is not None:
        arguments = [builder.form(_as_is(builder, form, columns, costs)) for form in unit.forms]
        applied = builder.lower(kind.record.formula, arguments)
        if applied.is_term:
            return int(applied.child[0]), unit.coef * float(applied.coef[0])
        return builder.node(applied), unit.coef
    form = unit.forms[0]
    if kind.inner:
        node, factor = _form(builder, form, columns, True)
        square = builder.pow(node, 2.0, BOUND / factor**2)
        exponent = builder.sum(0.0, np.array([square]), np.array([-(factor**2)]))
        return builder.call("exp", [exponent]), unit.coef
    return builder.call(kind.name, [_as_is(builder, form, columns, costs)]), unit.coef


def _as_is(builder: Algebra, form: Form, columns: Columns, costs: Costs) -> int:
    """The node of a form from which no factor may leave, written with or without one, whichever is cheaper."""
    inside = (form.groups, form.bias is not None)
    if form_cost(*inside, False, costs) <= rates(costs).factor + form_cost(*inside, True, costs):
        return _form(builder, form, columns, False)[0]
    return _sum(builder, 0.0, [_form(builder, form, columns, True)])


def _scaled(builder: Algebra, name: str, parts: list[tuple[int, float]]) -> Pair:
    node, factor = parts[0]
    if name == "abs":
        return builder.call("abs", [node], BOUND / abs(factor)), abs(factor)
    if name == "relu":
        zero = builder.const(0.0)
        return builder.call("max" if factor > 0 else "min", [zero, node], BOUND / abs(factor)), factor
    if name == "square":
        return builder.pow(node, 2.0, BOUND / factor**2), factor**2
    other, second = parts[1]
    if name == "prod":
        if node == other:
            return builder.pow(node, 2.0, BOUND / abs(factor * second)), factor * second
        return builder.prod([node, other], BOUND / abs(factor * second)), factor * second
    # |c·v| >= floor is |v| >= floor/c: the guard moves with the factor.
    limit = abs(second) / 1e-3
    return builder.prod([node, builder.pow(other, -1.0, limit)], BOUND * abs(second / factor)), factor / second
