"""Which classes are taken for which."""

__all__ = ["confusion_matrix"]

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from symbolnet._errors import SymbolNetError
from symbolnet.plots._style import panels


def confusion_matrix(
    y_true: ArrayLike, y_pred: ArrayLike, class_names: Sequence[str], *, title: str | None = None
) -> Figure:
    """Draw the share of each true class (a row) that each prediction (a column) gets; a row adds up to 100 %.

    Parameters
    ----------
    y_true, y_pred : array_like of int, (rows,)
        Classes 0, 1, ...
    class_names : sequence of str
    title : str, optional

    Returns
    -------
    Figure

    Raises
    ------
    SymbolNetError
        If the lengths differ, or a class has no name.
    """
    true, predicted = np.asarray(y_true), np.asarray(y_pred)
    n = len(class_names)
    if true.shape != predicted.shape or true.ndim != 1 or not len(true):
        raise SymbolNetError(
            f"y_true of shape {true.shape} and y_pred of shape {predicted.shape}; give one of each a row"
        )
    if min(true.min(), predicted.min()) < 0 or max(true.max(), predicted.max()) >= n:
        raise SymbolNetError(f"{n} class_names, but a class of {max(true.max(), predicted.max())}; name every class")
    counts = np.zeros((n, n))
    np.add.at(counts, (true, predicted), 1)
    shares = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = max(3.6, 0.55 * n + 1.4)
    with panels(1, 1, size + 0.6, size) as (figure, grid):
        (axes,) = grid
        image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=100)
        for row in range(n):
            for column in range(n):
                if shares[row, column] >= 0.5:
                    ink = "white" if shares[row, column] > 55 else "black"
                    axes.text(
                        column, row, f"{shares[row, column]:.0f}", ha="center", va="center", fontsize=9, color=ink
                    )
        axes.set_xticks(range(n), list(class_names))
        axes.set_yticks(range(n), list(class_names))
        axes.grid(visible=False)
        axes.set_xlabel("predicted class")
        axes.set_ylabel("true class")
        figure.colorbar(image, ax=axes, shrink=0.85, label="% of the true class")
        if title:
            axes.set_title(title)
    return figure
