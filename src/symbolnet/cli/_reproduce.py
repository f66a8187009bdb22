"""`symbolnet reproduce`: the paper's experiment on one data set, with its baselines."""

__all__ = ["reproduce"]

from pathlib import Path

import click

from symbolnet.cli._output import note, paragraph, print_json, say
from symbolnet.cli._verb import FiniteRange, as_json


@click.command(short_help="The paper's experiment with its baselines: figures, tables, numbers.")
@click.argument("name", metavar="{jets,mnist,svhn,digits,table4}")
@click.option("--out", required=True, metavar="DIR", help="Folder for everything that comes out.")
@click.option("--quick", is_flag=True, help="A few minutes: shows that everything works, measures nothing.")
@click.option("--minutes", type=FiniteRange(0, min_open=True), metavar="M", help="Fit the plan into M minutes.")
@click.option("--hours", type=FiniteRange(0, min_open=True), metavar="H", help="Fit the plan into H hours.")
@click.option("--seeds", type=click.IntRange(1), metavar="N", help="Repetitions; 3, or 1 with --quick.")
@click.option("--resume", is_flag=True, help="Go on with the run in DIR; stages that are done are not done again.")
@click.option("--hgq-python", metavar="PATH", help="table4: a Python that has HGQ2, if this one has not.")
@as_json
def reproduce(
    name: str,
    out: str,
    quick: bool,
    minutes: float | None,
    hours: float | None,
    seeds: int | None,
    resume: bool,
    hgq_python: str | None,
    as_json: bool,
) -> None:
    """Run the paper's experiment on one data set and write a folder to publish from.

    SymbolNet as published and with max_complexity, three-stage EQL, genetic programming (pip install
    'symbolnet[peers]') and a dense reference; fronts over three seeds, ROC curves, tables of formulas as LaTeX,
    Markdown and CSV, and the numbers behind all of them. README.md in DIR tells what came out.

    The full plan takes about 25 minutes on two cores and at most 50. --minutes scales it, and what is cut is said.
    Give the same options with --resume to go on after a stop.

    table4 makes the paper's Table IV instead: formulas and quantised, pruned networks (HGQ2: pip install
    'symbolnet[hgq]') as circuits, ours and the published figures in columns of their own. It takes
    neither --minutes, --hours nor --seeds.
    """
    from symbolnet._errors import SymbolNetError
    from symbolnet.reproduce import make_plan
    from symbolnet.reproduce import reproduce as run

    if minutes is not None and hours is not None:
        raise SymbolNetError("both --minutes and --hours are given; give one of them")
    if name.lower() == "table4":
        _table4(out, quick, {"--minutes": minutes, "--hours": hours, "--seeds": seeds}, resume, hgq_python, as_json)
        return
    if hgq_python is not None:
        raise SymbolNetError(f"--hgq-python belongs to table4; leave it out for {name}")
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


def _table4(
    out: str, quick: bool, foreign: dict[str, float | None], resume: bool, hgq_python: str | None, as_json: bool
) -> None:
    from symbolnet._errors import SymbolNetError
    from symbolnet.reproduce import make_plan4, reproduce_table4

    for option, value in foreign.items():
        if value is not None:
            raise SymbolNetError(f"{option} does not belong to table4; leave it out, or give --quick")
    plan = make_plan4(quick=quick)
    if quick:
        note("a quick run: the digits in place of the paper's data; it shows that everything works, measures nothing")
    report = reproduce_table4(plan, Path(out), resume=resume, hgq_python=hgq_python, report=note)
    if as_json:
        print_json({"experiment": "table4", "out": out, "seconds": round(report.seconds, 1), "results": report.results})
        return
    for statement in report.statements:
        paragraph(statement)
    say(f"\n{report.seconds:.0f} s; everything is in {out}, begin with {Path(out) / 'README.md'}")
