"""What the outputs of a circuit are worth on data with known targets."""

__all__ = ["classification_score", "fidelity_score", "regression_score", "score_of_model"]

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.hardware._search import Score


def classification_score(
    y: ArrayLike, classes: ArrayLike, threshold: float = 0.5, weight: ArrayLike | None = None
) -> Score:
    """Return the accuracy: the class of the largest output, or of one output above the threshold the second class.

    Parameters
    ----------
    y : array, (n_samples,)
    classes : array
        Sorted labels, in the order of the outputs.
    threshold : float
    weight : array, (n_samples,), optional
        Of the samples.
    """
    known = np.asarray(classes)
    places = np.searchsorted(known, np.asarray(y))
    weights = None if weight is None else np.asarray(weight, np.float64)

    def score(values: NDArray[np.float64]) -> float:
        found = values.argmax(axis=1) if values.shape[1] > 1 else (values[:, 0] > threshold).astype(int)
        return float(np.average(found == places, weights=weights))

    return score


def regression_score(y: ArrayLike, *, log: bool = False, weight: ArrayLike | None = None) -> Score:
    """Return R², the mean over targets; with `log`, the outputs are the logarithms of the targets.

    Parameters
    ----------
    y : array-like (n_samples,) or (n_samples, n_targets)
    log : bool
    weight : array-like (n_samples,), optional
        Of the samples.

    Returns
    -------
    callable: float64 array (n_samples, n_targets) → float
        At most 1; of a target that does not vary, 1 less the mean squared error.
    """
    targets = np.asarray(y, dtype=np.float64)
    targets = targets[:, None] if targets.ndim == 1 else targets
    weights = None if weight is None else np.asarray(weight, np.float64)
    mean = np.average(targets, axis=0, weights=weights)
    variance = np.average((targets - mean) ** 2, axis=0, weights=weights)

    def score(values: NDArray[np.float64]) -> float:
        found = np.exp(np.minimum(values, 700.0)) if log else values
        errors = np.average((found - targets) ** 2, axis=0, weights=weights)
        return float(np.mean(1.0 - errors / np.where(variance > 0, variance, 1.0)))

    return score


def fidelity_score(exact: NDArray[np.float64]) -> Score:
    """Return R² against the formula itself: for data without targets.

    Parameters
    ----------
    exact : float64 array (n_samples, n_outputs)
        The outputs of the formula in floating point.

    Returns
    -------
    callable: float64 array (n_samples, n_outputs) → float
        1 where the circuit gives the same numbers.
    """
    return regression_score(exact)


def score_of_model(model: Any, y: Any) -> Score:
    """Return what a fitted estimator is scored by: accuracy for classes, R² for numbers.

    Parameters
    ----------
    model : fitted estimator
    y : array-like (n_samples,) or (n_samples, n_targets)
        Labels of its classes, or numbers in the units of its targets.

    Returns
    -------
    callable: float64 array (n_samples, n_outputs) → float
        Of the outputs of a circuit, in the order of the formulas.

    Raises
    ------
    SymbolNetError
        If y holds a label that the model does not know.
    """
    targets = model.targets_
    if targets.classes is None:
        return regression_score(y, log=targets.link == "log")
    classes = np.asarray(model.classes_)
    labels = np.asarray(y)
    labels = labels.astype(str) if classes.dtype.kind in "US" else labels
    unknown = ~np.isin(labels, classes)
    if unknown.any():
        raise SymbolNetError(f"label {labels[unknown][0]!r} is not among the classes of the model; give its own data")
    return classification_score(labels, classes, 0.0 if targets.link == "logit" else 0.5)
