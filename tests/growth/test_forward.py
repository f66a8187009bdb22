"""Few of many columns by least squares: against NumPy's least squares and against what made the target."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from symbolnet.growth._forward import backward, forward


@given(seed=st.integers(0, 10_000), count=st.integers(1, 4))
def test_columns_that_made_the_target_are_found(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    columns, root = rng.normal(size=(40, 80)), rng.uniform(0.5, 2, 80)
    places = tuple(rng.choice(40, count, replace=False).tolist())
    coefs = rng.uniform(1, 2, count) * rng.choice([-1, 1], count)
    *_, last = forward(columns, coefs @ columns[list(places)] + 0.5, root, 8)
    found = dict(zip(last.places, last.coefs, strict=True))
    np.testing.assert_allclose([found.get(k, 0.0) for k in places], coefs, atol=1e-8)
    np.testing.assert_allclose([c for k, c in found.items() if k not in places], 0, atol=1e-8)
    assert abs(last.const - 0.5) < 1e-8


@given(seed=st.integers(0, 10_000))
def test_each_choice_is_the_least_squares_solution_and_forward_never_gets_worse(seed: int) -> None:
    rng = np.random.default_rng(seed)
    columns, target, root = rng.normal(size=(6, 40)), rng.normal(size=40), rng.uniform(0.5, 2, 40)
    losses = []
    for choice in itertools.chain(forward(columns, target, root, 3), backward(columns, target, root)):
        matrix = (np.stack([np.ones(40), *columns[list(choice.places)]]) * root).T
        solution = np.linalg.lstsq(matrix, target * root, rcond=None)[0]
        np.testing.assert_allclose([choice.const, *choice.coefs], solution, atol=1e-9)
        assert np.isclose(choice.loss, np.sum((target * root - matrix @ solution) ** 2))
        losses.append(choice.loss)
    up, down = losses[:3], losses[3:]
    assert up == sorted(up, reverse=True)
    assert down == sorted(down)
    assert len(down) == 6


def test_an_exchange_takes_back_what_was_right_alone_only() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 60))
    close = a + b + 0.3 * rng.normal(size=60)  # the best single column, and none of the best two
    *_, last = forward(np.stack([close, a, b]), a + b, np.ones(60), 2)
    assert sorted(last.places) == [1, 2]
    assert last.loss < 1e-20
