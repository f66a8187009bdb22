"""Every evaluator gives the same numbers: NumPy, JAX, emitted Python and emitted C."""

import ctypes
import shutil
import subprocess
import types

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolnet._errors import SymbolNetError
from symbolnet.expression import Expression, unroll

seeds = st.integers(0, 2**32 - 1)


def agree(a, b, size, tolerance=1e-12):
    assert (np.abs(np.asarray(a) - b) / size).max() <= tolerance


@settings(max_examples=20)
@given(seed=seeds)
def test_emitted_python(seed, random_network, scale):
    network = random_network(seed)
    expression, samples = unroll(network), np.random.default_rng(seed).normal(size=(20, 4))
    module = types.ModuleType("emitted")
    exec(expression.python("f"), module.__dict__)
    agree(module.f(samples), expression(samples), scale(network, samples))


@settings(max_examples=4)
@given(seed=seeds)
def test_jax(seed, random_network, scale):
    network = random_network(seed)
    expression, samples = unroll(network), np.random.default_rng(seed).normal(size=(20, 4))
    value, size = expression(samples), scale(network, samples)
    with jax.enable_x64(True):
        agree(jax.jit(expression.jax())(jnp.asarray(samples)), value, size)
    single = jax.jit(expression.jax())(jnp.asarray(samples, jnp.float32))
    assert single.dtype == jnp.float32
    assert np.isfinite(single).all()
    extreme = jnp.asarray([[0.0] * 4, [1e6, -1e6, 1.0, 1e-6]])
    assert np.isfinite(jax.jit(jax.grad(lambda x: expression.jax()(x).sum()))(extreme)).all()


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_emitted_c(tmp_path, random_network, scale):
    expressions = [(k, unroll(random_network(k))) for k in range(12)]
    for k, expression in expressions:
        (tmp_path / f"f{k}.c").write_text(expression.c(f"f{k}"))
    flags = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function", "-O0", "-shared", "-fPIC"]
    sources = [str(path) for path in sorted(tmp_path.glob("*.c"))]
    subprocess.run(["cc", *flags, *sources, "-o", str(tmp_path / "f.so"), "-lm"], check=True)
    library = ctypes.CDLL(str(tmp_path / "f.so"))
    pointer = ctypes.POINTER(ctypes.c_double)
    for k, expression in expressions:
        samples = np.random.default_rng(k).normal(size=(10, 4))
        value = np.zeros((10, 3))
        for row, result in zip(samples, value, strict=True):
            getattr(library, f"f{k}")(row.ctypes.data_as(pointer), result.ctypes.data_as(pointer))
        agree(value, expression(samples), scale(random_network(k), samples), 1e-11)


@settings(max_examples=15)
@given(seed=seeds)
def test_guards_move_with_the_factors(seed, random_network, scale):
    network = random_network(seed)
    expression = unroll(network)
    samples = np.random.default_rng(seed).normal(size=(20, 4)) * 1e-3
    agree(expression.expanded()(samples), expression(samples), scale(network, samples))


@settings(max_examples=15)
@given(seed=seeds)
def test_text_evaluates_to_the_same_number_where_no_guard_is_active(seed, random_network, scale):
    network = random_network(seed)
    expression, samples = unroll(network), np.random.default_rng(seed).normal(size=(5, 4))
    names = {"sqrt": np.sqrt, "Abs": np.abs, "Max": lambda *a: np.max(a), "Min": lambda *a: np.min(a)}
    names |= {name: getattr(np, name) for name in ("sin", "cos", "tan", "exp", "sinh", "cosh", "tanh", "log")}
    names["Piecewise"] = lambda first, second: first[0] if first[1] else second[0]
    names["__builtins__"] = {}
    size = scale(network, samples)
    with np.errstate(all="ignore"):
        for row, value, near in zip(samples, expression(samples), size, strict=True):
            for text, expected, unit in zip(expression.text(), value, near, strict=True):
                plain = eval(text, names, dict(zip(expression.input_names, row, strict=True)))
                if abs(expected) < 1e2 and abs(plain) < 1e2 and guards_rest(expression, row):
                    assert abs(plain - expected) <= 1e-10 * max(unit, 1)


def guards_rest(expression, row) -> bool:
    """Whether doubling every limit changes nothing."""
    from dataclasses import replace

    wide = replace(expression.graph, limit=expression.graph.limit * 2)
    sample = row[None]
    return np.array_equal(replace(expression, graph=wide)(sample), expression(sample))


def test_lambdify_agrees():
    x, y = sympy.symbols("x y")
    formulas = [0.3 * sympy.exp(-2 * (x + 0.5 * y) ** 2) - sympy.tanh(x) / (y**2 + 1), sympy.sin(x * y) + sympy.cosh(x)]
    expression = Expression.from_sympy(formulas, [x, y])
    samples = np.random.default_rng(0).normal(size=(100, 2))
    for k, formula in enumerate(expression.sympy()):
        function = sympy.lambdify([x, y], formula, "numpy")
        np.testing.assert_allclose(expression(samples)[:, k], function(*samples.T), rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.bool_, np.float32, np.float64])
def test_any_number_type_and_order(dtype):
    x = sympy.symbols("x0:6")
    expression = Expression.from_sympy([x[1] * 2.0 + sympy.sin(x[4]), sympy.Integer(3), x[2]], x)
    samples = np.random.default_rng(0).integers(0, 2, size=(20_000, 6)).astype(dtype)
    wide = samples.astype(float)
    expected = np.stack([wide[:, 1] * 2 + np.sin(wide[:, 4]), np.full(20_000, 3.0), wide[:, 2]], axis=1)
    for given_samples in (samples, np.asfortranarray(samples), samples[::-1][::-1]):
        np.testing.assert_allclose(expression(given_samples), expected, rtol=1e-15)
    assert expression(samples[:0]).shape == (0, 3)


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (np.ones(3), r"X has shape \(3,\); give \(n_samples, 3\)"),
        (np.ones((2, 4)), "X has 4 columns; the formula was made for 3"),
        (np.array([["a", "b", "c"]]), "give numbers"),
        (np.array([[1j, 0, 0]]), "give numbers"),
    ],
)
def test_wrong_samples(samples, message):
    expression = Expression.from_sympy([sympy.Symbol("a")], ["a", "b", "c"])
    with pytest.raises(SymbolNetError, match=message):
        expression(samples)


NAMES = ["y", "y_", "len", "np", "X", "t0_", "t0__", "clip", "product", "a b", "a_b", "lambda"]


@given(names=st.lists(st.sampled_from(NAMES), min_size=2, max_size=2, unique=True))
def test_emitted_python_under_any_names(names):
    x, y = sympy.symbols("x y")
    shared = sympy.sin(x * y)
    expression = Expression.from_sympy([x + 2 * y, shared + x, shared * y], ["x", "y"])
    samples, space = np.array([[1.0, 10.0], [-0.5, 3.0]]), {}
    exec(expression.with_names(names).python("formula"), space)
    np.testing.assert_allclose(space["formula"](samples), expression(samples), rtol=1e-12)


@pytest.mark.parametrize(("language", "name"), [("python", "product"), ("python", "len"), ("python", "class")])
@pytest.mark.parametrize("c_name", ["double", "sn_clip", "sin", "no name"])
def test_a_function_name_that_means_something_else_is_refused(language, name, c_name):
    expression = Expression.from_sympy([sympy.Symbol("x") ** 2], ["x"])
    with pytest.raises(SymbolNetError, match=name):
        getattr(expression, language)(name)
    with pytest.raises(SymbolNetError, match=c_name):
        expression.c(c_name)


@given(name=st.text(alphabet="*/\\?\n a", min_size=1, max_size=12))
def test_no_name_ends_the_comment_of_the_c_code(name):
    code = Expression.from_sympy([sympy.Symbol("x") ** 2], ["x"]).with_names([name]).c()
    head, rest = code.split("*/", 1)
    assert head.count("/*") == 1
    assert rest.startswith("\n#include")
    assert "??" not in head
    assert "\\" not in head


def _difference(names: tuple[str, ...] = ("a", "b", "unused")) -> Expression:
    a, b = sympy.symbols(names[:2])
    return Expression.from_sympy([a - 2 * b], names)


@pytest.mark.parametrize("columns", [["b", "a"], ["b", "more", "a"], ["unused", "b", "a"], ["a", "b", "unused"]])
def test_columns_of_a_frame_are_found_by_name(columns: list[str]) -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [10, 20], "unused": [3.0, 4.0], "more": ["x", "y"]})
    np.testing.assert_array_equal(_difference()(frame[columns]), [[-19.0], [-38.0]])


def test_a_frame_without_names_goes_by_position() -> None:
    X = np.array([[1.0, 10.0, 0.0]])
    assert _difference()(pd.DataFrame(X)) == -19
    # A formula of a nameless array: names that are not all there are not its own.
    numbered = _difference(("x0", "x1", "x2"))
    assert numbered(pd.DataFrame(X, columns=["x1", "x2", "x3"])) == -19
    assert numbered(pd.DataFrame(X, columns=["x1", "x0", "x2"])) == 8
    assert numbered(X.tolist()) == -19


@pytest.mark.parametrize(
    ("frame", "line"),
    [
        (pd.DataFrame({"a": [1.0], "c": [2.0], "unused": [3.0]}), "X has no columns 'b', an input of the formula"),
        (pd.DataFrame([[1.0, 2.0, 3.0]], columns=["a", "b", "b"]), "X has 2 columns 'b'"),
        (pd.DataFrame({"b": [1.0], "a": ["dog"]}), "in column 'a'; give numbers"),
    ],
)
def test_frames_that_lack_an_input(frame: pd.DataFrame, line: str) -> None:
    with pytest.raises(SymbolNetError, match=line):
        _difference()(frame)
