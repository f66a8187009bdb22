"""sin, cos and tan of the operators in float32 against JAX's own, on as many numbers as the nodes of a minibatch."""

import argparse
from collections.abc import Callable

import numpy as np

from benchmarks._bar import Bar, main
from benchmarks._timing import timed

_NODES, _BATCH = 20, 256


def measure(options: argparse.Namespace) -> list[Bar]:
    import jax
    import jax.numpy as jnp

    from symbolnet.operators import _waves

    x = jnp.asarray(np.random.default_rng(0).normal(0, 3, (_NODES, _BATCH)), jnp.float32)
    rounds, repeat = (1, 10) if options.quick else (options.rounds, 2000)

    def loop(wave: Callable[[jax.Array], jax.Array]) -> Callable[[], object]:
        """`repeat` calls as a training step makes them: within a program, without a start for each."""
        compiled = jax.jit(lambda x: jax.lax.fori_loop(0, repeat, lambda _, y: x + wave(y), x)).lower(x).compile()
        return lambda: compiled(x).block_until_ready()

    medians = {}
    for name in ("sin", "cos", "tan"):
        ours, theirs = loop(getattr(_waves, name)), loop(getattr(jnp, name))
        ratios = []
        for _ in range(rounds):
            own, other = timed(ours), timed(theirs)
            ratios.append(other / own)
        medians[name] = float(np.median(ratios))
    text = ", ".join(f"{name} {ratio:.1f}" for name, ratio in medians.items())
    return [Bar(f"speed, waves: times as fast as JAX's own on {_NODES} x {_BATCH} numbers", "", text, None, medians)]


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=7)


if __name__ == "__main__":
    main(measure, _arguments)
