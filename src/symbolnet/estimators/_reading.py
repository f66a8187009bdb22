"""How a person reads a fitted model: what its outputs are called, how a class follows from them, metrics in words."""

__all__ = ["LABELS", "output_names", "percent_or_number", "reading_rule"]

from collections.abc import Mapping
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
    labels = [name.removesuffix(".0") for name in names]
    known = all(label.isdigit() and int(label) < len(classes) for label in labels)
    return [str(classes[int(label)]) for label in labels] if known else names


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
