"""Bit-exactness: the emulator against da4ml's interpreter, the C code, and the RTL in Verilator and in Icarus; and
in hls4ml semantics against the C simulation of the hls4ml project.

Random formulas at random precision, the paper's Tables I to III, and our own models of the jets, MNIST and SVHN at the
complexity of those tables. Half of the vectors are inputs, the others ends of the formats and random integers. Inputs
are rows of the data for our own models, standard normal numbers for the random formulas and Table I, and random pixels
for Tables II and III.
"""

import argparse
import math
import shutil
import sys
import tempfile
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._bar import Bar, main, quiet
from benchmarks._data import parts
from benchmarks._hardware import random_formula, random_precision, standard_inputs, table_formula
from symbolnet._machine import cores

CHECKS = ("da4ml", "c", "verilator", "icarus")
OWN = {"lhc_jets_sim": 18, "mnist": 90, "svhn_1v7": 122}
"""The complexity of our own model on each data set."""

FRACTIONS = (5, 3, 2)
"""Bits after the point in hls4ml semantics: the first with which no exact sum or product is wider than we hold."""


def measure(options: argparse.Namespace) -> list[Bar]:
    n_formulas, vectors = (2, 500) if options.quick else (options.n, options.vectors)
    with tempfile.TemporaryDirectory() as folder:
        bars = [_random(Path(folder), n_formulas, vectors, options.jobs)] if n_formulas else []
        for number in (1,) if options.quick else (1, 2, 3):
            formula = table_formula(number)
            X = standard_inputs(formula, 4000)
            X = X if number == 1 else np.random.default_rng(0).integers(0, 256, X.shape).astype(float) / 255
            bars += _both(f"Table {'I' * number}", formula, X, Path(folder), vectors)
        for name in ("lhc_jets_sim",) if options.quick else options.data:
            print(f"our own model of {name}", file=sys.stderr, flush=True)
            bars += _both(f"our own model of {name}", *_own(name, options), Path(folder), vectors)
    return bars


def _own(name: str, options: argparse.Namespace) -> tuple[Any, Any]:
    """The formula that a fit by the budget chooses, and the rows that it was fitted on; pixels from 0 to 1.

    Of pixels from 0 to 255, the coefficients would be too small for the bits after the point in hls4ml semantics.
    """
    from symbolnet import SymbolNetClassifier

    data = parts(name, options.quick)
    X = (data.X / 255).astype(np.float32) if data.X.dtype == np.uint8 else data.X
    with quiet():
        model = SymbolNetClassifier(max_complexity=OWN[name], time_limit=15 if options.quick else None, random_state=0)
        return model.fit(X, data.y).expression(), X


def _both(what: str, formula: Any, X: Any, folder: Path, vectors: int) -> list[Bar]:
    """The two semantics of one formula."""
    fused = _check(formula, X, None, folder / f"{what} fused", vectors)
    hls4ml = _check_hls4ml(formula, X, folder / f"{what} hls4ml", vectors)
    return [
        _bar(f"{what}: emulator = da4ml = C = Verilator = Icarus", 1, vectors, fused),
        _bar(f"{what} in hls4ml semantics: emulator = hls4ml's C simulation = C", 1, vectors, hls4ml),
    ]


def _random(folder: Path, n_formulas: int, vectors: int, jobs: int) -> Bar:
    """The first `n_formulas` random formulas that have a circuit, `jobs` at a time; each is told as it is done."""
    total = dict.fromkeys(CHECKS, 0)
    done = refused = 0
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        seeds = count()
        ahead = min(2 * jobs, n_formulas)  # more than run at once: one of them may be long
        running = deque(pool.submit(_attempt, folder, next(seeds), vectors) for _ in range(ahead))
        while done < n_formulas:
            found = running.popleft().result()
            if done + len(running) + (found is not None) < n_formulas:
                running.append(pool.submit(_attempt, folder, next(seeds), vectors))
            if found is None:
                refused += 1
                continue
            done += 1
            total = {name: total[name] + found[name] for name in total}
            print(f"{done} of {n_formulas}: {sum(total.values())} mismatches so far", file=sys.stderr, flush=True)
    what = f"{done} random formulas ({refused} more refused): emulator = da4ml = C = Verilator = Icarus"
    return _bar(what, done, vectors, total)


def _attempt(folder: Path, seed: int, vectors: int) -> dict[str, int] | None:
    """The mismatches of one random formula; None where it has no inputs or is refused."""
    from symbolnet import SymbolNetError

    formula = random_formula(seed)
    if formula.n_inputs == 0:
        return None
    precision = random_precision(np.random.default_rng(seed + 1))
    try:
        found = _check(formula, standard_inputs(formula, 4000, seed + 1), precision, folder / str(seed), vectors)
    except SymbolNetError as error:
        if "table" in str(error) or "bits" in str(error):
            return None  # 1/x or exp over too wide a range
        raise
    shutil.rmtree(folder / str(seed))
    return found


def _check(formula: Any, X: Any, precision: Any, folder: Path, vectors: int) -> dict[str, int]:
    from symbolnet.hardware import Precision, export, verify

    bundle = export(formula, folder, X=X, precision=precision or Precision())
    return verify(bundle, vectors).mismatches


def _check_hls4ml(formula: Any, X: Any, folder: Path, vectors: int) -> dict[str, int]:
    """With one format for everything, which covers inputs and constants and has few bits after the point."""
    from symbolnet import SymbolNetError
    from symbolnet.expression._graph import INPUT
    from symbolnet.hardware import export, parse_format, verify

    graph = formula.graph
    numbers = (X, graph.coef, graph.value[graph.kind != INPUT])
    largest = max(float(np.abs(values).max(initial=0)) for values in numbers)
    integer = 2 + math.floor(math.log2(largest))
    for fraction in FRACTIONS:
        form = parse_format(f"ap_fixed<{integer + fraction},{integer}>")
        try:
            return verify(export(formula, folder, to="hls4ml", X=X, precision=form), vectors).mismatches
        except SymbolNetError as error:
            if "exact" not in str(error) or fraction == FRACTIONS[-1]:
                raise
    raise AssertionError


def _bar(what: str, formulas: int, vectors: int, found: dict[str, int]) -> Bar:
    checks = [name for name in (*CHECKS, "hls4ml") if name in found]
    wrong = sum(found[name] for name in checks)
    text = f"{wrong} mismatches in {formulas} x {vectors} vectors by {len(checks)} models"
    return Bar(what, "0 mismatches", text, wrong == 0, {"mismatches": wrong, "vectors": vectors})


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--n", type=int, default=50, help="random formulas; 0 for none")
    parser.add_argument("--data", nargs="*", choices=OWN, default=list(OWN), help="our own models, by data set")
    parser.add_argument("--vectors", type=int, default=100_000, help="for each formula")
    parser.add_argument("--jobs", type=int, default=len(cores()), help="formulas at a time")


if __name__ == "__main__":
    main(measure, _arguments)
