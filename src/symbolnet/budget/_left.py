"""Whether the grown formulas leave anything to find: if not, the descent need not run."""

__all__ = ["something_left"]

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MOST_ROWS, _MOST_INPUTS, _FOLDS = 2_000, 200, 4
"""With more inputs the tests would take longer than they save, and a descent is what finds the right ones."""
_SIGNIFICANT = 2.0
"""Standard errors of the gain, sample by sample, from which something is left: fewer than a model needs to enter the
front, so that the descent runs where there is doubt."""


def something_left(X: NDArray[Any], residual: NDArray[np.float64], weight: NDArray[np.float64]) -> bool:
    """Whether a forest or a ridge regression predicts part of a residual, in cross-validation.

    Parameters
    ----------
    X : (samples, inputs) array
    residual : (samples, outputs) array
        Target less prediction.
    weight : (samples,) array

    Returns
    -------
    bool
        True, without a look, where there are very few rows or very many inputs.
    """
    from sklearn.model_selection import KFold, cross_val_predict

    rows = np.random.default_rng(0).permutation(len(X))[:_MOST_ROWS]
    if len(rows) < 2 * _FOLDS or X.shape[1] > _MOST_INPUTS:
        return True
    inputs, left, weight = np.asarray(X[rows], dtype=np.float64), residual[rows], weight[rows]
    std, spread = inputs.std(axis=0), left.std(axis=0)
    inputs = (inputs - inputs.mean(axis=0)) / np.where(std > 0, std, 1.0)
    left = left / np.where(spread > 0, spread, 1.0)
    target = left[:, 0] if left.shape[1] == 1 else left
    for model in _models(X.shape[1]):
        predicted = cross_val_predict(model, inputs, target, cv=KFold(_FOLDS), params={"sample_weight": weight})
        gain = weight * (left**2 - (left - predicted.reshape(left.shape)) ** 2).mean(axis=1)
        if gain.mean() > _SIGNIFICANT * gain.std() / np.sqrt(len(gain)):
            return True
    return False


def _models(n_inputs: int) -> Iterator[Any]:
    """A model of sums of many small effects, and one of anything local; each of scikit-learn."""
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.linear_model import RidgeCV

    yield RidgeCV(np.logspace(-2, 4, 7))
    share: Any = 1 / 3 if n_inputs <= 60 else "sqrt"
    yield RandomForestRegressor(100, min_samples_leaf=5, max_features=share, random_state=0)
