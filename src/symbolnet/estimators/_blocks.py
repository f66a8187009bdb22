"""Data larger than memory: the one pass that finds scaling, classes and a held-out block."""

__all__ = ["Summary", "summarise"]

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.estimators._inputs import InputScaling, scale_inputs
from symbolnet.io import BlockSource

Array = NDArray[Any]


@dataclass(frozen=True)
class Summary:
    """Moments of the inputs, the targets that occur, and one block kept apart.

    Attributes
    ----------
    is_uint8 : bool
    largest, smallest, mean, spread : float64 array (inputs,)
    y : array (samples,)
        All targets: one number a row is small even where the inputs are not.
    held_out_block : int or None
        Index of the block that is never trained on; None where there is a single block.
    """

    is_uint8: bool
    largest: NDArray[np.float64]
    smallest: NDArray[np.float64]
    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    y: Array
    held_out_block: int | None
    held_out_X: Array
    held_out_y: Array

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


def summarise(source: BlockSource, rng: np.random.RandomState) -> Summary:
    """Read every block once.

    Raises
    ------
    SymbolNetError
        If a value is NaN or infinite.
    """
    rows = source.preferred_block_rows
    n_blocks = -(-source.n_rows // rows)
    # The last block may be very short, so it is not the one to judge models by.
    held_out_block = int(rng.randint(n_blocks - 1)) if n_blocks > 1 else None
    largest = np.full(source.n_features, -np.inf)
    smallest = np.full(source.n_features, np.inf)
    n, mean, squares = 0, np.zeros(source.n_features), np.zeros(source.n_features)
    targets: list[Array] = []
    held_out: tuple[Array, Array] | None = None
    is_uint8 = False
    for k, (X, y) in enumerate(source.blocks(rows)):
        is_uint8 = X.dtype == np.uint8
        _check_finite(X, k * rows)
        largest, smallest = np.maximum(largest, X.max(axis=0)), np.minimum(smallest, X.min(axis=0))
        # Chan et al.'s update of mean and sum of squared deviations: exact where Σx² - n·mean² would cancel.
        m, block_mean = len(X), X.mean(axis=0, dtype=np.float64)
        delta = block_mean - mean
        squares += X.var(axis=0, dtype=np.float64) * m + delta**2 * n * m / (n + m)
        mean, n = mean + delta * m / (n + m), n + m
        targets.append(np.asarray(y))
        if k == (held_out_block or 0):
            held_out = np.array(X), np.array(y)
    if held_out is None:
        raise SymbolNetError("the data set has no rows; give at least one block of samples")
    spread = np.sqrt(squares / n)
    return Summary(is_uint8, largest, smallest, mean, spread, np.concatenate(targets), held_out_block, *held_out)


def _check_finite(X: Array, first_row: int) -> None:
    if X.dtype.kind != "f":
        return
    bad = np.argwhere(~np.isfinite(X))
    if len(bad):
        row, column = bad[0]
        raise SymbolNetError(
            f"row {first_row + row}, column {column} is {X[row, column]}; remove or replace NaN and infinite values"
        )
