"""Several searches for one formula: what they share, and what they find."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from symbolnet.growth._attempts import _again, attempts
from symbolnet.growth._functions import grammar
from symbolnet.growth._score import Scale
from symbolnet.growth._search import Entry, Settings
from symbolnet.growth._tree import Sum, columns_of
from symbolnet.growth._values import make_rows

RULES = grammar(("sin", "cos"), ("+", "*"))


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


@given(loss=st.floats(0, 1), shorter=st.integers(1, 60), more=st.integers(0, 60))
def test_the_longer_a_formula_the_more_searches_follow(loss: float, shorter: int, more: int) -> None:
    nothing = Sum(0.0, False, ())
    short, long = (_again(Entry(nothing, loss, 0.0, nodes)) for nodes in (shorter, shorter + more))
    assert short <= long <= _again(Entry(nothing, 0.0, 0.0, shorter))
