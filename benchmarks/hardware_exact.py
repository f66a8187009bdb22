"""Bit-exactness: the emulator against da4ml's interpreter, the C code, and the RTL in Verilator and in Icarus; and
in hls4ml semantics against the C simulation of the hls4ml project.

Random formulas at random precision, and the paper's Tables I to III, on standard normal inputs (the pixels of Tables II
and III: 0 to 255). Half of the vectors are such inputs, the others ends of the formats and random integers.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._bar import Bar, main
from benchmarks._hardware import random_formula, random_precision, standard_inputs, table_formula

CHECKS = ("da4ml", "c", "verilator", "icarus")
HLS4ML = "ap_fixed<12,7>"
"""Sixteen bits would need sums of 54 in Tables II and III, beyond what float64 holds exactly."""


def measure(options: argparse.Namespace) -> list[Bar]:
    n_formulas, vectors = (2, 500) if options.quick else (options.n, options.vectors)
    bars = []
    with tempfile.TemporaryDirectory() as folder:
        bars.append(_random(Path(folder), n_formulas, vectors))
        for number in (1,) if options.quick else (1, 2, 3):
            formula = table_formula(number)
            X = standard_inputs(formula, 4000)
            X = X if number == 1 else np.random.default_rng(0).integers(0, 256, X.shape).astype(float) / 255
            found = _check(formula, X, None, Path(folder) / f"table{number}", vectors)
            bars.append(_bar(f"Table {'I' * number}: emulator = da4ml = C = Verilator = Icarus", 1, vectors, found))
            found = _check_hls4ml(formula, X, Path(folder) / f"hls4ml{number}", vectors)
            what = f"Table {'I' * number} in hls4ml semantics: emulator = hls4ml's C simulation = C"
            bars.append(_bar(what, 1, vectors, found))
    return bars


def _random(folder: Path, n_formulas: int, vectors: int) -> Bar:
    from symbolnet import SymbolNetError

    total = dict.fromkeys(CHECKS, 0)
    done = seed = 0
    while done < n_formulas:
        formula = random_formula(seed)
        seed += 1
        if formula.n_inputs == 0:
            continue
        X = standard_inputs(formula, 4000, seed)
        try:
            found = _check(formula, X, random_precision(np.random.default_rng(seed)), folder / str(seed), vectors)
        except SymbolNetError as error:
            if "table" in str(error) or "bits" in str(error):
                continue  # 1/x or exp over too wide a range is refused
            raise
        done += 1
        total = {name: total[name] + found[name] for name in total}
    what = f"{done} random formulas ({seed - done} more refused): emulator = da4ml = C = Verilator = Icarus"
    return _bar(what, done, vectors, total)


def _check(formula: Any, X: Any, precision: Any, folder: Path, vectors: int) -> dict[str, int]:
    from symbolnet.hardware import Precision, export, verify

    bundle = export(formula, folder, X=X, precision=precision or Precision())
    return verify(bundle, vectors).mismatches


def _check_hls4ml(formula: Any, X: Any, folder: Path, vectors: int) -> dict[str, int]:
    from symbolnet.hardware import export, parse_format, verify

    return verify(export(formula, folder, to="hls4ml", X=X, precision=parse_format(HLS4ML)), vectors).mismatches


def _bar(what: str, formulas: int, vectors: int, found: dict[str, int]) -> Bar:
    checks = [name for name in (*CHECKS, "hls4ml") if name in found]
    wrong = sum(found[name] for name in checks)
    text = f"{wrong} mismatches in {formulas} x {vectors} vectors by {len(checks)} models"
    return Bar(what, "0 mismatches", text, wrong == 0, {"mismatches": wrong, "vectors": vectors})


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--n", type=int, default=50, help="random formulas")
    parser.add_argument("--vectors", type=int, default=100_000, help="for each formula")


if __name__ == "__main__":
    main(measure, _arguments)
