"""A quantised dense network as a program: the integers are those of NumPy, and da4ml's are the same."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolnet._errors import SymbolNetError
from symbolnet.hardware import FixedPoint, QuantisedLayer, emulate, network_program
from symbolnet.hardware._emulate import emulate_integers, quantise_inputs
from symbolnet.hardware._trace import predict, trace

HIDDEN, INPUTS = FixedPoint(False, 0, 6), FixedPoint(True, 1, 3)


def _layers(rng: np.random.Generator, widths: tuple[int, ...]) -> list[QuantisedLayer]:
    layers = []
    for depth, (n, m) in enumerate(pairwise(widths)):
        weight = rng.integers(-32, 32, (n, m)) * (rng.random((n, m)) < 0.5)
        last = depth == len(widths) - 2
        layers.append(QuantisedLayer(weight, rng.integers(-32, 32, m), 5, 4, None if last else HIDDEN))
    return layers


def _by_numpy(layers: list[QuantisedLayer], X: np.ndarray) -> np.ndarray:
    """The network in float64, which is exact for so few bits: ReLU, round half up, saturate."""
    h = np.clip(np.floor(X * 8 + 0.5), -16, 15) / 8
    for layer in layers:
        h = h @ (layer.weight / 2**layer.weight_fractional) + layer.bias / 2**layer.bias_fractional
        if layer.activation is not None:
            h = np.clip(np.floor(np.maximum(h, 0) * 64 + 0.5), 0, 63) / 64
    return h


def _names(widths: tuple[int, ...]) -> tuple[list[str], list[str]]:
    return [f"x{k}" for k in range(widths[0])], [f"y{k}" for k in range(widths[-1])]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.lists(st.integers(1, 6), min_size=2, max_size=4).map(tuple))
def test_the_emulator_computes_the_network(seed: int, widths: tuple[int, ...]) -> None:
    rng = np.random.default_rng(seed)
    layers = _layers(rng, widths)
    X = rng.normal(size=(200, widths[0]))
    program = network_program(layers, INPUTS, *_names(widths))
    assert np.array_equal(emulate(program, X), _by_numpy(layers, X))


@pytest.mark.parametrize("seed", [0, 1])
def test_da4ml_computes_the_same(seed: int) -> None:
    rng = np.random.default_rng(seed)
    widths = (5, 4, 3)
    program = network_program(_layers(rng, widths), INPUTS, *_names(widths))
    ports = quantise_inputs(program, rng.normal(size=(500, 5)))
    expected = emulate_integers(program, ports)
    assert np.array_equal(predict(trace(program), ports), expected)
    assert len(np.unique(expected)) > 10


def test_layers_that_do_not_fit_are_refused() -> None:
    layers = _layers(np.random.default_rng(0), (3, 2, 2))
    with pytest.raises(SymbolNetError, match=r"do not fit 4 inputs"):
        network_program(layers, INPUTS, ["a", "b", "c", "d"], ["y", "z"])
    with pytest.raises(SymbolNetError, match="2 outputs for 1 names"):
        network_program(layers, INPUTS, ["a", "b", "c"], ["y"])
    with pytest.raises(SymbolNetError, match=r"weights \(2, 2\) and biases \(3,\)"):
        QuantisedLayer(np.ones((2, 2), int), np.ones(3, int), 0, 0, None)
