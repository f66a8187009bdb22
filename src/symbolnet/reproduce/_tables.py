"""Tables as LaTeX, Markdown and CSV."""

__all__ = ["Grid", "formula_table", "summary_table", "write_grid"]

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from symbolnet.expression import latex_table
from symbolnet.io import atomic_write
from symbolnet.reproduce._plan import METHODS
from symbolnet.reproduce._results import Results, TableModel
from symbolnet.reproduce._stage import StageResult


@dataclass(frozen=True)
class Grid:
    """A table of text.

    Attributes
    ----------
    caption : str
    header : tuple of str
    rows : tuple of tuple of str
    latex : str or None
        The LaTeX form, where it is not simply the same cells.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    latex: str | None = None

    def markdown(self) -> str:
        lines = [self.header, tuple("---" for _ in self.header), *self.rows]
        cells = "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines)
        return f"{self.caption}\n\n{cells}\n"

    def csv(self) -> str:
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerows([self.header, *self.rows])
        return stream.getvalue()

    def tex(self) -> str:
        if self.latex is not None:
            return self.latex + "\n"
        lines = [r"\begin{table}", r"\centering", rf"\caption{{{escape(self.caption)}}}"]
        lines += [rf"\begin{{tabular}}{{l{'r' * (len(self.header) - 1)}}}", r"\hline"]
        lines += [" & ".join(map(escape, self.header)) + r" \\", r"\hline"]
        lines += [" & ".join(map(escape, row)) + r" \\" for row in self.rows]
        return "\n".join([*lines, r"\hline", r"\end{tabular}", r"\end{table}", ""])


def escape(text: str) -> str:
    """Plain text as LaTeX."""
    for character in "&%$#_{}":
        text = text.replace(character, f"\\{character}")
    return text.replace("≤", r"$\leq$").replace("–", "--").replace("λ", r"$\lambda$").replace("α", r"$\alpha$")


def write_grid(grid: Grid, path: Path) -> None:
    """Write `path` with the endings .tex, .md and .csv."""
    atomic_write(path.with_suffix(".tex"), grid.tex())
    atomic_write(path.with_suffix(".md"), grid.markdown())
    atomic_write(path.with_suffix(".csv"), grid.csv())


def formula_table(results: Results, model: TableModel, title: str, caveat: str) -> Grid:
    """The paper's Tables I to III from one of our models: class, expression, complexity, AUC.

    The caption gives mean complexity and accuracy (AUC for one formula), with the paper's own line beside it, marked as
    published.
    """
    config, point, expression = results.config, model.point, model.expression
    areas = list(point["auc_per_class"])
    summary = (
        f"mean complexity {point['complexity']:.1f}, accuracy {100 * point['accuracy']:.1f} %, AUC {point['auc']:.3f}"
    )
    published = [line for line in config.published if line.complexity == config.table_at]
    beside = "".join(
        f" Published ({line.where} of the paper): "
        f"{'mean complexity' if expression.n_outputs > 1 else 'complexity'} {line.complexity:g}, "
        f"{config.metric if config.metric == 'accuracy' else 'AUC'} {line.value:g}."
        for line in published
    )
    inputs = "raw inputs" if model.raw else "standardised inputs" if config.image is None else "pixels from 0 to 1"
    means = (
        "; a formula is a log-odds, an AUC that of the probability, to which all formulas add" if model.logits else ""
    )
    caption = (
        f"{METHODS[model.method]} on {title}: {summary} (this run, seed {model.seed}).{beside} "
        f"Formulas of {inputs}{means}; constants rounded to 2 significant digits for display. {caveat}"
    ).strip()
    texts = expression.text(digits=2)
    rows = tuple(
        (name, f"`{text}`", str(count), f"{area:.3f}")
        for name, text, count, area in zip(expression.output_names, texts, expression.complexities, areas, strict=True)
    )
    latex = latex_table(expression, {"AUC": areas}, digits=2, caption=escape(caption))
    return Grid(caption, ("class", "expression", "complexity", "AUC"), rows, latex)


def summary_table(results: Results, dense: Sequence[StageResult], title: str, caveat: str) -> Grid:
    """Each method: what each budget buys, the hypervolume of its front, its time; then the paper's figures."""
    config = results.config
    name = "accuracy" if config.metric == "accuracy" else "AUC"
    header = ("method", *(f"{name} at ≤ {budget:g}" for budget in config.budgets), "hypervolume", "seconds a seed")
    rows = []
    for method in results.methods:
        budgets = results.budgets[results.budgets["method"] == method]
        cells = [
            spread(budgets[budgets["budget"] == budget][config.metric], config.metric) for budget in config.budgets
        ]
        volumes = results.volumes[results.volumes["method"] == method]["hypervolume"]
        times = results.seconds[results.seconds["stage"] == method]["seconds"]
        rows.append((METHODS[method], *cells, spread(volumes, "hypervolume"), f"{times.median():.0f}"))
    for result in dense:
        value = shown(result.points[0][config.metric], config.metric)
        cells = ["–"] * (len(config.budgets) - 1)
        text = f"{result.notes['name']}, {result.notes['n_parameters']:,} parameters"
        rows.append((text, *cells, value, "–", f"{result.seconds:.0f}"))
    for line in config.published:
        cells = ["–"] * len(config.budgets)
        if line.complexity is None:
            cells[-1] = shown(line.value, config.metric)
        elif line.complexity in config.budgets:
            cells[config.budgets.index(line.complexity)] = shown(line.value, config.metric)
        rows.append((f"published: {line.what} ({line.where})", *cells, "–", "–"))
    seeds = results.points["seed"].nunique()
    over = f"median over {seeds} seeds (lowest to highest)" if seeds > 1 else "one seed"
    caption = (
        f"{title}: {name} of the model that the validation rows choose within each mean complexity, on the test rows; "
        f"{over}. Hypervolume: share of the area between a constant and a perfect model, complexity in its logarithm "
        f"up to {config.reference[0]:g}. {caveat}"
    ).strip()
    return Grid(caption, header, tuple(rows))


def shown(value: float, metric: str) -> str:
    """Accuracy in per cent, all else with three decimals."""
    return f"{100 * value:.1f} %" if metric == "accuracy" else f"{value:.3f}"


def spread(values: "pd.Series[Any]", metric: str) -> str:
    """Median (lowest to highest); a dash where there is nothing."""
    numbers = values.dropna().to_numpy(float)
    if not len(numbers):
        return "–"
    factor, digits, unit = (100, 1, " %") if metric == "accuracy" else (1, 3, "")
    middle, low, high = (factor * v for v in (np.median(numbers), numbers.min(), numbers.max()))
    missing = f"; {len(values) - len(numbers)} of {len(values)} none" if len(numbers) < len(values) else ""
    if len(numbers) == 1:
        return f"{middle:.{digits}f}{unit}{missing}"
    return f"{middle:.{digits}f}{unit} ({low:.{digits}f}–{high:.{digits}f}{missing})"
