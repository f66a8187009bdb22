"""Fronts of several methods, each repeated over seeds (paper, Fig. 8a, 9a and 9b)."""

__all__ = ["pareto_bands"]

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError, UnknownNameError, did_you_mean
from symbolnet.plots._style import COLOURS, GREY, legend_below, panels

_MARKERS = "osD^vPX"
_LINES = ("-", "--", "-.", ":")


def pareto_bands(
    tables: Mapping[str, pd.DataFrame],
    x: str = "complexity",
    y: str = "accuracy",
    *,
    seed: str = "seed",
    marks: Mapping[str, tuple[float, float]] | None = None,
    levels: Mapping[str, float] | None = None,
    x_label: str | None = None,
    y_label: str | None = None,
    y_limits: tuple[float, float] | None = None,
    title: str | None = None,
) -> Figure:
    """Draw what each method buys at each cost: the median over seeds as a line, lowest to highest as a band.

    At a cost, a seed counts with its most costly model within it, so give the models of each seed's front only. The
    line begins where more than half of the seeds have a model; every model is drawn as a pale point.

    Parameters
    ----------
    tables : mapping of method to DataFrame
        One row a model; columns `x`, `y` and `seed`. Rows with a NaN are left out, and so are methods without rows.
    x, y : str
        Cost, drawn on a logarithmic axis, and what it buys.
    seed : str
        The column that tells repetitions apart.
    marks : mapping of name to (x, y), optional
        Single results to compare with, such as a paper's.
    levels : mapping of name to y, optional
        Horizontal lines, such as a dense network's.
    x_label, y_label : str, optional
    y_limits : (low, high), optional
    title : str, optional

    Returns
    -------
    Figure

    Raises
    ------
    SymbolNetError
        If a column is missing, or there is nothing to draw.
    """
    drawn = 0
    with panels(1, 1, 6.8, 5.0) as (figure, grid):
        (axes,) = grid
        for k, (name, table) in enumerate(tables.items()):
            for column in (x, y, seed):
                if column not in table:
                    raise UnknownNameError(
                        f"no column {column!r} in the table; {did_you_mean(column, map(str, table.columns))}"
                    )
            kept = table[[x, y, seed]].astype(np.float64).dropna()
            kept = kept[(kept[x] > 0) & np.isfinite(kept[y])]
            drawn += len(kept)
            if len(kept):
                _band(axes, kept.to_numpy(), name, k)
        if not drawn:
            raise SymbolNetError(f"no model has a positive {x!r} and a finite {y!r}; there is no front to draw")
        for k, (name, point) in enumerate((marks or {}).items()):
            axes.plot(*point, linestyle="none", marker="*", markersize=15 - 3 * (k % 2), color="white", label=name)
            axes.lines[-1].set(markeredgecolor="black", markeredgewidth=1.2, zorder=5)
        for k, (name, level) in enumerate((levels or {}).items()):
            axes.axhline(level, color=GREY, linestyle=_LINES[(k + 1) % 4], linewidth=1.4, label=name)
        axes.set_xscale("log")
        axes.set_xlabel(x_label or x.replace("_", " "))
        axes.set_ylabel(y_label or y.replace("_", " "))
        if y_limits is not None:
            axes.set_ylim(*y_limits)
        legend_below(axes, columns=2)
        if title:
            axes.set_title(title)
    return figure


def _band(axes: Axes, rows: NDArray[np.float64], name: str, style: int) -> None:
    """One method; `rows` has the columns cost, value, seed."""
    colour, marker = COLOURS[style % len(COLOURS)], _MARKERS[style % len(_MARKERS)]
    costs = np.unique(rows[:, 0])
    seeds = np.unique(rows[:, 2])
    values = np.stack([_at(rows[rows[:, 2] == one], costs) for one in seeds])
    known = np.isfinite(values).sum(axis=0) > len(seeds) / 2
    at, values = costs[known], values[:, known]
    if len(at):
        at = np.append(at, at[-1] * 1.15)  # a single model is a short line, not a point without extent
        values = np.concatenate([values, values[:, -1:]], axis=1)
        low, high = np.nanmin(values, axis=0), np.nanmax(values, axis=0)
        axes.fill_between(at, low, high, step="post", color=colour, alpha=0.18, linewidth=0)
        line = _LINES[style // len(COLOURS) % len(_LINES)]
        axes.plot(at, np.nanmedian(values, axis=0), drawstyle="steps-post", color=colour, linestyle=line)
    axes.plot(rows[:, 0], rows[:, 1], linestyle="none", marker=marker, markersize=4, color=colour, alpha=0.45)
    axes.plot([], [], color=colour, marker=marker, markersize=5, label=name)


def _at(rows: NDArray[np.float64], costs: NDArray[np.float64]) -> NDArray[np.float64]:
    """The value of the most costly model within each cost; NaN where there is none."""
    order = np.argsort(rows[:, 0], kind="stable")
    places = np.searchsorted(rows[order, 0], costs, side="right")
    values = np.append(np.nan, rows[order, 1])
    found: NDArray[np.float64] = values[places]
    return found
