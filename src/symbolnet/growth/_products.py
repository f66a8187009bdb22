"""Products of powers of up to three inputs, as columns of values."""

__all__ = ["Products", "products"]

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symbolnet.growth._functions import Grammar
from symbolnet.growth._tree import Factor, Power
from symbolnet.growth._values import Rows, product_value

F64 = NDArray[np.float64]
_MOST = 1500
"""Products at most, the shortest first."""


@dataclass(frozen=True, eq=False)
class Products:
    """Products with their values, (products, samples), the shortest first."""

    factors: tuple[tuple[Factor, ...], ...]
    value: F64

    def some(self, places: Sequence[int]) -> "Products":
        """Those at `places`."""
        return Products(tuple(self.factors[k] for k in places), self.value[list(places)])


def products(rows: Rows, rules: Grammar) -> Products:
    """Every power of one input that the grammar allows; of two inputs, and of three, of which one may be squared."""
    powers = sorted(_powers(len(rows.x), rules), key=_length)[:_MOST]
    factors, columns = [], []
    for part in powers:
        with np.errstate(all="ignore"):
            value = product_value(part, rows.x)
        rooted = any(p.exponent == 0.5 and rows.x[p.column].min() < 0 for p in part)
        if not rooted and np.isfinite(value).all() and np.ptp(value) > 0:
            factors.append(part)
            columns.append(value)
    return Products(tuple(factors), np.array(columns).reshape(len(columns), rows.n))


def _powers(d: int, rules: Grammar) -> Iterator[tuple[Power, ...]]:
    allowed = (1.0, *rules.exponents)
    for k in range(d):
        yield from ((Power(k, e),) for e in allowed)
    if not rules.products:
        return
    whole = [e for e in allowed if e == int(e)]
    for count, most in ((2, 4), (3, 4)):
        for exponents in itertools.product(whole, repeat=count):
            if sum(map(abs, exponents)) <= most:
                for places in itertools.combinations(range(d), count):
                    yield tuple(Power(k, e) for k, e in zip(places, exponents, strict=True))


def _length(powers: tuple[Power, ...]) -> float:
    return sum(abs(p.exponent) + (p.exponent < 0) for p in powers)
