"""Eq. 4 against values worked out by hand, and the properties that make it a smooth root."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolnet.baselines import SMOOTHING, smoothed_l05

# With a = 0.01: the root outside; inside, -w⁴/8e-6 + 3w²/0.04 + 0.00375 under the root.
BY_HAND = {
    0.0: 0.06123724356957945,  # sqrt(0.00375)
    0.01: 0.1,  # sqrt(-0.00125 + 0.0075 + 0.00375) = sqrt(0.01)
    -0.01: 0.1,
    0.25: 0.5,
    -4.0: 2.0,
}


@pytest.mark.parametrize(("w", "value"), BY_HAND.items())
def test_values_worked_out_by_hand(w: float, value: float) -> None:
    with jax.enable_x64(True):
        assert float(smoothed_l05(jnp.asarray(w, jnp.float64))) == pytest.approx(value, rel=1e-14)


def test_inside_the_polynomial() -> None:
    # w = a/2: -(a/2)⁴/(8a³) + 3(a/2)²/(4a) + 3a/8 = a(-1/128 + 3/16 + 3/8) = 71a/128 = 0.005546875
    with jax.enable_x64(True):
        value = float(smoothed_l05(jnp.asarray(0.005, jnp.float64)))
    assert value == pytest.approx(0.005546875**0.5, rel=1e-14)


def test_slopes_worked_out_by_hand() -> None:
    slope = jax.grad(lambda w: smoothed_l05(w).sum())
    with jax.enable_x64(True):
        assert float(slope(jnp.asarray(0.25, jnp.float64))) == pytest.approx(1.0, rel=1e-14)  # 1 / (2 sqrt(1/4))
        assert float(slope(jnp.asarray(0.0, jnp.float64))) == 0.0
        # (-w³/(2a³) + 3w/(2a)) / (2 L) at w = a/2: (-1/16 + 3/4) / (2 sqrt(71a/128))
        inside = float(slope(jnp.asarray(0.005, jnp.float64)))
        assert inside == pytest.approx(0.6875 / (2 * 0.005546875**0.5), rel=1e-13)


@pytest.mark.parametrize("a", [SMOOTHING, 0.3])
def test_value_and_slope_join_where_the_branches_meet(a: float) -> None:
    slope = jax.grad(lambda w: smoothed_l05(w, a).sum())
    with jax.enable_x64(True):
        below, above = jnp.asarray(a * (1 - 1e-9), jnp.float64), jnp.asarray(a * (1 + 1e-9), jnp.float64)
        assert float(smoothed_l05(below, a)) == pytest.approx(float(smoothed_l05(above, a)), rel=1e-8)
        assert float(slope(below)) == pytest.approx(float(slope(above)), rel=1e-7)
        assert float(slope(above)) == pytest.approx(0.5 / a**0.5, rel=1e-8)


@given(st.floats(-50, 50, width=32))
def test_even_positive_finite_and_at_least_the_root(w: float) -> None:
    value, slope = jax.value_and_grad(lambda v: smoothed_l05(v).sum())(jnp.float32(w))
    assert float(smoothed_l05(jnp.float32(-w))) == float(value)
    assert np.isfinite(slope)
    assert float(value) >= abs(w) ** 0.5 * (1 - 1e-5)
    assert float(slope) * w >= 0  # it always pulls towards zero
