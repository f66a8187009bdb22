"""What the data looks like (paper, Fig. 6)."""

__all__ = ["class_histograms", "example_images", "feature_distributions"]

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike, NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.plots._style import COLOURS, panels

_BINS = 40
_LINES = ("-", "--", "-.", ":")


def feature_distributions(
    X: ArrayLike,
    y: ArrayLike,
    feature_names: Sequence[str],
    class_names: Sequence[str],
    *,
    title: str | None = None,
) -> Figure:
    """Draw the distribution of each feature, a line a class, each of area one (paper, Fig. 6a).

    Parameters
    ----------
    X : array_like, (rows, features)
    y : array_like of int, (rows,)
        The class of each row: 0, 1, ...
    feature_names, class_names : sequence of str
    title : str, optional

    Returns
    -------
    Figure
        Each panel spans the 0.5 to the 99.5 percentile, so that a few outliers do not flatten the rest.

    Raises
    ------
    SymbolNetError
        If the shapes do not fit.
    """
    values, labels = np.asarray(X, dtype=np.float64), np.asarray(y)
    if values.ndim != 2 or values.shape != (len(labels), len(feature_names)) or not len(labels):
        raise SymbolNetError(
            f"X of shape {values.shape} for {len(labels)} labels and {len(feature_names)} names; give (rows, features)"
        )
    columns = min(4, len(feature_names))
    lines = -(-len(feature_names) // columns)
    with panels(lines, columns, 2.4, 1.9) as (figure, grid):
        for axes, column, name in zip(grid, values.T, feature_names, strict=False):
            edges = _edges(column)
            for k in range(len(class_names)):
                part = column[labels == k]
                if len(part):
                    style: dict[str, Any] = {
                        "color": COLOURS[k % len(COLOURS)],
                        "linestyle": _LINES[k // len(COLOURS) % 4],
                    }
                    axes.stairs(_density(part, edges), edges, linewidth=1.2, **style)
            axes.set_title(name, fontsize=9)
            axes.set_yticks([])
            axes.tick_params(labelsize=8)
            axes.margins(y=0.05)
        for axes in grid[len(feature_names) :]:
            axes.set_axis_off()
        handles = [
            Line2D([], [], color=COLOURS[k % len(COLOURS)], linestyle=_LINES[k // len(COLOURS) % 4])  # type: ignore[arg-type]
            for k in range(len(class_names))
        ]
        figure.legend(handles, list(class_names), loc="outside lower center", ncols=min(10, len(class_names)))
        if title:
            figure.suptitle(title, wrap=True)
    return figure


def class_histograms(
    values: NDArray[np.float64], labels: NDArray[np.integer], feature_names: Sequence[str], class_names: Sequence[str]
) -> pd.DataFrame:
    """The numbers that `feature_distributions` draws: one row a feature, class and bin."""
    parts = []
    for column, feature in zip(values.T, feature_names, strict=True):
        edges = _edges(column)
        for k, name in enumerate(class_names):
            density = _density(column[labels == k], edges)
            parts.append(
                pd.DataFrame(
                    {"feature": feature, "class": name, "low": edges[:-1], "high": edges[1:], "density": density}
                )
            )
    return pd.concat(parts, ignore_index=True)


def _edges(column: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = np.percentile(column, [0.5, 99.5])
    edges: NDArray[np.float64] = np.linspace(low, high if high > low else low + 1.0, _BINS + 1)
    return edges


def _density(part: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.float64]:
    density: NDArray[np.float64] = np.histogram(part, edges)[0] / (max(len(part), 1) * (edges[1] - edges[0]))
    return density


def example_images(
    X: ArrayLike,
    y: ArrayLike,
    shape: tuple[int, ...],
    class_names: Sequence[str],
    *,
    per_class: int = 1,
    title: str | None = None,
) -> Figure:
    """Draw the first images of each class (paper, Fig. 6b and 6c).

    Parameters
    ----------
    X : array_like, (rows, pixels)
    y : array_like of int, (rows,)
    shape : (height, width) or (height, width, 3)
    class_names : sequence of str
    per_class : int
        With more than one, a row of images a class.
    title : str, optional

    Returns
    -------
    Figure

    Raises
    ------
    SymbolNetError
        If the shapes do not fit.
    """
    pixels, labels = np.asarray(X), np.asarray(y)
    if (
        pixels.ndim != 2
        or len(shape) not in (2, 3)
        or math.prod(shape) != pixels.shape[1]
        or len(labels) != len(pixels)
    ):
        raise SymbolNetError(
            f"X of shape {pixels.shape} and shape {shape}; give (rows, pixels) and (height, width[, 3]) of that product"
        )
    largest = max(float(pixels.max(initial=0)), 1e-12)
    n_classes = len(class_names)
    rows, columns = (n_classes, per_class) if per_class > 1 else (-(-n_classes // 5), min(5, n_classes))
    with panels(rows, columns, 1.25, 1.45) as (figure, grid):
        for axes in grid:
            axes.set_axis_off()
        for k, name in enumerate(class_names):
            for n, row in enumerate(np.flatnonzero(labels == k)[:per_class]):
                axes = grid[k * per_class + n]
                image = pixels[row].reshape(shape) / largest
                axes.imshow(image, cmap="gray_r" if len(shape) == 2 else None, interpolation="nearest", vmin=0, vmax=1)
                axes.set_title(name, fontsize=10)
        if title:
            figure.suptitle(title, wrap=True)
    return figure
