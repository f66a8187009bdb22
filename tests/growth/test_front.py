"""The search: the budget holds, nothing is ever NaN, a seed decides, known formulas come back, noise does not enter."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symbolnet._errors import SymbolNetError
from symbolnet.datasets import make_problem
from symbolnet.expression import Expression, count_nodes
from symbolnet.growth import GrownFormula, grow_front, merge_fronts
from symbolnet.growth._select import strongest_inputs
from symbolnet.growth._values import make_rows

ALL = ("sin", "cos", "exp", "gauss", "tanh", "sqrt", "square")


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 1000),
    budget=st.sampled_from([1, 2, 5, 7.5, 20, 1000]),
    n=st.sampled_from([3, 12, 60]),
    outputs=st.integers(1, 2),
    sort=st.sampled_from(["plain", "constant", "outliers", "zero target"]),
)
def test_budget_holds(seed: int, budget: float, n: int, outputs: int, sort: str) -> None:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3)) * 10.0 ** rng.integers(-3, 4, 3)
    X[:, 1:] = 3.0 if sort == "constant" else X[:, 1:]
    X[0] *= 1e6 if sort == "outliers" else 1
    y = np.zeros((n, outputs)) if sort == "zero target" else rng.normal(size=(n, outputs))
    front = grow_front(X, y, max_complexity=budget, unary=ALL, binary=("+", "*", "/"), random_state=seed, effort=0.05)
    assert front
    assert all(a.complexity < b.complexity and a.loss > b.loss for a, b in pairwise(front))
    for formula in front:
        counts = [count_nodes(expression) for expression in formula.expression.sympy()]
        assert np.mean(counts) == formula.complexity <= budget
        assert np.isfinite(formula.expression(X)).all()
        assert np.isfinite(formula.loss)


def best(name: str, **options: object) -> tuple[GrownFormula, float]:
    """The last formula of the front of a problem, and its largest error relative to the spread of clean targets."""
    data = make_problem(name, 300, 200, random_state=1, **options)  # type: ignore[arg-type]
    operators = {"unary": ALL, "binary": ("+", "*", "/")} if name.startswith("feynman") else {}
    order = np.random.default_rng(0).permutation(300)
    rows = np.sort(order[60:]), np.sort(order[:60])
    formula = grow_front(data.X_train, data.y_train, max_complexity=40, rows=rows, **operators)[-1]  # type: ignore[arg-type]
    wrong = formula.expression(data.X_test)[:, 0] - data.y_test
    return formula, float(np.abs(wrong).max() / np.std(data.y_test))


@pytest.mark.parametrize(
    ("name", "nodes"), [("feynman_I_34_8", 7), ("feynman_I_6_20a", 8), ("feynman_I_14_4", 6), ("feynman_I_25_13", 5)]
)
def test_known_formulas_come_back_exactly(name: str, nodes: int) -> None:
    formula, wrong = best(name)
    assert formula.exact
    assert formula.complexity <= nodes
    assert wrong < 1e-6


def test_noise_and_useless_inputs_do_not_enter() -> None:
    formula, wrong = best("feynman_II_34_2a", noise=0.1, useless_inputs=10)
    assert formula.expression.used_inputs == (0, 1, 2)
    assert formula.complexity == 7
    assert wrong < 0.1
    assert not formula.exact


def test_same_seed_same_front() -> None:
    data = make_problem("feynman_I_25_13", 80, 0, noise=0.05)
    fronts = [grow_front(data.X_train, data.y_train, max_complexity=20, random_state=3, effort=0.2) for _ in range(2)]
    assert [f.expression.text() for f in fronts[0]] == [f.expression.text() for f in fronts[1]]


def test_several_outputs_are_one_front_of_the_mean() -> None:
    rng = np.random.default_rng(0)
    X = rng.uniform(1, 2, (120, 2))
    y = np.column_stack([X[:, 0] * X[:, 1], 3.0 * X[:, 1] + 1.0])
    last = grow_front(X, y, max_complexity=10, effort=0.3)[-1]
    assert last.expression.n_outputs == 2
    assert last.complexity <= 10
    assert last.exact
    np.testing.assert_allclose(last.expression(X), y, rtol=1e-6)


def test_a_callback_ends_the_search() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(100, 3))
    calls: list[float] = []

    def enough(nodes: float, loss: float) -> bool:
        calls.append(nodes)
        return True

    assert grow_front(X, rng.normal(size=100), max_complexity=30, callback=enough)
    assert 1 <= len(calls) < 60


@pytest.mark.parametrize("budget", [0.5, -1, float("nan")])
def test_impossible_budget(budget: float) -> None:
    with pytest.raises(SymbolNetError, match="max_complexity"):
        grow_front(np.ones((9, 1)), np.ones(9), max_complexity=budget)


def test_merging_keeps_out_what_chance_explains() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 2))
    y = (X[:, 0] + rng.normal(size=400))[:, None]
    true = _linear(1.0, 0.0)
    chance, better = _linear(1.0, 0.02), _linear(1.0, 0.0)
    kept = merge_fronts([(true, 1)], [(chance, 5)], X, y)
    assert kept == [true]
    worse = _linear(0.0, 1.0)
    assert merge_fronts([(worse, 1)], [(better, 5)], X, y) == [worse, better]


def _linear(first: float, second: float) -> Expression:
    from sympy import Symbol

    return Expression.from_sympy([first * Symbol("x0") + second * Symbol("x1")], ["x0", "x1"])


def test_the_strongest_inputs_are_those_that_count() -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (80, 500))
    y = x[7] * x[40] + x[3] + x[20] ** 2
    rows = make_rows(x, y, np.ones(500))
    assert {3, 7, 20, 40} <= set(strongest_inputs(rows, np.arange(80), 10).tolist())
