"""Circuits of formulas of images, MNIST and SVHN, against the paper's (Table IV).

Each is the best circuit within a third of the paper's LUTs and nanoseconds: `max_complexity` fits the front, and the
formulas that are above the bar on rows held out from the fit get the most accurate circuit within these limits, as a
fit by `max_luts` does it, by a precision that is chosen on all rows but those of the test part. The circuit that is
best on the held-out rows is taken. Its RTL is checked against the emulator, and the emulator gives the metric on the
test part. The pixels are rounded to the bits of the input ports outside of the circuit, as the paper's are.
"""

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks._bar import Bar, main, quiet
from benchmarks._data import parts


@dataclass(frozen=True)
class Task:
    """A data set, its bar, and what the paper's circuit takes."""

    title: str
    name: str
    metric: str
    bar: float
    budget: int
    lut: int
    dsp: int
    ns: float
    seeds: int


TASKS = (
    Task("MNIST", "mnist", "accuracy", 0.90, 90, 7592, 160, 125.0, 1),
    Task("SVHN 1 vs 7 (part)", "svhn_1v7", "auc", 0.94, 200, 3029, 38, 195.0, 3),
)
_TIMES = 3
_CLOCK_NS = 5.0


def measure(options: argparse.Namespace) -> list[Bar]:
    chosen = [task for task in TASKS if not options.data or task.name in options.data]
    return [_bar(task, options) for task in chosen]


def _bar(task: Task, options: argparse.Namespace) -> Bar:
    from symbolnet.hardware import emulate, export, synthesise, verify

    data = parts(task.name, options.quick)
    fit, held = _split(task, options.quick)
    found: list[tuple[float, Any, int, Any]] = []
    for model in _models(task, data, fit, options):
        found += _circuits(task, model, data, fit, held, options)
    if not found:
        return _told(task, {})
    _, model, row, circuit = max(found, key=lambda entry: (entry[0], -entry[3].luts))
    expression = model.expression(row)
    with tempfile.TemporaryDirectory() as folder:
        bundle = export(expression, f"{folder}/b", X=data.X[fit], precision=circuit.program, clock_ns=_CLOCK_NS)
        counted, checked = synthesise(bundle, dsp=False), verify(bundle, 200 if options.quick else options.vectors)
    outputs = emulate(circuit.program, data.X_test)
    bits = max(form.width for form in circuit.program.input_formats)
    return _told(task, {
        "lut": counted.lut, "dsp": counted.dsp, "ff": counted.ff, "cycles": counted.stages,
        "latency_ns": counted.latency_ns, "metric": _metric(task, model, data.y_test, outputs),
        "float": _metric(task, model, data.y_test, expression(data.X_test)), "vectors": checked.vectors,
        "mismatches": sum(checked.mismatches.values()), "complexity": float(expression.complexity),
        "inputs": len(circuit.program.columns), "bits": bits, "row": row,
    })  # fmt: skip


def _models(task: Task, data: Any, fit: Any, options: argparse.Namespace) -> Iterator[Any]:
    """The fits of a data set: those given, or one a seed."""
    from symbolnet import SymbolNetClassifier, load

    if options.models:
        yield load(options.models[[t.name for t in TASKS].index(task.name)])
        return
    budget, limit = (20, 20) if options.quick else (task.budget, None)
    for seed in range(1 if options.quick else task.seeds):
        with quiet():
            model = SymbolNetClassifier(max_complexity=budget, time_limit=limit, random_state=options.seed + seed)
            yield model.fit(data.X[fit], data.y[fit])


def _told(task: Task, best: dict[str, Any]) -> Bar:
    unit = "% accuracy" if task.metric == "accuracy" else "AUC"
    bar = f"{100 * task.bar:.0f} %" if task.metric == "accuracy" else f"{task.bar:.2f}"
    what = f"{task.title} as a circuit, at least {bar} {unit.removeprefix('% ')}"
    asked = (
        f"at most a third of the paper's {task.lut} LUT ({task.dsp} DSP besides) and {task.ns:g} ns: "
        f"{task.lut // _TIMES} LUT, 0 DSP, {task.ns / _TIMES:.0f} ns"
    )
    if not best:
        return Bar(what, asked, "no circuit is within these limits", False)

    def shown(value: float) -> str:
        return f"{100 * value:.2f} %" if task.metric == "accuracy" else f"AUC {value:.4f}"

    figure = (
        f"{best['lut']} LUT, {best['dsp']} DSP, {best['ff']} FF, {best['cycles']} cycles of {_CLOCK_NS:g} ns; "
        f"{shown(best['metric'])} on the test part ({shown(best['float'])} in floating point), {best['inputs']} pixels "
        f"of at most {best['bits']} bits, complexity {best['complexity']:.0f}; {best['mismatches']} mismatches of "
        f"emulator and RTL in {best['vectors']} vectors"
    )
    reached = (
        best["metric"] >= task.bar
        and _TIMES * best["lut"] <= task.lut
        and best["dsp"] == 0
        and _TIMES * best["latency_ns"] <= task.ns
        and best["mismatches"] == 0
    )
    return Bar(what, asked, figure, reached, best)


def _circuits(
    task: Task, model: Any, data: Any, fit: Any, held: Any, options: argparse.Namespace
) -> list[tuple[float, Any, int, Any]]:
    """The metric on the held-out rows, model, row and circuit of formulas that are above the bar there."""
    from symbolnet.hardware import Limits, circuits_within, emulate

    table, X, y = model.equations_, data.X[held], data.y[held]
    rows = [
        int(k)
        for k in table.index[table["pareto"] & (table["n_inputs"] > 0)]
        if options.quick or _metric(task, model, y, model.expression(int(k))(X)) >= task.bar
    ]
    most = min(1 if options.quick else options.formulas, len(rows))
    rows = [rows[k] for k in np.linspace(0, len(rows) - 1, most).round().astype(int)]
    seen = np.concatenate([held, np.random.default_rng(0).permutation(fit)])[: 500 if options.quick else 8000]

    def score_on(some: Any) -> Any:
        return lambda outputs: _metric(task, model, data.y[seen][some], outputs)

    limits = Limits(1e6 if options.quick else task.lut // _TIMES, _CLOCK_NS, task.ns / _TIMES)
    circuits, _ = circuits_within(
        [model.expression(row) for row in rows], data.X[seen], score_on, limits,
        time_limit=1 if options.quick else options.search_seconds,
    )  # fmt: skip
    return [
        (_metric(task, model, y, emulate(circuit.program, X)), model, row, circuit)
        for row, circuit in zip(rows, circuits, strict=True)
        if circuit is not None
    ]


def _split(task: Task, quick: bool) -> tuple[Any, Any]:
    """Rows to fit on and rows to choose by; whole photos of SVHN."""
    from sklearn.model_selection import GroupShuffleSplit, StratifiedShuffleSplit

    data, groups = parts(task.name, quick), None
    if task.name == "svhn_1v7" and not quick:
        groups = _groups(task)
    splitter: Any = StratifiedShuffleSplit if groups is None else GroupShuffleSplit
    share = 0.1 if task.name == "mnist" else 0.15
    fit, held = next(splitter(1, test_size=share, random_state=0).split(data.X, data.y, groups))
    return fit, held


def _groups(task: Task) -> Any:
    from benchmarks._data import _held_out
    from symbolnet.datasets import load

    data = load(task.name)
    return np.asarray(data.groups)[~_held_out(task.name, data.y_train, data.groups)]


def _metric(task: Task, model: Any, y: Any, outputs: Any) -> float:
    """Accuracy, or the area under the ROC curve of the one output."""
    if task.metric == "accuracy":
        return float(np.mean(model.classes_[outputs.argmax(axis=1)] == y))
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(y == model.classes_[1], outputs[:, 0]))


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", nargs="+", choices=[task.name for task in TASKS], help="only these data sets")
    parser.add_argument("--models", nargs="+", metavar="FILE", help="model files, in the order of all data sets")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--formulas", type=int, default=6, help="rows of each front to make circuits of")
    parser.add_argument("--search-seconds", type=float, default=400, help="for the precisions of a fit's formulas")
    parser.add_argument("--vectors", type=int, default=2000, help="vectors for emulator against RTL")


if __name__ == "__main__":
    main(measure, _arguments)
