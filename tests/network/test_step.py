"""The step function and its surrogate derivative."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from symbolnet.network import KAPPA, step, surrogate_derivative

POINTS = np.concatenate([np.linspace(-20, 20, 401), [-1e-30, 0.0, 1e-30]]).astype(np.float32)


def test_forward_is_the_indicator_of_positive() -> None:
    assert (np.asarray(step(jnp.asarray(POINTS))) == (POINTS > 0)).all()


def test_backward_is_the_formula_of_section_3b() -> None:
    x = POINTS.astype(np.float64)
    by_hand = KAPPA * np.exp(-KAPPA * x) / (1 + np.exp(-KAPPA * x)) ** 2
    got = jax.vmap(jax.grad(step))(jnp.asarray(POINTS))
    assert np.asarray(got) == pytest.approx(by_hand, rel=1e-4, abs=1e-6)


def test_backward_at_zero_is_a_quarter_of_kappa() -> None:
    assert float(surrogate_derivative(jnp.asarray(0.0))) == 1.25


def test_backward_is_finite_everywhere() -> None:
    x = jnp.asarray([-1e30, -100.0, 0.0, 100.0, 1e30])
    assert np.isfinite(np.asarray(jax.vmap(jax.grad(step))(x))).all()
