"""Complexity as the paper counts it (Section IV.A): the nodes of the SymPy tree, without building it."""

__all__ = ["count_nodes", "distinct_nodes", "tree_counts"]

from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet.expression._graph import CONST, INPUT, KINDS, POW, PROD, SUM, Graph
from symbolnet.operators._primitives import PRIMITIVES

# What a node adds to the count of its children, by kind; sums are counted term by term.
_OWN = np.array([1, 1, 0, 1, 2, *(1 + PRIMITIVES[name].extra_nodes for name in KINDS[POW + 1 :])], dtype=np.float64)


def count_nodes(expression: Any) -> int:
    """Count the nodes of a SymPy expression, ``len(list(sympy.preorder_traversal(expression)))``."""
    count, stack = 0, [expression]
    while stack:
        count += 1
        stack.extend(stack.pop().args)
    return count


def own_counts(graph: Graph) -> NDArray[np.float64]:
    """Return what every node adds to the counts of its children.

    A sum of one term is that term. A term c·u adds Mul and c, only c where u is a product already, nothing where c = 1.
    """
    own = _OWN[graph.kind]
    sums = np.flatnonzero(graph.kind == SUM)
    if len(sums) == 0:
        return own
    edge = np.where(graph.coef == 1.0, 0.0, np.where(graph.kind[graph.child] == PROD, 1.0, 2.0))
    running = np.concatenate([np.zeros(1), np.cumsum(edge)])
    terms = np.diff(graph.start)[sums]
    const = graph.value[sums] != 0.0
    own[sums] = running[graph.start[sums + 1]] - running[graph.start[sums]] + const + (terms + const > 1)
    return own


def tree_counts(graph: Graph) -> NDArray[np.float64]:
    """Return the size of the tree below every node; a shared node counts once for each use. Exact up to 2**53."""
    counts = own_counts(graph)
    start = graph.start.tolist()
    plain = (graph.kind == CONST) | (graph.kind == INPUT)
    for node in np.flatnonzero(~plain).tolist():
        counts[node] += counts[graph.child[start[node] : start[node + 1]]].sum()
    return counts


def distinct_nodes(graph: Graph) -> int:
    """Count every node of the graph once, with the coefficients of its terms."""
    return int(own_counts(graph).sum())
