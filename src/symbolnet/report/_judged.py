"""What the formulas are worth on data with known targets, as a page shows it."""

__all__ = ["Judged", "judge"]

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from symbolnet import plots
from symbolnet._errors import SymbolNetError
from symbolnet.estimators import evaluate, rounded
from symbolnet.estimators._evaluation import labels
from symbolnet.report._html import Table, figure

_HEADINGS = {"accuracy": "accuracy", "auc": "AUC", "r2": "R²", "rmse": "RMSE", "mae": "MAE"}
_DIGITS = (6, 4, 3, 2, 1)
_MOST_CLASSES = 30
"""Of a confusion matrix, or of curves in one figure, that can be read."""
_MOST_TARGETS = 9


@dataclass(frozen=True)
class Judged:
    """Metrics on one set of rows.

    Attributes
    ----------
    n_samples : int
    metrics : list of (heading, value)
    digits : Table
        The metrics and the complexity with constants of fewer digits.
    classes : Table or None
        The area under the ROC curve of each class, where there are more than two.
    figures : list of (caption, figure)
    """

    n_samples: int
    metrics: list[tuple[str, str]]
    digits: Table
    classes: Table | None
    figures: list[tuple[str, Markup]]


def judge(model: Any, X: Any, y: Any, index: int, names: Sequence[str], class_names: Sequence[str] | None) -> Judged:
    """Compute metrics and figures of one row of `equations_` on X, y.

    Parameters
    ----------
    model : fitted estimator
    X : array-like (rows, inputs)
    y : array-like (rows,) or (rows, targets)
    index : int
    names : sequence of str
        Of the outputs.
    class_names : sequence of str, optional
        One a class, in the order of `classes_`.

    Raises
    ------
    SymbolNetError
        If y does not fit X or the model.
    """
    exact = evaluate(model, X, y, index)
    keys = [key for key in _HEADINGS if key in exact]
    regression = model.targets_.classes is None
    return Judged(
        exact["n_samples"],
        [(_HEADINGS[key], _number(key, exact[key])) for key in keys],
        _by_digits(model, X, y, index, exact, keys),
        None if regression else _areas(exact["auc_per_class"], class_names),
        _regression(model, X, y, index, names) if regression else _classes(model, X, y, index, class_names),
    )


def _by_digits(model: Any, X: Any, y: Any, index: int, exact: dict[str, Any], keys: Sequence[str]) -> Table:
    lines = [["all", f"{exact['mean_complexity']:.1f}", *(_number(key, exact[key]) for key in keys)]]
    for digits in _DIGITS:
        found = evaluate(rounded(model, index, digits=digits), X, y)
        lines.append([str(digits), f"{found['mean_complexity']:.1f}", *(_number(key, found[key]) for key in keys)])
    return Table(["digits", "complexity", *(_HEADINGS[key] for key in keys)], lines, ())


def _areas(areas: dict[str, float | None], class_names: Sequence[str] | None) -> Table | None:
    if len(areas) < 2:
        return None
    names = list(class_names or areas)
    return Table(["class", "AUC"], [[n, _number("auc", a)] for n, a in zip(names, areas.values(), strict=True)])


def _classes(model: Any, X: Any, y: Any, index: int, class_names: Sequence[str] | None) -> list[tuple[str, Markup]]:
    classes: NDArray[Any] = model.classes_
    if len(classes) > _MOST_CLASSES:
        return []
    names = list(class_names or map(str, classes))
    code = {label: k for k, label in enumerate(classes.tolist())}
    true, predicted = (
        np.array([code[label] for label in found.tolist()])
        for found in (labels(np.asarray(y), classes), model.predict(X, index))
    )
    scores = model.decision_function(X, index)
    if scores.ndim == 2 and model.targets_.link == "logit":
        scores = model.predict_proba(X, index)
    found = []
    with contextlib.suppress(SymbolNetError):  # rows of one class have no curve
        curves = figure(plots.roc_curves(true, scores, names), "ROC curves")
        found.append(("ROC curves, each class against the rest, with the areas under them.", curves))
    confusion = figure(plots.confusion_matrix(true, predicted, names), "confusion matrix")
    return [*found, ("Which classes are taken for which, in percent of the true class.", confusion)]


def _regression(model: Any, X: Any, y: Any, index: int, names: Sequence[str]) -> list[tuple[str, Markup]]:
    true = np.asarray(y, np.float64).reshape(len(y), -1)
    predicted = model.predict(X, index).reshape(len(true), -1)
    few = min(_MOST_TARGETS, true.shape[1])
    drawn = plots.predicted_against_true(true[:, :few], predicted[:, :few], [*names][:few] if few > 1 else None)
    of_many = f" The first {few} of {true.shape[1]} targets." if few < true.shape[1] else ""
    caption = f"Predicted against true values; a perfect prediction lies on the line.{of_many}"
    return [(caption, figure(drawn, "predictions against true values"))]


def _number(key: str, value: float | None) -> str:
    if value is None:
        return "undefined"
    return f"{value:.5g}" if key in ("rmse", "mae") else f"{value:.4f}"
