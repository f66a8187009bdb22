"""A training step of one trial against the bare matrix products of that step, in the paper's MNIST setting.

The step is the whole of it: rows gathered and widened from uint8, forward, backward, masks, Eq. 3, Adam, clipping,
over epochs of 234 steps of 256 rows, the shuffling of the epoch included. The products are X·W, H·V, dO·Vᵀ, Hᵀ·dO and
Xᵀ·dZ in float32 by NumPy's BLAS, in the same process, with as many threads as either library takes by itself. The two
are timed in turn in short rounds, with a pause before each, so that no thread that still waits for work takes time
from the other; the figure is the median of the rounds' ratios.
"""

import argparse

import numpy as np

from benchmarks._bar import Bar, main
from benchmarks._mnist_setting import BATCH, Epochs, matrix_products, setting
from benchmarks._timing import timed

_BAR = 2.5


def measure(options: argparse.Namespace) -> list[Bar]:
    rounds, rows = (2, 2_560) if options.quick else (options.rounds, 60_000)
    # A single batch of validation rows leaves the steps alone in the epoch; 6,000 are what the estimator holds out.
    steps, epoch = Epochs(setting(1, rows, BATCH)), Epochs(setting(1, rows, 6_000))
    products = matrix_products()
    seconds: dict[str, list[float]] = {"products": [], "step": [], "epoch": []}
    for _ in range(2):  # compilation, and the first touch of memory
        steps()
        epoch()
        timed(products, 100)
    for _ in range(rounds):
        seconds["products"].append(timed(products, 200) / 200)
        seconds["step"].append(timed(steps, 1) / steps.n_steps)
        seconds["epoch"].append(timed(epoch, 1) / epoch.n_steps)
    ratio = np.array(seconds["step"]) / seconds["products"]
    low, middle, high = np.quantile(ratio, [0.25, 0.5, 0.75])
    whole = float(np.median(np.array(seconds["epoch"]) / seconds["products"]))
    step, product = (1e6 * float(np.median(seconds[name])) for name in ("step", "products"))
    return [
        Bar(
            "speed, one trial: a step against its matrix products",
            f"≤ {_BAR}",
            f"{middle:.2f} (quartiles {low:.2f} to {high:.2f}; {step:.0f} µs against {product:.0f} µs); {whole:.2f} "
            f"with the curves of Fig. 7 on 6,000 rows after each epoch, "
            f"{epoch.n_steps * np.median(seconds['epoch']):.3f} s an epoch",
            bool(middle <= _BAR),
            {"ratio": float(middle), "step_us": step, "products_us": product, "epoch_ratio": whole},
        )
    ]


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=15)


if __name__ == "__main__":
    main(measure, _arguments)
