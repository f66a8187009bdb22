"""The best accuracy at a given complexity: `max_complexity` and `random_state` given, everything else the default.

For each budget the median over seeds, on data held out from every choice, computed from the formulas. For each data
set as well: the time of the run with the largest budget, which gives the whole front; that no formula of any run
exceeds its budget; and how much the front of that run loses at the smaller budgets against runs made for these.
"""

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._bar import Bar, main, quiet
from benchmarks._data import Parts, parts


@dataclass(frozen=True)
class Task:
    """A data set, its metric, what each budget must reach, and how long its front may take."""

    title: str
    name: str
    metric: str
    budgets: dict[int, float]
    seconds: float | None


TASKS = (
    Task("MNIST", "mnist", "accuracy", {90: 0.920, 300: 0.960}, 120),
    Task("SVHN 1 vs 7 (part)", "svhn_1v7", "auc", {122: 0.945, 311: 0.965}, 60),
    Task("re-simulated LHC jets", "lhc_jets_sim", "accuracy", {16: 0.720, 50: 0.738}, 60),
    Task("digits", "digits", "accuracy", {60: 0.94}, None),
)


def measure(options: argparse.Namespace) -> list[Bar]:
    if not _connected():
        sys.exit("max_complexity does not steer the fit in this version; there is nothing to measure")
    chosen = [task for task in TASKS if not options.data or task.name in options.data]
    return [bar for task in chosen for bar in _task(task, options)]


def _connected() -> bool:
    import symbolnet.estimators

    folder = Path(symbolnet.estimators.__file__).parent
    return any("symbolnet.budget" in file.read_text(encoding="utf-8") for file in folder.glob("*.py"))


def _task(task: Task, options: argparse.Namespace) -> list[Bar]:
    data = parts(task.name, options.quick)
    seeds = range(1 if options.quick else options.seeds)
    largest = max(task.budgets)
    found: dict[int, list[dict[str, Any]]] = {budget: [] for budget in task.budgets}
    lost, times, kept = [0.0], [], True
    for seed in seeds:
        runs = {budget: _fit(data, budget, seed) for budget in task.budgets}
        for budget, (model, seconds) in runs.items():
            kept &= bool((model.equations_["complexity"] <= budget).all())
            found[budget].append(_judge(task, model, data, None))
            if budget == largest:
                times.append(seconds)
        front = runs[largest][0]
        for budget in set(task.budgets) - {largest}:
            of_front = _judge(task, front, data, _best_row(front, budget))["metric"]
            lost = [*lost, found[budget][-1]["metric"] - of_front]
    bars = [_accuracy(task, budget, results, data) for budget, results in found.items()]
    seconds = float(np.median(times))
    limit = f", at most {task.seconds:.0f} s on 2 cores" if task.seconds else ""
    bars.append(
        Bar(
            f"one run for the whole front, {task.title}",
            f"the budget holds; no point over 1 point below a run made for its budget{limit}",
            f"{'budget held' if kept else 'BUDGET EXCEEDED'}; worst point {100 * max(lost):.1f} below; {seconds:.0f} s",
            kept and max(lost) <= 0.01 and (task.seconds is None or seconds <= task.seconds),
            {"seconds": seconds, "lost": max(lost)},
        )
    )
    return bars


def _accuracy(task: Task, budget: int, results: list[dict[str, Any]], data: Parts) -> Bar:
    values = sorted(result["metric"] for result in results)
    middle, complexity = float(np.median(values)), float(np.median([result["complexity"] for result in results]))
    unit, factor = ("AUC", 1) if task.metric == "auc" else ("%", 100)

    def shown(value: float) -> str:
        return f"{unit} {value:.3f}" if factor == 1 else f"{factor * value:.1f} {unit}"

    return Bar(
        f"{task.title} within {budget}",
        shown(task.budgets[budget]),
        f"{shown(middle)} ({shown(values[0])} to {shown(values[-1])}, {len(values)} seeds) at {complexity:.1f}, "
        f"{data.held_out}",
        middle >= task.budgets[budget],
        {"metric": middle, "complexity": complexity, "budget": budget},
    )


def _fit(data: Parts, budget: int, seed: int) -> tuple[Any, float]:
    from symbolnet import SymbolNetClassifier

    started = time.monotonic()
    with quiet():
        model = SymbolNetClassifier(max_complexity=budget, random_state=seed).fit(data.X, data.y)
    return model, time.monotonic() - started


def _judge(task: Task, model: Any, data: Parts, row: int | None) -> dict[str, Any]:
    from symbolnet.estimators import evaluate

    result = evaluate(model, data.X_test, data.y_test, row)
    return {"metric": result[task.metric], "complexity": result["mean_complexity"]}


def _best_row(model: Any, budget: float) -> int:
    table = model.equations_
    return int(table.loc[table["complexity"] <= budget, "loss"].idxmin())


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", nargs="+", choices=[task.name for task in TASKS], help="only these data sets")
    parser.add_argument("--seeds", type=int, default=3)


if __name__ == "__main__":
    main(measure, _arguments)
