"""What a formula is worth on data that it has not seen, as it stands or with rounded constants."""

__all__ = ["evaluate", "labels", "rounded"]

import contextlib
import copy
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.estimators._base import SymbolNetBase
from symbolnet.estimators._checked import plain_targets
from symbolnet.expression import NODES, Costs, Expression

Array = NDArray[Any]


def rounded(
    estimator: SymbolNetBase, index: int | None = None, *, digits: int | None = None, bits: int | None = None
) -> SymbolNetBase:
    """An estimator that holds one formula of `estimator`, with its constants rounded.

    Parameters
    ----------
    estimator : fitted estimator
        It stays as it is.
    index : int, optional
        Row of `equations_`; the chosen one if None.
    digits, bits : int, optional
        Significant decimal digits or bits, as in `Expression.round`; one of the two.

    Returns
    -------
    estimator
        With one row in `equations_`. Its loss and metric there are still those of the exact formula.
    """
    model = estimator._model(index)
    one = copy.copy(estimator)
    one.models_ = (replace(model, expression=model.expression.round(digits=digits, bits=bits)),)
    one._limit = None
    return one


def evaluate(estimator: SymbolNetBase, X: Any, y: Any, index: int | None = None) -> dict[str, Any]:
    """Metrics of the formulas of one row of `equations_`, computed from the formulas.

    Parameters
    ----------
    estimator : fitted estimator
    X : array-like (samples, inputs)
    y : array-like (samples,) or (samples, targets)
    index : int, optional
        Row; the chosen one if None.

    Returns
    -------
    dict
        "index", "n_samples", "n_inputs", "mean_complexity", "total_complexity", "expanded_complexity" (all in the costs
        of the fit; "mean_nodes" besides where these are not nodes), and for a classifier "accuracy", "auc" (one against
        the rest, mean over classes), "auc_per_class", for a regressor "r2", "rmse" and "mae" (means over targets).
        None stands for what `y` does not define, such as the AUC of one class.

    Raises
    ------
    SymbolNetError
        If y does not fit X or the classes of the model.

    Notes
    -----
    The AUC of a class uses its probability where the formulas are trained with the cross-entropy, else the value of its
    formula, as in the paper.
    """
    row = estimator.best_index_ if index is None else index
    expression = estimator.expression(row)
    y = np.asarray(plain_targets(y))
    if len(y) != len(X):
        raise SymbolNetError(f"X has {len(X)} rows and y has {len(y)}; give one target for each row")
    if not len(y):
        raise SymbolNetError("the data has no rows; give at least one")
    about = {
        "index": int(row) % len(estimator.models_),
        "n_samples": len(y),
        "n_inputs": expression.n_inputs,
    } | _complexities(expression, estimator._costs)
    measure = _regression if estimator.targets_.classes is None else _classification
    return about | measure(estimator, X, y, row)


def _complexities(expression: Expression, costs: Costs) -> dict[str, float]:
    if costs == NODES:
        return {
            "mean_complexity": float(expression.complexity),
            "total_complexity": int(expression.total_complexity),
            "expanded_complexity": float(expression.expanded_complexity),
        }
    return {
        "mean_complexity": expression.cost(costs),
        "total_complexity": sum(expression.costs(costs)),
        "expanded_complexity": expression.expanded().cost(costs),
        "mean_nodes": float(expression.complexity),
    }


def _classification(estimator: Any, X: Any, y: Array, row: int) -> dict[str, Any]:
    from sklearn.metrics import accuracy_score, roc_auc_score

    classes = estimator.classes_
    y = labels(y, classes)
    scores = estimator.decision_function(X, row)
    if scores.ndim == 1:
        areas = {str(classes[1]): _area(roc_auc_score, y == classes[1], scores)}
    else:
        if estimator.targets_.link == "logit":
            scores = estimator.predict_proba(X, row)
        areas = {str(label): _area(roc_auc_score, y == label, scores[:, k]) for k, label in enumerate(classes)}
    defined = [area for area in areas.values() if area is not None]
    return {
        "accuracy": float(accuracy_score(y, estimator.predict(X, row))),
        "auc": float(np.mean(defined)) if defined else None,
        "auc_per_class": areas,
    }


def labels(y: Array, classes: Array) -> Array:
    """The labels y as the model writes them: 1 and 1.0 are one label, and so are 1 and the text "1"."""
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim != 1:
        raise SymbolNetError(f"y has shape {y.shape}; a classifier needs one label for each row")
    if classes.dtype.kind in "US" and y.dtype.kind not in "US":
        y = y.astype(str)
    elif classes.dtype.kind in "biuf" and y.dtype.kind in "USO":
        with contextlib.suppress(TypeError, ValueError):
            y = y.astype(np.float64)
    unknown = np.flatnonzero(~np.isin(y, classes))
    if unknown.size:
        known = ", ".join(str(label) for label in classes[:10]) + (", ..." if len(classes) > 10 else "")
        raise SymbolNetError(
            f"y has the class {str(y[unknown[0]])!r} that the model does not know; its classes are {known}"
        )
    return y


def _area(area: Any, positive: Array, scores: Array) -> float | None:
    return float(area(positive, scores)) if 0 < positive.sum() < len(positive) else None


def _regression(estimator: Any, X: Any, y: Array, row: int) -> dict[str, Any]:
    from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

    try:
        y = np.asarray(y, np.float64).reshape(len(y), -1)
    except (TypeError, ValueError) as error:
        raise SymbolNetError(
            f"y holds text ({str(y.ravel()[0])[:40]!r}); the model is a regressor and needs numbers"
        ) from error
    prediction = estimator.predict(X, row).reshape(len(y), -1)
    if y.shape[1] != prediction.shape[1]:
        targets = f"{y.shape[1]} target{'s' if y.shape[1] > 1 else ''}"
        raise SymbolNetError(
            f"y has {targets} for each row and the model has {prediction.shape[1]}; give those that it was fitted on"
        )
    return {
        "r2": float(r2_score(y, prediction)) if len(y) > 1 else None,
        "rmse": float(root_mean_squared_error(y, prediction)),
        "mae": float(mean_absolute_error(y, prediction)),
    }
