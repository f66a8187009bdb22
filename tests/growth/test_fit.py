"""Least squares: never worse than the start; the true constants come back; weights count."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolnet.growth._fit import Fits, fit
from symbolnet.growth._tree import Call, Power, Sum, Term, vector_of, with_vector
from symbolnet.growth._values import make_rows, values


def wave() -> Sum:
    inner = Sum(0.4, True, (Term(2.5, True, (Power(0, 1.0),)),))
    return Sum(0.7, True, (Term(1.3, True, (Call("sin", inner),)), Term(-0.8, True, (Power(1, 1.0),))))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.0, 0.1))
def test_constants_come_back_from_near(seed: int, away: float) -> None:
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (2, 80))
    true = wave()
    rows = make_rows(x, values(true, x), rng.uniform(0.1, 2.0, 80))
    start = with_vector(true, vector_of(true) * (1 + away * rng.uniform(-1, 1, 5)))
    found = fit(start, rows, 60, tolerance=1e-14)
    np.testing.assert_allclose(vector_of(found.tree), vector_of(true), rtol=1e-5)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_never_worse_than_the_start(seed: int, linear: bool) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2, 40)) * 10.0 ** rng.integers(-3, 4)
    rows = make_rows(x, rng.normal(size=40), np.ones(40))
    start = with_vector(wave(), rng.normal(size=5) * 10)
    found = fit(start, rows, 10, linear=linear)
    left = rows.y - values(start, x)
    assert found.loss <= float(left @ left) / rows.total * (1 + 1e-12)


def test_samples_of_weight_zero_do_not_count() -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (2, 60))
    y = values(wave(), x)
    weight = np.ones(60)
    y[:20], weight[:20] = 100.0, 0.0
    found = fit(wave(), make_rows(x, y, weight), 40, tolerance=1e-14)
    np.testing.assert_allclose(vector_of(found.tree), vector_of(wave()), rtol=1e-6)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6))
def test_a_structure_is_fitted_twice_and_then_remembered(seed: int, iterations: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2, 40))
    rows = make_rows(x, rng.normal(size=40), np.ones(40))
    fits = Fits(rows)
    starts = [with_vector(wave(), rng.normal(size=5) * 3) for _ in range(4)]
    found = [fits.fit(start, iterations) for start in starts]
    own = [fit(start, rows, iterations) for start in starts]
    assert [each.loss for each in found[:2]] == [each.loss for each in own[:2]]
    assert all(each is min(found[:2], key=lambda f: f.loss) for each in found[2:])
    # Another number of steps, or another structure, is another fit.
    assert fits.fit(starts[3], iterations + 1).loss == fit(starts[3], rows, iterations + 1).loss
    assert fits.fit(Sum(0.0, True, ()), iterations).loss == fit(Sum(0.0, True, ()), rows, iterations).loss
