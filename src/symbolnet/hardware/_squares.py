"""Products as differences of squares, a·b = ((s·a + b/s)**2 - (s·a - b/s)**2)/4: two sums and two tables.

A multiplier of LUTs takes several times the LUTs of that, and its constant factor some more, which the tables absorb.
"""

__all__ = ["with_squares"]

import math
from collections.abc import Mapping

import numpy as np

from symbolnet.expression import Expression
from symbolnet.expression._builder import Builder
from symbolnet.expression._graph import PROD, children_of


def with_squares(expression: Expression, ranges: Mapping[int, tuple[float, float]]) -> Expression:
    """Return the formula with every product of two different factors as a difference of squares.

    Parameters
    ----------
    expression : Expression
    ranges : mapping of node to (low, high)
        Of the factors; s is chosen so that both weigh alike.
    """
    graph, builder = expression.graph, Builder()
    done: list[int] = []
    for node, parts in enumerate(children_of(graph)):
        children = np.array([done[part] for part in parts], dtype=np.int64)
        kind, value = int(graph.kind[node]), float(graph.value[node])
        if kind == PROD and len(parts) == 2 and parts[0] != parts[1]:
            widths = [_width(ranges.get(part)) for part in parts]
            scale = math.sqrt(widths[1] / widths[0])
            factors = np.array([scale, 1.0 / scale])
            squares = [builder.pow(builder.sum(0.0, children, factors * signs), 2.0) for signs in ((1, 1), (1, -1))]
            done.append(builder.sum(0.0, np.array(squares), np.array([0.25, -0.25])))
            continue
        coef = graph.coef[graph.start[node] : graph.start[node + 1]]
        done.append(builder.like(kind, value, children, coef, float(graph.limit[node])))
    changed, outputs = builder.freeze([done[node] for node in expression.outputs.tolist()])
    return Expression(changed, outputs, expression.input_names, expression.output_names)


def _width(ends: tuple[float, float] | None) -> float:
    """Half the size of a range about zero, within what a scale may reasonably be."""
    largest = max(map(abs, ends)) if ends else 1.0
    return min(max(largest, 1e-6), 1e6)
