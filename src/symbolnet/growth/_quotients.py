"""Quotients of two polynomials, found exactly where y is one: y·q - p = 0 is a null vector of their columns.

Only for targets without noise, where the smallest singular value tells whether there is one.
"""

__all__ = ["quotient"]

import itertools
import math

import numpy as np
from numpy.typing import NDArray

from symbolnet.growth._tree import Call, Factor, Power, Sum, Term, make_sum, make_term, over_first

F64 = NDArray[np.float64]
_MOST, _DEGREE = 35, 4
"""Products of a polynomial at most, and their degree at most."""
_NULL = 1e-12
"""Singular value, relative to the largest, that is taken for zero."""
_ORDERS = 3


def quotient(x: F64, g: F64) -> Term | None:
    """Write g as a quotient of two polynomials with few terms; None where it is none.

    Parameters
    ----------
    x : (inputs, samples) array
    g : (samples,) array
    """
    degree = next((k for k in range(_DEGREE, 0, -1) if math.comb(len(x) + k, k) <= min(_MOST, len(g) // 3)), 0)
    if degree == 0:
        return None
    powers = [
        tuple(chosen.count(k) for k in range(len(x)))
        for total in range(degree, -1, -1)
        for chosen in itertools.combinations_with_replacement(range(len(x)), total)
    ]
    value = np.array([np.prod(x.T ** np.array(p), axis=1) for p in powers])
    columns = np.concatenate([value, value * g])
    size = np.sqrt((columns**2).sum(axis=1))
    if not (np.isfinite(columns).all() and (size > 0).all()):
        return None
    triangle: F64 = np.linalg.qr((columns / size[:, None]).T)[1]
    half = len(powers)
    if not _null(triangle) or _null(triangle[:, :half]):  # inputs that depend on each other make null vectors too
        return None
    kept = min((_fewest(triangle, order) for order in _orders(half)), key=len)
    vector = np.linalg.svd(triangle[:, kept])[2][-1] / size[kept]
    over = [(powers[k], float(c)) for k, c in zip(kept, vector, strict=True) if k < half]
    under = [(powers[k - half], -float(c)) for k, c in zip(kept, vector, strict=True) if k >= half]
    return _term(over, under) if over and under else None


def _null(triangle: F64) -> bool:
    values = np.linalg.svd(triangle, compute_uv=False)
    return bool(values[-1] < _NULL * values[0])


def _orders(half: int) -> list[list[int]]:
    """Orders in which products are left out: the longest first, with another chance for what came early."""
    rng = np.random.default_rng(0)
    first = [k for pair in zip(range(half), range(half, 2 * half), strict=True) for k in pair]
    return [first, *(rng.permutation(2 * half).tolist() for _ in range(_ORDERS - 1))]


def _fewest(triangle: F64, order: list[int]) -> list[int]:
    """Columns that still have a null vector, none of which can be left out."""
    kept = sorted(order)
    for k in order:
        rest = [place for place in kept if place != k]
        if len(rest) > 1 and _null(triangle[:, rest]):
            kept = rest
    return kept


def _term(over: list[tuple[tuple[int, ...], float]], under: list[tuple[tuple[int, ...], float]]) -> Term | None:
    above, below = _sum(over), _sum(under)
    factors: list[Factor] = []
    scale = below.const
    if below.terms:
        scale, below = over_first(below)
        factors.append(Call("inverse", below))
    if len(below.terms) == 1 and below.const == 0.0:
        factors = [Power(p.column, -p.exponent) for p in below.terms[0].factors if isinstance(p, Power)]
    if not above.terms:
        return make_term(above.const / scale, True, factors)
    first, above = over_first(above)
    return make_term(first / scale, True, [Call("group", above), *factors])


def _sum(parts: list[tuple[tuple[int, ...], float]]) -> Sum:
    const = sum(c for p, c in parts if not any(p))
    terms = [Term(c, True, tuple(Power(k, float(e)) for k, e in enumerate(p) if e)) for p, c in parts if any(p)]
    return make_sum(const, const != 0.0, terms)
