"""Leaving out inputs that are gone changes nothing but the time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolnet.budget import _narrow
from symbolnet.budget._descent import Descent, Plan, descend
from symbolnet.budget._model import Columns, Model, values
from symbolnet.budget._narrow import narrower
from symbolnet.budget._target import Target
from symbolnet.objectives import get_loss


@given(st.integers(1001, 20_000), st.floats(0, 1), st.integers(0, 3))
def test_used_inputs_stay(widest: int, share: float, seed: int) -> None:
    used = np.random.default_rng(seed).random(widest) < share
    columns = narrower(used, widest)
    if columns is None:
        assert used.sum() > widest // 4
        return
    assert set(np.flatnonzero(used)) <= set(columns)
    assert len(np.unique(columns)) == len(columns) < widest
    assert narrower(used[columns], widest) is None  # once is enough


def test_few_inputs_are_left_alone() -> None:
    assert narrower(np.zeros(1000, dtype=bool), 1000) is None


@pytest.mark.parametrize("again", [False, True])
def test_the_model_is_the_same(monkeypatch: pytest.MonkeyPatch, again: bool) -> None:
    rng = np.random.default_rng(0)
    n, d = 300, 600
    x = rng.normal(size=(n, d)).astype(np.float32)
    y = (x[:, :10].sum(axis=1) > 0).astype(np.float32)[None]
    target = Target(get_loss("cross_entropy"), y, np.ones(n, np.float32))
    data = Descent(x, np.zeros(d), np.ones(d), np.ones(d), target)
    plan = Plan(("tanh", "prod"), 40, True, 400, 32)

    def fitted() -> Model:
        model = descend(data, plan, 0)
        return descend(data, Plan(("tanh", "prod"), 30, True, 100, 32), 0, start=model) if again else model

    wide = fitted()
    monkeypatch.setattr(_narrow, "_WIDEST", 100)
    narrow = fitted()
    columns = Columns(np.ascontiguousarray(x.T), np.zeros(d), np.ones(d))
    np.testing.assert_allclose(values(narrow, columns), values(wide, columns), rtol=1e-3, atol=1e-3)
