"""How well the guessed LUTs agree with Yosys, and the weights of the guess by non-negative least squares.

Table I, random formulas and sums of many inputs at random precision, synthesised without DSP blocks. The weights in
`symbolnet.hardware._cost` are such a fit with circuits of jets, MNIST and SVHN beside these.
"""

import argparse
import tempfile

import numpy as np

from benchmarks._bar import Bar, main
from benchmarks._hardware import pixel_formula, random_formula, random_precision, standard_inputs, table_formula


def measure(options: argparse.Namespace) -> list[Bar]:
    from scipy.optimize import nnls

    from symbolnet import SymbolNetError
    from symbolnet.hardware import export, lower, synthesise
    from symbolnet.hardware._cost import WEIGHTS, features

    rng = np.random.default_rng(0)
    amounts, counts = [], []
    with tempfile.TemporaryDirectory() as folder:
        for index in range(3 if options.quick else options.n):
            formula = (table_formula(1), random_formula(index), pixel_formula(index))[index % 3]
            X = standard_inputs(formula, 4000)
            try:
                program = lower(formula, X, precision=random_precision(rng))
                bundle = export(formula, f"{folder}/{index}", precision=program)
            except SymbolNetError:
                continue  # 1/x or exp of too wide a range: refused, as it should be
            amounts.append(list(features(program).values()))
            counts.append(synthesise(bundle, dsp=False).lut)
    table, lut = np.array(amounts), np.array(counts)
    if options.keep:
        np.savez(options.keep, features=table, lut=lut)
    weights, _ = nnls(table / lut[:, None], np.ones(len(lut)))
    present = table @ np.array(list(WEIGHTS.values()))
    errors = present / lut - 1
    text = ", ".join(f"{name} {weight:.2f}" for name, weight in zip(WEIGHTS, weights, strict=True))
    figure = f"median error {100 * np.median(np.abs(errors)):.0f} %, bias {100 * np.median(errors):+.0f} %"
    return [
        Bar(
            f"guessed LUTs against Yosys, {len(lut)} circuits of {lut.min()} to {lut.max()} LUT",
            "",
            f"{figure}; least squares would say {text}",
            None,
            {"median_error": float(np.median(np.abs(errors)))},
        )
    ]


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--n", type=int, default=45, help="circuits")
    parser.add_argument("--keep", metavar="FILE.npz", help="also write features and counts")


if __name__ == "__main__":
    main(measure, _arguments)
