"""Costs other than nodes: what is searched is what is printed, the budget holds, and the search steers by them."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symbolnet._errors import SymbolNetError
from symbolnet.budget import fit_front
from symbolnet.budget._costs import cost
from symbolnet.budget._descent import Descent, Plan, descend
from symbolnet.budget._emit import emit
from symbolnet.budget._kinds import KINDS
from symbolnet.budget._model import Columns, Form, Model, Output, Unit
from symbolnet.budget._surgery import reduce_once
from symbolnet.budget._target import Target
from symbolnet.budget._tied import affordable, units_for
from symbolnet.expression import NODES, Costs
from symbolnet.objectives import get_loss

D = 6
NAMES = sorted(NODES.as_dict())
tables = st.fixed_dictionaries({}, optional={name: st.sampled_from([0, 0.3, 1, 2.5, 9, 51]) for name in NAMES})


def random_model(seed: int) -> Model:
    """Units of all kinds whose inputs differ, so that no two terms of the formula are alike."""
    rng = np.random.default_rng(seed)
    outputs = []
    for _ in range(rng.integers(1, 3)):
        units = []
        for name in rng.permutation([name for name in KINDS if name != "linear"])[: rng.integers(0, 4)].tolist():
            kind, order = KINDS[name], rng.permutation(D)
            forms = []
            for inputs in np.split(order, 2)[: kind.n_forms]:
                sizes = rng.integers(1, 3)
                groups = tuple(g for g in np.split(inputs[: rng.integers(1, 4)], [sizes]) if len(g))
                bias = float(rng.normal()) if rng.random() < 0.7 else None
                forms.append(Form(groups, 0.3 * rng.normal(size=len(groups)), bias))
            free = not kind.scaled and rng.random() < 0.7
            units.append(Unit(name, float(rng.normal()) if free else 1.0, free, tuple(forms)))
        if rng.random() < 0.5:
            group = rng.permutation(D)[: rng.integers(1, D)]
            units.append(Unit("linear", 1.0, False, (Form((group,), rng.normal(size=1), None),)))
        outputs.append(Output(float(rng.normal()), tuple(units)))
    return Model(tuple(outputs))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), tables)
def test_the_cost_of_a_model_is_that_of_its_formula(seed: int, table: dict[str, float]) -> None:
    model, costs = random_model(seed), Costs.of(table)
    names = [f"y{k}" for k in range(len(model.outputs))]
    formula = emit(model, np.zeros(D), np.ones(D), [f"x{k}" for k in range(D)], names, costs)
    relu = any(unit.kind == "relu" for output in model.outputs for unit in output.units)
    if relu and costs["max"] != costs["min"]:  # a negative factor makes the one the other
        assert formula.cost(costs) <= cost(model, costs) + 1e-9
    else:
        assert formula.cost(costs) == pytest.approx(cost(model, costs))
    assert formula.complexity >= 1


def test_a_product_of_equal_forms_costs_what_its_square_does() -> None:
    form = Form((np.array([2]),), np.array([0.5]), None)
    model = Model((Output(1.0, (Unit("prod", 1.0, False, (form, form)),)),))
    for table in ({}, {"square": 30}, {"*": 7, "constant": 0}):
        formula = emit(model, np.zeros(D), np.ones(D), [f"x{k}" for k in range(D)], ["y"], Costs.of(table))
        assert formula.cost(table) <= cost(model, Costs.of(table))


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 1000),
    table=tables,
    spare=st.sampled_from([0.0, 3.0, 20.0]),
    task=st.sampled_from(["classes", "regression"]),
)
def test_the_promise_holds_in_costs(seed: int, table: dict[str, float], spare: float, task: str) -> None:
    rng = np.random.default_rng(seed)
    costs = Costs.of(table)
    X = rng.normal(size=(50, 4))
    y = np.eye(2)[rng.integers(0, 2, 50)] if task == "classes" else np.sin(X[:, :1]) + X[:, 1:2]
    budget = max(costs["constant"] + spare, 0.1)
    loss = get_loss("cross_entropy" if task == "classes" else "mse")
    front = fit_front(X, y, loss=loss, max_complexity=budget, costs=costs, random_state=seed, effort=0.01)
    assert front
    for model in front:
        assert model.complexity == model.expression.cost(costs) <= budget
    assert all(a.complexity < b.complexity for a, b in pairwise(front))


def test_a_budget_below_a_constant_is_refused() -> None:
    costs = Costs.of({"constant": 5})
    with pytest.raises(SymbolNetError, match="max_complexity is 2; a constant costs 5, so give at least 5"):
        fit_front(np.ones((9, 1)), np.ones((9, 1)), loss=get_loss("mse"), max_complexity=2, costs=costs)


def test_a_front_does_not_depend_on_the_unit_of_the_costs() -> None:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(60, 2))
    y = (np.abs(X[:, 0]) > 1).astype(float)[:, None]
    loss, fronts = get_loss("cross_entropy"), []
    for unit in (1.0, 0.25):
        costs = NODES.scaled(unit)
        fronts.append(fit_front(X, y, loss=loss, max_complexity=14 * unit, costs=costs, random_state=3, effort=0.01))
    assert [m.expression.text() for m in fronts[0]] == [m.expression.text() for m in fronts[1]]
    assert [0.25 * m.complexity for m in fronts[0]] == [m.complexity for m in fronts[1]]


def unit(kind: str, i: int, weight: float) -> Unit:
    return Unit(kind, 1.0, False, (Form((np.array([i]),), np.array([weight]), None),))


def test_the_dear_part_goes_first() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 400)).astype(np.float32)
    target = Target(get_loss("mse"), (2 * np.abs(x[:1]) + x[1:] ** 2)[:, :], np.ones(400, np.float32))
    columns = Columns(x, np.zeros(2), np.ones(2))
    model = Model((Output(0.0, (unit("abs", 0, 2.0), unit("square", 1, 1.0))),))
    left = {}
    for name, costs in (("nodes", NODES), ("abs", Costs.of({"abs": 60})), ("square", Costs.of({"square": 60}))):
        reduced, _ = reduce_once(model, columns, target, cost(model, costs) - 1, 1.0, 0, 2, costs)
        left[name] = [u.kind for u in reduced.outputs[0].units]
    assert left["abs"] == ["square"]
    assert left["square"] == ["abs"]
    assert len(left["nodes"]) == 1


@pytest.mark.parametrize("tied", [True, False])
def test_a_descent_ends_within_its_budget(tied: bool) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, D))
    y = (X[:, :3].sum(axis=1) > 0).astype(np.float32)
    target = Target(get_loss("cross_entropy"), y[None, :], np.ones(200, np.float32))
    data = Descent(X, X.mean(0), np.ones(D), X.std(0), target)
    costs = Costs.of({"tanh": 25, "constant": 2, "variable": 0.5, "+": 3})
    model = descend(data, Plan(("tanh", "abs"), 30, tied, 150, 32, costs=costs), 0)
    assert cost(model, costs) <= 30 + 1e-6
    assert [u.kind for u in model.outputs[0].units] == ["abs"]  # a tanh with its coefficient would leave no room


def test_units_are_chosen_by_what_they_cost() -> None:
    style, dear = ("tanh", "prod", "abs"), Costs.of("xcvu9p")
    assert affordable(style, 20, NODES) == style
    assert affordable(style, 90, dear) == ("prod", "abs")
    assert affordable(style, 300, dear) == style
    assert affordable(("tanh",), 20, dear) == ("tanh",)
    assert len(units_for(style, 300, False, dear)) <= len(units_for(style, 300, False))
