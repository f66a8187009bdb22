"""What a formula of MNIST's size costs: unrolling, counting, printing and evaluating, in milliseconds.

The network is the paper's (784 inputs, u = 20, b = 5, ten outputs), once dense and once with 95 % of its weights
pruned.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks._bar import Bar, main
from benchmarks._mnist_setting import N_BINARY, N_INPUTS, N_OUTPUTS, N_UNARY


def measure(options: argparse.Namespace) -> list[Bar]:
    return [_row(name, share, 1 if options.quick else 7) for name, share in (("dense", 1.0), ("95 % pruned", 0.05))]


def _row(name: str, share: float, repeat: int) -> Bar:
    from symbolnet.expression import Expression, unroll

    network = _network(share)
    expression = unroll(network)
    images = np.random.default_rng(1).integers(0, 256, (10_000, N_INPUTS)).astype(np.uint8)
    manifest, arrays = expression.to_dict()

    def fresh() -> Expression:
        """Nothing computed yet, nothing cached."""
        return Expression.from_dict(manifest, arrays)

    steps: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
        "unroll": (lambda: None, lambda _: unroll(network)),
        "complexity": (fresh, lambda e: e.complexities),
        "text": (fresh, lambda e: e.text()),
        "LaTeX": (fresh, lambda e: e.latex()),
        "C": (fresh, lambda e: e.c()),
        "evaluation of 10,000 images": (fresh, lambda e: e(images)),
    }
    values = {step: 1e3 * _fastest(prepare, call, repeat) for step, (prepare, call) in steps.items()}
    text = ", ".join(f"{step} {value:.3g}" for step, value in values.items())
    return Bar(f"formula of MNIST's size, {name}: {expression.total_complexity} nodes", "", f"ms: {text}", None, values)


def _fastest(prepare: Callable[[], Any], call: Callable[[Any], Any], repeat: int) -> float:
    best = np.inf
    for _ in range(repeat):
        ready = prepare()
        started = time.perf_counter()
        call(ready)
        best = min(best, time.perf_counter() - started)
    return best


def _network(share: float) -> Any:
    from symbolnet.network import FrozenLayer, FrozenNetwork

    rng = np.random.default_rng(0)
    unary = [("sin", "cos", "gauss", "tanh")[k % 4] for k in range(N_UNARY)]
    nodes = tuple((name, 1) for name in unary) + tuple((("+", "*")[k % 2], 2) for k in range(N_BINARY))

    def pruned(*shape: int) -> Any:
        return rng.normal(size=shape) * (rng.random(shape) < share)

    wide, hidden = N_UNARY + 2 * N_BINARY, N_UNARY + N_BINARY
    layer = FrozenLayer(pruned(N_INPUTS, wide) / 28, rng.normal(size=wide), nodes)
    return FrozenNetwork((layer,), rng.normal(size=(hidden, N_OUTPUTS)), rng.normal(size=N_OUTPUTS))


if __name__ == "__main__":
    main(measure)
