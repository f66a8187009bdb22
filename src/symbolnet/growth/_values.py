"""Values of a formula and their derivatives by its constants, all samples at once."""

__all__ = ["Rows", "factor_value", "jacobian", "make_rows", "power", "product_value", "values", "varying"]

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symbolnet.growth._functions import function
from symbolnet.growth._tree import Call, Factor, Sum
from symbolnet.operators._primitives import DIVISION_FLOOR

F64 = NDArray[np.float64]
_ROUNDING = 2e-15
"""Relative mean square of what float32 rounds away, about three times."""
_FINE_ROUNDING = 1e-31
"""The same for float64, about ten times."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Samples to fit.

    Attributes
    ----------
    x : float64 array, (inputs, samples)
    y : float64 array, (samples,)
    root : float64 array, (samples,)
        Square roots of the weights, whose mean is one.
    total : float
        Weighted sum of squares of y about its mean.
    floor : float
        Share of `total` that rounding y may leave, at least that of float32: a formula with no larger error is exact.
    """

    x: F64
    y: F64
    root: F64
    total: float
    floor: float

    @property
    def n(self) -> int:
        return len(self.y)

    def some(self, index: NDArray[np.intp]) -> "Rows":
        """The same at some samples, `total` in proportion."""
        return make_rows(np.ascontiguousarray(self.x[:, index]), self.y[index], self.root[index] ** 2)


def make_rows(x: F64, y: F64, weight: F64) -> Rows:
    """Rows from inputs (inputs, samples), targets and weights."""
    weight = weight / weight.mean() if weight.sum() > 0 else np.ones_like(y)
    centred = y - np.average(y, weights=weight)
    total = float(np.sum(weight * centred**2))
    with np.errstate(over="ignore"):
        single = bool(np.all(y.astype(np.float32) == y)) and not np.all(y == np.rint(y))
    rounding = (_ROUNDING if single else _FINE_ROUNDING) * float(np.sum(weight * y**2))
    return Rows(x, y, np.sqrt(weight), total, max(rounding / total if total > 0 else 0.0, _ROUNDING))


def varying(x: F64) -> NDArray[np.bool_]:
    """Which inputs (inputs, samples) vary by more than rounding."""
    return np.asarray(x.std(axis=1) > 1e-9 * np.abs(x).max(axis=1))


def power(u: F64, exponent: float) -> F64:
    """u**exponent with the guards of `symbolnet.operators`."""
    if exponent == 1.0:
        return u
    if exponent == 2.0:
        return u * u
    if exponent == 3.0:
        return u * u * u
    if exponent < 0:
        floored = np.where(u < 0, -1.0, 1.0) * np.maximum(np.abs(u), DIVISION_FLOOR)
        if exponent == -1.0:
            return np.asarray(1.0 / floored)
        if exponent == int(exponent):
            return np.asarray(floored**exponent)
        return np.asarray(np.abs(floored) ** exponent)
    if exponent == int(exponent):
        return np.asarray(u ** int(exponent))
    return np.asarray(np.abs(u) ** exponent)


def values(tree: Sum, x: F64) -> F64:
    """The sum's value, (samples,), for inputs (inputs, samples)."""
    if not tree.terms:
        return np.full(x.shape[1], tree.const)
    first, *others = tree.terms
    result = first.coef * product_value(first.factors, x)
    if tree.const:
        result += tree.const
    for term in others:
        result += term.coef * product_value(term.factors, x)
    return result


def product_value(factors: tuple[Factor, ...], x: F64) -> F64:
    """The product of factors."""
    result = factor_value(factors[0], x)
    for factor in factors[1:]:
        result = result * factor_value(factor, x)
    return result


def factor_value(factor: Factor, x: F64) -> F64:
    """The value of one factor."""
    if isinstance(factor, Call):
        return function(factor.name).value(values(factor.inner, x))
    return power(x[factor.column], factor.exponent)


def jacobian(tree: Sum, x: F64) -> tuple[F64, list[F64]]:
    """The value and its derivative by each free constant, in the order of `vector_of`."""
    value = np.full(x.shape[1], tree.const)
    rows: list[F64] = [np.ones(x.shape[1])] if tree.free else []
    for term in tree.terms:
        parts: list[tuple[F64, list[F64]]] = []
        for factor in term.factors:
            if isinstance(factor, Call):
                f = function(factor.name)
                u, inner = jacobian(factor.inner, x)
                v = f.value(u)
                parts.append((v, [f.slope(u, v) * row for row in inner] if inner else []))
            else:
                parts.append((power(x[factor.column], factor.exponent), []))
        product = parts[0][0]
        for part, _ in parts[1:]:
            product = product * part
        if term.free:
            rows.append(product)
        value += term.coef * product
        for k, (_, inner) in enumerate(parts):
            if inner:
                others: F64 | float = term.coef
                for j, (part, _) in enumerate(parts):
                    if j != k:
                        others = others * part
                rows += [others * row for row in inner]
    return value, rows
