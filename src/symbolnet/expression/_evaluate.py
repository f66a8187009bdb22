"""Fast evaluation: all affine forms of the inputs in one matrix product, then the other nodes, in blocks."""

__all__ = ["Plan", "evaluate", "jax_function", "make_plan"]

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet.expression._graph import CONST, INPUT, KINDS, POW, PROD, SUM, Graph, children_of
from symbolnet.operators import _numpy

_BLOCK_BYTES = 32 << 20
_LARGEST_DENSE = 20_000_000


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums of equal depth: values = weight @ values[child] + const (+ the part that is linear in the inputs)."""

    nodes: list[int]
    child: list[int]
    weight: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Plan:
    """What to compute in which order.

    Attributes
    ----------
    columns : int64 array, (used,)
        The inputs that occur, ascending.
    linear : list of int
        The sums with a part that is linear in the inputs.
    weight : float64 array or sparse matrix, (linear, used)
    bare_inputs : dict
        Node and place in `columns` of the inputs that stand alone, outside sums.
    steps : list
        Node numbers and `Sums`, in order.
    """

    graph: Graph
    children: list[list[int]]
    columns: NDArray[np.int64]
    bare_inputs: dict[int, int]
    linear: dict[int, int]
    weight: Any
    steps: list[int | Sums]
    outputs: list[int]


def make_plan(graph: Graph, outputs: NDArray[np.int64]) -> Plan:
    """Return the plan for a graph."""
    children = children_of(graph)
    is_input = graph.kind == INPUT
    nodes = np.flatnonzero(is_input)
    columns, place = np.unique(graph.value[nodes].astype(np.int64), return_inverse=True)

    owner = np.repeat(np.arange(len(graph)), np.diff(graph.start))
    direct = is_input[graph.child] & (graph.kind[owner] == SUM)
    alone = np.zeros(len(graph), dtype=bool)
    alone[graph.child[~direct]] = alone[outputs] = True
    bare = {node: column for node, column in zip(nodes.tolist(), place.tolist(), strict=True) if alone[node]}
    rows, row_of_edge = np.unique(owner[direct], return_inverse=True)
    column_of_node = np.zeros(len(graph), dtype=np.int64)
    column_of_node[nodes] = place
    where = (row_of_edge, column_of_node[graph.child[direct]])
    shape = (len(rows), len(columns))
    weight: Any
    if shape[0] * shape[1] <= _LARGEST_DENSE:
        weight = np.zeros(shape)
        np.add.at(weight, where, graph.coef[direct])
    else:
        from scipy.sparse import csr_array

        weight = csr_array((graph.coef[direct], where), shape=shape)
    linear = {node: row for row, node in enumerate(rows.tolist())}
    return Plan(graph, children, columns, bare, linear, weight, _order(graph, children), outputs.tolist())


def _order(graph: Graph, children: list[list[int]]) -> list[int | Sums]:
    """Return the nodes by depth; sums of one depth that need other nodes are one matrix product."""
    kind = graph.kind.tolist()
    depth = [0] * len(kind)
    for node, parts in enumerate(children):
        if parts:
            depth[node] = 1 + max([depth[part] for part in parts])
    levels: dict[int, tuple[list[int], list[int]]] = {}
    for node, level in enumerate(depth):
        if kind[node] not in (CONST, INPUT):
            levels.setdefault(level, ([], []))[kind[node] == SUM].append(node)
    steps: list[int | Sums] = []
    for level in sorted(levels):
        functions, sums = levels[level]
        steps.extend(functions)
        if sums:
            child = sorted({part for node in sums for part in children[node] if kind[part] != INPUT})
            place = {part: k for k, part in enumerate(child)}
            weight = np.zeros((len(sums), len(child)))
            for row, node in enumerate(sums):
                first = int(graph.start[node])
                for edge, part in enumerate(children[node]):
                    if part in place:
                        weight[row, place[part]] += graph.coef[first + edge]
            steps.append(Sums(sums, child, weight))
    return steps


def evaluate(plan: Plan, samples: NDArray[Any]) -> NDArray[np.float64]:
    """Return the outputs for (n_samples, n_inputs) numbers of any type, in float64."""
    result = np.empty((len(samples), len(plan.outputs)))
    width = len(plan.columns) + int(np.count_nonzero(plan.graph.kind != INPUT)) + 1
    block = int(min(max(_BLOCK_BYTES // (8 * width), 64), 8192))
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        for begin in range(0, len(samples), block):
            values = _values(plan, samples[begin : begin + block])
            for k, node in enumerate(plan.outputs):
                result[begin : begin + block, k] = values[node]
    return result


def _linear_parts(plan: Plan, samples: NDArray[Any]) -> NDArray[np.float64]:
    """Return weight @ X.T. Where most columns are used, zeros for the others cost less than picking columns."""
    if 2 * len(plan.columns) > samples.shape[1] and isinstance(plan.weight, np.ndarray):
        mixed = _widened(plan, samples.shape[1]) @ samples.astype(np.float64, copy=False).T
        if np.isfinite(mixed).all():  # else an unused column may have held a NaN
            return np.asarray(mixed)
    return np.asarray(plan.weight @ np.take(samples, plan.columns, axis=1).astype(np.float64, copy=False).T)


def _widened(plan: Plan, width: int) -> NDArray[np.float64]:
    if len(plan.columns) == width:
        return np.asarray(plan.weight)
    weight = np.zeros((plan.weight.shape[0], width))
    weight[:, plan.columns] = plan.weight
    return weight


def _values(plan: Plan, samples: NDArray[Any]) -> dict[int, Any]:
    graph, kind = plan.graph, plan.graph.kind
    mixed = _linear_parts(plan, samples) if plan.linear else np.zeros((0, len(samples)))
    values: dict[int, Any] = {
        node: samples[:, plan.columns[column]].astype(np.float64) for node, column in plan.bare_inputs.items()
    }
    for node in np.flatnonzero(kind == CONST).tolist():
        values[node] = np.full(len(samples), graph.value[node])
    for step in plan.steps:
        if isinstance(step, Sums):
            inner = step.weight @ np.stack([values[part] for part in step.child]) if step.child else None
            for row, node in enumerate(step.nodes):
                value = inner[row] if inner is not None else 0.0
                if node in plan.linear:
                    value = mixed[plan.linear[node]] + value
                values[node] = value + graph.value[node]
            continue
        args = [values[part] for part in plan.children[step]]
        code, limit = int(kind[step]), float(graph.limit[step])
        if code == PROD:
            values[step] = _numpy.product(args, limit)
        elif code == POW:
            values[step] = _numpy.power(args[0], float(graph.value[step]), limit)
        else:
            values[step] = _numpy.function(KINDS[code], args, limit)
    return values


def jax_function(plan: Plan) -> Callable[[Any], Any]:
    """Return a jittable, differentiable function of (n_samples, n_inputs) JAX arrays, in their float type."""
    import jax.numpy as jnp

    from symbolnet.operators import _jax

    graph, kind = plan.graph, plan.graph.kind
    weight = plan.weight if isinstance(plan.weight, np.ndarray) else plan.weight.toarray()

    def function(samples: Any) -> Any:
        samples = jnp.asarray(samples)
        dtype = samples.dtype if samples.dtype.kind == "f" else jnp.result_type(float)
        samples = samples.astype(dtype)
        largest = float(np.finfo(dtype).max) / 100.0
        across = samples[:, plan.columns].T
        mixed = jnp.asarray(weight, dtype) @ across
        values: dict[int, Any] = {node: across[column] for node, column in plan.bare_inputs.items()}
        for node in np.flatnonzero(kind == CONST).tolist():
            values[node] = jnp.full(samples.shape[:1], graph.value[node], dtype)
        for step in plan.steps:
            if isinstance(step, Sums):
                stacked = jnp.stack([values[part] for part in step.child]) if step.child else None
                inner = None if stacked is None else jnp.asarray(step.weight, dtype) @ stacked
                for row, node in enumerate(step.nodes):
                    value = inner[row] if inner is not None else 0.0
                    if node in plan.linear:
                        value = mixed[plan.linear[node]] + value
                    values[node] = value + jnp.asarray(graph.value[node], dtype)
                continue
            args = [values[part] for part in plan.children[step]]
            code, bound = int(kind[step]), float(graph.limit[step])
            limit = max(min(bound, largest), -largest)
            if code == PROD:
                values[step] = _jax.product(args, limit)
            elif code == POW:
                values[step] = _jax.power(args[0], float(graph.value[step]), limit)
            else:
                values[step] = _jax.function(KINDS[code], args, limit if np.isfinite(bound) else None)
        return jnp.stack([values[node] for node in plan.outputs], axis=1)

    return function
