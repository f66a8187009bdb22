"""Fitting the constants of one structure: Levenberg-Marquardt with analytic derivatives."""

__all__ = ["Fitted", "fit", "relative_loss", "residual"]

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symbolnet.growth._tree import Sum, Term, vector_of, with_vector
from symbolnet.growth._values import Rows, jacobian, values

F64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fitted:
    """A formula with fitted constants and the weighted sum of squares that it leaves, relative to the constant's."""

    tree: Sum
    loss: float


def residual(tree: Sum, rows: Rows) -> F64:
    """What the formula leaves of y, times the roots of the weights."""
    with np.errstate(all="ignore"):
        return (rows.y - values(tree, rows.x)) * rows.root


def relative_loss(left: F64, rows: Rows) -> float:
    """The weighted sum of squares relative to that of the constant; infinite where it overflows."""
    with np.errstate(all="ignore"):
        total = float(left @ left)
    if not np.isfinite(total):
        return float("inf")
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
    left = residual(tree, rows)
    best = relative_loss(left, rows)
    if linear:
        solved = _outer(tree, rows)
        if solved is not None:
            trial = residual(solved, rows)
            loss = relative_loss(trial, rows)
            if loss < best:
                tree, left, best = solved, trial, loss
    if not np.isfinite(best):
        return Fitted(tree, best)
    vector, damping = vector_of(tree), 1e-3
    if len(vector) == 0:
        return Fitted(tree, best)
    with np.errstate(all="ignore"):
        for _ in range(iterations):
            _, slopes = jacobian(tree, rows.x)
            matrix = np.stack(slopes) * rows.root
            if not np.isfinite(matrix).all():
                break
            gram, gradient = matrix @ matrix.T, matrix @ left
            diagonal = np.maximum(np.diag(gram), 1e-14 * max(float(np.max(np.diag(gram))), 1e-300))
            improved = 0.0
            for _ in range(6):
                try:
                    step = np.linalg.solve(gram + damping * np.diag(diagonal), gradient)
                except np.linalg.LinAlgError:
                    damping *= 10
                    continue
                proposed = with_vector(tree, vector + step)
                trial = residual(proposed, rows)
                loss = relative_loss(trial, rows)
                if loss < best:
                    improved = (best - loss) / best
                    tree, vector, left, best = proposed, vector + step, trial, loss
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
    with np.errstate(all="ignore"):
        parts = [values(Sum(0.0, False, (Term(1.0, False, term.factors),)), rows.x) for term in tree.terms]
        fixed = np.full(rows.n, 0.0 if tree.free else tree.const)
        for term, part in zip(tree.terms, parts, strict=True):
            if not term.free:
                fixed += term.coef * part
        columns = ([np.ones(rows.n)] if tree.free else []) + [parts[k] for k in free]
        matrix = (np.stack(columns) * rows.root).T
        target = (rows.y - fixed) * rows.root
        if not (np.isfinite(matrix).all() and np.isfinite(target).all()):
            return None
        norms = np.sqrt((matrix**2).sum(axis=0))
        norms[norms == 0] = 1.0
        try:
            solution = np.linalg.lstsq(matrix / norms, target, rcond=1e-12)[0] / norms
        except np.linalg.LinAlgError:
            return None
    found = solution.tolist()
    const = found.pop(0) if tree.free else tree.const
    terms = list(tree.terms)
    for k, coef in zip(free, found, strict=True):
        terms[k] = Term(coef, True, terms[k].factors)
    return Sum(const, tree.free, tuple(terms))
