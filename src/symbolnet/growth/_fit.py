"""Fitting the constants of one structure: Levenberg-Marquardt with analytic derivatives."""

__all__ = ["Fits", "Fitted", "fit", "relative_loss", "residual"]

from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dposv

from symbolnet.growth._tree import Sum, Term, vector_of, with_vector
from symbolnet.growth._values import Rows, jacobian, product_value, values

F64 = NDArray[np.float64]
_TRIES = 2
"""Starting constants from which `Fits` fits a structure: a third improves the loss for less than one in a hundred."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """A formula with fitted constants and the weighted sum of squares that it leaves, relative to the constant's."""

    tree: Sum
    loss: float


def residual(tree: Sum, rows: Rows) -> F64:
    """What the formula leaves of y, times the roots of the weights."""
    with np.errstate(all="ignore"):
        return _left(tree, rows)


def relative_loss(left: F64, rows: Rows) -> float:
    """The weighted sum of squares relative to that of the constant; infinite where it overflows."""
    with np.errstate(all="ignore"):
        return _share(left, rows)


def _left(tree: Sum, rows: Rows) -> F64:
    return (rows.y - values(tree, rows.x)) * rows.root


def _share(left: F64, rows: Rows) -> float:
    total = float(left @ left)
    if not isfinite(total):
        return inf
    return total / rows.total if rows.total > 0 else total


def fit(tree: Sum, rows: Rows, iterations: int = 12, *, linear: bool = True, tolerance: float = 1e-5) -> Fitted:
    """Fit the free constants; the result is never worse than the start.

    Parameters
    ----------
    tree : Sum
        With the constants to start from.
    rows : Rows
    iterations : int
        Steps at most.
    linear : bool
        Whether to solve for the coefficients of the outer terms first.
    tolerance : float
        Relative decrease of the loss below which the fit ends.
    """
    with np.errstate(all="ignore"):  # once: entering it costs as much as a small product
        start = _solved(tree, rows) if linear else Fitted(tree, _share(_left(tree, rows), rows))
        return _descended(start, rows, iterations, tolerance) if isfinite(start.loss) else start


class Fits:
    """Fits to the same samples, remembered: other starting constants mostly lead to the same again.

    Parameters
    ----------
    rows : Rows
    """

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self._known: dict[Any, tuple[int, Fitted]] = {}

    def fit(self, tree: Sum, iterations: int) -> Fitted:
        """As `fit`, for a structure that was not fitted so `_TRIES` times before.

        Else the best of those: the start that is given may then be better, which is rare.
        """
        key = (iterations, tree.key)
        tries, best = self._known.get(key, (0, None))
        if best is not None and tries >= _TRIES:
            return best
        fitted = fit(tree, self.rows, iterations)
        kept = fitted if best is None or fitted.loss < best.loss else best
        self._known[key] = (tries + isfinite(fitted.loss), kept)
        return fitted


def _solved(tree: Sum, rows: Rows) -> Fitted:
    """The formula, or the one with its outer coefficients solved for if that leaves less."""
    given = Fitted(tree, _share(_left(tree, rows), rows))
    solved = _outer(tree, rows)
    if solved is None:
        return given
    loss = _share(_left(solved, rows), rows)
    return Fitted(solved, loss) if loss < given.loss else given


def _descended(start: Fitted, rows: Rows, iterations: int, tolerance: float) -> Fitted:
    """Levenberg and Marquardt's steps, the damping relative to the diagonal."""
    tree, best = start.tree, start.loss
    vector, damping = vector_of(tree), 1e-3
    if len(vector) == 0:
        return start
    for _ in range(iterations):
        value, slopes = jacobian(tree, rows.x)
        left = (rows.y - value) * rows.root
        matrix = np.array(slopes)
        matrix *= rows.root
        gram, gradient = matrix @ matrix.T, matrix @ left
        diagonal = gram.diagonal()
        largest = float(diagonal.max())
        if not isfinite(largest):
            break
        diagonal = np.maximum(diagonal, 1e-14 * max(largest, 1e-300))
        improved = 0.0
        for _ in range(6):
            damped = gram.copy()
            damped.flat[:: len(vector) + 1] += damping * diagonal
            _, step, failed = dposv(damped.T, gradient, overwrite_a=True)  # symmetric: the transpose saves a copy
            if failed:
                damping *= 10
                continue
            proposed = with_vector(tree, vector + step)
            loss = _share(_left(proposed, rows), rows)
            if loss < best:
                improved = (best - loss) / best
                tree, vector, best = proposed, vector + step, loss
                damping = max(damping * 0.1, 1e-12)
                break
            damping *= 8
        if improved < tolerance or best < 1e-30:
            break
    return Fitted(tree, best)


def _outer(tree: Sum, rows: Rows) -> Sum | None:
    """The formula with the constant and the coefficients of its outer terms solved for."""
    free = [k for k, term in enumerate(tree.terms) if term.free]
    if not free and not tree.free:
        return None
    parts = [product_value(term.factors, rows.x) for term in tree.terms]
    fixed = np.full(rows.n, 0.0 if tree.free else tree.const)
    for term, part in zip(tree.terms, parts, strict=True):
        if not term.free:
            fixed += term.coef * part
    matrix = np.array(([np.ones(rows.n)] if tree.free else []) + [parts[k] for k in free])
    matrix *= rows.root
    target = (rows.y - fixed) * rows.root
    squares = np.einsum("ij,ij->i", matrix, matrix)
    if not (np.isfinite(squares).all() and np.isfinite(target).all()):
        return None
    norms = np.sqrt(squares)
    norms[norms == 0] = 1.0
    matrix /= norms[:, None]
    try:
        solution = np.linalg.lstsq(matrix.T, target, rcond=1e-12)[0] / norms
    except np.linalg.LinAlgError:
        return None
    found = solution.tolist()
    const = found.pop(0) if tree.free else tree.const
    terms = list(tree.terms)
    for k, coef in zip(free, found, strict=True):
        terms[k] = Term(coef, True, terms[k].factors)
    return Sum(const, tree.free, tuple(terms))
