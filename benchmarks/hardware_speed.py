"""Times: the emulator on jets formulas, and export, verify and synth of a jets model as commands of their own."""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks._bar import Bar, main
from benchmarks._data import parts
from benchmarks._hardware import standard_inputs, table_formula


def measure(options: argparse.Namespace) -> list[Bar]:
    return [_emulator(options.quick), _commands(options)]


def _emulator(quick: bool) -> Bar:
    from symbolnet.hardware import Precision, emulate_integers, lower
    from symbolnet.hardware._emulate import quantise_inputs

    formula = table_formula(1)
    X = standard_inputs(formula, 10_000 if quick else 1_000_000)
    program = lower(formula, X, precision=Precision())
    rates = []
    for _ in range(1 if quick else 5):
        started = time.perf_counter()
        emulate_integers(program, quantise_inputs(program, X))
        rates.append(len(X) / (time.perf_counter() - started))
    best = max(rates)
    text = f"{best / 1e6:.2f} million samples a second"
    return Bar("emulator on Table I, from floats to bits", "at least 1 million", text, best >= 1e6, {"rate": best})


def _commands(options: argparse.Namespace) -> Bar:
    data = parts("lhc_jets_sim", quick=options.quick)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = _model(data, folder, options.quick)
        import numpy as np

        np.savez(folder / "jets.npz", X=data.X, y=data.y)
        steps = {
            "export": ["export", str(model), "--data", str(folder / "jets.npz"), "--out", str(folder / "circuit")],
            "verify": ["verify", str(folder / "circuit")],
            "synth": ["synth", str(folder / "circuit")],
        }
        seconds = {step: _run(words) for step, words in steps.items()}
    total = sum(seconds.values())
    text = f"{total:.0f} s ({', '.join(f'{step} {value:.0f}' for step, value in seconds.items())})"
    bar = "at most 60 s on 2 cores"
    return Bar("export + verify + synth of a jets model", bar, text, None if options.quick else total <= 60, seconds)


def _model(data: Any, folder: Path, quick: bool) -> Path:
    from symbolnet import SymbolNetClassifier

    model = SymbolNetClassifier(max_complexity=20, time_limit=10 if quick else 120, random_state=0)
    model.fit(data.X, data.y)
    model.save(folder / "jets.symbolnet")
    return folder / "jets.symbolnet"


def _run(words: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "symbolnet", *words], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


if __name__ == "__main__":
    main(measure)
