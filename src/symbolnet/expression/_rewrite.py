"""Whole-graph changes: rounding, scaling of outputs, selection, factoring and its reverse."""

__all__ = ["expand", "factor", "round_constants", "scale_outputs", "select"]

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from symbolnet.expression._affine import Affine, linear
from symbolnet.expression._algebra import Algebra
from symbolnet.expression._graph import CONST, SUM, Graph

Result = tuple[Graph, NDArray[np.int64]]
SumRule = Callable[[Algebra, float, NDArray[np.int64], NDArray[np.float64]], int]


def _copy(graph: Graph, algebra: Algebra, on_sum: SumRule | None = None) -> NDArray[np.int64]:
    """Copy a graph into a builder, sums by a rule; return where each node went."""
    place = np.zeros(len(graph), dtype=np.int64)
    start = graph.start.tolist()
    for node, (kind, value, limit) in enumerate(
        zip(graph.kind.tolist(), graph.value.tolist(), graph.limit.tolist(), strict=True)
    ):
        edges = slice(start[node], start[node + 1])
        child, coef = place[graph.child[edges]], graph.coef[edges]
        if kind == SUM and on_sum is not None:
            place[node] = on_sum(algebra, value, child, coef)
        else:
            place[node] = algebra.like(kind, value, child, coef, limit)
    return place


def round_constants(
    graph: Graph, outputs: NDArray[np.int64], rule: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> Result:
    """Return the graph with every constant and coefficient rounded by `rule`; exponents and guards stay."""
    numbers = (graph.kind == CONST) | (graph.kind == SUM)
    value = np.where(numbers, rule(np.where(numbers, graph.value, 0.0)), graph.value)
    rounded = Graph(graph.kind, value, graph.limit, graph.start, graph.child, rule(graph.coef))
    algebra = Algebra()
    return algebra.freeze(_copy(rounded, algebra)[outputs].tolist())


def significant_digits(digits: int) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Return the rule that keeps `digits` significant decimal digits, as text with so many digits reads back."""
    return lambda values: np.array([float(f"{v:.{digits - 1}e}") for v in values.tolist()])


def significant_bits(bits: int) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Return the rule that keeps `bits` significant bits, the leading one included."""

    def rule(values: NDArray[np.float64]) -> NDArray[np.float64]:
        mantissa, exponent = np.frexp(values)
        return np.ldexp(np.round(mantissa * 2.0**bits), exponent - bits)

    return rule


def scale_outputs(
    graph: Graph, outputs: NDArray[np.int64], scale: NDArray[np.float64], shift: NDArray[np.float64]
) -> Result:
    """Return scale_k * f_k + shift_k for every output k."""
    algebra = Algebra()
    place = _copy(graph, algebra)
    result = []
    for node, factor, offset in zip(place[outputs].tolist(), scale.tolist(), shift.tolist(), strict=True):
        form = algebra.form(node).scaled(factor)
        result.append(algebra.node(Affine(form.const + offset, form.child, form.coef)))
    algebra.require_finite("scaling the outputs")
    return algebra.freeze(result)


def select(graph: Graph, outputs: NDArray[np.int64]) -> Result:
    """Return only what `outputs` need."""
    algebra = Algebra()
    return algebra.freeze(_copy(graph, algebra)[outputs].tolist())


def expand(graph: Graph, outputs: NDArray[np.int64]) -> Result:
    """Return the graph with numeric factors multiplied into sums, c*(a + b) = c*a + c*b, as SymPy does by itself."""

    def rule(algebra: Algebra, const: float, child: NDArray[np.int64], coef: NDArray[np.float64]) -> int:
        consts, children, coefs = [const], [], []
        for node, factor in zip(child.tolist(), coef.tolist(), strict=True):
            form = algebra.form(node)
            consts.append(factor * form.const)
            children.append(form.child)
            coefs.append(factor * form.coef)
        return algebra.node(linear(math.fsum(consts), np.concatenate(children), np.concatenate(coefs)))

    algebra = Algebra()
    return algebra.freeze(_copy(graph, algebra, rule)[outputs].tolist())


def factor(graph: Graph, outputs: NDArray[np.int64]) -> Result:
    """Return the graph with common factors taken out of sums where this lowers the count.

    Terms whose coefficients have one magnitude m become m*((a + b) - (c + d)).
    """
    algebra = Algebra()
    return algebra.freeze(_copy(graph, algebra, _factored)[outputs].tolist())


def _factored(algebra: Algebra, const: float, child: NDArray[np.int64], coef: NDArray[np.float64]) -> int:
    size = np.abs(coef)
    sizes, counts = np.unique(size, return_counts=True)
    loose = np.ones(len(coef), dtype=bool)
    extra: list[tuple[int, float]] = []
    whole = len(sizes) == 1 and const == 0.0
    for magnitude in sizes[counts > 1].tolist():
        group = size == magnitude
        plus, minus = child[group & (coef > 0)], child[group & (coef < 0)]
        inner, sign = _difference(algebra, plus, minus)
        cost_before = sum(_term_cost(algebra, c, node) for c, node in zip(coef[group], child[group], strict=True))
        factor = sign * magnitude
        outer = 0 if factor == 1.0 else 2
        if factor == 1.0 and not whole:
            inner_terms, kept = algebra.form(inner), True
            cost_after = _sum_cost(algebra, inner_terms) - 1
        else:
            inner_terms, kept = algebra.form(inner), False
            cost_after = outer + _sum_cost(algebra, inner_terms)
        if cost_after < cost_before + (1 if whole else 0):
            loose &= ~group
            if kept:
                extra += list(zip(inner_terms.child.tolist(), inner_terms.coef.tolist(), strict=True))
            else:
                extra.append((inner, factor))
    nodes = np.concatenate([child[loose], np.array([node for node, _ in extra], dtype=np.int64)])
    return algebra.sum(const, nodes, np.concatenate([coef[loose], np.array([c for _, c in extra])]))


def _difference(algebra: Algebra, plus: NDArray[np.int64], minus: NDArray[np.int64]) -> tuple[int, float]:
    """Return (a + b) - (c + d) as a node, and the sign that was taken out so that the first bracket is not empty."""
    if len(plus) == 0:
        return algebra.sum(0.0, minus, np.ones(len(minus))), -1.0
    if len(minus) < 2:
        return algebra.sum(0.0, np.append(plus, minus), np.append(np.ones(len(plus)), -np.ones(len(minus)))), 1.0
    negative = algebra.sum(0.0, minus, np.ones(len(minus)))
    return algebra.sum(0.0, np.append(plus, negative), np.append(np.ones(len(plus)), -1.0)), 1.0


def _term_cost(algebra: Algebra, coef: float, node: int) -> int:
    """Return the nodes of coef*node beyond those of the bare node."""
    return 0 if coef == 1.0 else 1 if algebra.kind[node] == 3 else 2


def _sum_cost(algebra: Algebra, form: Affine) -> int:
    """Return the nodes of a sum beyond those of its bare leaves, one level of nested sums included."""
    cost = 1
    for node, coef in zip(form.child.tolist(), form.coef.tolist(), strict=True):
        cost += _term_cost(algebra, coef, node) + (1 if algebra.kind[node] == SUM else 0)
    return cost
