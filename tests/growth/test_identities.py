"""Other forms of a function: the same values, fewer nodes."""

import numpy as np
import pytest

from symbolnet.growth._fit import fit
from symbolnet.growth._functions import grammar
from symbolnet.growth._identities import joined_waves, out_of_roots
from symbolnet.growth._score import cost
from symbolnet.growth._tree import Call, Power, Sum, Term
from symbolnet.growth._values import make_rows, values

RULES = grammar(("sin", "cos"), ("+", "*"))


def wave(column: int, frequency: float, phase: float) -> Call:
    return Call("sin", Sum(phase, True, (Term(frequency, True, (Power(column, 1.0),)),)))


@pytest.mark.parametrize("phase", [0.0, 0.5 * np.pi, 2.0])
def test_a_product_of_waves_becomes_one(phase: float) -> None:
    """sin(a)*sin(a + c) = (cos(c) - cos(2a + c))/2, exactly, for any phase c."""
    x = np.random.default_rng(0).uniform(-2, 2, (1, 200))
    tree = Sum(0.0, True, (Term(0.7, True, (wave(0, 1.3, 0.2), wave(0, 1.3, 0.2 + phase))),))
    (joined,) = joined_waves(tree, RULES)
    assert cost(joined) < cost(tree)
    rows = make_rows(x, values(tree, x), np.ones(200))
    assert fit(joined, rows, 5).loss < 1e-28


def test_a_square_leaves_a_root_and_that_is_the_same_for_positive_inputs() -> None:
    x = np.random.default_rng(0).uniform(0.5, 2, (3, 50))
    group = Call("group", Sum(0.0, False, (Term(1.0, False, (Power(0, 1.0),)), Term(1.0, True, (Power(1, 1.0),)))))
    inside = Sum(0.0, False, (Term(1.0, False, (Power(2, 2.0), group)),))
    tree = Sum(0.5, True, (Term(3.0, True, (Power(1, 1.0), Call("sqrt", inside))),))
    (outside,) = out_of_roots(tree)
    np.testing.assert_allclose(values(outside, x), values(tree, x))
    assert cost(outside) < cost(tree)
    assert not list(out_of_roots(outside))
