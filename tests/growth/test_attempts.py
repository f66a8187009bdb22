"""Several searches for one formula: what they share, and what they find."""

import numpy as np
import pytest

from symbolnet.growth._attempts import attempts
from symbolnet.growth._fit import fit
from symbolnet.growth._functions import grammar
from symbolnet.growth._score import Scale, cost
from symbolnet.growth._search import Settings
from symbolnet.growth._simplify import joined_waves
from symbolnet.growth._tree import Call, Power, Sum, Term, columns_of, renumbered
from symbolnet.growth._values import make_rows, values

RULES = grammar(("sin", "cos"), ("+", "*"))


def wave(column: int, frequency: float, phase: float) -> Call:
    return Call("sin", Sum(phase, True, (Term(frequency, True, (Power(column, 1.0),)),)))


def test_renumbered_is_the_formula_of_other_columns() -> None:
    x = np.random.default_rng(0).normal(size=(7, 50))
    tree = Sum(1.5, True, (Term(2.0, True, (Power(0, 2.0), wave(1, 3.0, 0.5))),))
    columns = (5, 2)
    assert columns_of(renumbered(tree, columns)) == set(columns)
    np.testing.assert_array_equal(values(renumbered(tree, columns), x), values(tree, x[list(columns)]))


@pytest.mark.parametrize("phase", [0.0, 0.5 * np.pi, 2.0])
def test_a_product_of_waves_becomes_one(phase: float) -> None:
    """sin(a)*sin(a + c) = (cos(c) - cos(2a + c))/2, exactly, for any phase c."""
    x = np.random.default_rng(0).uniform(-2, 2, (1, 200))
    tree = Sum(0.0, True, (Term(0.7, True, (wave(0, 1.3, 0.2), wave(0, 1.3, 0.2 + phase))),))
    (joined,) = joined_waves(tree, RULES)
    assert cost(joined) < cost(tree)
    rows = make_rows(x, values(tree, x), np.ones(200))
    assert fit(joined, rows, 5).loss < 1e-28


def test_a_law_is_found_among_many_inputs_and_the_search_then_ends() -> None:
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, (12, 300))
    rows = make_rows(x, x[7] * np.sin(3 * x[2]), np.ones(300))
    scale = Scale(rows.n, 12, 2, rows.floor)
    best = attempts(rows, RULES, Settings(30.0), scale, rng, lambda entry: False)[0]
    assert columns_of(best.tree) == {2, 7}
    assert best.loss < rows.floor


def test_a_stop_ends_all_searches() -> None:
    rng = np.random.default_rng(0)
    rows = make_rows(rng.normal(size=(3, 60)), rng.normal(size=60), np.ones(60))
    seen = []

    def stop(entry: object) -> bool:
        seen.append(entry)
        return len(seen) >= 3

    attempts(rows, RULES, Settings(30.0), Scale(60, 3, 2, rows.floor), rng, stop)
    assert len(seen) <= 20  # one formula is made simpler before the search looks at the answer
