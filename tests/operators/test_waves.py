"""Sine, cosine and tangent in float32: the values of NumPy in float64, for every argument that still has a phase."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolnet.operators import _waves

SIN, COS, TAN = jax.jit(_waves.sin), jax.jit(_waves.cos), jax.jit(_waves.tan)
WAVES = {"sin": (SIN, np.sin, np.cos), "cos": (COS, np.cos, lambda x: -np.sin(x))}
ANGLES = st.floats(-_waves.LARGEST_ANGLE, _waves.LARGEST_ANGLE, width=32)


@pytest.mark.parametrize("name", WAVES)
@given(x=ANGLES)
def test_the_value_is_that_of_float64(name: str, x: float) -> None:
    wave, exact, _ = WAVES[name]
    assert float(wave(jnp.float32(x))) == pytest.approx(exact(x), abs=2e-7)


@pytest.mark.parametrize("name", WAVES)
@pytest.mark.parametrize("edge", [1e-3, 1.0, 100.0, 1e4, 1e6, 2.0**24])
def test_values_and_slopes_of_many_angles(name: str, edge: float) -> None:
    wave, exact, slope = WAVES[name]
    x = np.random.default_rng(0).uniform(-edge, edge, 20_000).astype(np.float32)
    value, gradient = jax.jit(jax.vmap(jax.value_and_grad(wave)))(x)
    np.testing.assert_allclose(value, exact(x.astype(np.float64)), atol=2e-7, rtol=0)
    np.testing.assert_allclose(gradient, slope(x.astype(np.float64)), atol=2e-7, rtol=0)


def test_next_to_a_zero_the_value_keeps_its_digits() -> None:
    x = np.float32(np.arange(-600, 601) * np.pi)  # next to zeros of the sine, where their rounding error is left
    exact = np.sin(x.astype(np.float64))
    for sine in (SIN, _waves.sin):  # fused multiplications and additions, and one after another
        np.testing.assert_allclose(sine(jnp.asarray(x)), exact, rtol=1e-4, atol=1e-11)


@given(x=st.floats(-1e4, 1e4, width=32))
def test_tangent_within_its_guard(x: float) -> None:
    exact = np.tan(np.float64(np.float32(x)))
    if abs(exact) < 1e3:
        assert float(TAN(jnp.float32(x))) == pytest.approx(exact, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("name", WAVES)
@given(x=st.floats(width=32, allow_nan=False))
def test_no_argument_leaves_the_range(name: str, x: float) -> None:
    assert abs(float(WAVES[name][0](jnp.float32(x)))) <= 1 + 2e-7


def test_the_sine_is_odd_and_exact_at_zero() -> None:
    x = jnp.linspace(0, 1e3, 4001, dtype=jnp.float32)
    np.testing.assert_array_equal(SIN(-x), -SIN(x))
    assert float(SIN(jnp.float32(0))) == 0
    assert float(COS(jnp.float32(0))) == 1


def test_float64_is_left_to_jax() -> None:
    with jax.enable_x64(True):
        x = jnp.asarray(np.linspace(-50, 50, 1001))
        np.testing.assert_allclose(_waves.sin(x), np.sin(np.asarray(x)), atol=1e-15)
        np.testing.assert_allclose(_waves.tan(x), np.tan(np.asarray(x)), rtol=1e-12)


def test_second_derivatives() -> None:
    x = jnp.linspace(-3, 3, 13, dtype=jnp.float32)
    np.testing.assert_allclose(jax.vmap(jax.grad(jax.grad(_waves.sin)))(x), -np.sin(np.asarray(x)), atol=1e-6)
