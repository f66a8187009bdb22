"""The reference: what a Gaussian process says of the samples, and of others between them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolnet.growth._reference import reference_rows
from symbolnet.growth._values import make_rows


def noisy(n: int = 120, seed: int = 0, noise: float = 0.7) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inputs, a smooth function of them, and the function with noise."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    true = 2 * X[:, 0] + np.sin(2 * X[:, 1])
    return X, true, true + noise * rng.normal(size=n)


def test_it_is_nearer_to_the_function_than_the_samples_are() -> None:
    X, true, y = noisy()
    reference = reference_rows(make_rows(X.T.copy(), y, np.ones(len(y))), np.random.default_rng(0))
    assert np.array_equal(reference.x[:, :120], X.T)
    assert np.mean((reference.y[:120] - true) ** 2) < 0.5 * np.mean((y - true) ** 2)
    between = 2 * reference.x[0, 120:] + np.sin(2 * reference.x[1, 120:])
    assert np.mean((reference.y[120:] - between) ** 2) < 0.5 * np.mean((y - true) ** 2)


@given(st.integers(0, 2**31 - 1))
@settings(max_examples=10, deadline=None)
def test_further_samples_lie_within_the_range_of_the_data(seed: int) -> None:
    X, _, y = noisy(30, seed)
    reference = reference_rows(make_rows(X.T.copy(), y, np.ones(30)), np.random.default_rng(seed))
    assert (reference.x.min(axis=1) >= X.min(axis=0)).all()
    assert (reference.x.max(axis=1) <= X.max(axis=0)).all()
    assert np.isfinite(reference.y).all()
    assert (reference.root == 1).all()


def test_a_plane_stays_a_plane() -> None:
    X = np.random.default_rng(1).normal(size=(50, 2)) * [1.0, 1e4] + [0.0, 1e6]
    y = 3 * X[:, 0] - 2e-4 * X[:, 1] + 1
    reference = reference_rows(make_rows(X.T.copy(), y, np.ones(50)), np.random.default_rng(0))
    np.testing.assert_allclose(reference.y, 3 * reference.x[0] - 2e-4 * reference.x[1] + 1, atol=0.02 * y.std())


def test_samples_of_weight_zero_say_nothing() -> None:
    X, _, y = noisy()
    weight = np.r_[np.ones(80), np.zeros(40)]
    spoiled = np.r_[y[:80], np.full(40, 1e6)]
    one = reference_rows(make_rows(X.T.copy(), spoiled, weight), np.random.default_rng(0))
    two = reference_rows(make_rows(X[:80].T.copy(), y[:80], np.ones(80)), np.random.default_rng(0))
    assert np.array_equal(one.x, two.x)
    np.testing.assert_allclose(one.y, two.y)


def test_weights_count() -> None:
    """Of two samples at one place the heavier decides."""
    X = np.repeat(np.random.default_rng(3).normal(size=(40, 1)), 2, axis=0)
    y = np.tile([0.0, 1.0], 40) + X[:, 0]
    weight = np.tile([1.0, 9.0], 40)
    reference = reference_rows(make_rows(X.T.copy(), y, weight), np.random.default_rng(0))
    np.testing.assert_allclose(np.mean(reference.y[:80] - X[:, 0]), 0.9, atol=0.05)
