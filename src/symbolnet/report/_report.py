"""The page, put together."""

__all__ = ["Subject", "report_page"]

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import PurePath
from types import MappingProxyType
from typing import Any

from markupsafe import Markup

from symbolnet._errors import SymbolNetError
from symbolnet._version import __version__
from symbolnet.estimators._reading import LABELS, class_names, output_names, reading_rule
from symbolnet.report import _model
from symbolnet.report._html import render
from symbolnet.report._judged import judge


@dataclass(frozen=True)
class Subject:
    """What a page may say about where a model comes from.

    Attributes
    ----------
    run : str
        The run folder or model file, as commands on the page name it.
    config : mapping
        Of the run folder: data, target, number of rows, names of the classes.
    data : str
        What X and y of `report_page` are.
    image : tuple of int, optional
        (height, width[, channels]) where the inputs are pixels.
    """

    run: str = "RUN"
    config: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    data: str = "the data given"
    image: tuple[int, ...] | None = None


def report_page(
    model: Any,
    X: Any = None,
    y: Any = None,
    *,
    index: int | None = None,
    digits: int = 3,
    subject: Subject | None = None,
) -> str:
    """A page about a fitted model: one HTML document that loads nothing.

    Parameters
    ----------
    model : fitted SymbolNetClassifier or SymbolNetRegressor
    X : array-like (rows, inputs), optional
    y : array-like (rows,) or (rows, targets), optional
        With X: rows on which the formulas are judged, best ones that took no part in training.
    index : int, optional
        Row of `equations_`; the chosen one if None.
    digits : int
        Significant digits of the constants shown. Metrics and counts are those of the formulas with all digits.
    subject : Subject, optional
        Where the model comes from.

    Returns
    -------
    str

    Raises
    ------
    SymbolNetError
        If there is no such row, y does not fit, or the image has another number of pixels.
    """
    subject = subject or Subject()
    if (X is None) != (y is None):
        raise SymbolNetError("X and y belong together; give both, or neither")
    expression = model.expression(index)
    row = model.best_index_ if index is None else index % len(model.models_)
    names = output_names(model, subject.config)
    judged = None if X is None else judge(model, X, y, row, names, class_names(model, subject.config))
    changed, others, command = _model.settings(model, subject.config)
    return render(
        "page.html",
        title=_title(model, subject),
        style=Markup(files("symbolnet.report").joinpath("templates/style.css").read_text(encoding="utf-8")),
        version=__version__,
        run=subject.run,
        data=subject.data,
        lead=_lead(model, subject.config),
        tiles=_tiles(model, row, judged),
        row=row,
        chosen=row == model.best_index_,
        digits=digits,
        rule=reading_rule(model, names),
        formulas=_model.formulas(expression, names, digits),
        sources=_model.sources(expression, names, subject.run, row),
        front=_model.front(model),
        front_figure=_model.front_figure(model, row),
        rows=_model.rows(model, names, digits),
        inputs=_model.inputs(expression, names, subject.image),
        used=[expression.input_names[k] for k in expression.used_inputs],
        n_inputs=model.n_features_in_,
        metric=LABELS[model._metric],
        judged=judged,
        curves=_model.curves(model, row),
        sparsity=_model.sparsity(model),
        changed=changed,
        others=others,
        command=command,
    )


def _title(model: Any, subject: Subject) -> str:
    n = len(model.targets_.names)
    what = "A formula" if n == 1 else f"{n} formulas"
    data = subject.config.get("data")
    return f"{what} for {PurePath(str(data)).name}" if data else what


def _lead(model: Any, config: Mapping[str, Any]) -> str:
    classes = model.targets_.classes
    targets = ", ".join(str(t) for t in config.get("target") or () if t not in ("y", "y_train"))
    of = f" of {targets}" if targets else ""
    task = f"Regression{of}" if classes is None else f"Classification{of} into {len(classes)} classes"
    rows = f" from {config['n_rows']:,} rows" if "n_rows" in config else ""
    inputs = f" of {model.n_features_in_:,} input{'s' if model.n_features_in_ != 1 else ''}"
    unit = "epochs" if "epoch" in model.history_ else "models examined"
    return f"{task}{rows}{inputs if rows else inputs.replace(' of ', ' from ')}; {model.n_iter_:,} {unit}."


def _tiles(model: Any, row: int, judged: Any) -> list[tuple[str, str, str]]:
    """(value, what it is, of what) for the head of the page."""
    table = model.equations_
    here = table.loc[row]
    metric = LABELS[model._metric]
    tiles = []
    if judged is not None:
        heading, value = judged.metrics[0]
        tiles.append((value, heading, f"on {judged.n_samples:,} rows of data"))
    tiles.append((f"{here[model._metric]:.4f}", metric, "on the validation rows"))
    n = len(model.targets_.names)
    tiles.append((f"{here['complexity']:.4g}", "complexity", "nodes" if n == 1 else f"mean nodes of {n} formulas"))
    tiles.append((str(here["n_inputs"]), "inputs used", f"of {model.n_features_in_:,}"))
    if "luts" in table:
        tiles.append((str(here["luts"]), "LUT", f"{here['latency_ns']:g} ns"))
    tiles.append((str(int(table["pareto"].sum())), "models", "on the front"))
    return tiles
