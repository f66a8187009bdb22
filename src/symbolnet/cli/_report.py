"""`symbolnet report`: one HTML page about a run."""

__all__ = ["report"]

from math import prod
from pathlib import Path

import click

from symbolnet._errors import SymbolNetError
from symbolnet.cli._output import note, print_json
from symbolnet.cli._verb import as_json, index_option, run_argument


@click.command(short_help="One HTML page about a run: formulas, front, inputs, metrics.")
@run_argument
@click.argument("data", metavar="[DATA]", required=False)
@index_option
@click.option("--out", metavar="FILE.html", help="Where to write the page.  [default: RUN/report.html]")
@click.option("--digits", type=int, default=3, show_default=True, metavar="N", help="Of the constants shown.")
@click.option("--image", metavar="HxW[xC]", help="The inputs are pixels of images of this height and width.")
@click.option("--target", multiple=True, metavar="COL", help="The target column, if not that of the training.")
@click.option(
    "--part", type=click.Choice(["test", "train"]), help="Which part of DATA, where it has two.  [default: test]"
)
@as_json
def report(
    run: str,
    data: str | None,
    index: int | None,
    out: str | None,
    digits: int,
    image: str | None,
    target: tuple[str, ...],
    part: str | None,
    as_json: bool,
) -> None:
    """Write a page about RUN that any browser shows and that needs no other file.

    It holds the formulas of one row in mathematical notation and as code, the front, the inputs that are used, and the
    curves of the training. With DATA, whose targets are known, also metrics, how many digits the constants need, and
    ROC curves with a confusion matrix, or predictions against true values.
    """
    from symbolnet.cli._data import read_new
    from symbolnet.cli._runs import open_run
    from symbolnet.datasets import image_shape
    from symbolnet.io import atomic_write
    from symbolnet.report import Subject, report_page

    if data is None and (target or part):
        raise SymbolNetError(f"--{'target' if target else 'part'} is about DATA; give DATA as well")
    if not 1 <= digits <= 17:
        raise SymbolNetError(f"--digits {digits} must be a whole number from 1 to 17")
    opened = open_run(run)
    model = opened.model
    model.expression(index)  # a wrong index is told before the data is read
    shape = _shape(image, model.n_features_in_) if image else image_shape(Path(str(opened.config.get("data"))).stem)
    if shape is not None and prod(shape) != model.n_features_in_:
        shape = None
    X = y = None
    about = ""
    if data is not None:
        found = read_new(data, model, opened.config, target, part, y=True)
        X, y = found.inputs(), found.y
        about = {"all": data, "test": f"the test part of {data}", "train": f"the train part of {data}"}[found.part]
    where = Path(out) if out is not None else _beside(Path(run))
    subject = Subject(run, opened.config, about, shape)
    page = report_page(model, X, y, index=index, digits=digits, subject=subject)
    atomic_write(where, page)
    if as_json:
        row = model.best_index_ if index is None else index % len(model.models_)
        print_json({"run": run, "file": str(where), "index": row, "data": data, "bytes": len(page.encode())})
    else:
        note(f"report in {where}; open it in a browser")


def _beside(run: Path) -> Path:
    return run / "report.html" if run.is_dir() else run.with_name(f"{run.stem}.html")


def _shape(text: str, n_inputs: int) -> tuple[int, ...]:
    parts = text.lower().split("x")
    if len(parts) not in (2, 3) or not all(part.isascii() and part.isdigit() for part in parts):
        raise SymbolNetError(
            f"--image {text}: not a size; give height and width such as 28x28, or 32x32x3 with colours"
        )
    shape = tuple(map(int, parts))
    if prod(shape) != n_inputs:
        raise SymbolNetError(f"--image {text}: {prod(shape)} pixels and the model has {n_inputs} inputs")
    return shape
