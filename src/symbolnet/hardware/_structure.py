"""What of a formula is a table and what is arithmetic: found once, before any precision is chosen.

Every node of the graph has a `base`: the one node of which it is a function of one variable. The base of an input is
itself; a node whose children have one base in common has that base; any other node joins several and is a base. So
``0.84*exp(-46*(m + 0.14*a + 0.27*b)**2)`` is a function of its bracket, and becomes one table behind it.
"""

__all__ = ["Structure", "Term", "analyse", "node_values"]

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.expression import Expression
from symbolnet.expression._graph import CONST, INPUT, KINDS, POW, PROD, SUM, Graph, children_of
from symbolnet.operators import _numpy

NO_BASE = -1


@dataclass(frozen=True)
class Term:
    """A part of a join that depends on one base: slope·base + offset where linear, else sum of coefficient·node.

    Attributes
    ----------
    base : int
    nodes : tuple of (node, coefficient)
    linear : bool
    slope, offset : float
        Where linear.
    """

    base: int
    nodes: tuple[tuple[int, float], ...]
    linear: bool
    slope: float = 0.0
    offset: float = 0.0


@dataclass(frozen=True, eq=False)
class Structure:
    """The joins of a formula and how they are made of each other.

    Attributes
    ----------
    graph : Graph
    base : list of int
        Of every node; `NO_BASE` for constants.
    affine : list of (slope, offset) or None
        Of every node that is slope·base + offset.
    joins : dict of int to tuple of Term
        The nodes that join several bases, in order, with their parts; inputs are no joins.
    free_scale : set of int
        Joins by sums that are read by tables alone, so that their scale and offset may be chosen.
    readers : dict of int to tuple of Term
        The terms that are not linear, by base: the tables that read it.
    """

    graph: Graph
    outputs: tuple[int, ...]
    base: list[int]
    affine: list[tuple[float, float] | None]
    joins: dict[int, tuple[Term, ...]]
    free_scale: frozenset[int]
    readers: dict[int, tuple[Term, ...]]

    def term(self, nodes: Sequence[tuple[int, float]], base: int) -> Term:
        """Return parts of one base as a term."""
        forms = [self.affine[node] for node, _ in nodes]
        known = [form for form in forms if form is not None]
        if len(known) < len(forms):
            return Term(base, tuple(nodes), False)
        slope = sum(c * form[0] for (_, c), form in zip(nodes, known, strict=True))
        offset = sum(c * form[1] for (_, c), form in zip(nodes, known, strict=True))
        return Term(base, tuple(nodes), True, slope, offset)


def analyse(expression: Expression) -> Structure:
    """Return the structure of a formula.

    Raises
    ------
    SymbolNetError
        If no output depends on an input: there is nothing to build.
    """
    graph = expression.graph
    outputs = tuple(int(k) for k in expression.outputs)
    if expression.n_inputs == 0:
        raise SymbolNetError("the formula is a constant, so there is no circuit; choose another row with --index")
    children = children_of(graph)
    kinds, values, coefs = graph.kind.tolist(), graph.value.tolist(), graph.coef.tolist()
    base = [NO_BASE] * len(graph)
    affine: list[tuple[float, float] | None] = [None] * len(graph)
    structure = Structure(graph, outputs, base, affine, {}, frozenset(), {})
    for node, parts in enumerate(children):
        kind = kinds[node]
        if kind == CONST:
            affine[node] = (0.0, values[node])
            continue
        bases = {base[part] for part in parts} - {NO_BASE}
        if kind == INPUT or len(bases) > 1:
            base[node], affine[node] = node, (1.0, 0.0)
            if kind != INPUT:
                structure.joins[node] = _parts(structure, node, parts)
            continue
        base[node] = next(iter(bases), NO_BASE)
        if kind == SUM:
            first = int(graph.start[node])
            term = structure.term([(part, coefs[first + k]) for k, part in enumerate(parts)], base[node])
            affine[node] = (term.slope, term.offset + values[node]) if term.linear else None
        elif base[node] == NO_BASE:  # a function of numbers alone, as SymPy's unevaluated forms may hold
            affine[node] = (0.0, float(node_values(graph, [node], {})[node][0]))
    return Structure(graph, outputs, base, affine, structure.joins, _free(structure), _readers(structure))


def _parts(structure: Structure, node: int, parts: Sequence[int]) -> tuple[Term, ...]:
    graph, base = structure.graph, structure.base
    first = int(graph.start[node])
    pairs = [(part, float(graph.coef[first + k])) for k, part in enumerate(parts)]
    if graph.kind[node] in (SUM, PROD):  # of one base: one term
        groups: dict[int, list[tuple[int, float]]] = {}
        for pair in pairs:
            groups.setdefault(base[pair[0]], []).append(pair)
        if graph.kind[node] == SUM:
            return tuple(structure.term(group, which) for which, group in groups.items())
        return tuple(
            structure.term(group, which) if len(group) == 1 else Term(which, tuple(group), False)
            for which, group in groups.items()
        )
    return tuple(structure.term([pair], base[pair[0]]) for pair in pairs)


def _free(structure: Structure) -> frozenset[int]:
    """Return the sums that no join and no output reads linearly."""
    kind = structure.graph.kind
    bound = {term.base for terms in structure.joins.values() for term in terms if term.linear}
    bound |= {structure.base[node] for node in structure.outputs if structure.affine[node] is not None}
    return frozenset(node for node in structure.joins if kind[node] == SUM and node not in bound)


def _readers(structure: Structure) -> dict[int, tuple[Term, ...]]:
    alone = [structure.term([(node, 1.0)], structure.base[node]) for node in structure.outputs]
    found: dict[int, list[Term]] = {}
    for term in [*(term for terms in structure.joins.values() for term in terms), *alone]:
        if not term.linear:
            found.setdefault(term.base, []).append(term)
    return {base: tuple(terms) for base, terms in found.items()}


def node_values(
    graph: Graph, wanted: Sequence[int], given: Mapping[int, NDArray[np.float64]]
) -> dict[int, NDArray[np.float64]]:
    """Return the float64 values of nodes where those of some others are given, guards included as in evaluation."""
    values = dict(given)
    start, child, coef = graph.start, graph.child, graph.coef
    length = len(next(iter(given.values()))) if given else 1
    needed = {node for node in wanted if node not in values}
    for node in range(max(needed, default=-1), -1, -1):
        if node in needed:
            needed.update(part for part in child[start[node] : start[node + 1]].tolist() if part not in values)
    with np.errstate(over="ignore", invalid="ignore", under="ignore", divide="ignore"):
        for node in sorted(needed):
            parts = child[start[node] : start[node + 1]].tolist()
            args = [values[part] for part in parts]
            values[node] = _value(graph, node, args, coef[start[node] : start[node + 1]].tolist(), length)
    return {node: values[node] for node in wanted}


def _value(
    graph: Graph, node: int, args: list[NDArray[np.float64]], coefs: list[float], length: int
) -> NDArray[np.float64]:
    code, number, limit = int(graph.kind[node]), float(graph.value[node]), float(graph.limit[node])
    if code == CONST:
        return np.full(length, number)
    if code == SUM:
        total = np.full(length, number)
        for factor, arg in zip(coefs, args, strict=True):
            total += factor * arg
        return total
    if code == PROD:
        return _numpy.product(args, limit)
    return _numpy.power(args[0], number, limit) if code == POW else _numpy.function(KINDS[code], args, limit)
