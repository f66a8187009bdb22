"""Circuits of formulas of images, MNIST and SVHN, against the paper's (Table IV).

Each is the smallest circuit that stays above the bar: `max_complexity` fits the front, the formulas are taken by their
metric on rows that were held out from the fit, precision is searched on rows that it may see, and of the candidates
that reach the bar with a margin on the held-out rows the smallest is synthesised without DSP blocks. Its RTL is checked
against the emulator, and the emulator gives the metric on the test part. The pixels are rounded to the bits of the
input ports outside of the circuit, as the paper's are.
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
    margin: float
    budget: int
    lut: int
    dsp: int
    ns: float
    seeds: int


TASKS = (
    Task("MNIST", "mnist", "accuracy", 0.90, 0.003, 90, 7592, 160, 125.0, 1),
    Task("SVHN 1 vs 7 (part)", "svhn_1v7", "auc", 0.94, 0.006, 200, 3029, 38, 195.0, 3),
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
    wanted = -np.inf if options.quick else task.bar + task.margin
    found = []
    for model in _models(task, data, fit, options):
        found += [(model, *pair) for pair in _circuits(task, model, data, fit, held, wanted, options)]
    found.sort(key=lambda entry: entry[2].lut)
    best: dict[str, Any] = {}
    for model, row, candidate in found[: 1 if options.quick else options.counts]:
        expression = model.expression(row)
        with tempfile.TemporaryDirectory() as folder:
            bundle = export(expression, f"{folder}/b", X=data.X[fit], precision=candidate.program, clock_ns=_CLOCK_NS)
            counted = synthesise(bundle, dsp=False)
            if best and counted.lut >= best["lut"]:
                continue
            checked = verify(bundle, 200 if options.quick else options.vectors)
        outputs = emulate(candidate.program, data.X_test)
        bits = sorted({form.width for form in candidate.program.input_formats})
        best = {
            "lut": counted.lut, "dsp": counted.dsp, "ff": counted.ff, "cycles": counted.stages,
            "latency_ns": counted.latency_ns, "metric": _metric(task, model, data.y_test, outputs),
            "float": _metric(task, model, data.y_test, expression(data.X_test)), "vectors": checked.vectors,
            "mismatches": sum(checked.mismatches.values()), "complexity": float(expression.complexity),
            "inputs": len(candidate.program.columns), "bits": bits[-1], "row": row,
        }  # fmt: skip
    return _told(task, best)


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
        return Bar(what, asked, "no circuit reaches it on the held-out rows", False)

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
    task: Task, model: Any, data: Any, fit: Any, held: Any, wanted: float, options: argparse.Namespace
) -> list[tuple[int, Any]]:
    """Formulas and precisions that reach the bar on the held-out rows, smallest guess first, one or two a formula."""
    from symbolnet.hardware import emulate, search_precision

    table = model.equations_
    X, y = data.X[held], data.y[held]
    rows = [
        int(k)
        for k in table.index[table["pareto"] & (table["n_inputs"] > 0)]
        if _metric(task, model, y, model.expression(int(k))(X)) >= wanted
    ][: 1 if options.quick else options.formulas]
    seen = np.concatenate([held, np.random.default_rng(0).permutation(fit)])[: 500 if options.quick else 8000]
    found = []
    for row in rows:
        expression = model.expression(row)

        def score(outputs: Any) -> float:
            return _metric(task, model, data.y[seen], outputs)

        front = search_precision(
            expression, data.X[seen], score, effort=30 if options.quick else options.effort,
            time_limit=None if options.quick else options.search_seconds, timed=False,
        )  # fmt: skip
        good = [c for c in front if _metric(task, model, y, emulate(c.program, X)) >= wanted]
        found += [(row, c) for c in good[:2]]
    return sorted(found, key=lambda pair: pair[1].lut)


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
    parser.add_argument("--formulas", type=int, default=5, help="rows of the front to search, from the simplest on")
    parser.add_argument("--effort", type=int, default=300, help="precisions to try for each formula")
    parser.add_argument("--search-seconds", type=float, default=240, help="time limit of each search")
    parser.add_argument("--counts", type=int, default=4, help="circuits to synthesise")
    parser.add_argument("--vectors", type=int, default=2000, help="vectors for emulator against RTL")


if __name__ == "__main__":
    main(measure, _arguments)
