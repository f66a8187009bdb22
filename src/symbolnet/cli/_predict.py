"""`symbolnet predict`: what the formulas say about new rows."""

__all__ = ["predict"]

from pathlib import Path

import click

from symbolnet.cli._output import note
from symbolnet.cli._verb import data_argument, index_option, run_argument


@click.command(short_help="Predictions for new rows, to a file.")
@run_argument
@data_argument
@click.option("--out", required=True, metavar="FILE", help="A .csv, .parquet or .npy file.")
@index_option
@click.option("--proba", is_flag=True, help="For classifiers: also the probability of each class.")
@click.option(
    "--part", type=click.Choice(["test", "train"]), help="Which part of DATA, where it has two.  [default: test]"
)
def predict(run: str, data: str, out: str, index: int | None, proba: bool, part: str | None) -> None:
    """Write the predictions of RUN for the rows of DATA to FILE: class labels, or numbers.

    Inputs are found by name; other columns of DATA are ignored. A .npy file holds the predictions alone,
    or with --proba the probabilities alone.
    """
    from symbolnet._errors import SymbolNetError
    from symbolnet.cli._data import read_new
    from symbolnet.cli._predictions import prediction_table, write_predictions
    from symbolnet.cli._runs import open_run

    if Path(out).exists() and Path(data).exists() and Path(out).samefile(data):
        raise SymbolNetError(f"--out {out} is the data itself, which would be lost; give another file")
    opened = open_run(run)
    found = read_new(data, opened.model, opened.config, (), part, y=False)
    columns = prediction_table(opened.model, found.inputs(), index, opened.config, proba=proba)
    write_predictions(out, columns, proba=proba)
    where = "" if found.part == "all" else f" of the {found.part} part"
    note(f"{found.n_rows} predictions{where} in {out}")
