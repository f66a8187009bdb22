"""Fronts of models (paper, Fig. 8a, 9a and 9b)."""

__all__ = ["pareto_front"]

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from symbolnet._errors import SymbolNetError, UnknownNameError, did_you_mean
from symbolnet.pareto import pareto_mask
from symbolnet.plots._style import COLOURS, GREY, legend_below, panels

_MARKERS = "osD^vPX"
_PALE = 0.25
_LABELS = {"r2": "R²", "auc": "AUC"}
"""Columns whose names are not what a reader calls them."""
_SMALLER_IS_BETTER = ("loss", "error", "mse", "mae", "rmse", "latency", "lut")


def pareto_front(
    tables: pd.DataFrame | Mapping[str, pd.DataFrame],
    x: str = "complexity",
    y: str = "loss",
    *,
    larger_is_better: bool | None = None,
    marks: Mapping[str, tuple[float, float]] | None = None,
    log_x: bool = False,
    log_y: bool = False,
    title: str | None = None,
) -> Figure:
    """Draw one front or several: every model as a pale point, those on the front joined by steps.

    Parameters
    ----------
    tables : DataFrame, or mapping of name to DataFrame
        One row a model; rows with a NaN are left out.
    x, y : str
        The columns to draw; a smaller x is better.
    larger_is_better : bool, optional
        Of y. Without it, the name decides: losses and errors are to be small, all else large.
    marks : mapping of name to (x, y), optional
        Single results to compare with, such as a paper's.
    log_x, log_y : bool
    title : str, optional

    Returns
    -------
    Figure

    Raises
    ------
    SymbolNetError
        If a column is missing, or there is nothing to draw.
    """
    named = {"": tables} if isinstance(tables, pd.DataFrame) else dict(tables)
    larger = not any(word in y.lower() for word in _SMALLER_IS_BETTER) if larger_is_better is None else larger_is_better
    drawn = beaten = 0
    with panels(1, 1, 6.4, 4.4) as (figure, grid):
        (axes,) = grid
        for k, (name, table) in enumerate(named.items()):
            on, off = _front(axes, table, x, y, larger=larger, name=name, style=k)
            drawn, beaten = drawn + on, beaten + off
        if not drawn:
            raise SymbolNetError(f"no model has a finite {x!r} and {y!r}; there is no front to draw")
        for k, (name, point) in enumerate((marks or {}).items()):
            axes.plot(*point, linestyle="none", marker="*P^v<>"[k % 6], markersize=11, color=GREY, label=name)
            axes.lines[-1].set_markeredgecolor("black")
        if log_x:
            axes.set_xscale("log")
        if log_y:
            axes.set_yscale("log")
        axes.set_xlabel(_LABELS.get(x, x.replace("_", " ")))
        axes.set_ylabel(_LABELS.get(y, y.replace("_", " ")))
        if beaten:
            colour, marker = (COLOURS[0], _MARKERS[0]) if len(named) == 1 else (GREY, _MARKERS[0])
            axes.plot(
                [], [], linestyle="none", marker=marker, markersize=4, color=colour, alpha=_PALE, label="off the front"
            )
            legend_below(axes, columns=3)
        elif any(named) or marks:
            # The corner that a front leaves free: a better model than any would stand in the other one.
            axes.legend(loc="lower right" if larger else "upper right")
        if title:
            axes.set_title(title)
    return figure


def _front(axes: Axes, table: pd.DataFrame, x: str, y: str, *, larger: bool, name: str, style: int) -> tuple[int, int]:
    """Draw one table; returns how many models it has on the front and off it."""
    for column in (x, y):
        if column not in table:
            raise UnknownNameError(
                f"no column {column!r} in the table; {did_you_mean(column, map(str, table.columns))}"
            )
    xs, ys = table[x].to_numpy(dtype=np.float64), table[y].to_numpy(dtype=np.float64)
    finite = np.isfinite(xs) & np.isfinite(ys)
    xs, ys = xs[finite], ys[finite]
    mask = pareto_mask(xs, -ys if larger else ys)
    order = np.argsort(xs[mask])
    colour, marker = COLOURS[style % len(COLOURS)], _MARKERS[style % len(_MARKERS)]
    axes.plot(xs[~mask], ys[~mask], linestyle="none", marker=marker, markersize=4, color=colour, alpha=_PALE)
    axes.plot(
        xs[mask][order],
        ys[mask][order],
        drawstyle="steps-post",  # a budget between two models buys the smaller one
        marker=marker,
        markersize=5,
        color=colour,
        label=name or "on the front",
    )
    return int(mask.sum()), int((~mask).sum())
