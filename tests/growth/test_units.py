"""Units make no difference: laws are found in metres and coulombs as they are in numbers near one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolnet import SymbolNetRegressor
from symbolnet.growth import grow_front
from symbolnet.growth._units import Units

N = 300


SIZES = (1.6e-19, 1.6e-19, 1e-10, 1e-27, 1e6, 1e10, 1e10, 3000.0, 1e-6)
q1, q2, r, m, v, e1, e2, t, wave = np.random.default_rng(0).uniform(1, 5, (9, N)) * np.array(SIZES)[:, None]
LAWS = [
    ((q1, q2, r), 8.99e9 * q1 * q2 / r**2, 7),
    ((m, v), 0.5 * m * v**2, 6),
    ((e1, e2), np.sqrt(e1**2 + e2**2), 10),
    ((e1, e2), e1 + e2, 3),
    ((t, wave), 1 / (np.exp(1.44e-2 / (wave * t)) - 1), 13),
    ((e1, q1), 1e19 * e1 * q1, 4),
]


@pytest.mark.parametrize(
    ("inputs", "y", "nodes"), LAWS, ids=["coulomb", "kinetic", "length", "sum", "planck", "product"]
)
def test_laws_in_the_units_of_physics(inputs: tuple[np.ndarray, ...], y: np.ndarray, nodes: int) -> None:
    X = np.stack(inputs, axis=1)
    model = SymbolNetRegressor(
        30, unary_operators=("sqrt", "exp", "sin"), binary_operators=("+", "*", "/"), random_state=0
    ).fit(X, y)
    np.testing.assert_allclose(model.predict(X), y, rtol=1e-7)
    assert model.equations_["complexity"].iloc[-1] <= nodes


@settings(max_examples=15)
@given(
    st.lists(st.floats(-14, 14), min_size=3, max_size=3),
    st.floats(-14, 14),
)
def test_other_units_give_the_same_formulas(powers: list[float], of_y: float) -> None:
    rng = np.random.default_rng(0)
    X, y = rng.uniform(1, 3, (60, 3)), np.empty(60)
    y[:] = X[:, 0] * X[:, 1] / X[:, 2]
    size, size_y = 10.0 ** np.array(powers), 10.0**of_y
    best = grow_front(X * size, y * size_y, max_complexity=12, binary=("+", "*", "/"), effort=0.3)[-1]
    assert best.expression.n_inputs == 3
    np.testing.assert_allclose(best.expression(X * size)[:, 0], y * size_y, rtol=1e-7)


@given(st.floats(-200, 200), st.floats(1, 9.99))
def test_units_are_powers_of_two_and_leave_usual_numbers_alone(power: float, digit: float) -> None:
    largest = digit * 10.0**power
    (unit,) = Units.of(np.array([[largest], [-largest / 3]]), np.ones((2, 1))).inputs
    assert np.log2(unit) % 8 == 0
    assert 2**-12 <= largest / unit <= 2**12
    if 2**-12 < largest < 2**12:
        assert unit == 1


def test_columns_of_zeros_and_no_rows() -> None:
    assert Units.of(np.zeros((3, 2)), np.zeros((3, 1))).trivial
    assert Units.of(np.zeros((0, 2)), np.zeros((0, 1))).trivial
