"""One look for all figures."""

__all__ = ["COLOURS", "FORMS", "GREY", "STYLE", "legend_below", "panels", "rendered"]

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Okabe and Ito's palette, told apart by readers with any colour vision; the yellow, too light on white, is left out.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
GREY = "#8C8C8C"

STYLE: Any = {
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.labelsize": 11,
    "axes.prop_cycle": cycler(color=COLOURS),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "figure.titlesize": 11,
    "font.size": 10,
    "grid.alpha": 0.3,
    "grid.linewidth": 0.6,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "savefig.dpi": 150,
    "svg.fonttype": "none",  # text stays text, for those who search a figure or read it aloud
    "svg.hashsalt": "symbolnet",  # the same figure gives the same file
}


@contextmanager
def panels(rows: int, columns: int, width: float, height: float, **kwargs: Any) -> Iterator[tuple[Figure, list[Axes]]]:
    """A figure in the house style with a grid of axes (row by row), each panel `width` by `height` inches.

    The figure belongs to nobody's pyplot: it neither opens a window nor has to be closed. It is laid out on leaving the
    block, so that lazily made ticks take the style as well.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(columns * width, rows * height), layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False, **kwargs)
        yield figure, list(axes.flat)
        figure.draw_without_rendering()


def legend_below(axes: Axes, columns: int) -> None:
    """A legend under the axes, where it can hide nothing."""
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=columns, handlelength=1.8, columnspacing=1.2)


FORMS = ("png", "pdf", "svg")


def rendered(figure: Figure, form: str) -> bytes:
    """The content of a file with the figure, in the house style and without a date: the same figure, the same file.

    Parameters
    ----------
    figure : Figure
    form : {"png", "pdf", "svg"}
    """
    about: Any = {"png": {"Software": None}, "pdf": {"CreationDate": None}, "svg": {"Date": None}}[form]
    content = io.BytesIO()
    with mpl.rc_context(STYLE):
        figure.savefig(content, format=form, metadata=about)
    return content.getvalue()
