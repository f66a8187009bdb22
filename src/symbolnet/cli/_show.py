"""`symbolnet show`: the formulas of one row."""

__all__ = ["show"]

import click

from symbolnet.cli._output import note, say
from symbolnet.cli._verb import index_option, run_argument


@click.command(short_help="The formulas of one row, as text, LaTeX, SymPy, Python or C.")
@run_argument
@index_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "latex", "sympy", "python", "c"]),
    default="text",
    show_default=True,
    help="python and c are complete source files.",
)
@click.option("--digits", type=int, metavar="N", help="Round the constants to N significant digits.")
@click.option("--bits", type=int, metavar="N", help="Round the constants to N significant bits.")
def show(run: str, index: int | None, form: str, digits: int | None, bits: int | None) -> None:
    """Print the formulas of RUN with all their digits: the function that was trained, exactly.

    Rounding changes the function; `symbolnet evaluate` with the same option says what it costs.
    """
    from symbolnet.cli._runs import open_run
    from symbolnet.estimators._reading import output_names, reading_rule

    opened = open_run(run)
    expression = opened.model.expression(index)
    if digits is not None or bits is not None:
        expression = expression.round(digits=digits, bits=bits)
    if form == "python":
        say(expression.python().rstrip("\n"))
    elif form == "c":
        say(expression.c().rstrip("\n"))
    else:
        names = output_names(opened.model, opened.config)
        lines = {"text": expression.text, "latex": lambda: expression.latex(digits=None), "sympy": expression.sympy}[
            form
        ]()
        for name, line in zip(names, lines, strict=True):
            say(f"{name} = {line}" if form == "text" else str(line))
        if form == "text":
            rule = reading_rule(opened.model, names)
            complexity = expression.cost(opened.model._costs)
            note(f"complexity {complexity:.4g}, {expression.n_inputs} inputs. {rule}".rstrip())
