"""Complexity as the paper counts it (Section IV.A): the nodes of the SymPy tree, without building it."""

__all__ = ["count_nodes", "distinct_nodes", "tree_counts"]

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet.expression._costs import NODES, Costs
from symbolnet.expression._graph import CONST, INPUT, KINDS, POW, PROD, SUM, Graph


@lru_cache(maxsize=32)
def _own(costs: Costs) -> NDArray[np.float64]:
    """What a node adds to the cost of its children, by kind; sums and powers are counted one by one."""
    first = [costs["constant"], costs["variable"], 0.0, costs["*"], 0.0]
    return np.array([*first, *(costs[name] for name in KINDS[POW + 1 :])], dtype=np.float64)


def count_nodes(expression: Any) -> int:
    """Count the nodes of a SymPy expression, ``len(list(sympy.preorder_traversal(expression)))``.

    Parameters
    ----------
    expression : SymPy expression

    Returns
    -------
    int
    """
    count, stack = 0, [expression]
    while stack:
        count += 1
        stack.extend(stack.pop().args)
    return count


def own_counts(graph: Graph, costs: Costs = NODES) -> NDArray[np.float64]:
    """Return what every node adds to the costs of its children.

    A sum of one term is that term. A term c·u adds Mul and c, only c where u is a product already, nothing where c = 1.
    """
    own = _own(costs)[graph.kind]
    number = costs["constant"]
    powers = np.flatnonzero(graph.kind == POW)
    if len(powers):
        exponents, which = np.unique(graph.value[powers], return_inverse=True)
        own[powers] = number + np.array([costs.power(exponent) for exponent in exponents.tolist()])[which]
    sums = np.flatnonzero(graph.kind == SUM)
    if len(sums) == 0:
        return own
    product = np.where(graph.kind[graph.child] == PROD, 0.0, costs["*"])
    edge = np.where(graph.coef == 1.0, 0.0, product + number)
    running = np.concatenate([np.zeros(1), np.cumsum(edge)])
    terms = np.diff(graph.start)[sums]
    const = graph.value[sums] != 0.0
    own[sums] = running[graph.start[sums + 1]] - running[graph.start[sums]] + const * number
    own[sums] += (terms + const > 1) * costs["+"]
    return own


def tree_counts(graph: Graph, costs: Costs = NODES) -> NDArray[np.float64]:
    """Return the cost of the tree below every node; a shared node counts at each use. Nodes are exact to 2**53."""
    counts = own_counts(graph, costs)
    start = graph.start.tolist()
    plain = (graph.kind == CONST) | (graph.kind == INPUT)
    for node in np.flatnonzero(~plain).tolist():
        counts[node] += counts[graph.child[start[node] : start[node + 1]]].sum()
    return counts


def distinct_nodes(graph: Graph) -> int:
    """Count every node of the graph once, with the coefficients of its terms."""
    return int(own_counts(graph).sum())
