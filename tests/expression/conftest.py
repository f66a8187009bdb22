"""Random networks after training, and what they compute, written down from the definition of a symbolic layer."""

from collections.abc import Callable

import numpy as np
import pytest

from symbolnet.network import FrozenLayer, FrozenNetwork
from symbolnet.operators import get_operator, operator_names

Network = FrozenNetwork


def _random_network(seed: int, n_inputs: int = 4, n_outputs: int = 3) -> Network:
    """One to three layers of any operators, any part of the weights pruned, some of them whole numbers."""
    rng = np.random.default_rng(seed)
    keep = rng.choice([0.2, 0.5, 1.0])

    def pruned(*shape: int) -> np.ndarray:
        values = rng.normal(size=shape) * (rng.random(shape) < keep)
        return np.round(values) if rng.random() < 0.3 else values

    layers, width = [], n_inputs
    for _ in range(rng.integers(1, 4)):
        names = rng.choice(operator_names(), rng.integers(1, 6)).tolist()
        nodes = [(name, get_operator(name).arity) for name in names]
        # Pruned nodes: the identity, and the sum of as many arguments as the operator had.
        nodes = [n if rng.random() < 0.8 else ("identity" if n[1] == 1 else "+", n[1]) for n in nodes]
        wide = sum(arity for _, arity in nodes)
        layers.append(FrozenLayer(pruned(width, wide), pruned(wide), tuple(nodes)))
        width = len(nodes)
    return FrozenNetwork(tuple(layers), pruned(width, n_outputs), pruned(n_outputs))


def _reference(network: Network, samples: np.ndarray, nudge: float = 0.0) -> np.ndarray:
    """The network in float64; `nudge` shifts every weight relatively, to see how much rounding can matter."""
    h, rng = samples, np.random.default_rng(0)
    for layer in network.layers:
        moved = 1 + nudge * rng.uniform(-1, 1, layer.weight.shape)
        z = h @ (layer.weight * moved) + layer.bias * (1 + nudge)
        columns, outputs = 0, []
        for name, arity in layer.nodes:
            args = z[:, columns : columns + arity].T
            outputs.append(sum(args) if name == "+" else get_operator(name).numpy(*args))
            columns += arity
        h = np.stack(outputs, axis=1)
    moved = 1 + nudge * rng.uniform(-1, 1, network.output_weight.shape)
    return h @ (network.output_weight * moved) + network.output_bias


def _scale(network: Network, samples: np.ndarray) -> np.ndarray:
    """The size of the terms of each output, to which a relative difference refers; infinite where rounding decides.

    Where shifts of 1e-14 in the weights move an output by more than 1e-12 of this, as with sin(1e12), no evaluation
    in another order can agree.
    """
    value = _reference(network, samples)
    size = np.abs(value) + 1.0
    moved = np.maximum(*(np.abs(_reference(network, samples, nudge) - value) for nudge in (1e-14, -1e-14)))
    return np.where(moved > 1e-12 * size, np.inf, size)


@pytest.fixture(scope="session")
def random_network() -> Callable[..., Network]:
    return _random_network


@pytest.fixture(scope="session")
def reference() -> Callable[..., np.ndarray]:
    return _reference


@pytest.fixture(scope="session")
def scale() -> Callable[..., np.ndarray]:
    return _scale
