"""Whole-graph changes: rounding, scaling of outputs, selection, factoring and its reverse."""

__all__ = [
    "expand",
    "factor",
    "near_whole",
    "round_constants",
    "scale_outputs",
    "select",
    "significant_bits",
    "significant_digits",
]

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from symbolnet.expression._affine import Affine, linear
from symbolnet.expression._algebra import Algebra
from symbolnet.expression._graph import CONST, PROD, SUM, Graph

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
    """Return the graph with every constant and coefficient rounded by `rule`; exponents and guards stay.

    Terms that rounding makes alike are merged, unless they would cancel: a formula does not become a constant so. A sum
    whose coefficients all become zero is its constant.
    """

    def merged(algebra: Algebra, const: float, child: NDArray[np.int64], coef: NDArray[np.float64]) -> int:
        if len(coef) and not coef.any():
            return algebra.const(const)
        form = linear(const, child, coef)
        if form.is_const or len(form.child) == len(child):
            return algebra.sum(const, child, coef)
        return algebra.sum(form.const, form.child, rule(form.coef))

    numbers = (graph.kind == CONST) | (graph.kind == SUM)
    value = np.where(numbers, rule(np.where(numbers, graph.value, 0.0)), graph.value)
    rounded = Graph(graph.kind, value, graph.limit, graph.start, graph.child, rule(graph.coef))
    algebra = Algebra()
    return algebra.freeze(_copy(rounded, algebra, merged)[outputs].tolist())


def loses_arguments(
    graph: Graph, outputs: NDArray[np.int64], rule: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> bool:
    """Tell whether rounding by `rule` leaves a sum inside a product, a power or a function without a term."""
    left = (
        np.add.reduceat(np.append(rule(graph.coef) != 0, False), graph.start[:-1]) if len(graph.coef) else np.zeros(0)
    )
    empty = np.flatnonzero((graph.kind == SUM) & (np.diff(graph.start) > 0) & (left == 0)) if len(left) else np.zeros(0)
    return not set(empty.tolist()) <= set(outputs.tolist())


def significant_digits(digits: int) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Return the rule that keeps `digits` significant decimal digits, as text with so many digits reads back."""
    return lambda values: np.array([float(f"{v:.{digits - 1}e}") for v in values.tolist()])


def significant_bits(bits: int) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Return the rule that keeps `bits` significant bits, the leading one included."""

    def rule(values: NDArray[np.float64]) -> NDArray[np.float64]:
        mantissa, exponent = np.frexp(values)
        return np.asarray(np.ldexp(np.round(mantissa * 2.0**bits), exponent - bits))

    return rule


def near_whole(tolerance: float, *, zero: bool = True) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Return the rule that makes numbers whole which are so but for `tolerance`, relative to the larger of 1 and it.

    Without `zero`, those next to 0 stay.
    """

    def rule(values: NDArray[np.float64]) -> NDArray[np.float64]:
        whole = np.round(values)
        near = np.abs(values - whole) <= tolerance * np.maximum(1.0, np.abs(whole))
        return np.where(near & (zero | (whole != 0)), whole, values)

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
    """Return the node of a sum, with terms of equal magnitude collected where that has fewer nodes."""
    size = np.abs(coef)
    sizes, inverse, counts = np.unique(size, return_inverse=True, return_counts=True)
    alone = len(sizes) == 1 and const == 0.0  # the sum itself disappears into the factored term
    single = counts[inverse] == 1
    parts: list[tuple[NDArray[np.int64], NDArray[np.float64]]] = [(child[single], coef[single])]
    for magnitude in sizes[counts > 1].tolist():
        group = size == magnitude
        nodes, signs = child[group], np.sign(coef[group])
        flip = -1.0 if magnitude != 1.0 and signs.sum() < 0 else 1.0
        inner = _with_bracket(algebra, nodes, signs * flip)
        before, after = _cost(algebra, nodes, coef[group]), _cost(algebra, *inner)
        if magnitude == 1.0 and after < before:
            parts.append(inner)
        elif magnitude != 1.0 and 3 + after - alone < before:
            parts.append((np.array([algebra.sum(0.0, *inner)]), np.array([flip * magnitude])))
        else:
            parts.append((nodes, coef[group]))
    return algebra.sum(const, np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts]))


def _with_bracket(
    algebra: Algebra, nodes: NDArray[np.int64], signs: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return a + b - c - d as a + b - (c + d), where two or more signs are negative."""
    minus = signs < 0
    if np.count_nonzero(minus) < 2:
        return nodes, signs
    bracket = algebra.sum(0.0, nodes[minus], -signs[minus])
    return np.append(nodes[~minus], bracket), np.append(signs[~minus], -1.0)


def _cost(algebra: Algebra, nodes: NDArray[np.int64], coefs: NDArray[np.float64]) -> int:
    """Return the nodes of terms beyond those of what they multiply, a bracket's own Add included."""
    kinds = [algebra.kind[node] for node in nodes.tolist()]
    factors = sum(0 if c == 1.0 else 1 if k == PROD else 2 for k, c in zip(kinds, coefs.tolist(), strict=True))
    return factors + kinds.count(SUM)
