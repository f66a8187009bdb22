"""Any operator is a unit of the search: what the user names is used, and nothing else."""

from collections.abc import Iterator

import numpy as np
import pytest

from symbolnet import SymbolNetClassifier, SymbolNetRegressor
from symbolnet._errors import UnknownNameError
from symbolnet.budget import fit_front
from symbolnet.budget._kinds import KINDS, kind_of, kinds_for
from symbolnet.budget._operator_kinds import OPERATOR, is_homogeneous, is_odd, own_cost, uses_of_arguments
from symbolnet.expression import NODES, Costs, Expression
from symbolnet.expression._graph import KINDS as NODE_KINDS
from symbolnet.objectives import get_loss
from symbolnet.operators import get_operator, operator_names, register_operator, unregister_operator


@pytest.fixture
def own_operators() -> Iterator[None]:
    register_operator("hyp", sympy="sqrt(x**2 + y**2)")
    register_operator("softsign", sympy="x/(1 + Abs(x))")
    yield
    unregister_operator("hyp")
    unregister_operator("softsign")


def _nodes(expression: Expression) -> set[str]:
    """The primitives of a formula: "sum", "prod", "max", ..."""
    return {NODE_KINDS[code] for code in expression.graph.kind} - {"const", "input", "sum"}


@pytest.mark.parametrize("name", operator_names())
def test_values_and_slopes_are_those_of_the_operator(name: str) -> None:
    operator = get_operator(name)
    kind = kind_of(OPERATOR + operator.name)
    arguments = np.random.default_rng(0).uniform(0.4, 1.2, (operator.arity, 50))
    np.testing.assert_allclose(kind.evaluate(*arguments), operator.numpy(*arguments), rtol=1e-5, atol=1e-6)
    slopes = kind.slopes(*arguments)
    assert len(slopes) == operator.arity
    for k, slope in enumerate(slopes):
        if (name, k) == ("cond", 0):
            continue  # that of the surrogate; the values have none
        step = np.eye(operator.arity)[k][:, None] * 1e-5
        expected = (operator.numpy(*(arguments + step)) - operator.numpy(*(arguments - step))) / 2e-5
        np.testing.assert_allclose(slope, expected, rtol=2e-3, atol=2e-3)


@pytest.mark.parametrize("name", operator_names())
def test_the_own_cost_is_what_sympy_counts_beside_the_arguments(name: str) -> None:
    import sympy

    operator = get_operator(name)
    tree = operator.sympy(*sympy.symbols(f"x:{operator.arity}"))
    counted = Expression.from_sympy([tree], [f"x{k}" for k in range(operator.arity)])
    uses = uses_of_arguments(operator)
    found = [
        sum(node == symbol for node in sympy.preorder_traversal(tree))
        for symbol in sympy.symbols(f"x:{operator.arity}")
    ]
    assert list(uses) == found
    assert own_cost(operator, NODES) == counted.complexity - sum(uses)
    dear = Costs.of({"variable": 7.0})
    assert own_cost(operator, dear) == own_cost(operator, NODES)


def test_uses_of_an_argument_that_occurs_twice(own_operators: None) -> None:
    assert uses_of_arguments(get_operator("softsign")) == (2,)
    assert uses_of_arguments(get_operator("hyp")) == (1, 1)


def test_homogeneous_operators(own_operators: None) -> None:
    found = {name for name in operator_names() if is_homogeneous(get_operator(name))}
    assert found == {"identity", "abs", "relu", "+", "-", "max", "min", "cond", "hyp"}


@pytest.mark.parametrize(
    ("text", "homogeneous", "odd"),
    [
        ("Min(Max(x, 0), 6)", False, False),  # as Max(x, 0) is, for small numbers
        ("Max(0, x - 6)", False, False),
        ("x*exp(-1e-14*x**2)", False, True),
        ("x**3/x**2", True, True),
        ("2*Abs(x)", True, False),
        ("sin(x)**3", False, True),
        ("log(x)", False, False),
        ("tanh(x**3)", False, True),
        ("x + 1", False, False),
    ],
)
def test_the_formula_tells_what_leaves_an_operator(text: str, homogeneous: bool, odd: bool) -> None:
    operator = register_operator("own", sympy=text, overwrite=True)
    try:
        assert (is_homogeneous(operator), is_odd(operator)) == (homogeneous, odd)
    finally:
        unregister_operator("own")


def test_an_operator_registered_anew_with_other_arguments_is_the_new_one() -> None:
    y = (X[:, 0] * np.exp(-(X[:, 1] ** 2)))[:, None]
    losses = []
    for text in ("x/(1 + Abs(x))", "x*exp(-y**2)"):
        register_operator("zz", sympy=text, overwrite=True)
        front = fit_front(
            X, y, loss=get_loss("huber"), max_complexity=20, operators=("zz",), random_state=0, effort=0.2
        )
        losses.append(front[-1].loss)
    unregister_operator("zz")
    assert losses[1] < 0.1 * losses[0]


def test_a_built_in_operator_that_is_replaced_is_the_users() -> None:
    register_operator("tanh", sympy="sin(3*x) + x**2", overwrite=True)
    try:
        assert kinds_for(["tanh"]) == {"linear", "operator tanh"}
        y = np.sin(3 * X[:, 0]) + X[:, 0] ** 2
        model = SymbolNetRegressor(14, unary_operators=("tanh",), binary_operators=("+",), random_state=0).fit(X, y)
        assert model.score(X, y) > 1 - 1e-9
    finally:
        unregister_operator("tanh")


def test_every_operator_allows_a_unit(own_operators: None) -> None:
    assert kinds_for(None) == set(KINDS)
    assert kinds_for(["+"]) == kinds_for(["-", "identity"]) == {"linear"}
    assert kinds_for(["maximum"]) == {"linear", "operator max"}
    assert kinds_for(["*"]) == {"linear", "prod", "square"}
    for name in operator_names():
        assert kinds_for([name]) > {"linear"} or name in ("+", "-", "identity")
    with pytest.raises(UnknownNameError):
        kinds_for(["maxx"])


X = np.random.default_rng(0).normal(size=(300, 3))
LAWS = [
    ((), ("max", "min"), np.maximum(X[:, 0], X[:, 1]), 3),
    ((), ("cond", "+"), np.where(X[:, 0] > 0, X[:, 1], X[:, 2]), 11),
    ((), ("hyp", "+"), np.hypot(X[:, 0], X[:, 1]), 9),
    (("softsign",), ("+",), 2 * X[:, 0] / (1 + abs(X[:, 0])) + X[:, 1], 12),
    (("cube",), ("+",), X[:, 0] ** 3 - 2 * X[:, 1], 7),
]


@pytest.mark.parametrize(("unary", "binary", "y", "nodes"), LAWS)
def test_laws_of_named_operators_are_found(own_operators: None, unary, binary, y, nodes) -> None:
    model = SymbolNetRegressor(nodes, unary_operators=unary, binary_operators=binary, random_state=0).fit(X, y)
    assert model.score(X, y) > 1 - 1e-10
    assert model.equations_["complexity"].iloc[-1] <= nodes


@pytest.mark.parametrize(
    ("unary", "binary", "allowed"),
    [
        (("softsign",), ("+",), {"abs", "pow", "prod"}),
        ((), ("max", "+"), {"max"}),
        (("tanh", "cube"), ("+",), {"tanh", "pow"}),
    ],
)
def test_classes_use_the_named_operators_and_no_other(own_operators: None, unary, binary, allowed) -> None:
    y = (np.abs(X[:, 0]) + 0.1 * X[:, 1] > 0.7).astype(int)
    model = SymbolNetClassifier(40, unary_operators=unary, binary_operators=binary, random_state=0).fit(X, y)
    used = set().union(*(_nodes(model.expression(k)) for k in range(len(model.models_))))
    assert used <= allowed
    assert used, "the named operator helps here, so it must appear"


def test_pixels_take_any_operator() -> None:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 17, (400, 40)).astype(float)
    y = (pixels[:, :5].sum(axis=1) > pixels[:, 5:10].sum(axis=1)).astype(int)
    model = SymbolNetClassifier(30, unary_operators=("cube",), binary_operators=("+",), random_state=0).fit(pixels, y)
    assert model.score(pixels, y) > 0.75
    assert _nodes(model.expression()) <= {"pow", "prod"}


@pytest.mark.parametrize(("name", "loss"), [("max", "huber"), ("log", "poisson")])
def test_an_operator_is_a_unit_of_any_loss(name: str, loss: str) -> None:
    operator = get_operator(name)
    y = np.exp(operator.numpy(*X.T[: operator.arity]).clip(-2, 2))[:60, None]
    front = fit_front(
        X[:60], y, loss=get_loss(loss), max_complexity=12, operators=(name, "+"), random_state=0, effort=0.05
    )
    assert front[-1].loss < front[0].loss
    assert _nodes(front[-1].expression) <= {name, "abs"}
    assert np.isfinite(front[-1].expression(X)).all()
