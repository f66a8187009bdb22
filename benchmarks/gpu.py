"""Member-epochs per second against the size of the population, up to what fits, on whatever device JAX has.

A member-epoch is one epoch of one network of the paper's MNIST setting: 234 steps of 256 rows in float32. Beside each
measurement stands the floor, the least time that the device could take for such a step: the larger of

- the operations of the matrix products, 2·256·(2·784·30 + 3·25·10) FLOP a member, divided by the rate of a large
  float32 product on this device;
- the bytes that must move, divided by the rate of a large copy on this device: weights, thresholds and both of Adam's
  moments read and written once a member, and the 256 rows of uint8 images read once for all members.

Both rates are measured here, on the device, at JAX's default precision.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._bar import Bar, main
from benchmarks._mnist_setting import BATCH, N_BINARY, N_INPUTS, N_OUTPUTS, N_UNARY, Epochs, setting

_WIDE, _HIDDEN = N_UNARY + 2 * N_BINARY, N_UNARY + N_BINARY
_WEIGHTS = N_INPUTS * _WIDE + _WIDE + _HIDDEN * N_OUTPUTS + N_OUTPUTS
_PARAMETERS = 2 * _WEIGHTS + N_INPUTS + N_UNARY + N_BINARY
FLOP = 2 * BATCH * (2 * N_INPUTS * _WIDE + 3 * _HIDDEN * N_OUTPUTS)
BYTES = 4 * 2 * 3 * _PARAMETERS


def measure(options: argparse.Namespace) -> list[Bar]:
    import jax

    device = jax.devices()[0]
    name = f"{device.device_kind} ({device.platform})"
    flops, bandwidth = _product_rate(), _copy_rate()
    table: list[dict[str, float]] = []
    members, stop = 1, ""
    while members <= (2 if options.quick else options.largest):
        try:
            row = _population(members, flops, bandwidth, options.quick)
        except Exception as error:
            if "RESOURCE_EXHAUSTED" not in str(error) and not isinstance(error, MemoryError):
                raise
            stop = f"; {members} members do not fit"
            break
        table.append(row)
        if not options.json:
            print(
                f"{members:6d} members: {row['member_epochs_per_s']:10.2f} member-epochs/s, "
                f"step {1e3 * row['step_s']:.3f} ms, floor {1e3 * row['floor_s']:.3f} ms "
                f"({100 * row['share_of_floor']:.0f} %)"
            )
        if row["step_s"] * 234 > options.seconds:
            stop = f"; an epoch of {2 * members} members would take over {2 * options.seconds:g} s"
            break
        members *= 2
    if options.out is not None:
        rates = {"flop_per_s": flops, "bytes_per_s": bandwidth, "flop_a_step": FLOP, "bytes_a_step": BYTES}
        options.out.write_text(json.dumps({"device": name, "rates": rates, "populations": table}, indent=1) + "\n")
    best = max(table, key=lambda row: row["member_epochs_per_s"])
    return [
        Bar(
            f"population on {name}",
            "",
            f"{best['member_epochs_per_s']:.1f} member-epochs/s with {best['members']:.0f} members, "
            f"{best['member_epochs_per_s'] / table[0]['member_epochs_per_s']:.1f} times one alone, "
            f"{100 * best['share_of_floor']:.0f} % of the floor's rate "
            f"({flops / 1e12:.2g} TFLOP/s, {bandwidth / 1e9:.3g} GB/s){stop}",
            None,
            best,
        )
    ]


def _population(members: int, flops: float, bandwidth: float, quick: bool) -> dict[str, float]:
    epochs = Epochs(setting(members, 2_560 if quick else 60_000, BATCH))
    epochs()
    seconds = []
    for _ in range(1 if quick else 3):
        started = time.perf_counter()
        epochs()
        seconds.append(time.perf_counter() - started)
    step = float(np.median(seconds)) / epochs.n_steps
    floor = max(members * FLOP / flops, (members * BYTES + BATCH * N_INPUTS) / bandwidth)
    return {
        "members": members,
        "member_epochs_per_s": members / (234 * step),
        "step_s": step,
        "floor_s": floor,
        "share_of_floor": floor / step,
    }


def _product_rate() -> float:
    """FLOP a second of a large product of float32 matrices."""
    import jax
    import jax.numpy as jnp

    n = 4096 if jax.default_backend() != "cpu" else 1024
    a = jnp.ones((n, n), jnp.float32)
    return 2 * n**3 / _fastest(jax.jit(lambda a: a @ a), a)


def _copy_rate() -> float:
    """Bytes read and written a second by an elementwise pass over an array far larger than any cache."""
    import jax
    import jax.numpy as jnp

    a = jnp.ones(2**28 if jax.default_backend() != "cpu" else 2**26, jnp.float32)
    return 2 * a.nbytes / _fastest(jax.jit(lambda a: a + 1), a)


def _fastest(call: Any, argument: Any) -> float:
    call(argument).block_until_ready()
    best = np.inf
    for _ in range(5):
        started = time.perf_counter()
        call(argument).block_until_ready()
        best = min(best, time.perf_counter() - started)
    return float(best)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--largest", type=int, default=4096, help="most members")
    parser.add_argument("--seconds", type=float, default=20, help="no larger population once an epoch takes this long")
    parser.add_argument("--out", type=Path, metavar="FILE.json", help="keep the whole table")


if __name__ == "__main__":
    main(measure, _arguments)
