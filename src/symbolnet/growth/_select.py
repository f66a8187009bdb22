"""Which inputs a search keeps where there are very many."""

__all__ = ["strongest_inputs"]

import numpy as np
from numpy.typing import NDArray

from symbolnet.growth._values import Rows


def strongest_inputs(rows: Rows, inputs: NDArray[np.intp], keep: int) -> NDArray[np.intp]:
    """The inputs that y depends on most: by itself, by its square, by a wave, or in a product of two.

    Parameters
    ----------
    rows : Rows
    inputs : int array
        Among which to choose.
    keep : int

    Returns
    -------
    int array, ascending
    """
    x = rows.x[inputs]
    z = (x - x.mean(axis=1, keepdims=True)) / np.maximum(x.std(axis=1, keepdims=True), 1e-300)
    z = np.clip(z, -5.0, 5.0)
    y = (rows.y - np.average(rows.y, weights=rows.root**2)) * rows.root**2
    y = y / max(float(np.sqrt(np.mean(y * y))), 1e-300)

    def strength(columns: NDArray[np.float64]) -> NDArray[np.float64]:
        centred = columns - columns.mean(axis=1, keepdims=True)
        size = np.maximum(np.sqrt((centred**2).mean(axis=1)), 1e-12)
        return np.asarray(np.abs(centred @ y) / (rows.n * size))

    best = strength(z)
    for columns in (z * z, np.sin(2 * z), np.cos(2 * z), np.sin(4 * z), np.cos(4 * z)):
        best = np.maximum(best, strength(columns))
    pairs = np.abs((z * y) @ z.T) / rows.n
    spread = np.sqrt(np.maximum((z * z) @ (z * z).T / rows.n - (z @ z.T / rows.n) ** 2, 1e-6))
    best = np.maximum(best, (pairs / spread).max(axis=1))
    order = np.lexsort((np.arange(len(inputs)), -best))
    return np.sort(inputs[order[:keep]])
