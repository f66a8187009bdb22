"""A run of the paper's objective: the sparsities that it reached, its accuracy on held-out data, and its Fig. 7."""

__all__ = ["add_arguments", "objective"]

import argparse
import time
from pathlib import Path
from typing import Any

from benchmarks._bar import Bar, quiet
from benchmarks._data import parts

_RESULTS = Path(__file__).parents[1] / "docs" / "results"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--figure", type=Path, help="file for the training curves (docs/results/...)")


def objective(options: argparse.Namespace, title: str, name: str, figure: str, settings: dict[str, Any]) -> list[Bar]:
    """Train through the classifier and tell target from reached.

    The bar holds if every sparsity is within 0.02 of its target or the run warned of it by name. Accuracy and
    complexity are those of the network as training left it, computed from its formulas.
    """
    from symbolnet import SymbolNetClassifier

    data = parts(name, options.quick)
    if options.quick:
        settings = settings | {"max_iter": 2}
    model = SymbolNetClassifier(loss="mse", random_state=0, **settings)
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
    accuracy, complexity = model.score(data.X_test, data.y_test, index=final), model.expression(final).complexity
    _draw(options, model, figure, title)
    return [
        Bar(
            f"the paper's objective converges, {title}",
            "each sparsity within 0.02 of its target, or the run says which is not",
            f"{'; '.join(reached)}",
            honest,
            model.sparsity_.set_index("type")["reached"].to_dict(),
        ),
        Bar(
            f"what that run gave, {title}",
            "",
            f"accuracy {100 * accuracy:.1f} % on {data.held_out}, at mean complexity {complexity:.0f} with "
            f"{model.expression(final).n_inputs} inputs; {model.n_iter_} epochs in {seconds:.0f} s",
            None,
            {"accuracy": accuracy, "complexity": complexity, "seconds": seconds},
        ),
    ]


def _draw(options: argparse.Namespace, model: Any, figure: str, title: str) -> None:
    from symbolnet.plots import training_curves

    targets = model.sparsity_.set_index("type")["target"].to_dict()
    drawn = training_curves(model.history_, targets=targets, metric_name="accuracy", title=title)
    file = options.figure or (None if options.quick else _RESULTS / figure)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        drawn.savefig(file)
