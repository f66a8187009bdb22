"""The shared graph that a formula is: a few arrays, immutable, children before parents.

Node kinds
----------
``const``  value
``input``  column `value` of X
``sum``    value + sum_k coef_k * child_k; an affine form of hundreds of inputs is one node
``prod``   the product of its children; numeric factors stand in the sum above
``pow``    child ** value, with a constant exponent
others     the primitive functions of `symbolnet.operators`

Every product, power and function saturates at ±`limit`, the guard that training had (see `symbolnet.operators`). The
guard stands on the node because it moves when a factor is taken out: |c·u| <= B is |u| <= B/|c|.
"""

__all__ = ["CONST", "INPUT", "KINDS", "POW", "PROD", "SUM", "Graph", "children_of", "kind_code"]

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from symbolnet.operators._primitives import PRIMITIVES

KINDS: tuple[str, ...] = ("const", "input", "sum", "prod", "pow", *PRIMITIVES)
"""The name of each kind code. The model file stores names, so that codes may change."""

CONST, INPUT, SUM, PROD, POW = range(5)


def kind_code(name: str) -> int:
    """Return the code of the kind `name`."""
    return KINDS.index(name)


@dataclass(frozen=True, eq=False)
class Graph:
    """Nodes in topological order; the children of node k are ``child[start[k]:start[k + 1]]``.

    Attributes
    ----------
    kind : uint8 array, (nodes,)
    value : float64 array, (nodes,)
        Constant of a const or sum, column of an input, exponent of a pow; zero elsewhere.
    limit : float64 array, (nodes,)
        Where the output saturates; infinite where it does not. Of a negative power, with the sign that it has at zero.
    start : int64 array, (nodes + 1,)
    child : int64 array, (edges,)
    coef : float64 array, (edges,)
        Coefficients of the terms of sums; one elsewhere.
    """

    kind: NDArray[np.uint8]
    value: NDArray[np.float64]
    limit: NDArray[np.float64]
    start: NDArray[np.int64]
    child: NDArray[np.int64]
    coef: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.kind)

    def same(self, other: "Graph") -> bool:
        """Tell whether all arrays are equal."""
        names = ("kind", "value", "limit", "start", "child", "coef")
        return all(np.array_equal(getattr(self, name), getattr(other, name)) for name in names)


def children_of(graph: Graph) -> list[list[int]]:
    """Return the children of every node as lists, which Python walks faster than arrays."""
    child, start = graph.child.tolist(), graph.start.tolist()
    return [child[a:b] for a, b in pairwise(start)]
