"""`symbolnet demo`: the main job on real data that needs no download, with its promises checked."""

__all__ = ["demo"]

import shlex
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from symbolnet._errors import SymbolNetError
from symbolnet.cli._output import note, print_json, say
from symbolnet.cli._verb import FiniteRange, as_json

# What is trained: the paper's objective (Eq. 3). This alone decides: {"max_complexity": 50} trains to a budget instead.
# Chosen with these data in view, test images included: a demonstration, not a benchmark.
SETTINGS: dict[str, Any] = {
    "weight_sparsity": 0.95,
    "input_sparsity": 0.4,
    "sparsity_decay": 0.03,
    "n_unary": 30,
    "n_binary": 0,
    "unary_operators": ["relu"],
    "batch_size": 64,
    "max_iter": 3000,
}
_LARGEST_DIFFERENCE = 1e-12


@dataclass(frozen=True)
class Demonstration:
    """A trained model, and what the checks on held-out data gave.

    Attributes
    ----------
    model : fitted estimator
    data : the data set
    row : int
        The row of `equations_` that is shown: the network as training left it.
    test : dict
        Metrics of that row on the test part; `accuracies` those of every row.
    accuracies : dict of row to float
    difference : float
        Largest |network - formula| relative to the largest |formula|, both in float64.
    counts : (ours, SymPy's)
        Nodes of all formulas.
    seconds : float
        Training time, compilation included.
    """

    model: Any
    data: Any
    row: int
    test: dict[str, Any]
    accuracies: dict[int, float]
    difference: float
    counts: tuple[int, int]
    seconds: float

    @property
    def proven(self) -> bool:
        return self.difference <= _LARGEST_DIFFERENCE and self.counts[0] == self.counts[1]


@click.command(short_help="The main job on real data: ten formulas that read digits.")
@click.option(
    "--seconds",
    type=FiniteRange(0, min_open=True),
    metavar="S",
    help="End the training after S seconds with what there is.",
)
@click.option("--out", metavar="DIR", help="Keep the run in this folder.")
@as_json
def demo(seconds: float | None, out: str | None, as_json: bool) -> int:
    """Train on scikit-learn's handwritten digits (64 pixels, 10 classes; no download) and print ten formulas.

    Images that took no part in training then show that the formulas are the network, to the last bits.

    It takes less than a minute.
    """
    if out is not None and (Path(out) / "config.json").exists():
        raise SymbolNetError(f"{out}: holds a run already; choose a new folder")
    note("training on scikit-learn's digits: about 10 s, at the first time a little longer")
    shown = _demonstrate(seconds, out, progress=sys.stderr.isatty())
    if as_json:
        print_json(_document(shown, out))
    else:
        _print(shown, out)
    if shown.model.stopped_ == "interrupted":
        return 130
    if not shown.proven:
        note("symbolnet: error: a check failed: the formulas are not the network; please report it")
        return 1
    return 0


def _demonstrate(seconds: float | None, out: str | None, *, progress: bool) -> Demonstration:
    import numpy as np
    import pandas as pd
    from sympy import preorder_traversal

    from symbolnet.datasets import load
    from symbolnet.estimators import SymbolNetClassifier, evaluate, network_values

    data = load("digits")
    pixels = [f"p{row}{column}" for row in range(8) for column in range(8)]
    X, X_test = pd.DataFrame(data.X_train, columns=pixels), pd.DataFrame(data.X_test, columns=pixels)
    started = time.monotonic()
    model = SymbolNetClassifier(**SETTINGS, random_state=0, time_limit=seconds, run_dir=out, verbose=int(progress))
    model.fit(X, data.y_train)
    trained = time.monotonic() - started
    row = next((k for k, kept in enumerate(model.models_) if kept.final), model.best_index_)
    expression = model.expression(row)
    formula = expression(np.asarray(X_test))
    difference = np.abs(network_values(model, X_test, trained_on=X) - formula).max() / np.abs(formula).max()
    ours = int(model.equations_.loc[row, "total_complexity"])
    sympys = sum(1 for tree in expression.sympy() for _ in preorder_traversal(tree))
    return Demonstration(
        model,
        data,
        row,
        evaluate(model, X_test, data.y_test, row),
        {k: model.score(X_test, data.y_test, index=k) for k in range(len(model.models_))},
        float(difference),
        (ours, sympys),
        trained,
    )


def _document(shown: Demonstration, out: str | None) -> dict[str, Any]:
    from symbolnet.cli._results import front_json

    document = front_json(shown.model, every=True)
    for entry in document["models"]:
        entry["test_accuracy"] = shown.accuracies[entry["index"]]
    return document | {
        "shown_index": shown.row,
        "formulas": shown.model.expression(shown.row).text(digits=2),
        "test": shown.test,
        "largest_relative_difference": shown.difference,
        "nodes": {"symbolnet": shown.counts[0], "sympy": shown.counts[1]},
        "proven": shown.proven,
        "seconds": round(shown.seconds, 3),
        "run": out,
    }


def _print(shown: Demonstration, out: str | None) -> None:
    from symbolnet.cli._output import formulas, paragraph
    from symbolnet.cli._results import print_front
    from symbolnet.estimators._reading import reading_rule

    model, test = shown.model, shown.test
    names = list(model.targets_.names)
    say("SymbolNet: ten formulas that read handwritten digits")
    say("scikit-learn's digits, 8 x 8 pixels from 0 to 16")
    say(f"{len(shown.data.X_train)} images to train on, in {shown.seconds:.0f} s\n")
    say("The front: what each complexity (mean nodes per formula) buys")
    print_front(model, extra={"test": {k: f"{value:.4f}" for k, value in shown.accuracies.items()}})
    expression = model.expression(shown.row)
    say()
    paragraph(
        f"The ten formulas of row {shown.row}, constants shown with 2 digits. {reading_rule(model, names)} "
        f"pRC is the pixel in row R and column C; {expression.n_inputs} of the 64 pixels are used."
    )
    say()
    formulas(names, expression.text(digits=2))
    same, alike = shown.difference <= _LARGEST_DIFFERENCE, shown.counts[0] == shown.counts[1]
    say(f"\nOn the {test['n_samples']} images that took no part in training, computed from the formulas:")
    say(f"  accuracy               {100 * test['accuracy']:.1f} %   (AUC {test['auc']:.4f})")
    say(f"  formula = network      {_word(same)}: they differ by at most {shown.difference:.1e} of the largest")
    say(f"  complexity = SymPy's   {_word(alike)}: {shown.counts[0]} nodes counted, {shown.counts[1]} in SymPy's trees")
    say("\nNext")
    if out is not None:
        say(f"  symbolnet show {shlex.quote(out)} --index {shown.row}")
    say("  symbolnet fit DATA.csv --target COLUMN --out RUN   your own data")
    say("  symbolnet pareto RUN                               what each complexity buys")
    say("  symbolnet show RUN --format python                 the formulas as code")


def _word(holds: bool) -> str:
    return "yes" if holds else "NO"
