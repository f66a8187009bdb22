"""A formula as plain arrays and names, and back with every number checked: what the model file holds."""

__all__ = ["pack", "unpack"]

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import ModelFileError, SymbolNetError, did_you_mean
from symbolnet.expression._count import tree_counts
from symbolnet.expression._graph import INPUT, KINDS, POW, PROD, SUM, Graph
from symbolnet.operators._primitives import PRIMITIVES

FORMAT = 1
_FLOATS, _INTEGERS = ("value", "limit", "coef"), ("start", "child")
_ARRAYS: dict[str, type[np.generic]] = {"kind": np.uint8}
_ARRAYS |= dict.fromkeys(_FLOATS, np.float64) | dict.fromkeys(_INTEGERS, np.int64)
_MOST_NODES, _MOST_EDGES, _MOST_OUTPUTS, _MOST_INPUTS = 1_000_000, 20_000_000, 100_000, 10_000_000
_DEEPEST, _LARGEST_EXPONENT = 500, 1000


class _Unfit(Exception):
    """Why it is no formula that can be stored."""


def pack(
    graph: Graph, outputs: NDArray[np.int64], input_names: tuple[str, ...], output_names: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return a manifest that JSON can hold, and arrays that a ``.npz`` can hold.

    Raises
    ------
    SymbolNetError
        If `unpack` would refuse them.
    """
    manifest = {
        "format": FORMAT,
        "kinds": list(KINDS),
        "input_names": list(input_names),
        "output_names": list(output_names),
    }
    arrays = {**{name: getattr(graph, name) for name in _ARRAYS}, "outputs": outputs}
    try:
        _unpacked(manifest, arrays)
    except _Unfit as error:
        raise SymbolNetError(f"the formula cannot be saved: {error}; choose a simpler one") from error
    return manifest, arrays


def unpack(manifest: Any, arrays: Any) -> tuple[Graph, NDArray[np.int64], tuple[str, ...], tuple[str, ...]]:
    """Return what `pack` was given.

    Raises
    ------
    ModelFileError
        If anything is missing, of the wrong type or size, unknown, not finite, cyclic or out of range.
    """
    try:
        return _unpacked(manifest, arrays)
    except _Unfit as error:
        raise ModelFileError(f"the stored formula is damaged ({error}); write the file again with save()") from error


def _unpacked(manifest: Any, arrays: Any) -> tuple[Graph, NDArray[np.int64], tuple[str, ...], tuple[str, ...]]:
    _require(isinstance(manifest, Mapping) and isinstance(arrays, Mapping), "no manifest or arrays")
    version = manifest.get("format")
    if not isinstance(version, int) or version < 1:
        raise _Unfit(f"format {version!r}")
    if version > FORMAT:
        raise ModelFileError(
            f"formula format {version} is newer than {FORMAT}, the latest known here; upgrade symbolnet"
        )
    inputs, outputs_named = (_names(manifest, key) for key in ("input_names", "output_names"))
    data = {name: _array(arrays, name, dtype) for name, dtype in _ARRAYS.items()}
    data["kind"] = _kinds(manifest, data["kind"])
    graph, outputs = Graph(**data), _array(arrays, "outputs", np.int64)
    _check_shape(graph, outputs, len(outputs_named))
    _check_nodes(graph, len(inputs))
    _check_size(graph)
    return graph, outputs, inputs, outputs_named


def _require(condition: Any, what: str) -> None:
    if not condition:
        raise _Unfit(what)


def _names(manifest: Mapping[str, Any], key: str) -> tuple[str, ...]:
    names = manifest.get(key)
    good = isinstance(names, list) and len(names) <= _MOST_INPUTS and all(isinstance(n, str) for n in names)
    _require(good, key)
    return tuple(names or ())


def _array(arrays: Mapping[str, Any], name: str, dtype: Any) -> NDArray[Any]:
    array = arrays.get(name)
    _require(isinstance(array, np.ndarray), f"array {name!r} is missing")
    assert isinstance(array, np.ndarray)
    _require(array.ndim == 1 and array.dtype == np.dtype(dtype), f"array {name!r} is {array.dtype} {array.shape}")
    copy = np.ascontiguousarray(array, dtype=dtype).copy()
    copy.setflags(write=False)
    return copy


def _kinds(manifest: Mapping[str, Any], codes: NDArray[Any]) -> NDArray[np.uint8]:
    """Return the stored codes as ours; files name their kinds."""
    names = manifest.get("kinds")
    _require(isinstance(names, list) and 0 < len(names) <= 256 and all(isinstance(n, str) for n in names), "kinds")
    assert isinstance(names, list)
    _require(not len(codes) or int(codes.max()) < len(names), "kind code out of range")
    for name in {names[code][:40] for code in np.unique(codes).tolist()} - set(KINDS):
        raise ModelFileError(f"the stored formula uses the unknown operator {name!r}; {did_you_mean(name, KINDS)}")
    table = np.array([KINDS.index(name) if name in KINDS else 0 for name in names], dtype=np.uint8)
    return np.asarray(table[codes])


def _check_shape(graph: Graph, outputs: NDArray[np.int64], n_outputs: int) -> None:
    nodes, edges = len(graph), len(graph.child)
    _require(0 < nodes <= _MOST_NODES and edges <= _MOST_EDGES, f"{nodes} nodes, {edges} edges")
    _require(0 < len(outputs) == n_outputs <= _MOST_OUTPUTS, f"{len(outputs)} outputs for {n_outputs} names")
    _require(len(graph.value) == len(graph.limit) == nodes and len(graph.coef) == edges, "array lengths differ")
    _require(len(graph.start) == nodes + 1 and graph.start[0] == 0 and graph.start[-1] == edges, "start")
    _require(np.all(np.diff(graph.start) >= 0), "start decreases")
    owner = np.repeat(np.arange(nodes), np.diff(graph.start))
    _require(np.all(graph.child >= 0) and np.all(graph.child < owner), "a child does not come before its parent")
    _require(np.all(outputs >= 0) and np.all(outputs < nodes), "output out of range")


def _check_nodes(graph: Graph, n_inputs: int) -> None:
    kind, value = graph.kind, graph.value
    sizes = np.diff(graph.start)
    _require(np.isfinite(value).all() and np.isfinite(graph.coef).all(), "a number is not finite")
    least, most = np.zeros(len(KINDS)), np.zeros(len(KINDS))
    limited = np.zeros(len(KINDS), dtype=bool)
    least[[SUM, PROD, POW]], most[[SUM, PROD, POW]], limited[[PROD, POW]] = (1, 2, 1), (np.inf, np.inf, 1), True
    for code in range(POW + 1, len(KINDS)):
        primitive = PRIMITIVES[KINDS[code]]
        least[code], most[code] = primitive.arity or 1, primitive.arity or np.inf
        limited[code] = primitive.limit is not None
    _require(np.all(sizes >= least[kind]) and np.all(sizes <= most[kind]), "wrong number of arguments")
    finite = np.isfinite(graph.limit)
    signed = (kind == POW) & (value < 0)
    positive = np.where(signed, np.abs(graph.limit), graph.limit) > 0
    _require(np.all(positive) and np.all(finite == limited[kind]), "a limit is wrong")
    columns = value[kind == INPUT]
    inside = (columns == np.floor(columns)) & (columns >= 0) & (columns < n_inputs)
    _require(np.all(inside), "input out of range")
    exponents = value[kind == POW]
    good = np.all(exponents != 0) and np.all(np.abs(exponents) <= _LARGEST_EXPONENT)
    _require(good, f"an exponent is zero or beyond {_LARGEST_EXPONENT}")
    unused = (kind == PROD) | (kind > POW)
    _require(np.all(value[unused] == 0), "a value where there is none")
    owner = np.repeat(kind, sizes)
    _require(np.all(graph.coef[owner != SUM] == 1.0) and np.all(graph.coef != 0.0), "a coefficient is wrong")


def _check_size(graph: Graph) -> None:
    """Refuse what a recursion would not come to the end of, or is too large a tree to be counted."""
    depth = np.zeros(len(graph), dtype=np.int64)
    start = graph.start.tolist()
    for node in np.flatnonzero(np.diff(graph.start)).tolist():
        depth[node] = 1 + depth[graph.child[start[node] : start[node + 1]]].max()
    _require(depth.max() <= _DEEPEST, f"{int(depth.max())} levels deep, where {_DEEPEST} are the most")
    with np.errstate(over="ignore"):
        _require(np.isfinite(tree_counts(graph)).all(), "its complexity is not finite")
