"""The guarded primitives in JAX, with gradients that are finite for every finite argument.

The values are those of `_numpy`. This module imports JAX; it is loaded when an operator is first applied to JAX arrays.
"""

__all__ = ["cond", "function", "power", "product", "widest"]

from collections.abc import Callable, Sequence
from functools import partial
from math import acosh, asinh
from math import log as _log

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from symbolnet.operators import _waves
from symbolnet.operators._numpy import power_edge
from symbolnet.operators._primitives import FACTOR_BOUND, LOG_FLOOR, ROOT_FLOOR, SINGLE_FACTOR_BOUND, SURROGATE_SLOPE


def widest(u: Array, parts: float) -> Array:
    """Limit `u` so that a sum of `parts` such terms does not overflow the float type."""
    return _clip(u, float(np.finfo(jnp.result_type(u, float)).max) / (4.0 * parts))


def _clip(u: Array, limit: float) -> Array:
    return jnp.clip(u, -limit, limit)


@partial(jax.custom_jvp, nondiff_argnums=(1,))
def _root(a: Array, exponent: float) -> Array:
    """a**exponent for a >= 0 and a fractional exponent > 0, with a gradient that stays finite at zero."""
    return jnp.sqrt(a) if exponent == 0.5 else a**exponent


@_root.defjvp
def _root_jvp(exponent: float, primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    (a,), (da,) = primals, tangents
    return _root(a, exponent), exponent * jnp.maximum(a, ROOT_FLOOR) ** (exponent - 1.0) * da


def power(u: Array, exponent: float, limit: float) -> Array:
    """u**exponent saturated at ±limit; see `_numpy.power`."""
    if limit < 0:
        return -power(-u, exponent, -limit)
    edge = max(power_edge(exponent, limit), float(np.finfo(u.dtype).tiny))
    whole = exponent == int(exponent)
    if exponent < 0:
        negative = (u < 0) & whole
        away = jnp.maximum(jnp.where(u < 0, -u, u), edge)
        value = 1.0 / (jax.lax.integer_pow(away, -int(exponent)) if whole else away**-exponent)
        return jnp.where(negative, -value, value) if whole and int(exponent) % 2 else value
    if not whole:
        return _root(jnp.minimum(jnp.abs(u), edge), exponent)
    return jax.lax.integer_pow(_clip(u, edge), int(exponent))


def product(factors: Sequence[Array], limit: float) -> Array:
    """Return the product of `factors`, saturated at ±limit."""
    double = jnp.result_type(*factors) == jnp.float64
    widest_factor = FACTOR_BOUND if double else SINGLE_FACTOR_BOUND
    value = _clip(factors[0], widest_factor)
    for position, factor in enumerate(factors[1:], start=2):
        bound = limit if position == len(factors) else widest_factor
        value = _clip(value * _clip(factor, widest_factor), bound)
    return value


@jax.custom_jvp
def cond(a: Array, b: Array, c: Array) -> Array:
    """Select b where a > 0, else c. The gradient in a is the surrogate's, (b - c)·d sigmoid(kappa·a)/da."""
    return jnp.where(a > 0, b, c)


@cond.defjvp
def _cond_jvp(primals: tuple[Array, Array, Array], tangents: tuple[Array, Array, Array]) -> tuple[Array, Array]:
    (a, b, c), (da, db, dc) = primals, tangents
    s = jax.nn.sigmoid(SURROGATE_SLOPE * _clip(a, 100.0))
    through_a = (b - c) * (SURROGATE_SLOPE * s * (1.0 - s)) * da
    return cond(a, b, c), jnp.where(a > 0, db, dc) + through_a


def _log_abs(u: Array) -> Array:
    return jnp.log(jnp.maximum(jnp.abs(u), LOG_FLOOR))


def function(name: str, args: Sequence[Array], limit: float | None) -> Array:
    """Apply the primitive `name` to `args`."""
    if limit is None:
        return _UNLIMITED[name](args[0])
    return _LIMITED[name](args, limit)


def _fold(pick: Callable[[Array, Array], Array], args: Sequence[Array], limit: float) -> Array:
    value = _clip(args[0], limit)
    for arg in args[1:]:
        value = pick(value, _clip(arg, limit))
    return value


_UNLIMITED: dict[str, Callable[[Array], Array]] = {
    "sin": _waves.sin,
    "cos": _waves.cos,
    "tanh": jnp.tanh,
    "log": _log_abs,
}
_LIMITED: dict[str, Callable[[Sequence[Array], float], Array]] = {
    "tan": lambda args, limit: _clip(_waves.tan(args[0]), limit),
    "exp": lambda args, limit: jnp.exp(jnp.minimum(args[0], _log(limit))),
    "sinh": lambda args, limit: jnp.sinh(_clip(args[0], asinh(limit))),
    "cosh": lambda args, limit: jnp.cosh(_clip(args[0], acosh(limit))),
    "abs": lambda args, limit: jnp.minimum(jnp.abs(args[0]), limit),
    "max": lambda args, limit: _fold(jnp.maximum, args, limit),
    "min": lambda args, limit: _fold(jnp.minimum, args, limit),
    "cond": lambda args, limit: cond(args[0], *(_clip(arg, limit) for arg in args[1:])),
}
