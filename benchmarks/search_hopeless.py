"""Stopping hopeless trials: the epochs that it saves, and what it costs of the front.

Every trial of a scan is trained to its end, and what each would have been told on its way is kept. Afterwards the
verdicts of early stopping are taken on the same curves: so both fronts come from the same networks. The hypervolume is
that of the validation metric above the best constant against the logarithm of the complexity, formulas without inputs
left out; beside it stands what leaving out as many trials at random costs.
"""

import argparse
import math
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._bar import Bar, main
from benchmarks._data import parts

SETTINGS = {"lhc_jets_sim": ("jets", 50), "svhn_1v7": ("svhn", 180)}
"""The preset and the epochs for each data set."""
_DRAWS = 200


def measure(options: argparse.Namespace) -> list[Bar]:
    return [_bar(name, seed, options) for name in options.data for seed in options.seeds]


def _bar(name: str, seed: int, options: argparse.Namespace) -> Bar:
    data = parts(name, options.quick)
    n_trials, epochs = (6, 10) if options.quick else (options.trials, SETTINGS[name][1])
    rows, told, queue = _trained(data, SETTINGS[name][0], seed, n_trials, epochs)
    stopped, used = _replayed(told, queue, epochs)
    constant = float(np.unique(data.y, return_counts=True)[1].max() / len(data.y))
    points = {row.index: (row.result.metric, row.result.complexity) for row in rows
              if row.result.state == "complete" and row.result.n_inputs}  # fmt: skip
    whole = _volume(list(points.values()), constant)
    left = [index for index in points if index not in stopped]
    share = _volume([points[index] for index in left], constant) / whole if whole else math.nan
    rng = np.random.default_rng(0)
    random = [
        _volume([list(points.values())[k] for k in rng.permutation(len(points))[: len(left)]], constant) / whole
        for _ in range(_DRAWS if whole else 0)
    ]
    saved = used / (epochs * len(told))
    return Bar(
        f"scan, hopeless trials: {n_trials} trials of {epochs} epochs on {name}, seed {seed}",
        "",
        f"{100 * saved:.0f} % of the epochs, {len(stopped)} trials stopped; {100 * share:.1f} % of the hypervolume of "
        f"the front (median of as many left out at random: {100 * float(np.median(random or [math.nan])):.1f} %)",
        None,
        {"epochs": saved, "hypervolume": share, "stopped": len(stopped)},
    )


def _trained(
    data: Any, space: str, seed: int, n_trials: int, epochs: int
) -> tuple[list[Any], dict[int, list[tuple[int, float, float]]], int]:
    """The rows of a scan without early stopping, and (age, loss, size) of each trial as a verdict sees it."""
    from symbolnet.search import Plan, ScanData, ThreadExecutor, _work, preset, run_scan, scan_rows, start_scan

    told: dict[int, list[tuple[int, float, float]]] = defaultdict(list)

    class Recorded(_work.Rivals):  # type: ignore[misc]
        def verdict(self, index: int, age: int, loss: float, size: float) -> Any:
            told[index].append((age, loss, size))
            return super().verdict(index, age, loss, size)

    kept, _work.Rivals = _work.Rivals, Recorded  # type: ignore[misc]
    plan = Plan(preset(space).fixed({"max_iter": epochs}), "classification", sampler="random", seed=seed,
                early_stop=False)  # fmt: skip
    scan_data = ScanData(data.X, data.y)
    try:
        with tempfile.TemporaryDirectory() as folder:
            study, place = start_scan(Path(folder) / "scan", plan, scan_data.fingerprint, n_trials)
            executor = ThreadExecutor(scan_data)
            run_scan(study, executor, place)
            executor.close()
            rows = scan_rows(study)
            study.close()
    finally:
        _work.Rivals = kept  # type: ignore[misc]
    return rows, told, plan.queue


def _replayed(told: dict[int, list[tuple[int, float, float]]], queue: int, epochs: int) -> tuple[set[int], int]:
    """The trials that would have been stopped, in the order in which each job trained them, and the epochs used."""
    from symbolnet.search._hopeless import Rivals

    jobs: dict[int, Any] = defaultdict(lambda: Rivals(epochs))
    stopped, used = set[int](), 0
    for index, seen in told.items():
        for age, loss, size in seen:
            last = age
            if jobs[index // queue].verdict(index, age, loss, size) is not None:
                if age < epochs:
                    stopped.add(index)
                break
        used += last
    return stopped, used


def _volume(points: list[tuple[float, float]], floor: float) -> float:
    """Hypervolume above the floor of the metric and below 10,000 nodes, over the logarithm of the complexity."""
    from symbolnet.pareto import hypervolume

    cost, loss = [math.log10(c) for _, c in points], [-metric for metric, _ in points]
    return hypervolume(cost, loss, (4.0, -floor)) if points else 0.0


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", nargs="+", choices=SETTINGS, default=list(SETTINGS))
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])


if __name__ == "__main__":
    main(measure, _arguments)
