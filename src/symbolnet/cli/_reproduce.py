"""`symbolnet reproduce`: the paper's experiment on one data set, with its baselines."""

__all__ = ["reproduce"]

from pathlib import Path

import click

from symbolnet.cli._output import note, paragraph, print_json, say
from symbolnet.cli._verb import as_json


@click.command(short_help="The paper's experiment with its baselines: figures, tables, numbers.")
@click.argument("name", metavar="{jets,mnist,svhn,digits}")
@click.option("--out", required=True, metavar="DIR", help="Folder for everything that comes out.")
@click.option("--quick", is_flag=True, help="Seconds instead of minutes: shows that it works, measures nothing.")
@click.option("--minutes", type=click.FloatRange(0, min_open=True), metavar="M", help="Fit the plan into M minutes.")
@click.option("--hours", type=click.FloatRange(0, min_open=True), metavar="H", help="Fit the plan into H hours.")
@click.option("--seeds", type=click.IntRange(1), metavar="N", help="Repetitions; 3, or 1 with --quick.")
@click.option("--resume", is_flag=True, help="Go on with the run in DIR; stages that are done are not done again.")
@as_json
def reproduce(
    name: str,
    out: str,
    quick: bool,
    minutes: float | None,
    hours: float | None,
    seeds: int | None,
    resume: bool,
    as_json: bool,
) -> None:
    """Run the paper's experiment on one data set and write a folder to publish from.

    SymbolNet as published and with max_complexity, three-stage EQL, genetic programming (pip install
    'symbolnet[peers]') and a dense reference; fronts over three seeds, ROC curves, tables of formulas as LaTeX,
    Markdown and CSV, and the numbers behind all of them. README.md in DIR tells what came out.

    The full plan takes 25 minutes on two cores. --minutes scales it, and what is cut is said. Give the same options
    with --resume to go on after a stop.
    """
    from symbolnet._errors import SymbolNetError
    from symbolnet.reproduce import make_plan
    from symbolnet.reproduce import reproduce as run

    if minutes is not None and hours is not None:
        raise SymbolNetError("both --minutes and --hours are given; give one of them")
    limit = minutes if hours is None else 60 * hours
    plan = make_plan(name.lower(), minutes=limit, quick=quick, seeds=seeds)
    for cut in plan.cuts:
        note(f"cut: {cut}")
    report = run(plan, Path(out), resume=resume, report=note)
    if as_json:
        print_json(
            {
                "experiment": plan.name,
                "out": out,
                "seconds": round(report.seconds, 1),
                "cuts": list(plan.cuts),
                "left_out": list(report.left_out),
                "statements": list(report.statements),
            }
        )
        return
    for statement in report.statements:
        paragraph(statement)
    say(f"\n{report.seconds:.0f} s; everything is in {out}, begin with {Path(out) / 'README.md'}")
