"""Values and gradients of every operator, over everything that a float can hold."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symbolnet.operators import _jax, _numpy, get_operator, operator_names

EXTREME = [0.0, 1e-38, 1e-20, 1e-8, 1e-4, 1e-3, 0.5, 1.0, 1.5707964, 27.6, 28.4, 88.7, 1e3, 1e6, 1e12, 1e18, 1e30, 3e38]
BOUND = 1e12


def grid(arity: int, dtype: type) -> np.ndarray:
    values = [*EXTREME, *(-v for v in EXTREME)] + ([1e300, -1.7e308, 5e-324] if dtype is np.float64 else [])
    if arity == 3:
        values = values[::3]
    return np.array(list(itertools.product(values, repeat=arity)), dtype=dtype).T


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", operator_names())
def test_values_and_gradients_are_finite_and_bounded(name, dtype):
    operator = get_operator(name)
    with jax.enable_x64(dtype is np.float64):
        arguments = [jnp.asarray(a) for a in grid(operator.arity, dtype)]
        both = jax.value_and_grad(operator.jax, argnums=tuple(range(operator.arity)))
        value, gradient = jax.jit(jax.vmap(both))(*arguments)
        value = np.asarray(value)
        assert value.dtype == dtype
        assert np.isfinite(value).all()
        assert all(np.isfinite(np.asarray(g)).all() for g in gradient)
    if name not in ("identity", "+", "-"):  # these are exact
        assert np.abs(value).max() <= BOUND * (1 + 1e-5)


@pytest.mark.parametrize("name", operator_names())
def test_jax_equals_numpy(name):
    operator = get_operator(name)
    points = grid(operator.arity, np.float64)
    points = points[:, np.abs(points).max(axis=0) < 1e5]
    with jax.enable_x64(True):
        value = np.asarray(operator.jax(*map(jnp.asarray, points)))
    np.testing.assert_allclose(value, operator.numpy(*points), rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("name", operator_names())
def test_plain_form_is_equal_where_no_guard_is_active(name):
    operator = get_operator(name)
    rng = np.random.default_rng(0)
    points = rng.uniform(0.1, 1.4, size=(operator.arity, 20)) * rng.choice([-1, 1], size=(operator.arity, 20))
    symbols = sympy.symbols("x y z")[: operator.arity]
    function = sympy.lambdify(symbols, operator.sympy(*symbols), "numpy")
    np.testing.assert_allclose(operator.numpy(*points), function(*points), rtol=1e-13)


@given(st.floats(-0.01, 0.01), st.floats(-5, 5))
def test_division_keeps_away_from_zero(b, a):
    floor = 1e-3
    expected = a / ((1 if b >= 0 else -1) * max(abs(b), floor))
    assert float(get_operator("/").numpy(a, b)) == pytest.approx(expected, rel=1e-12)


def test_penalties_vanish_inside_the_domain_and_push_back_into_it():
    penalty = get_operator("/").penalty
    b = jnp.array([0.5, -0.5, 2e-4, -2e-4, 0.0])
    np.testing.assert_allclose(penalty(b, b), [0, 0, 8e-4, 8e-4, 1e-3], rtol=1e-5)
    slope = jax.vmap(jax.grad(penalty, argnums=1))(b, b)
    np.testing.assert_array_equal(slope, [0, 0, -1, 1, -1])
    assert get_operator("log").penalty(jnp.array(0.0)) > 0
    assert get_operator("sin").penalty is None


def test_condition_has_the_gradient_of_the_surrogate():
    operator = get_operator("cond")
    for a in (-0.3, 0.0, 0.2):
        e = np.exp(-5 * a)
        gradient = jax.grad(operator.jax, argnums=(0, 1, 2))(a, 3.0, 1.0)
        assert gradient[0] == pytest.approx((3 - 1) * 5 * e / (1 + e) ** 2, rel=1e-5)
        assert gradient[1:] == ((1.0, 0.0) if a > 0 else (0.0, 1.0))


def test_root_is_exact_with_a_bounded_gradient():
    assert float(get_operator("sqrt").numpy(-4e-12)) == 2e-6
    assert jax.grad(get_operator("sqrt").jax)(1e-12) == pytest.approx(500, rel=1e-4)


def test_node_costs_are_the_nodes_added():
    x, y, z = sympy.symbols("x y z")
    for name in operator_names():
        operator = get_operator(name)
        symbols = (x, y, z)[: operator.arity]
        nodes = len(list(sympy.preorder_traversal(operator.sympy(*symbols)))) - operator.arity
        assert operator.costs["nodes"] == nodes


def test_wrong_number_of_arguments():
    with pytest.raises(TypeError, match=r"takes 2 argument\(s\), not 1"):
        get_operator("*").jax(1.0)


@pytest.mark.parametrize("exponent", [1e-300, -1e-300, 2.5e-29, -2.5e-29, 0.004, -0.004, 40.0, -40.0])
@pytest.mark.parametrize("module", [_numpy, _jax])
def test_powers_of_any_exponent_are_finite(module, exponent):
    """Exponents that no training makes, but that a file may hold."""
    limit = BOUND if exponent > 0 else 1e-3**exponent if exponent > -4 else BOUND
    with jax.enable_x64(True):
        u = np.array([0.0, 1.0, -1.0, 5e-324, 1e300, 2.0])
        value = np.asarray(module.power(u if module is _numpy else jnp.asarray(u), exponent, limit))
    assert np.isfinite(value).all()
    assert (np.abs(value) <= max(limit, 1.0) * (1 + 1e-9)).all()
    assert value[1] == pytest.approx(1.0)
