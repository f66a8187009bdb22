"""More rows where they are few: copies moved along the difference of two other rows of their class.

A search that tries thousands of inputs on a few hundred rows fits their accidents. Within a class, the difference of
two rows is a change that leaves the class as it is (another brightness, another slant of a digit), so a formula must
not depend on it. The copies have the covariance of their class about each row; classes keep their shares and means.
"""

__all__ = ["copies_for", "perturbed"]

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from symbolnet.budget._descent import Descent
from symbolnet.budget._records import Split

_SIZE = 0.6
"""Standard deviation of the moves, as a share of that of the class. At 1 images gain a little more, but a sharp
boundary between classes is blurred: models of the sign of a sum got worse."""
_MOST = 10
"""Copies of a row."""
_ROWS, _ELEMENTS = 9000, 2.5e7
"""Rows and numbers that a search may hold after copying."""


def copies_for(n_rows: int, n_inputs: int) -> int:
    """How many moved copies of each row to add."""
    return int(np.clip(min(_ROWS, _ELEMENTS / max(n_inputs, 1)) / max(n_rows, 1) - 1, 0, _MOST))


def perturbed(data: Descent, split: Split, rng: np.random.Generator) -> tuple[Descent, Split]:
    """The rows to fit with moved copies after them; the rows to choose by stay as they are.

    Parameters
    ----------
    data : Descent
    split : Split
        Of the same rows; targets are one-hot classes, or one row of 0 and 1.
    rng : numpy Generator
    """
    target, n = split.target, split.target.n_samples
    label = target.y.argmax(axis=0) if len(target.y) > 1 else (target.y[0] > 0.5).astype(np.int64)
    given = data.x.astype(np.float32)
    size = np.float32(_SIZE / np.sqrt(2))
    times = copies_for(n, given.shape[1])
    moved = [size * (given[_of_the_class(label, rng)] - given[_of_the_class(label, rng)]) for _ in range(times)]
    order = rng.permutation(n * (1 + times))
    rows = np.concatenate([given, *(given + move for move in moved)])[order]
    more = replace(
        target,
        y=np.ascontiguousarray(np.tile(target.y, (1, 1 + times))[:, order]),
        weight=np.tile(target.weight, 1 + times)[order],
    )
    x = np.ascontiguousarray((rows / data.scale.astype(np.float32)).T, dtype=np.float32)
    return (
        replace(data, x=rows, target=more),
        replace(split, columns=replace(split.columns, x=x), target=more),
    )


def _of_the_class(label: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """For each row another one of its class, drawn with replacement."""
    drawn = np.empty(len(label), dtype=np.int64)
    for k in np.unique(label):
        members = np.flatnonzero(label == k)
        drawn[members] = rng.choice(members, len(members))
    return drawn
