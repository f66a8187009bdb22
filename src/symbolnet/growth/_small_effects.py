"""Inputs that each do a little: added to a formula as linear terms, where cross-validation says that they predict.

The description length of the search asks of a term what finding a law is worth. In noisy data with few samples, effects
that are each too small for that still predict together. Here a constant costs one nat, as in Akaike's criterion, and
the choice of k of d inputs the logarithm of the number of choices. Cross-validation, in which the inputs are chosen
anew, tells how many.
"""

__all__ = ["with_small_effects"]

import math

import numpy as np
from numpy.typing import NDArray

from symbolnet.growth._fit import Fitted, fit
from symbolnet.growth._score import cost
from symbolnet.growth._tree import Power, Sum, Term, make_sum
from symbolnet.growth._values import Rows, values

F64 = NDArray[np.float64]
_FOLDS, _MOST = 10, 20
_MARGIN = 4.0
"""Nats by which the description must get shorter. Where the inputs have no effect, one set of data in a few hundred
reaches that."""
_NODES = 3
"""Of a term: product, coefficient, input."""
_INDEPENDENT = 1e-4
"""Share of its size that an input must keep beside the columns before it."""


def with_small_effects(base: Sum, rows: Rows, most: float) -> list[Fitted]:
    """The formula with one, two and more inputs added, as far as their errors in cross-validation fall.

    Parameters
    ----------
    base : Sum
        A fitted formula.
    rows : Rows
        Samples to fit.
    most : float
        Nodes that the largest may have.

    Returns
    -------
    list of Fitted
        By ascending nodes, `base` left out; empty where nothing is gained for sure.
    """
    count = min(int((most - cost(base)) // _NODES), len(rows.x), _MOST, rows.n // (2 * _FOLDS))
    if count < 1:
        return []
    columns, inputs = _columns(base, rows), (rows.x * rows.root).T
    target = rows.y * rows.root
    if not np.isfinite(columns).all():
        return []
    errors = np.empty((count + 1, rows.n))
    fold = np.random.default_rng(0).permutation(rows.n) % _FOLDS
    for k in range(_FOLDS):
        out = fold == k
        order = _order(columns[~out], inputs[~out], target[~out], count)
        for terms in range(count + 1):
            chosen = order[:terms]
            known = np.concatenate([columns, inputs[:, chosen]], axis=1)
            solution = np.linalg.lstsq(known[~out], target[~out], rcond=1e-12)[0]
            errors[terms, out] = (target[out] - known[out] @ solution) ** 2
    mean = errors.mean(axis=1)
    best = int(np.argmax(mean <= mean.min() + rows.floor * mean[0]))  # the fewest, up to rounding
    order = _order(columns, inputs, target, best)
    formulas = [_added(base, order[:k], rows) for k in range(len(order) + 1)]
    if not _gain(formulas[0].loss, formulas[-1].loss, rows.n, len(order), len(rows.x)) > _MARGIN:
        return []
    lowest = np.minimum.accumulate(mean)
    return [formulas[k] for k in range(1, len(formulas)) if mean[k] < lowest[k - 1]]


def _gain(before: float, after: float, n: int, added: int, inputs: int) -> float:
    """By how many nats the description gets shorter: errors, constants, and which inputs they belong to."""
    choices = math.lgamma(inputs + 1) - math.lgamma(added + 1) - math.lgamma(inputs - added + 1)
    return 0.5 * n * math.log(before / max(after, 1e-300)) - added - choices if added else 0.0


def _columns(base: Sum, rows: Rows) -> F64:
    """The constant and the terms at coefficient one, times the roots of the weights, (samples, columns)."""
    with np.errstate(all="ignore"):
        parts = [values(Sum(0.0, False, (Term(1.0, False, term.factors),)), rows.x) for term in base.terms]
    return np.asarray((np.stack([np.ones(rows.n), *parts]) * rows.root).T)


def _order(columns: F64, inputs: F64, target: F64, count: int) -> list[int]:
    """The inputs that lower the squared error most, one after the other, each beside `columns` and those before it."""
    basis = np.linalg.qr(columns)[0]
    left, free = target - basis @ (basis.T @ target), inputs - basis @ (basis.T @ inputs)
    least = _INDEPENDENT * np.sqrt((inputs**2).sum(axis=0))
    order: list[int] = []
    for _ in range(count):
        size = np.sqrt((free**2).sum(axis=0))
        size = np.where(size > least, size, np.inf)
        size[order] = np.inf
        place = int(np.argmax(np.abs(left @ free) / size))
        if not np.isfinite(size[place]):
            break
        direction = free[:, place] / size[place]
        left = left - direction * (direction @ left)
        free = free - np.outer(direction, direction @ free)
        order.append(place)
    return order


def _added(base: Sum, inputs: list[int], rows: Rows) -> Fitted:
    terms = [Term(0.0, True, (Power(column, 1.0),)) for column in inputs]
    return fit(make_sum(base.const, True, [*base.terms, *terms]), rows, 20)
