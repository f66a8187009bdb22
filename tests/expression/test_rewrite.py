"""Rounding, scaling and selection."""

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symbolnet._errors import SymbolNetError
from symbolnet.expression import Expression, unroll

seeds = st.integers(0, 2**32 - 1)


@given(seed=seeds, digits=st.integers(1, 17))
def test_rounded_text_is_the_text_of_the_rounded(seed, digits, random_network):
    expression = unroll(random_network(seed))
    rounded = expression.round(digits=digits)
    assert rounded.text(digits=digits) == rounded.round(digits=digits).text(digits=digits)
    assert rounded.total_complexity <= expression.total_complexity
    if digits == 17:
        assert rounded == expression


def test_constants_have_the_digits_and_bits_asked_for():
    x = sympy.Symbol("x")
    expression = Expression.from_sympy([0.123456 * sympy.sin(0.98765 * x) ** 3 + 2.4681], [x])
    assert expression.round(digits=2).text() == ["0.12*sin(0.99*x)**3 + 2.5"]
    assert expression.round(digits=1).text() == ["0.1*sin(x)**3 + 2.0"]
    assert expression.round(bits=1).text() == ["0.125*sin(x)**3 + 2.0"]
    assert expression.round(bits=3).text() == ["0.125*sin(x)**3 + 2.5"]
    assert expression.round(bits=53) == expression


@given(name=st.sampled_from(["Max", "Min", "Add", "Mul"]), outer=st.booleans(), k=st.integers(2, 4))
def test_what_rounding_makes_alike_is_counted_as_sympy_does(name, outer, k):
    x, y = sympy.symbols("x y")
    parts = [sympy.sin((0.31 + 1e-4 * each) * x) for each in range(k)] + [y] * outer
    expression = Expression.from_sympy([getattr(sympy, name)(*parts)], [x, y])
    rounded = expression.round(digits=2)
    (tree,) = rounded.sympy()
    assert rounded.complexity == len(list(sympy.preorder_traversal(tree)))
    samples = np.random.default_rng(k).normal(size=(20, 2))
    np.testing.assert_allclose(rounded(samples), expression(samples), rtol=1e-2, atol=1e-2)
    if name != "Mul":  # a product is written as it was, once for each factor
        assert tree.count(sympy.sin) == 1


def test_terms_that_rounding_makes_cancel_stay():
    x = sympy.Symbol("x")
    expression = Expression.from_sympy([sympy.sin(0.311 * x) - sympy.sin(0.312 * x)], [x])
    assert expression.round(digits=2).complexity == 11


@pytest.mark.parametrize("settings", [{}, {"digits": 2, "bits": 3}, {"digits": 0}, {"bits": 54}])
def test_bad_rounding(settings):
    expression = Expression.from_sympy([sympy.Symbol("x")], ["x"])
    with pytest.raises(SymbolNetError):
        expression.round(**settings)


@given(seed=seeds)
def test_scaled_outputs(seed, random_network):
    expression = unroll(random_network(seed))
    samples = np.random.default_rng(seed).normal(size=(10, 4))
    scaled = expression.scale_outputs([2.0, -0.5, 3.0], [1.0, 0.0, -7.0])
    np.testing.assert_allclose(
        scaled(samples), expression(samples) * [2.0, -0.5, 3.0] + [1.0, 0.0, -7.0], rtol=1e-11, atol=1e-11
    )
    assert scaled.scale_outputs(1.0) == scaled


def test_selection_keeps_what_is_needed():
    x, y = sympy.symbols("x y")
    expression = Expression.from_sympy([x + 1, sympy.sin(y), x * y], [x, y], ["a", "b", "c"])
    chosen = expression.select([2, 0])
    assert chosen.text() == ["x*y", "x + 1"]
    assert chosen.output_names == ("c", "a")
    assert expression.select([1]).used_inputs == (1,)
    with pytest.raises(SymbolNetError, match="from 0 to 2"):
        expression.select([3])


def test_names_and_equality():
    x, y = sympy.symbols("x y")
    one, two = (Expression.from_sympy([x * y + 1], [x, y]) for _ in range(2))
    assert one == two
    assert hash(one) == hash(two)
    renamed = one.with_names(["a", "b"], ["f"])
    assert renamed.text() == ["a*b + 1"]
    assert renamed != one
    assert one != "x*y + 1"
    with pytest.raises(SymbolNetError, match="1 input names for 2 inputs"):
        one.with_names(["a"])
