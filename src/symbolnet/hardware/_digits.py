"""Coefficients of few digits: a constant factor costs one adder for each nonzero signed binary digit but one."""

__all__ = ["digits", "short"]

import math


def short(value: float, tolerance: float) -> float:
    """Return a sum of few signed powers of two within `tolerance` of `value`; zero where that is near enough."""
    total = 0.0
    while abs(value - total) > tolerance:
        rest = value - total
        mantissa, exponent = math.frexp(
            abs(rest)
        )  # mantissa in [0.5, 1): the nearest power is 2**(exponent - 1) below 0.75
        total += math.copysign(math.ldexp(1.0, exponent - 1 if mantissa < 0.75 else exponent), rest)
    return total


def digits(value: float) -> int:
    """Return the nonzero digits of a number in canonical signed form."""
    whole, _ = value.as_integer_ratio()
    whole, count = abs(whole), 0
    while whole:
        if whole & 1:
            whole += 1 if whole & 2 else -1
            count += 1
        whole >>= 1
    return count
