"""Data larger than memory: the one pass that finds scaling and classes and keeps the held-out rows."""

__all__ = ["Summary", "summarise"]

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.estimators._inputs import InputScaling, scale_inputs
from symbolnet.estimators._split import FEWEST
from symbolnet.io import BlockSource
from symbolnet.io._columns import check_finite

Array = NDArray[Any]


@dataclass(frozen=True)
class Summary:
    """Moments of the inputs, the targets that occur, and the rows that models are compared on.

    Attributes
    ----------
    is_uint8 : bool
    largest, smallest, mean, spread : float64 array (inputs,)
    y : array (samples,)
        All targets: one number a row is small even where the inputs are not.
    held_out_rows : int array
        Rows that are never trained on, in order; empty where too few could be spared.
    held_out_X, held_out_y : arrays (rows, inputs), (rows,) or (rows, targets)
        What models are compared on: those rows, or rows that are trained on as well where there are none. At most as
        many as a block has.
    fingerprint : str
        A hash of all rows.
    """

    is_uint8: bool
    largest: NDArray[np.float64]
    smallest: NDArray[np.float64]
    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    y: Array
    held_out_rows: NDArray[np.intp]
    held_out_X: Array
    held_out_y: Array
    fingerprint: str

    def scaling(self, names: tuple[str, ...], standardize: bool) -> InputScaling:
        """As `scale_inputs` for the whole."""
        if self.is_uint8:
            ends = np.stack([self.smallest, self.largest]).astype(np.uint8)
            return scale_inputs(ends, names, standardize)
        varies = self.largest > self.smallest
        if not standardize:
            return InputScaling(np.zeros_like(self.mean), np.ones_like(self.mean), varies)
        informative = varies & (self.spread > 1e-12 * np.abs(self.mean))
        return InputScaling(self.mean, np.where(informative, self.spread, 1.0), informative)


def summarise(source: BlockSource, fraction: float, rng: np.random.RandomState) -> Summary:
    """Read every block once.

    Parameters
    ----------
    source : BlockSource
    fraction : float
        Share of the rows to hold out. They are drawn from the whole, and so come from every block in proportion: rows
        that lie together in a file are often alike, and the last block may be short.
    rng : RandomState

    Raises
    ------
    SymbolNetError
        If a value is NaN or infinite, with its column and row.
    """
    rows = source.preferred_block_rows
    path = getattr(source, "path", None)
    where = "" if path is None else f"{path}: "
    names = getattr(source, "feature_names", None) or [f"x{k}" for k in range(source.n_features)]
    compared, are_apart = _rows_to_compare(source.n_rows, fraction, max(rows, FEWEST), rng)
    largest = np.full(source.n_features, -np.inf)
    smallest = np.full(source.n_features, np.inf)
    n, mean, squares = 0, np.zeros(source.n_features), np.zeros(source.n_features)
    targets: list[Array] = []
    held_out_X: list[Array] = []
    held_out_y: list[Array] = []
    is_uint8, digest = False, hashlib.sha256()
    for k, (X, y) in enumerate(source.blocks(rows)):
        is_uint8 = X.dtype == np.uint8
        check_finite(where, X, names, k * rows)
        _check_targets(where, np.asarray(y), k * rows)
        for array in (X, np.asarray(y)):
            digest.update(f"{array.dtype} {array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data)
        largest, smallest = np.maximum(largest, X.max(axis=0)), np.minimum(smallest, X.min(axis=0))
        # Chan et al.'s update of mean and sum of squared deviations: exact where Σx² - n·mean² would cancel.
        m, block_mean = len(X), X.mean(axis=0, dtype=np.float64)
        delta = block_mean - mean
        squares += X.var(axis=0, dtype=np.float64) * m + delta**2 * n * m / (n + m)
        mean, n = mean + delta * m / (n + m), n + m
        targets.append(np.asarray(y))
        first, last = np.searchsorted(compared, [k * rows, k * rows + m])
        held_out_X.append(X[compared[first:last] - k * rows])
        held_out_y.append(np.asarray(y)[compared[first:last] - k * rows])
    if not targets:
        raise SymbolNetError("the data set has no rows; give at least one block of samples")
    return Summary(
        is_uint8,
        largest,
        smallest,
        mean,
        np.sqrt(squares / n),
        np.concatenate(targets),
        compared if are_apart else compared[:0],
        np.concatenate(held_out_X),
        np.concatenate(held_out_y),
        digest.hexdigest(),
    )


def _rows_to_compare(
    n_rows: int, fraction: float, most: int, rng: np.random.RandomState
) -> tuple[NDArray[np.intp], bool]:
    """Rows to compare models on, in order, at most `most`; and whether they are kept out of the training."""
    wanted = round(n_rows * fraction)
    are_apart = FEWEST <= wanted < n_rows
    # A generator of the newer kind: it draws without a permutation of all rows.
    draw = np.random.default_rng(rng.randint(2**31 - 1))
    size = min(wanted if are_apart else n_rows, most)
    return np.sort(draw.choice(n_rows, size, replace=False, shuffle=False)).astype(np.intp), are_apart


def _check_targets(where: str, y: Array, first_row: int) -> None:
    if y.dtype.kind not in "biufU":
        raise SymbolNetError(f"{where}y has dtype {y.dtype}; give numbers or text")
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        row = int(np.argwhere(~np.isfinite(y))[0][0])
        raise SymbolNetError(f"{where}y, row {first_row + row + 1}: {y[row]} is not finite; mend or drop the row")
