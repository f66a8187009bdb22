"""Which samples count, and which of them models are compared on."""

from typing import Any

import numpy as np
import pytest

from symbolnet import SymbolNetClassifier, SymbolNetRegressor
from symbolnet.estimators._split import split

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
SMALL = {"weight_sparsity": 0.2, "n_unary": 4, "n_binary": 2, "max_iter": 60, "random_state": 0}


def numbers() -> tuple[np.ndarray, np.ndarray]:
    X = np.random.default_rng(0).normal(size=(400, 3))
    return X, 2 * X[:, 0] + X[:, 1]


@pytest.mark.parametrize("how", [SMALL, {"max_complexity": 12, "random_state": 0}])
def test_weights_that_are_zero_on_the_rows_held_out_leave_a_choice(how: dict[str, Any]) -> None:
    X, y = numbers()
    weight = np.zeros(400)
    weight[split(False, y, 0.1, np.random.RandomState(0))[0][:40]] = 1
    model = SymbolNetRegressor(**how).fit(X, y, sample_weight=weight)
    assert model.equations_["loss"].iloc[0] > 0
    assert model.score(X, y) > 0.8


@pytest.mark.parametrize("kind", [SymbolNetRegressor, SymbolNetClassifier])
def test_a_row_of_weight_zero_is_as_one_that_is_absent(kind: Any) -> None:
    X, y = numbers()
    y = y if kind is SymbolNetRegressor else np.array(["small", "large"])[(y > 0).astype(int)]
    weight = np.random.default_rng(1).integers(0, 3, 400)
    X[weight == 0] *= 1000
    how = {**SMALL, "max_iter": 5}
    one = kind(**how).fit(X, y, sample_weight=weight)
    other = kind(**how).fit(X[weight > 0], y[weight > 0], sample_weight=weight[weight > 0])
    assert (one.predict(X) == other.predict(X)).all()
    assert (one.equations_["loss"] == other.equations_["loss"]).all()
