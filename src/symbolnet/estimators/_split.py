"""The samples that count, and the part of them that is held out to compare models."""

__all__ = ["FEWEST", "split", "without_weightless"]

from typing import Any

import numpy as np
from numpy.typing import NDArray

FEWEST = 20
"""Held-out parts smaller than this say too little; then all samples serve for training and comparison."""


def split(
    stratify: bool, y: NDArray[Any], fraction: float, rng: np.random.RandomState
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows to train on and rows held out, by class where `stratify`; both are all rows if too few would be held out."""
    everything = np.arange(len(y))
    n_held_out = round(len(y) * fraction)
    if n_held_out < FEWEST or n_held_out >= len(y):
        return everything, everything
    if not stratify:
        order = rng.permutation(len(y))
        return np.sort(order[n_held_out:]), np.sort(order[:n_held_out])
    # Rank each sample at random within its class, relative to the class's size: the lowest ranks of all are held out.
    order = rng.permutation(len(y))
    codes = np.unique(y, return_inverse=True)[1][order]
    by_class = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    rank = np.empty(len(y))
    rank[by_class] = (np.arange(len(y)) - np.repeat(starts, sizes) + 0.5) / np.repeat(sizes, sizes)
    held_out = np.zeros(len(y), bool)
    held_out[order[np.argsort(rank, kind="stable")[:n_held_out]]] = True
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)


def without_weightless(
    X: NDArray[Any], y: NDArray[Any], weight: NDArray[Any] | None
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any] | None]:
    """The samples of positive weight.

    Were the others to be split too, the part held out might have no weight at all, and all models a loss of 0.
    """
    if weight is None or weight.all():
        return X, y, weight
    counts = np.asarray(weight) > 0
    return X[counts], y[counts], weight[counts]
