"""Networks of fewer nodes in the arrays of a larger one, so that one compiled program trains them all.

What a small network lacks is absent for good: weights and biases of zero, operators pruned, and a mask that keeps them
out of every count and every mean. No gradient reaches them, so the numbers that are there follow the same equations as
in arrays of their own size, and differ by the order of sums alone.
"""

__all__ = ["Placement", "init_padded"]

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array
from numpy.typing import NDArray

from symbolnet.network import (
    INITIAL_SCALE,
    Architecture,
    FrozenLayer,
    FrozenNetwork,
    MaskedLinear,
    OperatorNodes,
    SymbolicLayer,
    SymbolNet,
)
from symbolnet.operators import Operator, get_operator
from symbolnet.training._records import Trial
from symbolnet.training._update import ADAM, Hyperparameters, TrainState, hyperparameters

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Placement:
    """Where the elements of a network are in the arrays of a larger one.

    Attributes
    ----------
    own : Architecture
    around : Architecture
        As `own`, with at least as many nodes in each layer.
    """

    own: Architecture
    around: Architecture

    def __post_init__(self) -> None:
        for own, around in zip(_nodes(self.own), _nodes(self.around), strict=True):
            for mine, place in zip(own, around, strict=True):
                assert all(mine.count(name) <= place.count(name) for name in mine)

    @property
    def n_weights(self) -> int:
        """Weights and biases of the network itself."""
        return sum((len(columns) + 1) * len(rows) for rows, columns in self.linears)

    @cached_property
    def linears(self) -> tuple[tuple[Indices, Indices], ...]:
        """Rows and columns of each linear map, from input to output."""
        columns = np.arange(self.own.n_inputs)
        found = []
        for own, around in zip(_nodes(self.own), _nodes(self.around), strict=True):
            rows, nodes, first_row, first_node = [], [], 0, 0
            for mine, place in zip(own, around, strict=True):
                chosen = _matches(mine, place)
                arities = [get_operator(name).arity for name in place]
                starts = first_row + np.concatenate([[0], np.cumsum(arities)]).astype(int)
                rows += [starts[k] + j for k in chosen for j in range(arities[k])]
                nodes += [first_node + k for k in chosen]
                first_row, first_node = int(starts[-1]), first_node + len(place)
            found.append((np.asarray(rows, int), columns))
            columns = np.asarray(nodes, int)
        return (*found, (np.arange(self.own.n_outputs), columns))

    @cached_property
    def nodes(self) -> tuple[tuple[Indices, Indices], ...]:
        """Unary and binary nodes of each layer."""
        pairs = zip(_nodes(self.own), _nodes(self.around), strict=True)
        return tuple((np.asarray(_matches(a, c), int), np.asarray(_matches(b, d), int)) for (a, b), (c, d) in pairs)

    def take(self, network: FrozenNetwork) -> FrozenNetwork:
        """The network out of the larger one."""
        layers = []
        for layer, (rows, columns), (unary, binary) in zip(network.layers, self.linears[:-1], self.nodes, strict=True):
            n_unary = len(layer.nodes) - sum(arity > 1 for _, arity in layer.nodes)
            chosen = [*unary.tolist(), *(n_unary + binary).tolist()]
            nodes = tuple(layer.nodes[k] for k in chosen)
            layers.append(FrozenLayer(layer.weight[np.ix_(columns, rows)], layer.bias[rows], nodes))
        _, columns = self.linears[-1]
        return FrozenNetwork(tuple(layers), network.output_weight[columns], network.output_bias)


def init_padded(
    around: Architecture, placements: Sequence[Placement], trials: Sequence[Trial], dtype: Any
) -> tuple[TrainState, Hyperparameters]:
    """Fresh states of networks that lie in the arrays of `around`, and the trials' numbers; leading axis trials.

    Every network begins as it would in arrays of its own, up to the rounding of a product: JAX's generator numbers its
    draws, so that draw k is the same however many there are. Only the draws are compiled, for few sizes: a program for
    the arrays of each architecture would take seconds.
    """
    kind, shapes = jnp.dtype(dtype), _shapes(around)
    most = max(rows * columns for rows, columns in shapes)
    seeds = np.asarray([trial.seed for trial in trials], np.uint32)
    drawn = np.asarray(_draw(seeds, len(shapes), 1 << max(6, (most - 1).bit_length()), kind.name))
    networks = [_network(around, place, draws) for place, draws in zip(placements, drawn, strict=True)]

    def stack(*leaves: Any) -> Array:
        return jnp.asarray(np.stack(leaves))

    network = jax.tree.map(stack, *(network for network, _ in networks))
    present = jax.tree.map(stack, *(mask for _, mask in networks))
    moments = jax.eval_shape(jax.vmap(ADAM.init), network)
    adam = jax.tree.map(lambda leaf: jnp.asarray(np.zeros(leaf.shape, leaf.dtype)), moments)
    state = TrainState(network, adam, jnp.asarray(np.zeros(len(trials), kind)))
    return state, hyperparameters(trials, dtype, present)


@partial(jax.jit, static_argnames=("n_linears", "n_draws", "dtype"))
def _draw(seeds: Any, n_linears: int, n_draws: int, dtype: str) -> Array:
    """Standard normal numbers of the weights and the biases of each linear map: (trials, maps, 2, n_draws)."""

    def of_linear(key: Array) -> Array:
        return jax.vmap(lambda key: jax.random.normal(key, (n_draws,), dtype))(jax.random.split(key))

    def of_trial(seed: Array) -> Array:
        return jax.vmap(of_linear)(jax.random.split(jax.random.key(seed), n_linears))

    return jax.vmap(of_trial)(seeds)


def _network(around: Architecture, place: Placement, draws: NDArray[np.floating]) -> tuple[SymbolNet, SymbolNet]:
    """A fresh network in the arrays of `around`, and the mask of what it has."""
    kind = draws.dtype
    linears, masks = [], []
    for (rows, columns), (n_rows, n_columns), (w, b) in zip(place.linears, _shapes(around), draws, strict=True):
        scale = (INITIAL_SCALE / np.sqrt(kind.type(max(len(columns), 1)))).astype(kind)
        weight, bias = np.zeros((n_rows, n_columns), kind), np.zeros(n_rows, kind)
        there, there_too = np.zeros_like(weight), np.zeros_like(bias)
        weight[np.ix_(rows, columns)] = w[: len(rows) * len(columns)].reshape(len(rows), len(columns)) * scale
        bias[rows] = b[: len(rows)] * scale
        there[np.ix_(rows, columns)] = there_too[rows] = 1
        linears.append(_linear(weight, bias, np.zeros_like(weight), np.zeros_like(bias)))
        masks.append(_linear(there, there_too, there, there_too))
    layers, present = [], []
    for k, (chosen, names) in enumerate(zip(place.nodes, _nodes(around), strict=True)):
        nodes = [np.isin(np.arange(len(row)), some).astype(kind) for row, some in zip(names, chosen, strict=True)]
        # Absent operators are pruned: they have a threshold of 1 and never get a gradient.
        layers.append(SymbolicLayer(linears[k], *map(_operators, [1 - node for node in nodes], names)))
        present.append(SymbolicLayer(masks[k], *map(_operators, nodes, names)))
    inputs = np.zeros(around.n_inputs, kind)
    network = SymbolNet(jnp.asarray(inputs), tuple(layers), linears[-1])
    return network, SymbolNet(jnp.asarray(inputs + 1), tuple(present), masks[-1])


def _linear(*arrays: NDArray[np.floating]) -> MaskedLinear:
    return MaskedLinear(*map(jnp.asarray, arrays))


def _operators(threshold: NDArray[np.floating], names: tuple[str, ...]) -> OperatorNodes:
    return OperatorNodes(jnp.asarray(threshold), names)


def _nodes(architecture: Architecture) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The operators of each layer, unary and binary, in the order of the network."""
    return [(layer.unary.names, layer.binary.names) for layer in _template(architecture).layers]


def _shapes(architecture: Architecture) -> list[tuple[int, int]]:
    linears = _template(architecture).linears()
    return [(int(linear.weight.shape[0]), int(linear.weight.shape[1])) for linear in linears]


def _template(architecture: Architecture) -> SymbolNet:
    """A network of shapes alone."""
    layers = (*architecture.unary_operators, *architecture.binary_operators)
    return _traced(architecture, tuple(get_operator(name) for layer in layers for name in layer))


@lru_cache(256)
def _traced(architecture: Architecture, _meaning: tuple[Operator, ...]) -> SymbolNet:
    """Kept by what the names mean too: an operator that is registered anew may take more arguments."""
    template: SymbolNet = jax.eval_shape(architecture.init, jax.random.key(0))
    return template


def _matches(own: Sequence[str], around: Sequence[str]) -> list[int]:
    """For each node of `own` a node of `around` with its operator: the first with the first, and so on."""
    places: dict[str, list[int]] = {}
    for k, name in enumerate(around):
        places.setdefault(name, []).append(k)
    taken: dict[str, int] = {}
    found = []
    for name in own:
        found.append(places[name][taken.get(name, 0)])
        taken[name] = taken.get(name, 0) + 1
    return found
