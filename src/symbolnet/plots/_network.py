"""A pruned network with the formulas that it makes (paper, Fig. 2)."""

__all__ = ["network_diagram"]

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Ellipse, FancyBboxPatch, Rectangle
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.plots._alive import Alive, alive_parts, node_formulas
from symbolnet.plots._style import COLOURS, GREY, panels

_STEP = 0.72
"""Height of a node's place, in the drawing's units, and the size of a unit in inches."""
_INCH = 0.62
_SHOWN = {"gauss": "exp(-x²)", "square": "x²", "cube": "x³", "identity": "x", "*": "×", "/": "÷"}
_LONGEST_LABEL, _MOST_LABELS = 46, 16
_LETTER = 0.1
"""Width of a letter of a label, in the drawing's units."""
_LABEL = "#00694B"
_TITLE_LINE, _TITLE_LETTER = 0.18, 0.092
"""Height of a line of the title and width of its letters, in inches."""
_MOST_NODES = 400


def network_diagram(
    network: Any,
    input_names: Sequence[str] | None = None,
    output_names: Sequence[str] | None = None,
    *,
    digits: int = 2,
    formulas: bool = True,
    title: str | None = None,
) -> Figure:
    """Draw what pruning has left of a network, and the formulas that its nodes and outputs stand for.

    Circles are linear maps, rounded boxes unary operators, ovals binary ones; a rectangle holds a symbolic layer, with
    the formulas of its nodes on the lines that lead out of it. Lines between layers are weights, the thicker the
    larger, blue above zero and orange (dashed) below. Parts that no output depends on are left out.

    Parameters
    ----------
    network : FrozenNetwork
        As `SymbolNet.freeze` gives it.
    input_names, output_names : sequence of str, optional
    digits : int
        Of the constants shown.
    formulas : bool
        Write the outputs' formulas below, and those of the operator nodes beside them where they are short.
    title : str, optional

    Returns
    -------
    Figure

    Raises
    ------
    SymbolNetError
        If it is no network, has no symbolic layer, the names do not fit, or more is left of it than a drawing can hold.
    """
    from symbolnet.network import FrozenNetwork  # loads JAX, which no other figure needs

    if not isinstance(network, FrozenNetwork):
        raise SymbolNetError(
            f"{type(network).__name__} is no network; give a FrozenNetwork, as SymbolNet.freeze() makes it"
        )
    if not network.layers:
        raise SymbolNetError("the network has no symbolic layer to draw; give one that was trained")
    inputs = _names(input_names, network.layers[0].weight.shape[0], "x", "input_names")
    outputs = _names(output_names, network.output_weight.shape[1], "y", "output_names")
    alive = alive_parts(network)
    if alive.n_nodes > _MOST_NODES:
        raise SymbolNetError(
            f"{alive.n_nodes} parts of the network are left, more than a drawing can hold ({_MOST_NODES}); "
            "draw a sparser one"
        )
    texts = node_formulas(network, inputs, outputs, digits) if formulas else None
    tallest = max(len(alive.inputs), len(outputs), *(len(layer.columns) for layer in alive.layers), 3)
    left = 0.6 + 0.17 * max((len(inputs[k]) for k in alive.inputs.tolist()), default=1)
    right = 0.6 + 0.17 * max(map(len, outputs))
    labels = [_labels(texts[k] if texts else [], len(layer.nodes)) for k, layer in enumerate(alive.layers)]
    units = left + 2.0 + sum(1.6 + _gap(each) for each in labels) + right
    width, drawing = max(_INCH * units, 6.0), _INCH * (tallest * _STEP + 0.8)
    below = _formula_lines(outputs, texts[-1], int(width / 0.088)) if texts else []
    head = [line for part in (title or "").splitlines() for line in textwrap.wrap(part, int(width / _TITLE_LETTER))]
    footer, header = 0.165 * len(below) + 0.15, _TITLE_LINE * len(head) + (0.17 if head else 0.1)
    height = drawing + footer + header
    with panels(1, 1, width, height) as (figure, grid):
        (axes,) = grid
        figure.set_layout_engine("none")
        axes.set_position((0, footer / height, 1, drawing / height))
        axes.set_axis_off()
        _draw(axes, alive, tallest * _STEP, inputs, outputs, labels)
        axes.set_xlim(-left, units - left)
        axes.set_ylim(-0.2, tallest * _STEP + 0.6)
        axes.set_aspect("equal", anchor="W")
        words: dict[str, Any] = {"ha": "left", "parse_math": False}
        if below:
            figure.text(
                0.1 / width, 0.1 / height, "\n".join(below), fontsize=8, family="monospace", color=COLOURS[0],
                va="bottom", linespacing=1.2, **words,
            )  # fmt: skip
        if head:
            figure.text(0.1 / width, 1 - 0.1 / height, "\n".join(head), fontsize=11, va="top", **words)
    return figure


def _names(given: Sequence[str] | None, count: int, letter: str, what: str) -> list[str]:
    names = list(given) if given is not None else [f"{letter}{k}" for k in range(count)]
    if len(names) != count:
        raise SymbolNetError(f"{len(names)} {what} for {count}; give one each")
    return names


def _formula_lines(outputs: list[str], texts: list[str], columns: int) -> list[str]:
    lines = []
    for name, text in zip(outputs, texts, strict=True):
        head = f"{name} = "
        lines += textwrap.wrap(
            text, max(columns, 40), initial_indent=head, subsequent_indent=" " * len(head), break_on_hyphens=False
        ) or [head]
    return lines


def _places(count: int, height: float) -> NDArray[np.float64]:
    """Heights of `count` nodes, spread over the drawing from the top."""
    return height - (np.arange(count) + 0.5) * height / max(count, 1)


def _labels(texts: Sequence[str], n_nodes: int) -> list[str]:
    """The formulas of a layer's nodes that are written beside them: short ones, where the nodes are few."""
    shown = n_nodes <= _MOST_LABELS
    return [text if shown and len(text) <= _LONGEST_LABEL else "" for text in texts] or [""] * n_nodes


def _lane(labels: Sequence[str]) -> float:
    """How far the values of a layer's nodes are led out before their edges begin, so that no edge crosses a label."""
    longest = max(map(len, labels), default=0)
    return 0.2 + _LETTER * longest if longest else 0.0


def _gap(labels: Sequence[str]) -> float:
    """Room between a layer's operators and what follows."""
    return 2.2 + _lane(labels)


def _draw(
    axes: Axes, alive: Alive, height: float, inputs: list[str], outputs: list[str], labels: list[list[str]]
) -> None:
    x, gap = 0.0, 2.0
    at = _places(len(alive.inputs), height)
    for y, k in zip(at, alive.inputs.tolist(), strict=True):
        axes.add_patch(Circle((x, y), 0.16, facecolor="white", edgecolor="black", linewidth=1.2, zorder=3))
        axes.text(x - 0.28, y, inputs[k], ha="right", va="center", fontsize=9)
    sources = [(x + 0.16, float(y)) for y in at]
    for number, layer in enumerate(alive.layers):
        left, right, lane = x + gap, x + gap + 1.6, _lane(labels[number])
        z_at, node_at = _places(len(layer.columns), height), _places(len(layer.nodes), height)
        axes.add_patch(
            Rectangle((left - 0.4, 0), right - left + 1.1 + lane, height, facecolor="#F4F4F4", edgecolor=GREY, zorder=0)
        )
        axes.text(
            (left + right + lane) / 2 + 0.15, height + 0.12, f"layer {number + 1}", ha="center", va="bottom", fontsize=9
        )
        _lines(axes, sources, [(left - 0.16, float(y)) for y in z_at], layer.weight)
        for y in z_at:
            axes.add_patch(Circle((left, y), 0.16, facecolor="white", edgecolor="black", linewidth=1.2, zorder=3))
        for place, (node, y) in enumerate(zip(layer.nodes, node_at, strict=True)):
            for column in node.columns:
                axes.plot(
                    [left + 0.16, right - 0.4], [z_at[column], y], color=GREY, linestyle=":", linewidth=1, zorder=1
                )
            _operator(axes, right, float(y), node.name, node.arity)
            axes.plot([right + 0.42, right + 0.42 + lane], [y, y], color=GREY, linewidth=1, zorder=1)
            if labels[number][place]:
                axes.text(
                    right + 0.52, y + 0.05, labels[number][place], fontsize=7, color=_LABEL, ha="left", va="bottom",
                    zorder=4, parse_math=False,
                )  # fmt: skip
        sources = [(right + 0.42 + lane, float(y)) for y in node_at]
        x, gap = right, _gap(labels[number])
    last = x + gap
    at = _places(len(outputs), height)
    _lines(axes, sources, [(last - 0.16, float(y)) for y in at], alive.output_weight)
    for y, name in zip(at, outputs, strict=True):
        axes.add_patch(Circle((last, y), 0.16, facecolor=COLOURS[0], edgecolor="black", linewidth=1.2, zorder=3))
        axes.text(last + 0.28, y, name, ha="left", va="center", fontsize=9, color=COLOURS[0])


def _lines(
    axes: Axes, sources: list[tuple[float, float]], targets: list[tuple[float, float]], weight: NDArray[np.float64]
) -> None:
    """A line for each weight (sources, targets) that is not zero."""
    largest = float(np.abs(weight).max(initial=0)) or 1.0
    for i, k in np.argwhere(weight != 0).tolist():
        (x0, y0), (x1, y1) = sources[i], targets[k]
        value = weight[i, k]
        axes.plot(
            [x0, x1], [y0, y1], zorder=1, alpha=0.75,
            linewidth=0.6 + 1.6 * abs(value) / largest,
            color=COLOURS[0] if value > 0 else COLOURS[1],
            linestyle="-" if value > 0 else (0, (4, 1.5)),
        )  # fmt: skip


def _operator(axes: Axes, x: float, y: float, name: str, arity: int) -> None:
    shape: Any
    if arity == 1:
        shape = FancyBboxPatch((x - 0.38, y - 0.19), 0.76, 0.38, boxstyle="round,pad=0.03,rounding_size=0.08")
    else:
        shape = Ellipse((x, y), 0.8, 0.5)
    shape.set(facecolor="#FFF4DC" if arity == 1 else "#DDEEFF", edgecolor="black", linewidth=1.0, zorder=3)
    axes.add_patch(shape)
    axes.text(x, y, _SHOWN.get(name, name), ha="center", va="center", fontsize=7.5, zorder=4, parse_math=False)
