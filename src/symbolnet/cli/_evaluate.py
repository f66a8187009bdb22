"""`symbolnet evaluate`: what the formulas are worth on data with known targets."""

__all__ = ["evaluate"]

from typing import Any

import click

from symbolnet.cli._output import Column, print_json, say, table
from symbolnet.cli._verb import as_json, data_argument, index_option, run_argument

_HEADINGS = {
    "accuracy": "accuracy",
    "auc": "AUC",
    "r2": "R²",
    "rmse": "RMSE",
    "mae": "MAE",
    "mean_complexity": "mean complexity",
    "total_complexity": "total complexity",
    "mean_nodes": "mean nodes",
    "n_inputs": "inputs used",
}


@click.command(short_help="Metrics of the formulas on data with known targets.")
@run_argument
@data_argument
@index_option
@click.option("--digits", type=int, metavar="N", help="Also with constants of N significant digits.")
@click.option("--bits", type=int, metavar="N", help="Also with constants of N significant bits.")
@click.option("--target", multiple=True, metavar="COL", help="The target column, if not that of the training.")
@click.option(
    "--part", type=click.Choice(["test", "train"]), help="Which part of DATA, where it has two.  [default: test]"
)
@as_json
def evaluate(
    run: str,
    data: str,
    index: int | None,
    digits: int | None,
    bits: int | None,
    target: tuple[str, ...],
    part: str | None,
    as_json: bool,
) -> None:
    """Compute accuracy and AUC (one class against the rest, averaged), or R², RMSE and MAE, from the formulas of RUN.

    With --digits or --bits the constants are rounded and the metrics are given before and after.
    """
    from symbolnet.cli._data import read_new
    from symbolnet.cli._runs import open_run
    from symbolnet.estimators import evaluate as measure
    from symbolnet.estimators import rounded

    opened = open_run(run)
    model = opened.model
    model.expression(index)  # a wrong index is told before the data is read
    found = read_new(data, model, opened.config, target, part, y=True)
    X = found.inputs()
    exact = measure(model, X, found.y, index)
    after: dict[str, Any] | None = None
    if digits is not None or bits is not None:
        after = measure(rounded(model, index, digits=digits, bits=bits), X, found.y) | {"index": exact["index"]}
    if as_json:
        place = {"run": run, "data": data, "part": found.part}
        how = {"digits": digits} if digits is not None else {"bits": bits}
        print_json(place | exact | ({} if after is None else {"rounded": how | after}))
        return
    _print(exact, after, f"{digits} digits" if digits is not None else f"{bits} bits")
    where = {"all": "", "test": " of the test part", "train": " of the train part"}[found.part]
    say(f"\nrow {exact['index']} of {run} on {exact['n_samples']} samples{where} of {data}")


def _print(exact: dict[str, Any], after: dict[str, Any] | None, how: str) -> None:
    columns = [Column("", numeric=False), Column("value" if after is None else "exact")] + (
        [] if after is None else [Column(how)]
    )
    rows = []
    for key, heading in _HEADINGS.items():
        if key in exact:
            rows.append([heading, *(_number(key, values[key]) for values in (exact, after) if values is not None)])
    for label in exact.get("auc_per_class", {}) if len(exact.get("auc_per_class", {})) > 1 else {}:
        values = [result["auc_per_class"][label] for result in (exact, after) if result is not None]
        rows.append([f"AUC of class {label}", *(_number("auc", value) for value in values)])
    table(columns, rows)


def _number(key: str, value: Any) -> str:
    if value is None:
        return "undefined"
    if isinstance(value, int):
        return str(value)
    if key in ("mean_complexity", "total_complexity", "mean_nodes"):
        return f"{value:.1f}"
    return f"{value:.5g}" if key in ("rmse", "mae") else f"{value:.4f}"
