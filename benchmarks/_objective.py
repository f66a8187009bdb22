"""Runs of the paper's objective: the sparsities that they reached, their accuracy on held-out data, and Fig. 7."""

__all__ = ["add_arguments", "objective"]

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._bar import Bar, quiet
from benchmarks._data import parts

_SEEDS = (0, 1, 2)
_RESULTS = Path(__file__).parents[1] / "docs" / "results"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--figure", type=Path, help="file for the training curves (docs/results/...)")


def objective(options: argparse.Namespace, title: str, name: str, figure: str, settings: dict[str, Any]) -> list[Bar]:
    """Train through the classifier with three seeds and tell target from reached.

    The bar holds if in every run every sparsity is within 0.02 of its target or the run warned of it by name; those of
    the first seed are printed and drawn. Accuracy and complexity are those of the networks as training left them,
    computed from their formulas, each the median. They scatter: which weights survive depends on the last bits of
    the arithmetic, and so on the machine.
    """
    data = parts(name, options.quick)
    if options.quick:
        settings = settings | {"max_iter": 2}
    runs = [_run(data, settings, seed) for seed in ((0,) if options.quick else _SEEDS)]
    first = runs[0]
    _draw(options, first.model, figure, title)
    accuracies, middle = (
        [run.accuracy for run in runs],
        {
            key: float(np.median([getattr(run, key) for run in runs]))
            for key in ("accuracy", "complexity", "inputs", "seconds")
        },
    )
    return [
        Bar(
            f"the paper's objective converges, {title}",
            "each sparsity within 0.02 of its target, or the run says which is not",
            f"{'; '.join(first.reached)} (seed 0 of {len(runs)})",
            all(run.honest for run in runs),
            first.model.sparsity_.set_index("type")["reached"].to_dict(),
        ),
        Bar(
            f"what these runs gave, {title}",
            "",
            f"accuracy {100 * middle['accuracy']:.1f} % ({100 * min(accuracies):.1f} to {100 * max(accuracies):.1f}, "
            f"{len(runs)} seeds) on {data.held_out}, at mean complexity {middle['complexity']:.0f} with "
            f"{middle['inputs']:.0f} inputs; {first.model.n_iter_} epochs in {middle['seconds']:.0f} s",
            None,
            middle,
        ),
    ]


@dataclass(frozen=True, eq=False)
class _Run:
    """One fit: whether it told of every target that it missed, and what its final network is worth."""

    model: Any
    reached: list[str]
    honest: bool
    accuracy: float
    complexity: float
    inputs: int
    seconds: float


def _run(data: Any, settings: dict[str, Any], seed: int) -> _Run:
    from symbolnet import SymbolNetClassifier

    model = SymbolNetClassifier(loss="mse", random_state=seed, **settings)
    started = time.monotonic()
    with quiet() as warned:
        model.fit(data.X, data.y)
    seconds = time.monotonic() - started
    reached, honest = [], True
    for row in model.sparsity_.to_dict("records"):
        near = abs(row["reached"] - row["target"]) <= 0.02 or row["reached"] >= row["target"]
        told = any(row["type"] in line for line in warned)
        honest &= near or told
        mark = "" if near else (", missed as the run said" if told else ", MISSED WITHOUT A WORD")
        reached.append(f"{row['type']} {row['reached']:.3f} of {row['target']:g}{mark}")
    final = next(k for k, kept in enumerate(model.models_) if kept.final)
    formulas = model.expression(final)
    accuracy = model.score(data.X_test, data.y_test, index=final)
    return _Run(model, reached, honest, accuracy, formulas.complexity, formulas.n_inputs, seconds)


def _draw(options: argparse.Namespace, model: Any, figure: str, title: str) -> None:
    from symbolnet.plots import training_curves

    targets = model.sparsity_.set_index("type")["target"].to_dict()
    drawn = training_curves(model.history_, targets=targets, metric_name="accuracy", title=title)
    file = options.figure or (None if options.quick else _RESULTS / figure)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        drawn.savefig(file)
