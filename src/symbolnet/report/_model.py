"""What a page says about the model itself: formulas, front, inputs, training, settings."""

__all__ = [
    "Formula",
    "Row",
    "curves",
    "formulas",
    "front",
    "front_figure",
    "inputs",
    "rows",
    "settings",
    "sources",
    "sparsity",
]

import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from symbolnet import plots
from symbolnet.estimators._reading import LABELS, front_cells
from symbolnet.expression import Expression
from symbolnet.expression._expression import shown
from symbolnet.report._html import Table, figure, formula

_LONGEST_DRAWN = 4_000
"""Nodes of all formulas that are shown in mathematical notation; text takes a tenth of the room."""
_LONGEST_SOURCE = 300_000
"""Letters of a form of the formulas that the page holds."""
_MOST_BARS = 40
"""Inputs that a figure with a line each can show."""

_WIDE_FRONT = 50
"""Nodes from which on a front is drawn on a logarithmic axis: half of its models lie below a tenth of it."""


@dataclass(frozen=True)
class Formula:
    """One output: its name, the formula as HTML, and its nodes."""

    name: str
    shown: Markup | str
    nodes: int


@dataclass(frozen=True)
class Row:
    """One model of the front: its row, what it is worth in words, and its formulas as text."""

    index: int
    summary: str
    formulas: Sequence[tuple[str, str]]


def formulas(expression: Expression, names: Sequence[str], digits: int) -> list[Formula]:
    """The formulas in mathematical notation; very long ones as text."""
    drawn: Sequence[Markup | str]
    if expression.total_complexity <= _LONGEST_DRAWN:
        drawn = [formula(element) for element in expression.mathml(digits)]
    else:
        drawn = _texts(expression, digits)
    return [Formula(name, text, nodes) for name, text, nodes in zip(names, drawn, expression.complexities, strict=True)]


def _texts(expression: Expression, digits: int, room: int = _LONGEST_SOURCE) -> list[str]:
    """The formulas as text, or how long they are if there is no room for them."""
    # A node is a letter at least, and some four; of a longer formula not even the text is made.
    texts = shown(expression, digits) if expression.total_complexity < room else []
    if not texts or sum(map(len, texts)) > room:
        return [f"({nodes:,} nodes, too long for a page)" for nodes in expression.complexities]
    return texts


def sources(expression: Expression, names: Sequence[str], run: str, index: int) -> list[tuple[str, str]]:
    """The formulas with all digits in every form that `symbolnet show` knows: (heading, text)."""
    forms: dict[str, Callable[[], str]] = {
        "text": lambda: "\n".join(f"{name} = {line}" for name, line in zip(names, expression.text(), strict=True)),
        "LaTeX": lambda: "\n".join(expression.latex(digits=None)),
        "Python": expression.python,
        "C": expression.c,
    }
    command = f"symbolnet show {shlex.quote(run)} --index {index}"
    found = []
    for heading, form in forms.items():
        # A node is some four letters; of a longer formula not even the text is made.
        text = form() if expression.total_complexity < _LONGEST_SOURCE else ""
        if not text or len(text) > _LONGEST_SOURCE:
            text = f"too long for a page; {command} --format {heading.lower()} prints it"
        found.append((heading, text))
    return found


def front(model: Any) -> Table:
    """The models of the front and the chosen one."""
    table, metric, chosen = model.equations_, model._metric, model.best_index_
    headings = ["row", "complexity", "inputs", LABELS[metric], "loss", "score"]
    headings += ["LUT", "latency (ns)", f"{LABELS[metric]} of the circuit"] if "luts" in table else []
    lines: list[list[str]] = []
    marked = None
    for k, row in table.iterrows():
        if not (row["pareto"] or k == chosen):
            continue
        marked = len(lines) if k == chosen else marked
        lines.append([str(k), *front_cells(row, metric)])
    return Table(headings, lines, (), marked)


def front_figure(model: Any, index: int) -> Markup:
    """The metric of every model over its complexity."""
    table, metric = model.equations_, model._metric
    here = table.loc[index]
    wide = bool(table["complexity"].max() > _WIDE_FRONT)
    marks = {f"row {index}": (here["complexity"], here[metric])}
    drawn = plots.pareto_front(table, y=metric, marks=marks, log_x=wide)
    return figure(drawn, f"{LABELS[metric]} of every model against its complexity")


def rows(model: Any, names: Sequence[str], digits: int) -> list[Row]:
    """The formulas of every model of the front as text, as long as a page can hold them."""
    table, metric, room = model.equations_, model._metric, _LONGEST_SOURCE
    found = []
    for k, row in table[table["pareto"]].iterrows():
        expression = model.expression(int(k))
        texts = _texts(expression, digits, room)
        room -= sum(map(len, texts))
        summary = f"complexity {row['complexity']:.1f}, {LABELS[metric]} {row[metric]:.4f}"
        found.append(Row(int(k), summary, list(zip(names, texts, strict=True))))
    return found


def inputs(expression: Expression, names: Sequence[str], image: tuple[int, ...] | None) -> Markup | None:
    """Which inputs the formulas use, as an image or as bars; None where they are too many for bars."""
    uses = expression.input_uses()
    if not uses.any():
        return None
    if image is not None:
        return figure(plots.input_map(uses.sum(axis=0), shape=image), "the pixels that the formulas use")
    if expression.n_inputs > _MOST_BARS:
        return None
    drawn = plots.input_map(uses, feature_names=list(expression.input_names), output_names=list(names))
    return figure(drawn, "the inputs that the formulas use")


def curves(model: Any, index: int) -> Markup | None:
    """The curves of Fig. 7 of the trial that the row comes from; None for a fit by budget."""
    history = model.history_
    if "epoch" not in history or not len(history):
        return None
    history = history[history["trial"] == model.models_[index].trial]
    targets = {}
    if len(model.sparsity_):
        reached = model.sparsity_[model.sparsity_["trial"] == model.models_[index].trial]
        targets = {kind: target for kind, target in zip(reached["type"], reached["target"], strict=True) if target > 0}
    drawn = plots.training_curves(history, targets=targets, metric_name=LABELS[model._metric])
    return figure(drawn, "loss terms, mean parameters, metric and sparsities by epoch")


def sparsity(model: Any) -> Table | None:
    """The sparsity targets, and which were met."""
    table = model.sparsity_
    table = table[table["target"] > 0] if len(table) else table
    if not len(table):
        return None
    lines = [
        [str(row["trial"]), row["type"], f"{row['target']:g}", f"{row['reached']:.3f}", "yes" if row["met"] else "no"]
        for _, row in table.iterrows()
    ]
    return Table(["trial", "type", "target", "reached", "met within 0.02"], lines, (1, 4))


def settings(model: Any, config: Mapping[str, Any]) -> tuple[Table, Table, str]:
    """Parameters that differ from the defaults, the other ones, and the command that fits the same again."""
    defaults = type(model)().get_params(deep=False)
    left_out = ("run_dir", "resume", "verbose", "warm_start")
    values = {k: v for k, v in model.get_params(deep=False).items() if k not in left_out}
    changed = {k: v for k, v in values.items() if _plain(v) != _plain(defaults[k])}
    others = {k: v for k, v in values.items() if k not in changed}

    def table(part: Mapping[str, Any]) -> Table:
        return Table(["parameter", "value"], [[name, _plain(value)] for name, value in part.items()], (0, 1))

    return table(changed), table(others), _command(config, changed)


def _command(config: Mapping[str, Any], changed: Mapping[str, Any]) -> str:
    """`symbolnet fit` with what the run was asked for; empty for a model that no command made."""
    if "data" not in config:
        return ""
    words = ["symbolnet", "fit", str(config["data"])]
    targets = [target for target in config.get("target") or () if target not in ("y", "y_train")]
    words += [word for target in targets for word in ("--target", str(target))]
    words += ["--task", str(config["task"])] if config.get("task") else []
    for name, value in changed.items():
        option = f"--{name.replace('_', '-')}"
        if name in ("max_complexity", "max_luts", "clock_ns", "max_latency_ns"):
            words += [option, _plain(value)]
        else:
            words += ["--set", f"{name}={_plain(value)}"]
    return shlex.join([*words, "--out", "RUN"])


def _plain(value: Any) -> str:
    """A parameter as `--set` reads it."""
    if isinstance(value, list | tuple) and value and all(isinstance(entry, str) for entry in value):
        return ",".join(value)
    return json.dumps(value, default=str) if isinstance(value, list | tuple | dict) else str(value)
