"""Arrays of a descent and structured models are two forms of one thing."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolnet.budget._costs import cost
from symbolnet.budget._descent import Descent, Plan, descend
from symbolnet.budget._latent import Shape, from_model, to_model
from symbolnet.budget._model import Columns, Form, Model, Output, Unit, values
from symbolnet.budget._target import Target
from symbolnet.objectives import get_loss

D = 7


def tied_model(rng: np.random.Generator, kinds: tuple[str, ...]) -> Model:
    """Units with a positive and a negative group each, shifts included."""
    units = []
    for kind in kinds:
        forms = []
        for _ in range(2 if kind == "prod" else 1):
            order = rng.permutation(D)
            groups = (np.sort(order[:2]), np.sort(order[2:4]))
            forms.append(Form(groups, np.array([0.5, -0.7]) * rng.uniform(0.5, 2, 2), float(rng.normal())))
        free = kind == "tanh"
        units.append(Unit(kind, float(rng.uniform(0.5, 2)) if free else 1.0, free, tuple(forms)))
    return Model((Output(float(rng.normal()), tuple(units)),))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_there_and_back_gives_the_same_values(seed: int) -> None:
    rng = np.random.default_rng(seed)
    kinds = tuple(rng.choice(["tanh", "abs", "prod"], rng.integers(1, 4)).tolist())
    model = tied_model(rng, kinds)
    mean = rng.normal(size=D)
    shape = Shape((*kinds, "tanh"), 1, D, True, 8, get_loss("cross_entropy"))
    arrays, alive = from_model(shape, model, mean)
    back = to_model(shape, arrays["w"], alive, arrays)
    columns = Columns(rng.normal(size=(D, 20)).astype(np.float32), mean, np.ones(D))
    np.testing.assert_allclose(values(back, columns), values(model, columns), rtol=1e-4, atol=1e-4)
    assert cost(back) == cost(model)


def test_going_on_from_a_model_keeps_to_the_lower_budget() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, D))
    y = (X[:, :3].sum(axis=1) - X[:, 3:5].sum(axis=1) > 0).astype(np.float32)
    target = Target(get_loss("cross_entropy"), y[None, :], np.ones(300, np.float32))
    data = Descent(X, X.mean(0), np.ones(D), X.std(0), target)
    model = descend(data, Plan(("tanh",), 20, True, 400, 64), 0)
    columns = Columns(X.T.astype(np.float32).copy(), X.mean(0), np.ones(D))
    lower = descend(data, Plan(("tanh",), 16, True, 300, 64), 0, start=model)
    assert cost(lower) <= 16 < cost(model)
    # It went on from there: what remains is a part of what was.
    for before, after in zip(model.outputs[0].units, lower.outputs[0].units, strict=True):
        kept = set(np.concatenate(after.forms[0].groups).tolist())
        assert kept <= set(np.concatenate(before.forms[0].groups).tolist())
    assert target.value(values(lower, columns)) < np.log(2)
