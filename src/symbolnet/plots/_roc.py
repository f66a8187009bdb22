"""ROC curves (paper, Fig. 8b, 9c and 9d)."""

__all__ = ["roc_curves"]

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from symbolnet._errors import SymbolNetError
from symbolnet.plots._style import COLOURS, GREY, panels

_LINES = ("-", "--", "-.", ":")


def roc_curves(
    y_true: ArrayLike,
    scores: ArrayLike,
    class_names: Sequence[str] | None = None,
    *,
    log_x: bool = False,
    title: str | None = None,
) -> Figure:
    """Draw a ROC curve for each class against the rest, with its area.

    Parameters
    ----------
    y_true : array_like of int, (rows,)
        The class of each row: 0, 1, ...
    scores : array_like, (rows,) or (rows, classes)
        The larger, the likelier. One column: the score of class 1 against class 0.
    class_names : sequence of str, optional
        One a class.
    log_x : bool
        A logarithmic axis for the false positives, as triggers are judged.
    title : str, optional

    Returns
    -------
    Figure

    Raises
    ------
    SymbolNetError
        If the shapes do not fit, or no class has rows inside and outside of it.
    """
    from sklearn.metrics import auc, roc_curve

    labels, values = np.asarray(y_true), np.asarray(scores, dtype=np.float64)
    if values.ndim not in (1, 2) or labels.shape != values.shape[:1]:
        raise SymbolNetError(
            f"y_true of shape {labels.shape} and scores of shape {values.shape}; give one row of scores a label"
        )
    if not np.isfinite(values).all():
        raise SymbolNetError("scores hold NaN or infinity, which have no place on a curve; mend the model first")
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    columns = {1: values} if values.ndim == 1 else dict(enumerate(values.T))
    n_classes = max(columns) + 1
    names = list(class_names or map(str, range(n_classes)))
    if len(names) != n_classes:
        raise SymbolNetError(f"{len(names)} class_names for {n_classes} classes; give one a class")
    with panels(1, 1, 5.4, 4.8) as (figure, grid):
        (axes,) = grid
        for k, column in columns.items():
            positive = labels == k
            if positive.all() or not positive.any():
                continue  # a class without rows, or with all of them, has no curve
            false, true, _ = roc_curve(positive, column)
            colour, line = COLOURS[k % len(COLOURS)], _LINES[k // len(COLOURS) % len(_LINES)]
            axes.plot(false, true, color=colour, linestyle=line, label=f"{names[k]}: {auc(false, true):.3f}")
        if not axes.lines:
            raise SymbolNetError("every row has the same class, so there is no curve; give rows of two classes or more")
        chance = np.geomspace(1e-4, 1, 100) if log_x else np.array([0.0, 1.0])
        axes.plot(chance, chance, color=GREY, linestyle=":", linewidth=1, label="_chance")
        if log_x:
            axes.set_xscale("log")
            axes.set_xlim(max(1e-4, 0.5 / len(labels)), 1)
        axes.set_xlabel("false positive rate")
        axes.set_ylabel("true positive rate")
        axes.set_ylim(0, 1.01)
        axes.legend(title="area under the curve", loc="upper left" if log_x else "lower right")
        if title:
            axes.set_title(title)
    return figure
