"""The training curves of the paper's Fig. 7."""

__all__ = ["training_curves"]

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.plots._style import COLOURS, legend_below, panels

KINDS = ("weight", "input", "unary", "binary")
_CURVES = {"loss_error", "loss_penalty", "mean_abs_weight", "metric", "val_loss", "val_metric"} | {
    f"{curve}_{kind}" for curve in ("loss_sparse", "mean_threshold", "sparsity") for kind in KINDS
}
"""The columns that are drawn."""
_COLOUR = dict(zip(("error", *KINDS), (COLOURS[6], *COLOURS[:4]), strict=True))


def training_curves(
    history: pd.DataFrame,
    *,
    targets: Mapping[str, float | None] | None = None,
    metric_name: str = "metric",
    title: str | None = None,
) -> Figure:
    """Draw a training history in three panels: loss terms, mean parameters, metric and sparsities (paper, Fig. 7).

    Parameters
    ----------
    history : DataFrame
        One row an epoch. Columns, any of which may be missing or hold NaN: `epoch`; `loss_error` and
        `loss_sparse_<kind>` (the terms of Eq. 3); `loss_penalty` (of a complexity budget); `mean_abs_weight` and
        `mean_threshold_<kind>`; `sparsity_<kind>`, `metric`, `val_loss`, `val_metric`; kinds are weight, input,
        unary and binary.
    targets : mapping of kind to float or None, optional
        The targets α of Eq. 3, drawn as dashed lines.
    metric_name : str
        What the metric is: "accuracy", "R²".
    title : str, optional

    Returns
    -------
    Figure

    Raises
    ------
    SymbolNetError
        If the history has no row, or none of these columns, as that of a fit by budget.
    """
    if len(history) == 0:
        raise SymbolNetError("the history has no epoch to draw; train for at least one")
    if not _CURVES & set(map(str, history.columns)):
        raise SymbolNetError(
            f"the history has no curve of a training, only {', '.join(map(str, history.columns))}; "
            "of a fit by budget draw the front: pareto_front(model.equations_)"
        )
    epoch = _column(history, "epoch")
    epochs = np.arange(1, len(history) + 1, dtype=np.float64) if epoch is None else epoch
    # A single epoch has no line to show.
    marker = {"marker": "o", "markersize": 4} if len(history) == 1 else {}
    with panels(1, 3, 4.6, 4.2) as (figure, grid):
        losses, means, results = grid
        _losses(losses, epochs, history, marker)
        _means(means, epochs, history, marker)
        _results(results, epochs, history, dict(targets or {}), metric_name, marker)
        for letter, axes in zip("abc", grid, strict=True):
            axes.set_xlabel("epoch")
            axes.set_title(f"({letter}) {axes.get_title('left')}")
            if len(history) > 1:
                axes.set_xlim(epochs.min(), epochs.max())
            if axes.lines:
                legend_below(axes, columns=2)
        if title:
            figure.suptitle(title, wrap=True)
    return figure


def _losses(axes: Axes, epochs: NDArray[np.float64], history: pd.DataFrame, marker: dict[str, Any]) -> None:
    axes.set_title("loss terms", loc="left")
    axes.set_ylabel("loss")
    axes.set_yscale("log")
    _line(axes, epochs, _positive(history, "loss_error"), "error", color=_COLOUR["error"], **marker)
    _line(axes, epochs, _positive(history, "val_loss"), "validation", color=_COLOUR["error"], linestyle=":", **marker)
    for kind in KINDS:
        values = _positive(history, f"loss_sparse_{kind}")
        _line(axes, epochs, values, f"{kind} sparsity", color=_COLOUR[kind], **marker)
    _line(axes, epochs, _positive(history, "loss_penalty"), "complexity", color=COLOURS[4], **marker)
    drawn = [np.asarray(line.get_ydata(), dtype=np.float64) for line in axes.lines]
    if drawn:
        # A term on its way to zero passes many decades that say nothing and would flatten the rest.
        low, high = np.nanmin(drawn), np.nanmax(drawn)
        axes.set_ylim(max(low / 2, high * 1e-7), high * 2)


def _means(axes: Axes, epochs: NDArray[np.float64], history: pd.DataFrame, marker: dict[str, Any]) -> None:
    axes.set_title("mean trainable parameters", loc="left")
    axes.set_ylabel("mean")
    _line(axes, epochs, _column(history, "mean_abs_weight"), "|weight|", color=_COLOUR["error"], **marker)
    for kind in KINDS:
        values = _column(history, f"mean_threshold_{kind}")
        _line(axes, epochs, values, f"{kind} threshold", color=_COLOUR[kind], **marker)
    axes.set_ylim(bottom=0)


def _results(
    axes: Axes,
    epochs: NDArray[np.float64],
    history: pd.DataFrame,
    targets: dict[str, float | None],
    metric_name: str,
    marker: dict[str, Any],
) -> None:
    axes.set_title(f"{metric_name} and sparsities", loc="left")
    axes.set_ylabel("ratio")
    metric, validation = _column(history, "metric"), _column(history, "val_metric")
    _line(axes, epochs, metric, metric_name, color=_COLOUR["error"], **marker)
    _line(axes, epochs, validation, f"{metric_name}, validation", color=_COLOUR["error"], linestyle=":", **marker)
    for kind in KINDS:
        _line(axes, epochs, _column(history, f"sparsity_{kind}"), f"{kind} sparsity", color=_COLOUR[kind], **marker)
        if (target := targets.get(kind)) is not None:
            axes.axhline(target, color=_COLOUR[kind], linestyle="--", linewidth=1, label="_target")
    if any(target is not None for target in targets.values()):
        axes.plot([], [], color="0.4", linestyle="--", linewidth=1, label="target")
    axes.set_ylim(-0.02, 1.02)  # a metric such as R² can start far below zero and would flatten the rest


def _line(axes: Axes, x: NDArray[np.float64], y: NDArray[np.float64] | None, label: str, **style: Any) -> None:
    if y is not None and np.isfinite(y).any():
        axes.plot(x, y, label=label, **style)


def _column(history: pd.DataFrame, name: str) -> NDArray[np.float64] | None:
    return history[name].to_numpy(dtype=np.float64) if name in history else None


def _positive(history: pd.DataFrame, name: str) -> NDArray[np.float64] | None:
    """A column for a logarithmic axis: a term that has reached zero leaves the panel."""
    values = _column(history, name)
    return None if values is None else np.where(values > 0, values, np.nan)
