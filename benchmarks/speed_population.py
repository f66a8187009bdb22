"""A population of trials: time per trial against one trial alone, memory of 64 trials, and time to compile.

The setting is the paper's for MNIST. Compilation is measured in fresh processes, from the call of `train` to the end
of the first epoch, less a steady epoch: once with an empty compilation cache and once more with the cache that the
first left. That time contains the start of JAX's backend and the copy of the data to the device.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from typing import Any

import numpy as np

from benchmarks._bar import Bar, main
from benchmarks._mnist_setting import Epochs, matrix_products, setting
from benchmarks._timing import timed

_TOGETHER, _MANY = 8, 64


def measure(options: argparse.Namespace) -> list[Bar]:
    if options.worker:
        print(json.dumps(_train(options.worker, options.epochs, options.rows)))
        raise SystemExit(0)
    return [_ratio(options), *_compilation(options), _memory(options)]


def _ratio(options: argparse.Namespace) -> Bar:
    rounds, rows = (1, 2_560) if options.quick else (options.rounds, 60_000)
    one, many = Epochs(setting(1, rows)), Epochs(setting(_TOGETHER, rows))
    one()
    many()
    products, alone = matrix_products(_TOGETHER), matrix_products()
    products()
    alone()
    ratios, floors, gains = [], [], []
    for _ in range(rounds):
        single, together = timed(one), timed(many)
        bare = timed(products, one.n_steps) / _TOGETHER
        ratios.append(together / _TOGETHER / single)
        floors.append(bare / single)
        gains.append(bare / timed(alone, one.n_steps))
    low, middle, high = np.quantile(ratios, [0.25, 0.5, 0.75])
    floor, gain = float(np.median(floors)), float(np.median(gains))
    return Bar(
        f"speed, population: time per trial of {_TOGETHER} together against one alone",
        "≤ 0.35",
        f"{middle:.2f} (quartiles {low:.2f} to {high:.2f}); the bare matrix products of {_TOGETHER} trials in NumPy, "
        f"those with the images as one: {floor:.2f}, which is {gain:.2f} of the products of one trial alone",
        bool(middle <= 0.35),
        {"ratio": float(middle), "floor": floor, "products": gain},
    )


def _compilation(options: argparse.Namespace) -> list[Bar]:
    bars = []
    for n_trials in (1, _TOGETHER):
        with tempfile.TemporaryDirectory() as cache:
            first, second = (_in_new_process(n_trials, 4, options.quick, cache)["compile"] for _ in range(2))
        trials = "one trial" if n_trials == 1 else f"{n_trials} trials"
        bars.append(
            Bar(
                f"compilation, {trials}",
                "under 10 s; second process under 2 s",
                f"{first:.1f} s; second process {second:.1f} s",
                first < 10 and second < 2,
                {"first": first, "second": second},
            )
        )
    return bars


def _memory(options: argparse.Namespace) -> Bar:
    with tempfile.TemporaryDirectory() as cache:
        result = _in_new_process(_MANY, 2, options.quick, cache)
    return Bar(
        f"memory, {_MANY} trials together",
        "fit in memory",
        f"peak of the process {result['peak_gib']:.2f} GiB of {_memory_gib():.0f}; {result['epoch']:.1f} s an epoch",
        True,
        {"peak_gib": result["peak_gib"], "epoch": result["epoch"]},
    )


def _in_new_process(n_trials: int, epochs: int, quick: bool, cache: str) -> dict[str, Any]:
    # The library's own place for compiled programs lies under XDG_CACHE_HOME; JAX's variable would switch it off.
    environment = {k: v for k, v in os.environ.items() if k != "JAX_COMPILATION_CACHE_DIR"} | {"XDG_CACHE_HOME": cache}
    rows = 2_560 if quick else 60_000
    command = [sys.executable, "-m", "benchmarks.speed_population", "--worker", str(n_trials), "--epochs", str(epochs)]
    done = subprocess.run(
        [*command, "--rows", str(rows)], env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _train(n_trials: int, epochs: int, rows: int) -> dict[str, float]:
    """What a new process measures: compilation, a steady epoch, and the most memory that it ever held."""
    import resource

    from symbolnet.training import train

    chosen = setting(n_trials, rows, max_iter=epochs * max(1, 100 // (rows // 256)))
    ends: list[float] = []
    started = time.perf_counter()
    train(
        chosen.architecture,
        chosen.trials,
        chosen.data,
        chosen.validation,
        chosen.settings,
        callback=lambda _: ends.append(time.perf_counter()),
    )
    steady = float(np.median(np.diff(ends)))
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30
    return {"compile": ends[0] - started - steady, "epoch": steady, "peak_gib": peak}


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--worker", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--epochs", type=int, default=4, help=argparse.SUPPRESS)
    parser.add_argument("--rows", type=int, default=60_000, help=argparse.SUPPRESS)


if __name__ == "__main__":
    main(measure, _arguments)
