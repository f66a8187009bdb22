"""The formula is the network: the largest difference over random architectures, in float32 and in float64.

The network, masks and all, runs in JAX in one precision; the formula that is unrolled from it is evaluated by NumPy
in float64, as `predict` does. Weights have the scale at which training begins. The relative difference of a network
is max |network - formula| / max(1, max |formula|) over its outputs and 50 normal samples.

Where rounding decides the value, as in tan beside a pole, no two orders of evaluation agree. Such samples are found
without the formula: the network's weights are moved by a unit in the last place, up and down at random, and a sample
whose output moves by more than a tenth of the bar is left out. Their share is printed.
"""

import argparse
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks._bar import Bar, main
from benchmarks._random_networks import random_architecture, random_network

BARS = {"float32": 1e-5, "float64": 1e-12}
_SAMPLES, _NETWORKS_EACH, _NUDGES = 50, 5, 4


def measure(options: argparse.Namespace) -> list[Bar]:
    import jax

    architectures = 4 if options.quick else options.n
    bars = []
    for dtype, bar in BARS.items():
        with jax.enable_x64(dtype == "float64"):
            worst, left_out = _largest_difference(architectures, dtype, bar)
        networks = architectures * _NETWORKS_EACH
        bars.append(
            Bar(
                f"formula = network, {dtype}",
                f"relative difference ≤ {bar:g}",
                f"{worst:.1e} over {networks} networks of {architectures} architectures "
                f"({100 * left_out:.2g} % of the values left out: rounding decides them)",
                worst <= bar,
                {"difference": worst, "networks": networks, "left_out": left_out},
            )
        )
    return bars


def _largest_difference(architectures: int, dtype: str, bar: float) -> tuple[float, float]:
    """The largest relative difference, and the share of values that rounding decides."""
    import jax

    from symbolnet.expression import unroll

    worst, left_out, total = 0.0, 0, 0
    for index in range(architectures):
        rng = np.random.default_rng([index, 1])
        architecture = random_architecture(rng, index)
        # One compilation an architecture; masks and weights are arguments.
        run = jax.jit(lambda network, x: network(x))
        for _ in range(_NETWORKS_EACH):
            network = random_network(architecture, rng, dtype)
            X = rng.normal(size=(_SAMPLES, architecture.n_inputs)).astype(dtype)
            formula = unroll(network.freeze())(X)
            size = max(1.0, float(np.abs(formula).max()))
            value = np.asarray(run(network, X), np.float64)
            moved = np.zeros_like(value)
            for _ in range(_NUDGES):
                other = jax.tree.map(lambda leaf: _nudged(leaf, rng), network)  # noqa: B023
                moved = np.maximum(moved, np.abs(np.asarray(run(other, X), np.float64) - value))
            stable = moved <= bar / 10 * size
            worst = max(worst, float(np.where(stable, np.abs(value - formula), 0.0).max() / size))
            left_out += int(np.count_nonzero(~stable))
            total += stable.size
    return worst, left_out / total


def _nudged(leaf: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
    """Every number one unit in the last place up or down; thresholds, which are 0 or far above, stay."""
    if not np.any((leaf != 0) & (np.abs(leaf) < 1)):
        return leaf
    away = np.where(rng.random(leaf.shape) < 0.5, np.inf, -np.inf).astype(leaf.dtype)
    nudged: NDArray[Any] = np.nextafter(leaf, away)
    return nudged


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--n", type=int, default=200, help="architectures")


if __name__ == "__main__":
    main(measure, _arguments)
