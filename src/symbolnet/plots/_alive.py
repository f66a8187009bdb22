"""What pruning has left of a network, ready to be drawn."""

__all__ = ["Alive", "AliveLayer", "AliveNode", "alive_parts", "node_formulas"]

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class AliveNode:
    """An operator node: its name, arity, the places of its arguments among the layer's columns, and its number."""

    name: str
    arity: int
    columns: tuple[int, ...]
    number: int


@dataclass(frozen=True, eq=False)
class AliveLayer:
    """Columns z and operator nodes that an output depends on; `weight` has the shape (nodes before, columns)."""

    weight: NDArray[np.float64]
    columns: NDArray[np.int64]
    nodes: tuple[AliveNode, ...]


@dataclass(frozen=True, eq=False)
class Alive:
    """Inputs, layers and output weights that are left; `output_weight` has the shape (last nodes, outputs)."""

    inputs: NDArray[np.int64]
    layers: tuple[AliveLayer, ...]
    output_weight: NDArray[np.float64]

    @property
    def n_nodes(self) -> int:
        return len(self.inputs) + sum(len(layer.columns) + len(layer.nodes) for layer in self.layers)


def alive_parts(network: Any) -> Alive:
    """Leave out, from the outputs backwards, what no output depends on."""
    needed = np.any(network.output_weight != 0, axis=1)
    kept: list[tuple[NDArray[np.int64], tuple[AliveNode, ...], NDArray[np.bool_]]] = []
    for layer in reversed(network.layers):
        start = np.concatenate([[0], np.cumsum([arity for _, arity in layer.nodes])]).astype(int)
        numbers = np.flatnonzero(needed)
        columns = np.concatenate([np.arange(start[k], start[k + 1]) for k in numbers] or [np.zeros(0, int)]).astype(int)
        place = {int(column): k for k, column in enumerate(columns)}
        nodes = tuple(
            AliveNode(name, arity, tuple(place[c] for c in range(start[k], start[k + 1])), int(k))
            for k, (name, arity) in ((k, layer.nodes[k]) for k in numbers.tolist())
        )
        kept.append((columns, nodes, needed))
        needed = np.any(layer.weight[:, columns] != 0, axis=1)
    inputs, before = np.flatnonzero(needed), needed
    layers = []
    for layer, (columns, nodes, after) in zip(network.layers, reversed(kept), strict=True):
        layers.append(AliveLayer(layer.weight[np.ix_(before, columns)], columns, nodes))
        before = after
    return Alive(inputs, tuple(layers), network.output_weight[before])


def node_formulas(network: Any, inputs: Sequence[str], outputs: Sequence[str], digits: int) -> list[list[str]]:
    """The formula of each node that is left, layer by layer, and last those of the outputs."""
    from symbolnet.expression import unroll
    from symbolnet.network import FrozenNetwork

    texts = []
    for depth, layer in enumerate(alive_parts(network).layers):
        pick = np.zeros((len(network.layers[depth].nodes), len(layer.nodes)))
        pick[[node.number for node in layer.nodes], range(len(layer.nodes))] = 1
        cut = FrozenNetwork(network.layers[: depth + 1], pick, np.zeros(len(layer.nodes)))
        texts.append(unroll(cut, inputs).text(digits=digits) if layer.nodes else [])
    texts.append(unroll(network, inputs, outputs).text(digits=digits))
    return texts
