"""The columns of the dictionary are the values of the factors that they stand for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolnet.growth._dictionary import functions_of, join, remembered
from symbolnet.growth._functions import grammar
from symbolnet.growth._tree import Call, Power
from symbolnet.growth._values import product_value

NAMES = ("sin", "exp", "gauss", "tanh", "sigmoid", "sqrt", "log", "abs", "relu", "sinh")
RULES = grammar(NAMES, ("+", "*", "/"))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.booleans(), st.sampled_from([1e-3, 1.0, 50.0]), st.sampled_from([0.0, 1e3, 1e6]))
def test_columns_are_the_values_of_their_factors(seed: int, few: bool, size: float, offset: float) -> None:
    rng = np.random.default_rng(seed)
    x = size * rng.normal(size=(2, 30))
    x[0] += offset  # as a time in seconds has one
    columns = functions_of((Power(0, 1.0),) if offset else (Power(0, 1.0), Power(1, 1.0)), x, RULES, few=few)
    assert len(columns) == len(columns.value) == len(columns.partner) > 0
    for factors, column in zip(columns.factors, columns.value, strict=True):
        np.testing.assert_allclose(column, product_value(factors, x), rtol=1e-4, atol=1e-5)
    assert np.abs(columns.value).max() < 1e9


@given(st.integers(0, 10**6))
@settings(max_examples=10, deadline=None)
def test_the_partner_of_a_wave_is_a_quarter_of_a_period_on(seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(1, 30))
    columns = functions_of((Power(0, 1.0),), x, RULES)
    first = np.flatnonzero(columns.partner >= 0)
    assert len(first) > 0
    np.testing.assert_allclose(columns.value[first] ** 2 + columns.value[columns.partner[first]] ** 2, 1, atol=1e-5)
    assert {columns.factors[k][0].name for k in first if isinstance(columns.factors[k][0], Call)} == {"sin"}


@pytest.mark.parametrize("value", [0.0, 1e12, np.inf, np.nan])
def test_an_argument_that_is_constant_or_beyond_all_bounds_has_no_columns(value: float) -> None:
    assert len(functions_of((Power(0, 1.0),), np.full((1, 9), value), RULES)) == 0


def test_only_arguments_without_constants_are_remembered() -> None:
    x = np.random.default_rng(0).normal(size=(2, 20))
    memory: dict = {}
    one = remembered((Power(0, 1.0),), x, RULES, memory)
    assert remembered((Power(0, 1.0),), x, RULES, memory) is one
    assert remembered((Power(0, 1.0),), x, RULES, memory, few=True) is not one
    call = one.factors[0]
    assert remembered(call, x, RULES, memory) is not remembered(call, x, RULES, memory)
    joined = join([one, one], 20)
    assert np.array_equal(joined.partner[len(one) :], np.where(one.partner >= 0, one.partner + len(one), -1))
