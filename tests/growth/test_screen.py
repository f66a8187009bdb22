"""What a scan expects of a column is what least squares gives."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolnet.growth._functions import grammar
from symbolnet.growth._screen import best_columns, model_state, static
from symbolnet.growth._tree import Power, Sum, Term
from symbolnet.growth._values import Rows, make_rows, product_value

RULES = grammar(("sin", "exp", "tanh", "log"), ("+", "*", "/"))
START = Sum(0.3, True, (Term(0.8, True, (Power(0, 1.0),)),))


def samples(seed: int, n: int = 60) -> Rows:
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.5, 3, (3, n))
    y = x[0] + np.sin(3 * x[1]) * x[2] + 0.1 * rng.normal(size=n)
    return make_rows(x, y, rng.uniform(0.2, 2, n))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["pairs", "powers", "functions"]))
def test_the_expected_loss_is_that_of_least_squares(seed: int, sort: str) -> None:
    rows = samples(seed)
    table = static(rows, range(3), RULES, {})
    state = model_state(START, rows)
    assert state is not None
    bases, weights = (table.pairs, table.pair_value) if sort == "pairs" else (table.bases, table.base_value)
    columns = table.functions if sort == "functions" else table.powers
    found = best_columns(state, rows, bases, weights, columns, 8, each=2 if sort == "functions" else 0)
    assert found
    best = [p.loss for p in found if not p.sure]
    assert best == sorted(best)
    for proposal in found:
        column = product_value(proposal.factors, rows.x) * rows.root
        matrix = np.column_stack([np.ones(rows.n) * rows.root, rows.x[0] * rows.root, column])
        solution, *_ = np.linalg.lstsq(matrix, rows.y * rows.root, rcond=None)
        left = rows.y * rows.root - matrix @ solution
        np.testing.assert_allclose(proposal.loss, left @ left / rows.total, rtol=2e-3)
        np.testing.assert_allclose(proposal.coef, solution[2], rtol=2e-2, atol=1e-6)


def test_what_the_formula_has_already_is_not_proposed() -> None:
    rows = samples(1)
    table = static(rows, [0], grammar((), ("+",)), {})
    state = model_state(START, rows)
    assert state is not None
    assert best_columns(state, rows, table.bases, table.base_value, table.powers, 5) == []


@given(st.integers(0, 10**6))
@settings(max_examples=5, deadline=None)
def test_functions_kept_in_memory_change_nothing(seed: int) -> None:
    rows = samples(seed)
    memory: dict = {}
    static(rows, [0, 1], RULES, memory)
    one, two = static(rows, [1, 2], RULES, memory), static(rows, [1, 2], RULES, {})
    assert np.array_equal(one.functions.value, two.functions.value)
    assert [f[0].key for f in one.functions.factors] == [f[0].key for f in two.functions.factors]
