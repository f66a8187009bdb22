"""Affine forms over nodes, and the numeric factors that may be taken out of them."""

__all__ = ["Affine", "constant", "linear", "pull_scale", "pull_sign", "term", "total"]

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Affine:
    """const + sum_k coef_k * child_k, children ascending and distinct, coefficients not zero."""

    const: float
    child: NDArray[np.int64]
    coef: NDArray[np.float64]

    @property
    def is_const(self) -> bool:
        """Whether there is no term."""
        return len(self.child) == 0

    @property
    def is_term(self) -> bool:
        """Whether it is one term alone."""
        return len(self.child) == 1 and self.const == 0.0

    def scaled(self, factor: float) -> "Affine":
        """Return factor * self."""
        if factor == 1.0:
            return self
        if factor == 0.0:
            return constant(0.0)
        return linear(self.const * factor, self.child, self.coef * factor)


_NO_CHILD = np.zeros(0, dtype=np.int64)
_NO_COEF = np.zeros(0)


def constant(value: float) -> Affine:
    """Return an affine form without terms."""
    return Affine(float(value) + 0.0, _NO_CHILD, _NO_COEF)


def term(node: int, coef: float = 1.0) -> Affine:
    """Return coef * node."""
    return Affine(0.0, np.array([node], dtype=np.int64), np.array([coef]))


def linear(const: float, child: NDArray[np.int64], coef: NDArray[np.float64]) -> Affine:
    """Return an affine form in order: like terms merged, zeros dropped."""
    if len(child) > 1 and not bool(np.all(child[1:] > child[:-1])):
        child, inverse = np.unique(child, return_inverse=True)
        coef = np.asarray(np.bincount(inverse, weights=coef, minlength=len(child)), dtype=np.float64)
    kept = coef != 0.0
    if not bool(np.all(kept)):
        child, coef = child[kept], coef[kept]
    return Affine(float(const) + 0.0, child, coef)


def total(parts: Sequence[Affine]) -> Affine:
    """Return the sum of affine forms."""
    return linear(
        sum(part.const for part in parts),
        np.concatenate([part.child for part in parts]),
        np.concatenate([part.coef for part in parts]),
    )


def pull_scale(form: Affine, *, sign: bool = True) -> tuple[float, Affine]:
    """Return (c, g) with form = c * g, where c saves the most nodes.

    A coefficient that becomes 1 saves two nodes (the product and the number), so c is the coefficient that occurs most
    often; among equals the largest, as SymPy chooses. A factor that saves nothing is 1. Without `sign`, c > 0.
    """
    if form.is_const or (not sign and form.is_term and form.coef[0] < 0):
        return 1.0, form
    values, counts = np.unique(form.coef, return_counts=True)
    if not sign:
        values, counts = values[values > 0], counts[values > 0]
        if len(values) == 0:
            return 1.0, form
    bare = int(np.count_nonzero(form.coef == 1.0))
    most = int(counts.max())
    if most <= bare:
        return 1.0, form
    best = values[counts == most]
    factor = float(best[np.argmax(np.abs(best))])
    if not 1e-60 < abs(factor) < 1e60:
        return 1.0, form
    return factor, Affine(form.const / factor + 0.0, form.child, form.coef / factor)


def pull_sign(form: Affine) -> tuple[float, Affine]:
    """Return (s, g) with form = s * g and s = ±1: fewer bare minus signs, else, as SymPy, fewer negative terms."""
    if form.is_const:
        return 1.0, form
    bare = int(np.count_nonzero(form.coef == -1.0)) - int(np.count_nonzero(form.coef == 1.0))
    negative = int(np.count_nonzero(form.coef < 0)) + (form.const < 0)
    positive = int(np.count_nonzero(form.coef > 0)) + (form.const > 0)
    if bare > 0 or (bare == 0 and negative > positive):
        return -1.0, form.scaled(-1.0)
    return 1.0, form
