"""One formula made smaller: the changes that are tried."""

import numpy as np
import pytest

from symbolnet.growth._fit import fit
from symbolnet.growth._functions import grammar
from symbolnet.growth._score import cost
from symbolnet.growth._simplify import joined_waves
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
