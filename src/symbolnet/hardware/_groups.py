"""Inputs that share a coefficient as one sum: k·(a + b - c) + m·(d + e) instead of five products.

A formula of many inputs is written so (the search ties coefficients), but its graph holds one flat sum. With groups,
the members are added as they are, in few bits, and only the sums of the groups are multiplied by constants.
"""

__all__ = ["with_groups"]

import numpy as np

from symbolnet.expression import Expression
from symbolnet.expression._builder import Builder
from symbolnet.expression._graph import SUM, children_of

_LEAST_MEMBERS = 3


def with_groups(expression: Expression) -> Expression:
    """Return the formula with terms of equal coefficients, up to sign, gathered in sums of their own."""
    graph, builder = expression.graph, Builder()
    done: list[int] = []
    for node, parts in enumerate(children_of(graph)):
        children = np.array([done[part] for part in parts], dtype=np.int64)
        kind, value = int(graph.kind[node]), float(graph.value[node])
        coef = np.asarray(graph.coef[graph.start[node] : graph.start[node + 1]])
        if kind == SUM:
            children, coef = _grouped(builder, children, coef)
        done.append(builder.like(kind, value, children, coef, float(graph.limit[node])))
    changed, outputs = builder.freeze([done[node] for node in expression.outputs.tolist()])
    return Expression(changed, outputs, expression.input_names, expression.output_names)


def _grouped(builder: Builder, children: np.ndarray, coef: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The terms of one sum, those of a group replaced by one."""
    # Unrolled coefficients of one group may differ in their last bits.
    keys = np.array([float(f"{abs(c):.12g}") for c in coef.tolist()])
    sizes = {key: int(np.count_nonzero(keys == key)) for key in keys.tolist()}
    groups = [key for key, size in sizes.items() if size >= _LEAST_MEMBERS]
    if not groups:
        return children, coef
    left = ~np.isin(keys, groups)
    terms = dict(zip(children[left].tolist(), coef[left].tolist(), strict=True))
    for key in groups:
        own = keys == key
        # The larger part with a plus: da4ml's adders take either sign, tables and signs of ranges do not mind.
        sign = 1.0 if np.count_nonzero(coef[own] > 0) * 2 >= np.count_nonzero(own) else -1.0
        inner = builder.sum(0.0, children[own], sign * np.sign(coef[own]))
        terms[inner] = terms.get(inner, 0.0) + sign * key
    order = sorted(terms)
    return np.array(order, dtype=np.int64), np.array([terms[k] for k in order])
