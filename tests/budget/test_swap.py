"""Inputs are exchanged for better ones: the loss does not grow, the budget holds, wrong inputs are put right."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolnet.budget._costs import cost
from symbolnet.budget._model import Columns, Form, Model, Output, Unit
from symbolnet.budget._records import Split, candidate
from symbolnet.budget._swap import exchange
from symbolnet.budget._target import Target
from symbolnet.objectives import get_loss

D, N = 12, 600


def task(seed: int, classes: int) -> Split:
    """Classes that depend on the sums of some inputs."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(D, N)).astype(np.float32)
    w = rng.choice([-1.0, 0.0, 1.0], size=(classes, D))
    z = w @ x
    y = (z > 0).astype(np.float32) if classes == 1 else np.eye(classes, dtype=np.float32)[z.argmax(axis=0)].T
    columns = Columns(x, x.mean(axis=1).astype(float), np.ones(D))
    target = Target(get_loss("cross_entropy"), y, np.ones(N, np.float32), ridge=1e-3)
    first, last = np.arange(N // 2), np.arange(N // 2, N)
    return Split(columns.rows(first), target.rows(first), columns.rows(last), target.rows(last))


def some_model(rng: np.random.Generator, outputs: int) -> Model:
    def unit() -> Unit:
        order = rng.permutation(D)
        return Unit("tanh", 1.0, True, (Form((order[:3], order[3:6]), np.array([0.4, -0.4]), 0.1),))

    return Model(tuple(Output(0.0, (unit(),)) for _ in range(outputs)))


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1, 3]), st.sampled_from([0.0, 4.0]))
def test_never_worse_and_within_the_budget(seed: int, classes: int, room: float) -> None:
    rng = np.random.default_rng(seed)
    split = task(seed, classes)
    start = candidate(some_model(rng, classes), split)
    found = exchange(start, split, start.cost + room, 2, rng)
    assert found.loss <= start.loss
    assert found.cost == cost(found.model) <= start.cost + room


def test_wrong_inputs_are_put_right() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(D, N)).astype(np.float32)
    y = (x[:3].sum(axis=0) - x[3:6].sum(axis=0) > 0).astype(np.float32)[None, :]
    target = Target(get_loss("cross_entropy"), y, np.ones(N, np.float32), ridge=1e-3)
    columns = Columns(x, np.zeros(D), np.ones(D))
    split = Split(columns, target, columns, target)
    wrong = Form((np.array([0, 1, 8]), np.array([3, 9, 10])), np.array([1.0, -1.0]), 0.0)
    start = candidate(Model((Output(0.0, (Unit("tanh", 3.0, True, (wrong,)),)),)), split)
    found = exchange(start, split, start.cost, 6, rng)
    plus, minus = (set(group.tolist()) for group in found.model.outputs[0].units[0].forms[0].groups)
    assert (plus, minus) == ({0, 1, 2}, {3, 4, 5})
