"""Quotients of polynomials: found where y is one, and nowhere else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolnet.growth._quotients import quotient
from symbolnet.growth._tree import Sum, columns_of
from symbolnet.growth._values import product_value

QUOTIENTS = {
    "sum of speeds": lambda x: (x[1] + x[2]) / (1 + x[1] * x[2] / x[0] ** 2),
    "centre of mass": lambda x: (x[0] * x[1] + x[2] ** 2) / (x[0] + x[2]),
    "bell": lambda x: 8 / (2 + x[0] ** 2 + x[1] ** 2),
    "lens": lambda x: 1 / (1 / x[0] + x[1] / x[2]),
    "polynomial": lambda x: x[0] ** 2 - 3 * x[1] * x[2] + 2,
}


@pytest.mark.parametrize("name", QUOTIENTS)
def test_a_quotient_is_found_and_holds_on_other_samples(name: str) -> None:
    rng = np.random.default_rng(0)
    x, more = rng.uniform(1, 5, (3, 300)), rng.uniform(1, 5, (3, 50))
    found = quotient(x, QUOTIENTS[name](x))
    assert found is not None
    np.testing.assert_allclose(found.coef * product_value(found.factors, more), QUOTIENTS[name](more), rtol=1e-9)


def test_nothing_is_found_in_noise_in_other_functions_and_in_inputs_that_depend_on_each_other() -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(1, 5, (3, 300))
    assert quotient(x, x[0] / x[1] + 1e-6 * rng.normal(size=300)) is None
    assert quotient(x, np.exp(x[0]) / x[1]) is None
    assert quotient(np.stack([x[0], x[1], x[0] + x[1]]), x[0] / x[1]) is None
    assert quotient(rng.uniform(1, 5, (30, 300)), x[0] / x[1]) is None


@given(seed=st.integers(0, 1000))
def test_of_a_quotient_of_sparse_polynomials_only_its_inputs_are_used(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.uniform(1, 3, (3, 200))
    a, b = rng.uniform(1, 2, 2)
    found = quotient(x, a * x[0] / (b + x[1]))
    assert found is not None
    assert columns_of(Sum(0.0, False, (found,))) == {0, 1}
