"""Looking operators up, and adding one."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy
from unchecked import unchecked

from symbolnet._errors import SymbolNetError, UnknownNameError
from symbolnet.operators import get_operator, operator_names, register_operator, unregister_operator


@pytest.fixture
def clean():
    before = set(operator_names())
    yield
    for name in set(operator_names()) - before:
        unregister_operator(name)


def test_aliases():
    pairs = {"mul": "*", "times": "*", "add": "+", "sub": "-", "div": "/", "where": "cond", "id": "identity"}
    assert all(get_operator(alias).name == name for alias, name in pairs.items())
    assert get_operator("gaussian") is get_operator("gauss")


def test_unknown_name():
    with pytest.raises(UnknownNameError, match=r"unknown operator 'guass'; did you mean 'gauss'\?"):
        get_operator("guass")


@pytest.mark.usefixtures("clean")
def test_one_line_is_enough():
    operator = register_operator("softsign", sympy="x/(1 + Abs(x))")
    assert operator.arity == 1
    assert "softsign" in operator_names(arity=1)
    values = np.array([-2.0, 0.0, 3.0])
    np.testing.assert_allclose(operator.jax(jnp.asarray(values)), values / (1 + np.abs(values)), rtol=1e-6)
    assert jax.grad(operator.jax)(0.0) == 1.0
    with pytest.raises(SymbolNetError, match="exists already"):
        register_operator("softsign", sympy="x")
    assert register_operator("softsign", sympy="2*x", overwrite=True).numpy(1.0) == 2.0


@pytest.mark.usefixtures("clean")
def test_formula_as_sympy_and_as_function():
    a, b = sympy.symbols("a b")
    third = register_operator("third", sympy=sympy.sin(a) * b / 3 + sympy.Float(0.1))
    assert third.arguments == ("a", "b")
    assert float(third.numpy(1.0, 2.0)) == pytest.approx(np.sin(1) * 2 / 3 + 0.1, rel=1e-15)
    swapped = register_operator("swapped", sympy=lambda y, x: y - 2 * x)
    assert swapped.numpy(1.0, 2.0) == -3.0
    nested = register_operator("nested", sympy="gauss(x) + sigmoid(y)")
    assert float(nested.numpy(0.0, 0.0)) == 1.5
    own = register_operator("own", sympy="x**2", jax=lambda x: x * x)
    assert own.jax(3.0) == 9.0


@pytest.mark.usefixtures("clean")
def test_builtin_replaced_and_restored():
    before = get_operator("relu")
    register_operator("relu", sympy="Max(0, x) + x/100", overwrite=True)
    assert get_operator("relu") is not before
    unregister_operator("relu")
    assert get_operator("relu") is before
    with pytest.raises(UnknownNameError):
        unregister_operator("relu")


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("foo(x)", "unknown function 'foo'"),
        ("snh(x)", "did you mean 'sinh'"),
        ("x + ", "does not parse"),
        ("x**y", "exponent that is not a number"),
        ("__import__('os').system('true')", "is not allowed"),
        ("().__class__", "is not allowed"),
        ("[x for x in y]", "is not allowed"),
        ("sin(x, y)", r"needs 1 argument\(s\), not 2"),
        ("Piecewise((x, y > 1), (z, True))", "must have the form"),
        ("1/0*x", "finite real number"),
        ("1e999*x", "finite number"),
        ("3", "without an argument"),
        ("(" * 900 + "x" + ")" * 900, "does not parse"),
        ("-" * 200 + "x", "nests over 100 deep"),
        ("sin(x" + ")" * 3, "does not parse"),
        ("x" * 20000, "too long"),
    ],
)
def test_bad_formula_is_one_line(formula, message):
    with pytest.raises(SymbolNetError, match=message) as caught:
        register_operator("bad_one", sympy=formula)
    assert "\n" not in str(caught.value)
    assert "bad_one" not in operator_names()


@pytest.mark.parametrize("name", ["", "a b", "a,b", "x" * 50])
def test_bad_name(name):
    with pytest.raises(SymbolNetError, match="operator name"):
        register_operator(name, sympy="x")


def test_arity_must_agree():
    with pytest.raises(SymbolNetError, match=r"arity=3, but its formula has 2 argument\(s\), x, y"):
        register_operator("pair", sympy="x*y", arity=3)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"jax": 3}, "jax=3 is no function; give one, or leave it out"),
        ({"penalty": "x"}, "penalty='x' is no function"),
        ({"costs": {"nodes": "a"}}, r"costs\['nodes'\] is 'a'; give a finite number of at least 0"),
        ({"costs": {"nodes": float("nan")}}, r"costs\['nodes'\] is nan"),
        ({"costs": {"nodes": -1}}, r"costs\['nodes'\] is -1"),
        ({"costs": [3]}, r"costs=\[3\]; give a mapping"),
        ({"arguments": "xy"}, r"arguments='xy'; give distinct names, such as \('x', 'y'\)"),
        ({"arguments": ("x", "x")}, ".*give distinct names"),
        ({"arguments": (1,)}, ".*give distinct names"),
        ({"arguments": 3}, ".*give distinct names"),
        ({"domain": 3}, "domain=3; give a sentence"),
        ({"sympy": lambda x: x.foo}, "its function fails on SymPy symbols .*; write it with SymPy's functions"),
        ({"sympy": np.sin}, "its function fails on SymPy symbols .*; write it with SymPy's functions"),
    ],
)
def test_what_would_fail_later_is_refused(given, message):
    with pytest.raises(SymbolNetError, match=rf"^operator 'anew': {message}"):
        unchecked(register_operator)("anew", **{"sympy": "x**2", **given})
    assert "anew" not in operator_names()


@pytest.mark.parametrize("name", ["I", "oo", "nan", "zoo", "EulerGamma"])
@pytest.mark.parametrize("as_text", [True, False])
def test_constants_of_sympy_are_no_arguments(name, as_text):
    formula = f"{name}*x" if as_text else getattr(sympy, name) * sympy.Symbol("x")
    with pytest.raises(SymbolNetError, match="is the imaginary unit|is not a finite number|is a constant of SymPy"):
        register_operator("anew", sympy=formula)


@pytest.mark.usefixtures("clean")
def test_arguments_may_be_named_like_constants():
    assert register_operator("current", sympy="I**2*R", arguments=("I", "R")).numpy(2.0, 3.0) == 12.0


@pytest.mark.parametrize("name", [3, None, ["sin"]])
def test_an_operator_is_a_name(name):
    with pytest.raises(UnknownNameError, match="is not a name; give one of: identity, sin"):
        get_operator(name)
