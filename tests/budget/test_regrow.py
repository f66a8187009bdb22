"""Parts come back where they are worth more than what stands: never worse, within the budget, the right part found."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolnet.budget._costs import cost
from symbolnet.budget._model import Columns, Form, Model, Output, Unit
from symbolnet.budget._records import Split, candidate
from symbolnet.budget._regrow import regrow
from symbolnet.budget._target import Target
from symbolnet.objectives import get_loss

D, N = 6, 500
KINDS = {"linear", "abs", "tanh", "gauss", "square", "prod"}


def task(y: np.ndarray, x: np.ndarray, loss: str) -> Split:
    columns = Columns(x.astype(np.float32), x.mean(axis=1), np.ones(len(x)))
    target = Target(get_loss(loss), y.astype(np.float32), np.ones(x.shape[1], np.float32), ridge=1e-6)
    return Split(columns, target, columns, target)


def linear(i: int, weight: float = 0.1) -> Unit:
    return Unit("linear", 1.0, False, (Form((np.array([i]),), np.array([weight]), None),))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["mse", "cross_entropy"]), st.sampled_from([6.0, 15.0]))
def test_never_worse_and_within_the_budget(seed: int, loss: str, budget: float) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(D, N)) * 10.0 ** rng.integers(-2, 3, (D, 1))
    z = np.sin(x[0] / x[0].std()) + x[1] * x[2] / (x[1] * x[2]).std()
    y = z[None, :] if loss == "mse" else (z > 0)[None, :]
    split = task(y, x, loss)
    start = candidate(Model((Output(0.0, (linear(3),)),)), split)
    found = regrow(start, split, budget, 2, KINDS, rng)
    assert found.loss <= start.loss
    assert found.cost == cost(found.model) <= budget


def test_the_missing_part_is_found() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(D, N))
    split = task((x[1] * x[2])[None, :], x, "mse")
    start = candidate(Model((Output(0.0, (linear(3),)),)), split)
    found = regrow(start, split, 8.0, 3, KINDS, rng)
    assert found.loss < 1e-6
    (unit,) = found.model.outputs[0].units
    assert unit.kind == "prod"
    assert {int(form.groups[0][0]) for form in unit.forms} == {1, 2}
