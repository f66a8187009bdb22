"""A fitted model as the verbs show it: the table of models."""

__all__ = ["front_json", "models_json", "print_front"]

from collections.abc import Mapping
from typing import Any

from symbolnet.cli._output import Column, table

_NUMBERS = (
    "complexity", "nodes", "expanded_complexity", "total_complexity", "n_inputs", "loss", "score", "epoch",
    "circuit_accuracy", "circuit_r2", "luts", "latency_ns", "counted_by",
)  # fmt: skip


def print_front(model: Any, *, every: bool = False, extra: Mapping[str, Mapping[int, str]] | None = None) -> None:
    """Print the table of models: those on the front and the chosen one, or every one.

    Parameters
    ----------
    model : fitted estimator
    every : bool
    extra : mapping of heading to {row: text}
        Further columns.
    """
    from symbolnet.estimators._reading import LABELS, front_cells
    from symbolnet.expression._expression import shown

    rows, metric = model.equations_, model._metric
    chosen = model.best_index_
    single = len(model.targets_.names) == 1
    columns = [
        Column("row"),
        Column("complexity"),
        Column("inputs"),
        Column(LABELS[metric]),
        Column("loss"),
        Column("score"),
    ]
    if "luts" in rows:
        columns += [Column("LUT"), Column("ns"), Column("of the circuit")]
    columns += [Column(heading) for heading in extra or {}]
    columns += [Column("formula", numeric=False)] if single else [Column("", numeric=False)]
    lines = []
    for k, row in rows.iterrows():
        if not (every or row["pareto"] or k == chosen):
            continue
        cells = [f"{k}{'*' if k == chosen else ' '}", *front_cells(row, metric)]
        cells += [texts.get(int(k), "") for texts in (extra or {}).values()]
        off = "" if row["pareto"] else "off the front"
        cells.append(shown(model.expression(int(k)), 3)[0] if single else off)
        lines.append(cells)
    table(columns, lines)


def models_json(model: Any, *, every: bool = True) -> list[dict[str, Any]]:
    """The rows of `equations_` as JSON holds them."""
    rows, metric, chosen = model.equations_, model._metric, model.best_index_
    result = []
    for k, row in rows.iterrows():
        if every or row["pareto"] or k == chosen:
            numbers = {name: row[name] for name in _NUMBERS if name in row}
            flags = {"pareto": bool(row["pareto"]), "chosen": bool(k == chosen)}
            result.append(
                {"index": int(k), metric: row[metric]} | numbers | flags | {"equations": list(row["equations"])}
            )
    return result


def front_json(model: Any, *, every: bool = False) -> dict[str, Any]:
    """The table as one JSON document."""
    metric = model._metric
    return {
        "task": "regression" if model.targets_.classes is None else "classification",
        "metric": metric,
        "outputs": list(model.targets_.names),
        "best_index": model.best_index_,
        "models": models_json(model, every=every),
    }
