"""`symbolnet scan`: many trials, one front. The verbs that train."""

__all__ = ["scan"]

import shlex
import sys
from typing import Any

import click

from symbolnet.cli._output import note, print_json
from symbolnet.cli._scan_costs import COSTS
from symbolnet.cli._scan_views import export, pareto, status
from symbolnet.cli._verb import FiniteRange, as_json

_INTERRUPTED = 130
_EXAMPLES = """\b
Examples:
  symbolnet scan run mnist --out scan1 --trials 200     # the paper's ranges
  symbolnet scan run jets.csv --target label --out scan2 --space ranges.toml
  symbolnet scan resume scan1 --trials 400              # go on, or add trials
  symbolnet scan pareto scan1
  symbolnet fit --from-scan scan1 --out run1            # one of its models"""


@click.group(short_help="Many trials over architectures, sparsities and rates; one front.", epilog=_EXAMPLES)
def scan() -> None:
    """Scan architectures, operators, sparsity targets, budgets and learning rates for one front of models.

    A scan lives in a folder. Its study is an Optuna study: optuna-dashboard SCAN/study.db shows it.
    """


def _executor_options(command: Any) -> Any:
    """The options that say where trials are trained."""
    options = [
        click.option("--workers", type=click.IntRange(1), metavar="N", help="Worker processes, or jobs of --jobqueue."),
        click.option("--dask", metavar="ADDRESS", help="Train on the workers of a Dask scheduler."),
        click.option("--jobqueue", metavar="SYSTEM", help="Train in jobs of slurm, htcondor, pbs, sge or lsf."),
        click.option("--host", metavar="IP", help="This machine's address for the workers of --jobqueue."),
        click.option("--storage", metavar="WHERE", help="A .db or .journal file, or postgresql://USER@HOST/DATABASE."),
        click.option("--time-limit", type=FiniteRange(0), metavar="SECONDS", help="End then; resume goes on."),
        click.option("--quiet", is_flag=True, help="No progress and no notes."),
        as_json,
    ]
    for option in reversed(options):
        command = option(command)
    return command


@scan.command(short_help="Begin a scan of DATA.")
@click.argument("data", metavar="DATA")
@click.option("--out", required=True, metavar="SCAN", help="The folder of the scan: a new one.")
@click.option("--trials", type=click.IntRange(1), default=100, show_default=True, metavar="N")
@click.option("--preset", metavar="NAME", help="Ranges: jets, mnist, svhn (the paper's), general.")
@click.option("--space", metavar="FILE.toml", help="Ranges of your own: tables [space] and [settings].")
@click.option("--set", "assignments", multiple=True, metavar="KEY=VALUE", help="Fix a parameter of the estimator.")
@click.option("--target", multiple=True, metavar="COL", help="The column to predict; once for each of several.")
@click.option("--task", type=click.Choice(["auto", "classification", "regression"]), default="auto")
@click.option("--sampler", type=click.Choice(["nsga2", "tpe", "random", "grid"]), default="nsga2", show_default=True)
@click.option(
    "--objective",
    "objectives",
    multiple=True,
    type=click.Choice(COSTS),
    help="A third objective: guessed LUTs of an FPGA, beside metric and complexity.",
)
@click.option("--seed", type=int, default=0, show_default=True, metavar="N")
@click.option(
    "--population", type=click.IntRange(1), metavar="N", help="Trials trained together.  [default: 1; 32 on a GPU]"
)
@click.option(
    "--queue", type=click.IntRange(1), metavar="N", help="Trials of one job.  [default: 16, or 4 populations]"
)
@click.option(
    "--generation", type=click.IntRange(1), metavar="N", help="Jobs after which the sampler learns.  [default: 4]"
)
@click.option("--no-early-stop", is_flag=True, help="Train hopeless trials to their end.")
@click.option("--name", metavar="NAME", help="Of the study in the storage.  [default: that of the folder]")
@_executor_options
def run(**options: Any) -> int:
    """Scan DATA, a .csv, .parquet or .npz file or the name of a data set, and keep everything in the folder SCAN.

    A job is a queue of trials of equal layers and operators; those that a third of the others are ahead of at a
    fifth, three tenths or half of their training make room for the next. Networks are padded to few sizes, so that
    few programs have to be compiled. Kill it at any time: symbolnet scan resume SCAN goes on.
    """
    from symbolnet.cli._scan_setup import begin, run_to_the_end

    prepared = begin(options)
    return _report(options["out"], run_to_the_end(prepared, options, live=_live(options)), options)


@scan.command(short_help="Go on with a scan that was stopped or killed, or add trials.")
@click.argument("folder", metavar="SCAN")
@click.option("--trials", type=click.IntRange(1), metavar="N", help="Trials in all, if more are wanted.")
@click.option("--data", metavar="DATA", help="Where the data is now, if it was moved.")
@click.option("--take-over", is_flag=True, help="Go on although another process seems to run it.")
@_executor_options
def resume(**options: Any) -> int:
    """Go on with the scan in the folder SCAN: what was told stays, what was lost is trained again."""
    from symbolnet.cli._scan_setup import again, run_to_the_end

    prepared = again(options)
    return _report(options["folder"], run_to_the_end(prepared, options, live=_live(options)), options)


for _view in (status, pareto, export):
    scan.add_command(_view)


def _live(options: dict[str, Any]) -> bool:
    return not options["quiet"] and sys.stderr.isatty()


def _report(folder: str, outcome: Any, options: dict[str, Any]) -> int:
    from symbolnet.cli._scan_views import print_front, status_document

    study, why = outcome
    try:
        document = {**status_document(folder, study), "ended": why}
        if options["as_json"]:
            print_json(document)
        else:
            print_front(folder, study)
    finally:
        study.close()
    if why != "finished":
        cause = "interrupted" if why == "stopped" else "the time is up"
        note(f"symbolnet: {cause}; symbolnet scan resume {shlex.quote(folder)} goes on")
    return _INTERRUPTED if why == "stopped" else 0
