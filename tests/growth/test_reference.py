"""The reference: what a Gaussian process says of the samples, and of others between them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolnet.growth._reference import _process, reference
from symbolnet.growth._values import Rows, make_rows


def noisy(n: int = 120, seed: int = 0, noise: float = 0.7) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inputs, a smooth function of them, and the function with noise."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    true = 2 * X[:, 0] + np.sin(2 * X[:, 1])
    return X, true, true + noise * rng.normal(size=n)


def points_of(rows: Rows, rng: np.random.Generator) -> Rows:
    return reference(rows, rng).points


def test_what_is_left_of_a_sample_is_as_if_it_had_not_been_seen() -> None:
    X, _, y = noisy(40)
    weight, tuned = np.random.default_rng(5).uniform(0.2, 3, 40), np.arange(25)
    _, _, left = _process(X, y, weight, tuned, X)
    for k in range(25, 40):  # not one of those that the scales are chosen on
        others = np.delete(np.arange(40), k)
        smooth, _, _ = _process(X[others], y[others], weight[others], tuned, X[k : k + 1])
        np.testing.assert_allclose(left[k], y[k] - smooth[0], rtol=1e-6, atol=1e-8)


def test_more_samples_leave_less_to_doubt() -> None:
    X, true, y = noisy(400)
    few, many = (reference(make_rows(X[:n].T.copy(), y[:n], np.ones(n)), np.random.default_rng(0)) for n in (50, 400))
    assert many.variance < 0.5 * few.variance
    # Of the order of the errors that it is a guess of.
    for guess, n in ((few, 50), (many, 400)):
        assert 0.3 < np.mean((guess.points.y[:n] - true[:n]) ** 2) / guess.variance < 3


def test_units_of_the_target_do_not_matter() -> None:
    X, _, y = noisy(60)
    one, two = (
        reference(make_rows(X.T.copy(), target, np.ones(60)), np.random.default_rng(0)) for target in (y, 1e6 * y + 1e8)
    )
    np.testing.assert_allclose(two.points.y, 1e6 * one.points.y + 1e8, rtol=1e-6)
    np.testing.assert_allclose([two.variance, *two.left], [1e12 * one.variance, *(1e6 * one.left)], rtol=1e-3)


def test_it_is_nearer_to_the_function_than_the_samples_are() -> None:
    X, true, y = noisy()
    points = points_of(make_rows(X.T.copy(), y, np.ones(len(y))), np.random.default_rng(0))
    assert np.array_equal(points.x[:, :120], X.T)
    assert np.mean((points.y[:120] - true) ** 2) < 0.5 * np.mean((y - true) ** 2)
    between = 2 * points.x[0, 120:] + np.sin(2 * points.x[1, 120:])
    assert np.mean((points.y[120:] - between) ** 2) < 0.5 * np.mean((y - true) ** 2)


@given(st.integers(0, 2**31 - 1))
@settings(max_examples=10, deadline=None)
def test_further_samples_lie_within_the_range_of_the_data(seed: int) -> None:
    X, _, y = noisy(30, seed)
    points = points_of(make_rows(X.T.copy(), y, np.ones(30)), np.random.default_rng(seed))
    assert (points.x.min(axis=1) >= X.min(axis=0)).all()
    assert (points.x.max(axis=1) <= X.max(axis=0)).all()
    assert np.isfinite(points.y).all()
    assert (points.root == 1).all()


def test_a_plane_stays_a_plane() -> None:
    X = np.random.default_rng(1).normal(size=(50, 2)) * [1.0, 1e4] + [0.0, 1e6]
    y = 3 * X[:, 0] - 2e-4 * X[:, 1] + 1
    points = points_of(make_rows(X.T.copy(), y, np.ones(50)), np.random.default_rng(0))
    np.testing.assert_allclose(points.y, 3 * points.x[0] - 2e-4 * points.x[1] + 1, atol=0.02 * y.std())


def test_samples_of_weight_zero_say_nothing() -> None:
    X, _, y = noisy()
    weight = np.r_[np.ones(80), np.zeros(40)]
    spoiled = np.r_[y[:80], np.full(40, 1e6)]
    assert np.array_equal(
        reference(make_rows(X.T.copy(), spoiled, weight), np.random.default_rng(0)).samples, range(80)
    )
    one = points_of(make_rows(X.T.copy(), spoiled, weight), np.random.default_rng(0))
    two = points_of(make_rows(X[:80].T.copy(), y[:80], np.ones(80)), np.random.default_rng(0))
    assert np.array_equal(one.x, two.x)
    np.testing.assert_allclose(one.y, two.y)


def test_weights_count() -> None:
    """Of two samples at one place the heavier decides."""
    X = np.repeat(np.random.default_rng(3).normal(size=(40, 1)), 2, axis=0)
    y = np.tile([0.0, 1.0], 40) + X[:, 0]
    weight = np.tile([1.0, 9.0], 40)
    points = points_of(make_rows(X.T.copy(), y, weight), np.random.default_rng(0))
    np.testing.assert_allclose(np.mean(points.y[:80] - X[:, 0]), 0.9, atol=0.05)
