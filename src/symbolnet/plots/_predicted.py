"""Predictions against the truth, for a regression."""

__all__ = ["predicted_against_true"]

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from symbolnet._errors import SymbolNetError
from symbolnet.plots._style import COLOURS, GREY, panels

_MOST_POINTS = 2_000
"""More only make a blot, and a large file."""


def predicted_against_true(
    y_true: ArrayLike, y_pred: ArrayLike, names: Sequence[str] | None = None, *, title: str | None = None
) -> Figure:
    """Draw a point a row, the prediction over the true value, in one panel a target; a perfect one is on the line.

    Parameters
    ----------
    y_true, y_pred : array_like, (rows,) or (rows, targets)
        Of more than 2,000 rows, as many are drawn, taken at random with a fixed seed.
    names : sequence of str, optional
        One a target.
    title : str, optional

    Returns
    -------
    Figure

    Raises
    ------
    SymbolNetError
        If the shapes do not fit, or a value is not finite.
    """
    true, predicted = (np.asarray(values, np.float64) for values in (y_true, y_pred))
    if true.shape != predicted.shape or true.ndim not in (1, 2) or not true.size:
        raise SymbolNetError(
            f"y_true of shape {true.shape} and y_pred of shape {predicted.shape}; give one of each a row and target"
        )
    if not (np.isfinite(true).all() and np.isfinite(predicted).all()):
        raise SymbolNetError("y_true or y_pred holds NaN or infinity, which have no place in a figure; mend it first")
    true, predicted = true.reshape(len(true), -1), predicted.reshape(len(predicted), -1)
    labels = list(names or [""] * true.shape[1])
    if len(labels) != true.shape[1]:
        raise SymbolNetError(f"{len(labels)} names for {true.shape[1]} targets; give one a target")
    rows = np.random.default_rng(0).permutation(len(true))[:_MOST_POINTS]
    columns = min(3, len(labels))
    with panels(-(-len(labels) // columns), columns, 4.4, 4.2) as (figure, grid):
        for axes, t, p, label in zip(grid, true.T, predicted.T, labels, strict=False):
            ends = [min(t.min(), p.min()), max(t.max(), p.max())]
            axes.plot(ends, ends, color=GREY, linewidth=1, linestyle="--")
            axes.plot(t[rows], p[rows], linestyle="none", marker="o", markersize=3, alpha=0.5, color=COLOURS[0])
            axes.set_xlabel(f"true {label}".strip())
            axes.set_ylabel(f"predicted {label}".strip())
        for axes in grid[len(labels) :]:
            axes.set_axis_off()
        if title:
            figure.suptitle(title, wrap=True)
    return figure
