"""The formula that a problem prints is the one its data come from."""

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symbolnet._errors import SymbolNetError, UnknownNameError
from symbolnet.datasets import make_problem, problem, problem_names

NAMES = st.sampled_from(problem_names())


def test_there_are_twelve() -> None:
    assert len(set(problem_names())) == 12


@pytest.mark.parametrize("name", problem_names())
def test_data_follow_the_printed_formula(name: str) -> None:
    data = make_problem(name, 50, 30)
    assert data.formula is not None
    inputs = problem(name).inputs
    symbols = {name: sympy.Symbol(name) for name in inputs}
    oracle = sympy.lambdify(list(symbols.values()), sympy.sympify(data.formula, locals=symbols), "numpy")
    for X, y in ((data.X_train, data.y_train), (data.X_test, data.y_test)):
        assert X is not None
        assert y is not None
        np.testing.assert_allclose(y, oracle(*X.T), rtol=1e-12, atol=1e-14)
        assert (problem(name).low <= X).all()
        assert (problem(name).high >= X).all()


@given(name=NAMES, noise=st.floats(0, 0.5), useless=st.integers(0, 60), seed=st.integers(0, 2**32))
def test_noise_and_useless_inputs_leave_the_rest_alone(name: str, noise: float, useless: int, seed: int) -> None:
    plain = make_problem(name, 20, 10, random_state=seed)
    other = make_problem(name, 20, 10, noise=noise, useless_inputs=useless, random_state=seed)
    true = len(problem(name).inputs)
    np.testing.assert_array_equal(other.X_train[:, :true], plain.X_train)
    assert plain.y_test is not None
    assert other.y_test is not None
    np.testing.assert_array_equal(other.y_test, plain.y_test)
    assert other.X_train.shape == (20, true + useless)
    assert len(other.feature_names) == len(set(other.feature_names)) == true + useless
    np.testing.assert_array_equal(problem(name)(other.X_train), plain.y_train)


def test_noise_has_the_size_it_is_given() -> None:
    clean, noisy = (make_problem("eql_f1", 20_000, noise=noise) for noise in (0.0, 0.1))
    assert np.std(noisy.y_train - clean.y_train) / np.std(clean.y_train) == pytest.approx(0.1, rel=0.03)


def test_train_and_test_rows_and_seeds_differ() -> None:
    data = make_problem("eql_f2", 10, 10)
    assert data.X_test is not None
    assert not np.isin(data.X_train, data.X_test).any()
    assert not np.isin(data.X_train, make_problem("eql_f2", 10, 10, random_state=1).X_train).any()


def test_wrong_names_and_numbers() -> None:
    with pytest.raises(UnknownNameError, match="unknown problem 'eql_f5'; did you mean 'eql_f"):
        make_problem("eql_f5")
    for bad in ({"n_train": 1}, {"n_test": -1}, {"noise": -0.1}, {"noise": np.nan}, {"useless_inputs": -1}):
        with pytest.raises(SymbolNetError, match="n_train="):
            make_problem("eql_f1", **bad)  # type: ignore[arg-type]
