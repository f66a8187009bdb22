"""`symbolnet fit`: from DATA to a run folder of formulas."""

__all__ = ["fit"]

import shlex
import sys
import time
from pathlib import Path
from typing import Any

import click

from symbolnet.cli._output import note, print_json
from symbolnet.cli._verb import FiniteRange, as_json

_INTERRUPTED = 130
_EXAMPLES = """\b
Examples:
  symbolnet fit jets.csv --target label --out run1 --max-complexity 50
  symbolnet fit jets.csv --target label --out run3 --max-luts 300 --clock-ns 5
  symbolnet fit digits --out run2 --set weight_sparsity=0.9 --set max_iter=500
  symbolnet fit --out run2 --resume --set max_iter=900"""


@click.command(short_help="Train on DATA and keep the front of formulas in a run folder.", epilog=_EXAMPLES)
@click.argument("data", metavar="DATA", required=False)
@click.option("--out", required=True, metavar="RUN", help="The run folder: model, table, history, checkpoint.")
@click.option("--target", multiple=True, metavar="COL", help="The column to predict; once for each of several.")
@click.option("--max-complexity", type=float, metavar="N", help="Mean nodes per formula that no result exceeds.")
@click.option("--max-luts", type=float, metavar="N", help="LUTs that the circuit of no result exceeds.")
@click.option("--clock-ns", type=float, metavar="T", help="The clock of these circuits.  [default: 5]")
@click.option("--max-latency-ns", type=float, metavar="T", help="Cycles times clock that no circuit exceeds.")
@click.option("--task", type=click.Choice(["auto", "classification", "regression"]), help="[default: auto]")
@click.option("--set", "assignments", multiple=True, metavar="KEY=VALUE", help="A parameter of the estimator.")
@click.option("--config", metavar="FILE.toml", help="The same keys in a file, with target and task.")
@click.option(
    "--resume",
    is_flag=True,
    help="Go on with the run in RUN, with its own settings: it was killed, or --set max_iter gives it more epochs. "
    "By budget, begin it again.",
)
@click.option("--overwrite", is_flag=True, help="Start anew in a folder that holds a run.")
@click.option("--from-scan", metavar="SCAN", help="Train a trial of a scan again, to the same formulas.")
@click.option(
    "--index", type=int, metavar="I", help="The trial of --from-scan; the one with the best metric without it."
)
@click.option(
    "--memory-limit",
    type=FiniteRange(0),
    default=2.0,
    metavar="GIB",
    help="Read larger parquet files in parts.  [default: 2]",
)
@click.option("--quiet", is_flag=True, help="No progress and no notes.")
@as_json
def fit(
    data: str | None,
    out: str,
    target: tuple[str, ...],
    max_complexity: float | None,
    max_luts: float | None,
    clock_ns: float | None,
    max_latency_ns: float | None,
    task: str | None,
    assignments: tuple[str, ...],
    config: str | None,
    resume: bool,
    overwrite: bool,
    from_scan: str | None,
    index: int | None,
    memory_limit: float,
    quiet: bool,
    as_json: bool,
) -> int:
    """Train on DATA, a .csv, .parquet or .npz file or the name of a data set, and keep the formulas in RUN.

    Without --target: the column named target, y, label or class, else the last one. The task is classification for text
    and for few distinct whole numbers. KEY is any parameter of SymbolNetClassifier and SymbolNetRegressor.
    """
    from symbolnet._errors import SymbolNetError
    from symbolnet.cli._settings import from_options
    from symbolnet.cli._training import Request, run_fit
    from symbolnet.estimators import SymbolNetRegressor

    if index is not None and from_scan is None:
        raise SymbolNetError("--index names a trial of a scan; give --from-scan SCAN as well")
    if from_scan is not None:
        hardware = any(value is not None for value in (max_luts, clock_ns, max_latency_ns))
        if resume or assignments or config or target or task or max_complexity is not None or hardware:
            raise SymbolNetError(
                "--from-scan takes everything from the scan; give only --index, --out and DATA's place"
            )
        return _from_scan(from_scan, index, data, out, overwrite=overwrite, quiet=quiet, as_json=as_json)
    if resume and overwrite:
        raise SymbolNetError("--resume goes on with a run and --overwrite starts anew; give one of them")
    if data is None and not resume:
        raise SymbolNetError("DATA is missing; give a .csv, .parquet or .npz file or the name of a data set")
    known = SymbolNetRegressor._get_param_names()
    asked = from_options(
        assignments, config, max_complexity=max_complexity, target=target, task=task, known=known,
        hardware={"max_luts": max_luts, "clock_ns": clock_ns, "max_latency_ns": max_latency_ns},
    )  # fmt: skip
    request = Request(data, Path(out), asked, resume, overwrite, memory_limit, quiet)
    started = time.monotonic()
    result = run_fit(request, progress=not quiet and sys.stderr.isatty())
    seconds = time.monotonic() - started
    if as_json:
        print_json(_document(out, result, seconds))
    else:
        _print(out, result, seconds)
    if result.model.stopped_ == "interrupted":
        note(f"symbolnet: interrupted; these are the results so far, {_go_on(out, result.model)}")
        return _INTERRUPTED
    return 0


def _from_scan(
    scan: str, index: int | None, data: str | None, out: str, *, overwrite: bool, quiet: bool, as_json: bool
) -> int:
    from symbolnet.cli._scan_fit import fit_from_scan

    started = time.monotonic()
    result, row, same = fit_from_scan(scan, index, data, Path(out), overwrite=overwrite)
    seconds = time.monotonic() - started
    if as_json:
        print_json({**_document(out, result, seconds), "trial": row.index, "same_formulas": same})
        return 0
    _print(out, result, seconds)
    if not quiet:
        verdict = "these are the formulas of the scan" if same else "the formulas differ from those of the scan"
        cause = "" if same else f" (made with {', '.join(f'{k} {v}' for k, v in row.versions.items())})"
        note(f"trial {row.index} of {scan}: {verdict}{cause}")
    return 0


def _go_on(out: str, model: Any) -> str:
    """What the user can do next; a fit by budget keeps no checkpoint."""
    what = "goes on" if "epoch" in model.history_ else "searches anew, to the end"
    return f"symbolnet fit --out {shlex.quote(out)} --resume {what}"


def _document(out: str, result: Any, seconds: float) -> dict[str, Any]:
    from symbolnet.cli._results import front_json

    model = result.model
    return {
        "run": out,
        "data": result.config["data"],
        "target": result.config["target"],
        "n_samples": result.config["n_rows"],
        "n_inputs": result.config["n_inputs"],
        **front_json(model, every=True),
        "test": result.test,
        "sparsity": model.sparsity_.to_dict("records"),
        "n_iter": model.n_iter_,
        "stopped": model.stopped_,
        "seconds": round(seconds, 3),
    }


def _print(out: str, result: Any, seconds: float) -> None:
    from symbolnet.cli._output import formulas, paragraph, say
    from symbolnet.cli._results import print_front
    from symbolnet.estimators._reading import LABELS, output_names, percent_or_number, reading_rule
    from symbolnet.expression._expression import shown

    model = result.model
    row, metric = model.best_index_, model._metric
    print_front(model)
    say("\n* the chosen row. Loss and metric on the validation samples.\n")
    names = output_names(model, result.config)
    expression = model.expression()
    count = "The formula" if len(names) == 1 else f"The {len(names)} formulas"
    paragraph(f"{count} of row {row}, constants shown with 3 digits. {reading_rule(model, names)}".rstrip())
    formulas(names, shown(expression, 3))
    say()
    if result.test is not None:
        metrics = f"test {LABELS[metric]} {percent_or_number(metric, result.test[metric])}"
        say(f"{metrics} on {result.test['n_samples']} samples that took no part in training")
    _print_sparsity(model)
    # A fit by budget has no epochs; it counts the models that it has looked at.
    unit = "epochs" if "epoch" in model.history_ else "models examined"
    say(f"{model.n_iter_} {unit}, {seconds:.0f} s; results in {out}:")
    say("  model.symbolnet, equations.csv, history.csv")
    say(f"all digits: symbolnet show {shlex.quote(out)}")
    say(f"as code:    symbolnet show {shlex.quote(out)} --format python")
    say(f"as a page:  symbolnet report {shlex.quote(out)}")


def _print_sparsity(model: Any) -> None:
    """The sparsity targets, and whether they were reached; nobody missed the defaults, since nobody asked for them."""
    from symbolnet.cli._output import paragraph
    from symbolnet.estimators._settings import targets_are_given

    if not len(model.sparsity_):  # by budget
        return
    asked = targets_are_given(model)
    for trial in sorted(set(model.sparsity_["trial"])):
        rows = model.sparsity_[(model.sparsity_["trial"] == trial) & (model.sparsity_["target"] > 0)]
        if not len(rows):
            continue
        parts = [
            f"{row['type']} {row['reached']:.3f} of {row['target']:g}{' (missed)' if asked and not row['met'] else ''}"
            for _, row in rows.iterrows()
        ]
        which = f" (trial {trial})" if model.n_trials > 1 else ""
        defaults = "" if asked else ", with the default targets"
        paragraph(f"sparsity{which}{defaults}: {', '.join(parts)}")
