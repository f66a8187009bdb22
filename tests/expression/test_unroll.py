"""A formula is the network: values, over random architectures, and the form that SymPy would give it."""

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolnet._errors import SymbolNetError
from symbolnet.expression import Expression, unroll
from symbolnet.network import FrozenLayer, FrozenNetwork
from symbolnet.operators import register_operator, unregister_operator

seeds = st.integers(0, 2**32 - 1)


@given(seed=seeds)
def test_formula_equals_network(seed, random_network, reference, scale):
    network, rng = random_network(seed), np.random.default_rng(seed)
    samples = rng.normal(size=(20, 4))
    difference = np.abs(unroll(network)(samples) - reference(network, samples))
    assert (difference / scale(network, samples)).max() <= 1e-12


@settings(max_examples=15)
@given(seed=seeds)
def test_input_scaling_is_folded_into_the_constants(seed, random_network, reference, scale):
    network, rng = random_network(seed), np.random.default_rng(seed)
    sizes, shift = rng.uniform(0.5, 200, 4), rng.normal(size=4)
    raw = rng.normal(size=(20, 4)) * sizes + shift
    seen = (raw - shift) / sizes
    difference = np.abs(unroll(network, input_scale=sizes, input_shift=shift)(raw) - reference(network, seen))
    assert (difference / scale(network, seen)).max() <= 1e-11


@given(seed=seeds)
def test_extreme_inputs_give_finite_outputs(seed, random_network):
    samples = np.random.default_rng(seed).normal(size=(10, 4)) * 10.0 ** np.arange(-5, 25, 3)[:, None]
    assert np.isfinite(unroll(random_network(seed))(samples)).all()


def single(operator, weight, bias=None, out=1.0, inputs=2, arity=1):
    weight = np.array(weight, dtype=float).reshape(inputs, arity)
    bias = np.zeros(arity) if bias is None else np.array(bias, dtype=float)
    layer = FrozenLayer(weight, bias, ((operator, arity),))
    return unroll(FrozenNetwork((layer,), np.array([[float(out)]]), np.zeros(1)), ["x", "y"][:inputs])


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (single("gauss", [2, 3]), "exp(-9.0*(0.6666666666666666*x + y)**2)"),
        (single("gauss", [2, 0]), "exp(-4.0*x**2)"),
        (single("square", [-2, -2], [-1], 0.5), "2.0*(x + y + 0.5)**2"),
        (single("sin", [-2, 0]), "-sin(2.0*x)"),
        (single("cos", [-2, -3]), "cos(2.0*x + 3.0*y)"),
        (single("exp", [1, 0], [np.log(2)], 3), "6.0*exp(x)"),
        (single("abs", [-2, 0]), "2.0*Abs(x)"),
        (single("sqrt", [4, 0]), "2.0*sqrt(Abs(x))"),
        (single("log", [2, 0]), "log(2.0*Abs(x))"),
        (single("relu", [2, 0]), "2.0*Max(0, x)"),
        (single("relu", [-2, 0]), "-2.0*Min(0, x)"),
        (single("sigmoid", [1, 0]), "1/(exp(-x) + 1)"),
        (single("identity", [1, -1], [0]), "x - y"),
        (single("+", [1, 1, 1, -1], arity=2), "2.0*x"),
        (single("*", [1, 1, 0, 0], arity=2), "x**2"),
        (single("*", [2, 0, 0, 3], arity=2), "6.0*x*y"),
        (single("*", [2, 0, 0, 0], [0, 3], arity=2), "6.0*x"),
        (single("/", [3, 0, 0, 2], arity=2), "1.5*x/y"),
        (single("/", [3, 0, 0, 0], [0, 2], arity=2), "1.5*x"),
        (single("max", [1, 1, 0, 0], arity=2), "x"),
        (single("cond", [2, 0, 0, 0, 1, 0], [0, 0, 1], arity=3), "Piecewise((y, x > 0), (1, True))"),
        (single("cond", [0, 1, 0, 0, 0, 1], [1, 0, 0], arity=3), "x"),
        (single("tanh", [0, 0], [0.5], 2), repr(2 * float(np.tanh(0.5)))),
        (single("sin", [0, 0]), "0"),
    ],
)
def test_canonical_form(expression, text):
    assert expression.text() == [text]


def test_layers_of_sums_collapse():
    eye = np.eye(2)
    layer = FrozenLayer(eye, np.ones(2), (("identity", 1), ("identity", 1)))
    network = FrozenNetwork((layer, layer, layer), np.array([[1.0], [2.0]]), np.zeros(1))
    assert unroll(network).text() == ["x0 + 2.0*x1 + 9.0"]


def test_nested_products_and_powers_flatten():
    first = FrozenLayer(np.eye(3)[:, [0, 1, 2]], np.zeros(3), (("*", 2), ("identity", 1)))
    second = FrozenLayer(np.eye(2), np.zeros(2), (("*", 2),))
    third = FrozenLayer(np.ones((1, 1)), np.zeros(1), (("square", 1),))
    one = np.ones((1, 1))
    assert unroll(FrozenNetwork((first, second), one, np.zeros(1))).text() == ["x0*x1*x2"]
    squared = unroll(FrozenNetwork((first, second, third), one, np.zeros(1)))
    assert squared.text() == ["x0**2*x1**2*x2**2"]
    assert sympy.sympify(squared.text()[0]) == squared.sympy()[0]


def test_shared_parts_are_one_node():
    layer = FrozenLayer(np.array([[1.0, 1.0], [2.0, 2.0]]), np.zeros(2), (("sin", 1), ("sin", 1)))
    expression = unroll(FrozenNetwork((layer,), np.array([[1.0, 1.0], [0.0, 2.0]]), np.array([0.0, 1.0])))
    assert expression.text() == ["sin(x0 + 2.0*x1)", "3.0*sin(x0 + 2.0*x1) + 1"]
    assert expression.complexities == (6, 10)
    assert expression.shared_complexity == 6 + 4


def test_dead_parts_and_unused_inputs_are_gone():
    weight = np.array([[1.0, 1.0], [0.0, 5.0], [0.0, 0.0]])
    layer = FrozenLayer(weight, np.zeros(2), (("sin", 1), ("exp", 1)))
    expression = unroll(FrozenNetwork((layer,), np.array([[1.0], [0.0]]), np.zeros(1)))
    assert expression.text() == ["sin(x0)"]
    assert expression.used_inputs == (0,)
    assert expression(np.array([[0.5, np.nan, np.inf]])) == np.sin(0.5)


def test_registered_operator_end_to_end(reference):
    register_operator("bump", sympy="y/(1 + x**2)")
    try:
        weight = np.array([[2.0, 0.0], [0.0, 1.0]])
        network = FrozenNetwork((FrozenLayer(weight, np.zeros(2), (("bump", 2),)),), np.array([[3.0]]), np.array([1.0]))
        expression = unroll(network)
        samples = np.random.default_rng(0).normal(size=(50, 2))
        np.testing.assert_allclose(expression(samples), reference(network, samples), rtol=1e-12)
    finally:
        unregister_operator("bump")
    # What was unrolled and stored knows nothing of the name any more.
    again = Expression.from_dict(*expression.to_dict())
    assert again.text() == ["0.75*x1/(x0**2 + 0.25) + 1"]
    np.testing.assert_allclose(again(samples), 1 + 3 * samples[:, 1:] / (1 + 4 * samples[:, :1] ** 2), rtol=1e-12)


@pytest.mark.parametrize("formula", ["x**1.5", "x**0.5", "x**(-0.5)", "x**0.25"])
@pytest.mark.parametrize("second", ["square", "cube", "*"])
def test_a_fractional_power_keeps_its_absolute_value(formula, second):
    register_operator("fractional", sympy=formula)
    try:
        first = FrozenLayer(np.ones((1, 1)), np.zeros(1), (("fractional", 1),))
        arity = 2 if second == "*" else 1
        layer = FrozenLayer(np.ones((1, arity)), np.zeros(arity), ((second, arity),))
        expression = unroll(FrozenNetwork((first, layer), np.ones((1, 1)), np.zeros(1)))
    finally:
        unregister_operator("fractional")
    x = np.array([-2.0, -0.5, 0.5, 3.0])
    u = np.abs(x) ** float(formula.removeprefix("x**").strip("()"))
    np.testing.assert_allclose(expression(x[:, None])[:, 0], u**3 if second == "cube" else u**2, rtol=1e-12)


def test_mnist_sized_network(reference):
    rng = np.random.default_rng(1)
    names = ["sin", "cos", "gauss", "tanh"] * 5 + ["+", "*", "*", "+", "*"]
    nodes = tuple((name, 1 if name.isalpha() else 2) for name in names)
    weight = rng.normal(size=(784, 30)) * (rng.random((784, 30)) < 0.2) / 255
    network = FrozenNetwork(
        (FrozenLayer(weight, rng.normal(size=30), nodes),), rng.normal(size=(25, 10)), rng.normal(size=10)
    )
    expression = unroll(network)
    samples = rng.integers(0, 256, size=(300, 784)).astype(np.uint8)
    np.testing.assert_allclose(expression(samples), reference(network, samples.astype(float)), rtol=1e-10, atol=1e-10)
    assert expression.n_inputs == np.count_nonzero(weight.any(axis=1))


def broken(**changes):
    parts = {"weight": np.ones((2, 1)), "bias": np.zeros(1), "nodes": (("sin", 1),)} | changes
    out = parts.pop("out", np.ones((1, 1)))
    return FrozenNetwork((FrozenLayer(**parts),), out, np.zeros(out.shape[1]))


@pytest.mark.parametrize(
    ("network", "settings", "message"),
    [
        (broken(weight=np.full((2, 1), np.nan)), {}, "weight or bias is not finite"),
        (broken(bias=np.zeros(2)), {}, "do not fit"),
        (broken(nodes=(("sinn", 1),)), {}, "did you mean"),
        (broken(nodes=(("sin", 2),), weight=np.ones((2, 2)), bias=np.zeros(2)), {}, "the network gives 2"),
        (broken(out=np.ones((3, 1))), {}, "output: .* do not fit"),
        (broken(), {"input_scale": [1.0, 0.0]}, "input_scale is zero at input 1"),
        (broken(), {"input_shift": [1.0]}, "must hold 2 finite numbers"),
        (broken(), {"input_names": ["a"]}, "1 input names"),
        (broken(), {"output_names": ["a", "b"]}, "2 output names for 1 outputs"),
    ],
)
def test_bad_network(network, settings, message):
    with pytest.raises(SymbolNetError, match=message):
        unroll(network, **settings)
