"""Which inputs a model still uses."""

__all__ = ["input_map"]

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.plots._style import COLOURS, panels

PRUNED = "#EDEDED"


def input_map(
    uses: ArrayLike,
    *,
    shape: tuple[int, ...] | None = None,
    feature_names: Sequence[str] | None = None,
    output_names: Sequence[str] | None = None,
    title: str | None = None,
) -> Figure:
    """Draw which inputs survive: as an image for pixels, as bars for named features.

    Parameters
    ----------
    uses : array_like, (inputs,) or (outputs, inputs)
        How often each input occurs; zero (or False) is a pruned one.
    shape : tuple of int, optional
        (height, width) or (height, width, channels), if the inputs are pixels; channels are added up.
    feature_names : sequence of str, optional
        One an input.
    output_names : sequence of str, optional
        One a row of a two-dimensional `uses`.
    title : str, optional

    Returns
    -------
    Figure

    Raises
    ------
    SymbolNetError
        If the shapes do not fit.
    """
    counts = np.asarray(uses, dtype=np.float64)
    if counts.ndim not in (1, 2) or counts.size == 0:
        raise SymbolNetError(f"uses of shape {counts.shape}; give (inputs,) or (outputs, inputs)")
    n_inputs = counts.shape[-1]
    rows = np.atleast_2d(counts)
    names = list(output_names or ([""] if counts.ndim == 1 else map(str, range(len(rows)))))
    if len(names) != len(rows):
        raise SymbolNetError(f"{len(names)} output_names for {len(rows)} outputs; give one an output")
    if shape is not None:
        if len(shape) not in (2, 3) or math.prod(shape) != n_inputs:
            raise SymbolNetError(
                f"shape {shape} for {n_inputs} inputs; give (height, width[, channels]) of that product"
            )
        return _images(rows.reshape(len(rows), *shape[:2], -1).sum(axis=-1), names, title)
    features = list(feature_names or (f"x{k}" for k in range(n_inputs)))
    if len(features) != n_inputs:
        raise SymbolNetError(f"{len(features)} feature_names for {n_inputs} inputs; give one an input")
    return _bars(rows, features, names, title)


def _images(counts: NDArray[np.float64], names: list[str], title: str | None) -> Figure:
    columns = min(5, len(counts))
    lines = -(-len(counts) // columns)
    size = 4.0 if len(counts) == 1 else 2.0
    colours = LinearSegmentedColormap.from_list("uses", ["#A6CEE3", COLOURS[0], "#08306B"]).with_extremes(bad=PRUNED)
    top = max(1.0, float(counts.max()))
    with panels(lines, columns, size, size + 0.25) as (figure, grid):
        image: Any = None
        for axes, values, name in zip(grid, counts, names, strict=False):
            alive_only = np.where(values > 0, values, np.nan)
            image = axes.imshow(alive_only, cmap=colours, vmin=min(1.0, top - 1), vmax=top, interpolation="nearest")
            alive = int(np.count_nonzero(values))
            axes.set_title(f"{name}: {alive} pixels" if name else f"{alive} pixels", fontsize=9)
        for axes in grid:
            axes.set_axis_off()
        if top > 1:
            bar = figure.colorbar(image, ax=grid, shrink=0.8, label="uses")
            bar.ax.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
        if title:
            figure.suptitle(title, wrap=True)
    return figure


def _bars(counts: NDArray[np.float64], features: list[str], names: list[str], title: str | None) -> Figure:
    """Survivors, the most used first; the pruned ones are counted, not drawn: there may be thousands."""
    order = [k for k in np.argsort(-counts.sum(axis=0), kind="stable") if counts[:, k].any()]
    with panels(1, 1, 6.0, 1.4 + 0.26 * max(2, len(order))) as (figure, grid):
        (axes,) = grid
        left = np.zeros(len(order))
        for k, (row, name) in enumerate(zip(counts, names, strict=True)):
            values = row[order]
            hatch = "" if k < len(COLOURS) else "///"  # more outputs than colours
            axes.barh(
                range(len(order)), values, left=left, color=COLOURS[k % len(COLOURS)], hatch=hatch, label=name or "_all"
            )
            left += values
        axes.set_yticks(range(len(order)), [features[k] for k in order])
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel("uses")
        axes.set_title(title or f"{len(order)} of {len(features)} inputs survive")
        if any(names):
            axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), title="output")
    return figure
