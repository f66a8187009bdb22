"""The promise of `max_complexity`: no model of a front ever exceeds it, whatever the data."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symbolnet.budget import fit_front
from symbolnet.expression import count_nodes
from symbolnet.objectives import get_loss


def _data(seed: int, n: int, d: int, sort: str) -> np.ndarray:
    rng = np.random.default_rng(seed)
    if sort == "uint8":
        return rng.integers(0, 256, (n, d)).astype(np.uint8)
    x = rng.normal(size=(n, d)) * 10.0 ** rng.integers(-3, 4, d)
    if sort == "constant":
        x[:, ::2] = 3.0
    if sort == "outliers":
        x[0] *= 1e6
    return x


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 1000),
    budget=st.sampled_from([1, 2, 5, 7.5, 20, 60, 1000]),
    n=st.sampled_from([6, 60]),
    task=st.sampled_from(["binary", "classes", "regression", "multi"]),
    sort=st.sampled_from(["uint8", "plain", "constant", "outliers"]),
)
def test_budget_holds(seed: int, budget: float, n: int, task: str, sort: str) -> None:
    rng = np.random.default_rng(seed)
    X = _data(seed, n, 5, sort)
    y = {
        "binary": (rng.random((n, 1)) < 0.5).astype(float),
        "classes": np.eye(3)[rng.integers(0, 3, n)],
        "regression": rng.normal(size=(n, 1)),
        "multi": rng.normal(size=(n, 2)),
    }[task]
    loss = get_loss("cross_entropy" if task in ("binary", "classes") else "mse")
    front = fit_front(X, y, loss=loss, max_complexity=budget, random_state=seed, effort=0.02)
    assert front
    assert all(model.complexity <= budget for model in front)
    assert all(a.complexity < b.complexity for a, b in pairwise(front))
    for model in (front[0], front[-1]):
        counts = [count_nodes(formula) for formula in model.expression.sympy()]
        assert np.mean(counts) == model.complexity
        assert np.isfinite(model.expression(X)).all()


def test_tied_inputs_share_coefficients() -> None:
    rng = np.random.default_rng(0)
    X = rng.integers(0, 256, (400, 40)).astype(np.uint8)
    signal = X[:, :8].sum(axis=1) - X[:, 8:16].astype(float).sum(axis=1)
    y = (signal > 0).astype(float)[:, None]
    front = fit_front(X, y, loss=get_loss("cross_entropy"), max_complexity=40, random_state=0, effort=0.3)
    best = front[-1]
    assert best.complexity <= 40
    assert np.mean((best.expression(X)[:, 0] > 0) == y[:, 0]) > 0.9
    assert best.expression.n_inputs >= 10  # more than 40 nodes could hold with a coefficient each


def test_same_seed_same_front() -> None:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(80, 3))
    y = (X[:, 0] * X[:, 1])[:, None]
    fronts = [fit_front(X, y, loss=get_loss("mse"), max_complexity=20, random_state=3, effort=0.02) for _ in range(2)]
    assert [m.expression.text() for m in fronts[0]] == [m.expression.text() for m in fronts[1]]


@pytest.mark.parametrize("budget", [0.5, 0, -1])
def test_impossible_budget(budget: float) -> None:
    with pytest.raises(ValueError, match="max_complexity"):
        fit_front(np.ones((9, 1)), np.ones((9, 1)), loss=get_loss("mse"), max_complexity=budget)


def test_an_offset_of_the_targets_is_not_rounded_away() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 2))
    y = 3 * X[:, :1] + 1e7
    best = fit_front(X, y, loss=get_loss("huber"), max_complexity=8, random_state=0, effort=0.02)[-1].expression
    assert np.abs(best(X) - y).mean() < 0.3
