"""Where graphs are made: equal nodes become one node."""

__all__ = ["Builder"]

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from symbolnet.expression._graph import CONST, INPUT, KINDS, POW, PROD, SUM, Graph, kind_code
from symbolnet.operators._primitives import BOUND, PRIMITIVES, default_limit

_NONE = np.zeros(0, dtype=np.int64)
_NO_COEF = np.zeros(0)


class Builder:
    """Interns nodes as they are, without simplifying; `Algebra` simplifies on top of it.

    Nodes that differ only in their limit are one node with the larger limit, except for negative powers: there the
    limit says how near to zero a denominator may come, which data does reach.
    """

    def __init__(self) -> None:
        self.kind: list[int] = []
        self.value: list[float] = []
        self.limit: list[float] = []
        self.child: list[NDArray[np.int64]] = []
        self.coef: list[NDArray[np.float64]] = []
        self._known: dict[tuple[object, ...], int] = {}

    def const(self, value: float) -> int:
        """Return the node of a constant."""
        return self._intern((CONST, value), CONST, value, math.inf, _NONE, _NO_COEF)

    def input(self, column: int) -> int:
        """Return the node of a column of X."""
        return self._intern((INPUT, column), INPUT, float(column), math.inf, _NONE, _NO_COEF)

    def sum(self, const: float, child: NDArray[np.int64], coef: NDArray[np.float64]) -> int:
        """Return const + coef @ child; a sum of one bare term is that term, of none a constant."""
        if len(child) == 0:
            return self.const(const)
        if len(child) == 1 and const == 0.0 and coef[0] == 1.0:
            return int(child[0])
        if len(child) > 1 and not bool(np.all(child[1:] > child[:-1])):
            order = np.argsort(child, kind="stable")
            child, coef = child[order], coef[order]
        key = (SUM, const, child.tobytes(), coef.tobytes())
        return self._intern(key, SUM, const, math.inf, child, coef)

    def prod(self, factors: Sequence[int], limit: float = BOUND) -> int:
        """Return the product of two or more nodes."""
        child = np.array(sorted(factors), dtype=np.int64)
        return self._intern((PROD, child.tobytes()), PROD, 0.0, limit, child, np.ones(len(child)))

    def pow(self, base: int, exponent: float, limit: float | None = None) -> int:
        """Return base**exponent."""
        limit = default_limit(exponent) if limit is None else limit
        key = (POW, base, exponent) if exponent > 0 else (POW, base, exponent, limit)
        return self._intern(key, POW, exponent, limit, np.array([base], dtype=np.int64), np.ones(1))

    def call(self, name: str, args: Sequence[int], limit: float | None = None) -> int:
        """Return a primitive function of nodes."""
        primitive = PRIMITIVES[name]
        bound = math.inf if primitive.limit is None else primitive.limit if limit is None else limit
        child = np.array(args if primitive.arity else sorted(args, key=self._numbers_first), dtype=np.int64)
        code = kind_code(name)
        return self._intern((code, child.tobytes()), code, 0.0, bound, child, np.ones(len(child)))

    def like(self, kind: int, value: float, child: NDArray[np.int64], coef: NDArray[np.float64], limit: float) -> int:
        """Return a node of any kind from its parts: what copies a graph."""
        if kind == SUM:
            return self.sum(value, child, coef)
        if kind == CONST:
            return self.const(value)
        if kind == INPUT:
            return self.input(int(value))
        if kind == POW:
            return self.pow(int(child[0]), value, limit)
        if kind == PROD:
            return self.prod(child.tolist(), limit)
        return self.call(KINDS[kind], child.tolist(), limit)

    def freeze(self, outputs: Sequence[int]) -> tuple[Graph, NDArray[np.int64]]:
        """Return the nodes that `outputs` need as a graph, and where the outputs are in it."""
        needed = np.zeros(len(self.kind), dtype=bool)
        needed[list(outputs)] = True
        for node in range(len(self.kind) - 1, -1, -1):
            if needed[node]:
                needed[self.child[node]] = True
        keep = np.flatnonzero(needed)
        place = np.cumsum(needed) - 1
        sizes = np.array([len(self.child[node]) for node in keep.tolist()], dtype=np.int64)
        graph = Graph(
            kind=np.array(self.kind, dtype=np.uint8)[keep],
            value=np.array(self.value)[keep],
            limit=np.array(self.limit)[keep],
            start=np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)]),
            child=place[np.concatenate([_NONE, *(self.child[node] for node in keep.tolist())])],
            coef=np.concatenate([_NO_COEF, *(self.coef[node] for node in keep.tolist())]),
        )
        for array in vars(graph).values():
            array.setflags(write=False)
        places = place[np.array(outputs, dtype=np.int64)]
        places.setflags(write=False)
        return graph, places

    def _numbers_first(self, node: int) -> tuple[bool, int]:
        return self.kind[node] != CONST, node

    def _intern(
        self,
        key: tuple[object, ...],
        kind: int,
        value: float,
        limit: float,
        child: NDArray[np.int64],
        coef: NDArray[np.float64],
    ) -> int:
        node = self._known.get(key)
        if node is None:
            node = self._known[key] = len(self.kind)
            self.kind.append(kind)
            self.value.append(value)
            self.limit.append(limit)
            self.child.append(child)
            self.coef.append(coef)
        elif limit > self.limit[node]:
            self.limit[node] = limit
        return node
