"""The guarded primitives in NumPy, float64. `Expression.python` copies these functions into the code that it emits."""

__all__ = ["Array", "function", "power", "power_edge", "product", "widest"]

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from symbolnet.operators._primitives import FACTOR_BOUND, LOG_FLOOR

Array = NDArray[np.float64]


def clip(u: Array, limit: float) -> Array:
    """Return u within ±limit."""
    return np.minimum(np.maximum(u, -limit), limit)


def widest(u: Array, parts: float) -> Array:
    """Limit u so that a sum of `parts` such terms does not overflow."""
    return clip(u, float(np.finfo(np.float64).max) / (4.0 * parts))


def power_edge(exponent: float, limit: float) -> float:
    """Return |u| at which |u|**exponent reaches limit; what a double holds, where exponents are next to zero."""
    reach = np.log(limit) / exponent
    return limit ** (1.0 / exponent) if abs(reach) < 650.0 else float(np.exp(np.copysign(650.0, reach)))


def power(u: Array, exponent: float, limit: float) -> Array:
    """Return u**exponent saturated at ±limit; a negative exponent keeps away from zero, a fractional one sees |u|.

    With a negative exponent, the sign of limit is that of the result at zero.
    """
    if limit < 0:
        return -power(-u, exponent, -limit)
    edge = power_edge(exponent, limit)
    if exponent != int(exponent):
        u = np.abs(u)
    if exponent < 0:
        return np.asarray(np.copysign(np.maximum(np.abs(u), edge), np.where(u < 0, -1.0, 1.0)) ** exponent)
    v = clip(u, edge)
    if exponent == 2:
        return v * v
    if exponent == 3:
        return v * v * v
    return np.sqrt(v) if exponent == 0.5 else np.asarray(v**exponent)


def product(factors: list[Array], limit: float) -> Array:
    """Return the product of `factors`, saturated at ±limit."""
    value = clip(factors[0], FACTOR_BOUND)
    for left, factor in enumerate(reversed(factors[1:])):
        value = clip(value * clip(factor, FACTOR_BOUND), FACTOR_BOUND if left + 2 < len(factors) else limit)
    return value


def exp(u: Array, limit: float) -> Array:
    """Return exp(u), at most limit."""
    return np.exp(np.minimum(u, np.log(limit)))


def sinh(u: Array, limit: float) -> Array:
    """Return sinh(u) within ±limit."""
    return np.sinh(clip(u, np.arcsinh(limit)))


def cosh(u: Array, limit: float) -> Array:
    """Return cosh(u), at most limit."""
    return np.cosh(clip(u, np.arccosh(limit)))


def tan(u: Array, limit: float) -> Array:
    """Return tan(u) within ±limit."""
    return clip(np.tan(u), limit)


def log(u: Array) -> Array:
    """Return log|u|, with |u| at least 1e-6."""
    return np.log(np.maximum(np.abs(u), LOG_FLOOR))


def absolute(u: Array, limit: float) -> Array:
    """Return |u|, at most limit."""
    return np.minimum(np.abs(u), limit)


def maximum(args: list[Array], limit: float) -> Array:
    """Return the largest of `args`, within ±limit."""
    value = args[0]
    for arg in args[1:]:
        value = np.maximum(value, arg)
    return clip(value, limit)


def minimum(args: list[Array], limit: float) -> Array:
    """Return the smallest of `args`, within ±limit."""
    value = args[0]
    for arg in args[1:]:
        value = np.minimum(value, arg)
    return clip(value, limit)


def cond(a: Array, b: Array, c: Array, limit: float) -> Array:
    """Return b where a > 0, else c; within ±limit."""
    return clip(np.where(a > 0, b, c), limit)


def function(name: str, args: list[Array], limit: float) -> Array:
    """Apply the primitive `name` to `args`."""
    return _FUNCTIONS[name](args, limit)


_FUNCTIONS: dict[str, Callable[[list[Array], float], Array]] = {
    "sin": lambda args, _: np.sin(args[0]),
    "cos": lambda args, _: np.cos(args[0]),
    "tanh": lambda args, _: np.tanh(args[0]),
    "log": lambda args, _: log(args[0]),
    "tan": lambda args, limit: tan(args[0], limit),
    "exp": lambda args, limit: exp(args[0], limit),
    "sinh": lambda args, limit: sinh(args[0], limit),
    "cosh": lambda args, limit: cosh(args[0], limit),
    "abs": lambda args, limit: absolute(args[0], limit),
    "max": maximum,
    "min": minimum,
    "cond": lambda args, limit: cond(args[0], args[1], args[2], limit),
}
