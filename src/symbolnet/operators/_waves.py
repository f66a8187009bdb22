"""sin, cos and tan in float32 from additions and multiplications, which a processor does for many numbers at once.

On a CPU, XLA calls the C library for them, one number at a time; `benchmarks/speed_waves.py` measures the difference.
Other precisions keep JAX's own functions. The argument is reduced in the manner of Cody and Waite (Software Manual for
the Elementary Functions, 1980): whole multiples are taken away in parts so short that each product is exact, first
those of 4096, which stand for 4096 modulo 2π, then quarter turns. The polynomials on [-π/4, π/4] are those of sinf.c
in S. Moshier's Cephes library.
"""

__all__ = ["LARGEST_ANGLE", "cos", "sin", "tan"]

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

LARGEST_ANGLE = 2.0**24
"""Larger arguments count as this one: from here on two float32 neighbours are 2 apart and no phase is left."""

_STRIDE = 4096.0
# 4096 - 652·2π and π/2, of which every part but the last has 11 bits: times an integer of 13 bits it is exact.
_STRIDE_ANGLE = (-0.63671875, -1.0150671005249023e-4, -2.4380330643225534e-8)
_QUARTER = (1.5703125, 4.837512969970703e-4, 7.549533620476723e-8, 2.5633440682570896e-12)
_SIN = (-1.6666654611e-1, 8.3321608736e-3, -1.9515295891e-4)
_COS = (4.166664568298827e-2, -1.388731625493765e-3, 2.443315711809948e-5)


@jax.custom_jvp
def sin(x: Array) -> Array:
    """Sine; in float32 within 2e-7, and of `LARGEST_ANGLE` beyond it."""
    return _wave(x, 0) if _replaced(x) else jnp.sin(x)


@jax.custom_jvp
def cos(x: Array) -> Array:
    """Cosine; see `sin`."""
    return _wave(x, 1) if _replaced(x) else jnp.cos(x)


def tan(x: Array) -> Array:
    """Tangent; see `sin`."""
    return sin(x) / cos(x) if _replaced(x) else jnp.tan(x)


@sin.defjvp
def _sin_jvp(primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    return sin(primals[0]), cos(primals[0]) * tangents[0]


@cos.defjvp
def _cos_jvp(primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    return cos(primals[0]), -sin(primals[0]) * tangents[0]


def _replaced(x: Array) -> bool:
    return x.dtype == np.float32


def _wave(x: Array, ahead: int) -> Array:
    """sin(x + `ahead`·π/2)."""
    rest, quarters = _reduced(jnp.clip(x, -LARGEST_ANGLE, LARGEST_ANGLE))
    square = rest * rest
    s1, s2, s3 = _SIN
    c1, c2, c3 = _COS
    sine = rest + rest * square * (s1 + square * (s2 + square * s3))
    cosine = 1 - 0.5 * square + square * square * (c1 + square * (c2 + square * c3))
    quarters = quarters + ahead
    value = jnp.where(quarters & 1, cosine, sine)
    return jnp.where(quarters & 2, -value, value)


def _reduced(x: Array) -> tuple[Array, Array]:
    """(x less the nearest multiple of π/2, the multiple), for |x| up to `LARGEST_ANGLE`."""
    high, middle, low = _STRIDE_ANGLE
    q1, q2, q3, q4 = _QUARTER
    strides = jnp.round(x / _STRIDE)
    x = (x - strides * _STRIDE) + strides * high
    small = strides * middle + strides * low
    quarters = jnp.round((x + small) * (2 / np.pi))
    rest = ((x - quarters * q1) - quarters * q2) - quarters * q3 + small - quarters * q4
    return rest, quarters.astype(jnp.int32)
