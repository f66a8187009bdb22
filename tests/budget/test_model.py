"""The structured model: what is counted is what is printed, what is printed is what was fitted, slopes are slopes."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolnet.budget._costs import cost
from symbolnet.budget._emit import emit
from symbolnet.budget._kinds import KINDS, kind_of, kinds_for
from symbolnet.budget._model import Columns, Form, Model, Output, Unit, jacobian, values
from symbolnet.budget._refit import quadratic, refit
from symbolnet.budget._surgery import reduce_once
from symbolnet.budget._target import Target
from symbolnet.objectives import get_loss
from symbolnet.operators import operator_names

D = 6
EVERY = sorted({*KINDS, *kinds_for(operator_names())})
ROUGH = {"ratio", "abs", "relu", *(f"operator {name}" for name in ("max", "min", "cond", "log", "sqrt", "tan"))}
STEEP = {"ratio", *(f"operator {name}" for name in ("tan", "log", "cond"))}
"""Where float32 and float64 may differ: near a pole, or where a condition changes."""


def random_model(seed: int, smooth: bool = False) -> Model:
    rng = np.random.default_rng(seed)
    names = [name for name in EVERY if not (smooth and name in ROUGH)]
    outputs = []
    for _ in range(rng.integers(1, 4)):
        units = []
        for _ in range(rng.integers(0, 4)):
            kind = kind_of(names[rng.integers(len(names))])
            forms = []
            for _ in range(kind.n_forms):
                order = rng.permutation(D)
                groups = tuple(g for g in np.split(order[: rng.integers(1, D + 1)], [rng.integers(1, 3)]) if len(g))
                bias = None if kind.name == "linear" or rng.random() < 0.3 else float(rng.normal())
                if kind.name == "linear":
                    groups = groups[:1]
                forms.append(Form(groups, 0.3 * rng.normal(size=len(groups)), bias))
            free = not (kind.scaled or kind.homogeneous) and kind.name != "linear" and rng.random() < 0.7
            coef = float(rng.normal()) if free else 1.0
            if kind.homogeneous and rng.random() < 0.5:
                coef = -1.0
            units.append(Unit(kind.name, coef, free, tuple(forms)))
        outputs.append(Output(float(rng.normal()), tuple(units)))
    return Model(tuple(outputs))


def data(seed: int, n: int = 40) -> tuple[np.ndarray, Columns]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, D)) * 2 + 1
    scale = np.full(D, 2.0)
    return X, Columns((X / scale).T.astype(np.float32).copy(), X.mean(0) / scale, scale)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_printed_formula_costs_and_gives_the_same(seed: int) -> None:
    model = random_model(seed)
    X, columns = data(seed)
    names = [f"y{k}" for k in range(len(model.outputs))]
    formula = emit(model, columns.mean, columns.scale, [f"x{k}" for k in range(D)], names)
    assert formula.complexity <= cost(model) + 1e-9
    if not any(unit.kind in STEEP for output in model.outputs for unit in output.units):
        np.testing.assert_allclose(formula(X), values(model, columns).T, rtol=2e-3, atol=2e-3)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_jacobian_is_the_slope(seed: int) -> None:
    model = random_model(seed, smooth=True)
    _, columns = data(seed)
    jac = jacobian(model, columns)
    vector, step = model.vector(), 1e-2
    for k in range(model.size):
        shifted = [values(model.with_vector(vector + sign * step * np.eye(model.size)[k]), columns) for sign in (1, -1)]
        slope = (shifted[0] - shifted[1])[jac.output[k]] / (2 * step)
        np.testing.assert_allclose(jac.rows[k], slope, rtol=0.05, atol=0.05 * (1 + np.abs(slope).max()))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_surgery_makes_cheaper_and_refit_never_worse(seed: int) -> None:
    model = random_model(seed)
    rng = np.random.default_rng(seed)
    _, columns = data(seed, 60)
    target = Target(
        get_loss("mse"), rng.normal(size=(len(model.outputs), 60)).astype(np.float32), np.ones(60, np.float32)
    )
    fitted, loss, _ = refit(model, columns, target, 3)
    assert loss <= target.value(values(model, columns)) + 1e-6
    while any(output.units for output in fitted.outputs):
        before = cost(fitted)
        fitted, _ = reduce_once(fitted, columns, target, 1.0, 0.1, int(rng.integers(0, 3)), 1)
        assert cost(fitted) < before


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.5, 30.0, -200.0]))
def test_an_offset_of_the_inputs_changes_neither_values_nor_prices(seed: int, offset: float) -> None:
    rng = np.random.default_rng(seed)
    linear = [Unit("linear", 1.0, False, (Form((np.array([i]),), rng.normal(size=1), None),)) for i in (0, 3)]
    shifted = Form((np.array([1]), np.array([2])), rng.normal(size=2), 0.3)
    units = (*linear, Unit("tanh", 0.7, True, (shifted,)))
    model = Model((Output(float(rng.normal()), units),))
    X, columns = data(seed)
    further = Columns(
        ((X + offset) / columns.scale).T.astype(np.float32).copy(), (X + offset).mean(0) / columns.scale, columns.scale
    )
    target = Target(
        get_loss("cross_entropy"), (rng.random((1, len(X))) < 0.5).astype(np.float32), np.ones(len(X), "f4")
    )
    here, there = (quadratic(model, each, target) for each in (columns, further))
    np.testing.assert_allclose(values(model, further), values(model, columns), atol=3e-4)
    np.testing.assert_allclose(there.matrix, here.matrix, atol=3e-4)
    np.testing.assert_allclose(there.unit_curvature, here.unit_curvature, atol=3e-4)
    names = [f"x{i}" for i in range(D)]
    formula = emit(model, further.mean, further.scale, names, ["y"])
    np.testing.assert_allclose(formula(X + offset)[:, 0], values(model, columns)[0], atol=3e-4)
