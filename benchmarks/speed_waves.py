"""sin, cos and tan of the operators in float32 against JAX's own, on as many numbers as the nodes of a minibatch."""

import argparse

import numpy as np

from benchmarks._bar import Bar, main
from benchmarks._timing import timed

_NODES, _BATCH = 20, 256


def measure(options: argparse.Namespace) -> list[Bar]:
    import jax
    import jax.numpy as jnp

    from symbolnet.operators import _waves

    x = jnp.asarray(np.random.default_rng(0).normal(0, 3, (_NODES, _BATCH)), jnp.float32)
    rounds, repeat = (1, 10) if options.quick else (options.rounds, 1000)
    medians = {}
    for name in ("sin", "cos", "tan"):
        ours, theirs = (jax.jit(f).lower(x).compile() for f in (getattr(_waves, name), getattr(jnp, name)))
        seconds = [
            (timed(lambda: ours(x).block_until_ready(), repeat), timed(lambda: theirs(x).block_until_ready(), repeat))  # noqa: B023
            for _ in range(rounds)
        ]
        medians[name] = float(np.median([other / own for own, other in seconds]))
    text = ", ".join(f"{name} {ratio:.1f}" for name, ratio in medians.items())
    return [
        Bar(
            f"speed, waves: times as fast as JAX's own on {_NODES} x {_BATCH} numbers, one call each",
            "",
            text,
            None,
            medians,
        )
    ]


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=7)


if __name__ == "__main__":
    main(measure, _arguments)
