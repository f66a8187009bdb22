"""`symbolnet pareto`: the table of models of a run."""

__all__ = ["pareto"]

import shlex

import click

from symbolnet.cli._output import note, print_json, say
from symbolnet.cli._verb import as_json, run_argument


@click.command(short_help="The table of models: what each complexity buys.")
@run_argument
@click.option("--all", "every", is_flag=True, help="Also the models that others beat.")
@click.option("--figure", metavar="FILE", help="Draw the front as well (.png, .pdf, .svg).")
@as_json
def pareto(run: str, every: bool, figure: str | None, as_json: bool) -> None:
    """Print the models of RUN, simplest first, the chosen one with a star.

    Complexity is the mean number of nodes per formula; loss and accuracy (or R²) are those of the formulas on the
    validation samples; score is the fall of the log of the loss per node, as in PySR.
    """
    from symbolnet.cli._figure import figure_form, save_figure
    from symbolnet.cli._results import front_json, print_front
    from symbolnet.cli._runs import open_run

    if figure is not None:
        figure_form(figure)  # a wrong name is told before the run is read
    model = open_run(run).model
    if figure is not None:
        from symbolnet.plots import pareto_front

        save_figure(figure, pareto_front(model.equations_, y=model._metric))
        note(f"figure in {figure}")
    if as_json:
        print_json({"run": run, **front_json(model, every=every)})
        return
    print_front(model, every=every)
    say()
    say("* the chosen row. Loss and metric on the validation samples.")
    say(f"the formulas of a row: symbolnet show {shlex.quote(run)} --index ROW")
