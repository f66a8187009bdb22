"""The units of the data make no difference: offsets and scales of inputs and targets, and the types they come in."""

import numpy as np
import pytest

from symbolnet import SymbolNetError, SymbolNetRegressor

RNG = np.random.default_rng(0)
X = RNG.normal(size=(300, 2))
BY_BUDGET = {"max_complexity": 9, "random_state": 0}
BY_NETWORK = {"weight_sparsity": 0.2, "max_iter": 60, "n_unary": 4, "n_binary": 2, "random_state": 0}


@pytest.mark.parametrize(("scale", "offset"), [(1, 1e8), (1e-25, 0), (1e25, 0), (1e-3, 1e4)])
def test_targets_of_any_size_by_budget(scale: float, offset: float) -> None:
    y = scale * 2 * X[:, 0] * X[:, 1] + offset
    model = SymbolNetRegressor(**BY_BUDGET).fit(X, y)
    left = y - model.predict(X)
    assert np.abs(left).max() <= 1e-5 * scale + 1e-15 * abs(offset)
    assert model.equations_["loss"].is_monotonic_decreasing
    assert np.isfinite(model.equations_[["loss", "r2", "score"]]).all(axis=None)


@pytest.mark.parametrize("scale", [1e100, 1e150])
def test_squares_of_targets_may_be_beyond_float64_by_budget(scale: float) -> None:
    y = scale * (2 * X[:, 0] + X[:, 1])
    assert SymbolNetRegressor(**BY_BUDGET).fit(X, y).score(X, y) > 0.999


@pytest.mark.parametrize("scale", [1e39, 1e300])
def test_inputs_beyond_float32_are_refused_by_budget(scale: float) -> None:
    y = 2 * X[:, 0] + X[:, 1]
    with pytest.raises(
        SymbolNetError, match=r"^input 'x0' has values up to .*, too large to search.*; divide it first$"
    ):
        SymbolNetRegressor(**BY_BUDGET).fit(scale * X, y)
    assert SymbolNetRegressor(**BY_BUDGET).fit(1e37 * X, y).score(1e37 * X, y) > 0.999


def test_large_integers_are_not_rounded() -> None:
    seconds = 1_700_000_000 + RNG.integers(0, 60, size=(300, 1))
    y = (seconds - 1_700_000_000).astype(float)[:, 0]
    model = SymbolNetRegressor(**BY_NETWORK).fit(seconds, y)
    assert model.score(seconds, y) > 0.9
    assert (model.predict(seconds) == model.predict(seconds.astype(float))).all()


def test_poisson_loss_lets_thresholds_rise() -> None:
    counts = RNG.poisson(np.exp(2.5 + 0.5 * X[:, 0])).astype(float)
    settings = {**BY_NETWORK, "weight_sparsity": 0.6, "max_iter": 100, "batch_size": 50}
    model = SymbolNetRegressor(**settings, loss="poisson").fit(X, counts)
    assert model.sparsity_["reached"][0] > 0.3
    assert (model.equations_["loss"] >= 0).all()


def test_a_poisson_regression_finds_the_rate() -> None:
    counts = RNG.poisson(np.exp(0.8 * X[:, 0] - 0.5 * X[:, 1] + 0.3)).astype(float)
    model = SymbolNetRegressor(**{**BY_NETWORK, "max_iter": 200}, batch_size=50, loss="poisson").fit(X, counts)
    assert model.score(X, counts) > 0.5


def test_a_loss_of_classes_is_refused() -> None:
    with pytest.raises(SymbolNetError, match="is for classes"):
        SymbolNetRegressor(max_complexity=5, loss="cross_entropy").fit(X, X[:, 0])
