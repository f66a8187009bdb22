"""How a person reads a fitted model: what its outputs are called, how a class follows from them, metrics in words."""

__all__ = ["LABELS", "class_names", "front_cells", "output_names", "percent_or_number", "reading_rule"]

from collections.abc import Mapping, Sequence
from typing import Any

LABELS = {"accuracy": "accuracy", "r2": "R²"}
"""Metrics as a table's heading has them."""


def output_names(model: Any, config: Mapping[str, Any]) -> list[str]:
    """What to call the formulas: classes, by the names that the data set gives them, or the target columns."""
    names = list(model.targets_.names)
    classes, given = config.get("class_names"), config.get("target")
    if model.targets_.classes is None:
        if not given or len(given) != len(names):
            return names
        return [str(name).removesuffix("_train") for name in given]
    if not classes:
        return names
    return _named(names, classes)


def class_names(model: Any, config: Mapping[str, Any]) -> list[str] | None:
    """What to call all classes; `output_names` has one only where there are two. None for a regressor."""
    classes = model.targets_.classes
    return None if classes is None else _named([str(label) for label in classes], config.get("class_names") or ())


def _named(labels: list[str], given: Sequence[Any]) -> list[str]:
    """Labels 0, 1, ... by the names that the data set gives them; the labels themselves where they are others."""
    numbers = [label.removesuffix(".0") for label in labels]
    known = all(number.isdigit() and int(number) < len(given) for number in numbers)
    return [str(given[int(number)]) for number in numbers] if known else labels


def front_cells(row: Any, metric: str) -> list[str]:
    """A row of `equations_` as a table shows it: complexity, inputs, metric, loss, score.

    Of a fit by `max_luts` also LUTs (with ~ where they are guessed), nanoseconds, and the metric of the circuit.
    """
    cells = [f"{row['complexity']:.1f}", str(row["n_inputs"]), f"{row[metric]:.4f}", f"{row['loss']:.4g}"]
    cells.append(f"{row['score']:.4f}" if row["pareto"] else "-")
    if "luts" in row:
        about = "~" if row["counted_by"] == "estimate" else ""
        cells += [f"{about}{row['luts']}", f"{row['latency_ns']:g}", f"{row[f'circuit_{metric}']:.4f}"]
    return cells


def reading_rule(model: Any, names: list[str]) -> str:
    """How a class follows from the values of the formulas; empty for a regressor."""
    classes = model.targets_.classes
    if classes is None:
        return "The formula is the log of the expected count." if model.targets_.link == "log" else ""
    if len(names) > 1:
        return "The class with the largest value wins."
    limit = "0" if model.targets_.link == "logit" else "0.5"
    return f"Class {names[0]} where the value is above {limit}, else the other class ({classes[0]})."


def percent_or_number(metric: str, value: float | None) -> str:
    """A metric as a sentence has it: an accuracy in percent."""
    if value is None:
        return "undefined"
    return f"{100 * value:.1f} %" if metric == "accuracy" else f"{value:.4f}"
