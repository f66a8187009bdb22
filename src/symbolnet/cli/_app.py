"""The command `symbolnet`: its verbs, and one place where every failure becomes a line and an exit code."""

__all__ = ["app", "main"]

from collections.abc import Sequence
from typing import Any, NoReturn

import click

from symbolnet._version import __version__
from symbolnet.cli._datasets import datasets
from symbolnet.cli._demo import demo
from symbolnet.cli._evaluate import evaluate
from symbolnet.cli._export import export
from symbolnet.cli._failures import flush_stdout, report_failure
from symbolnet.cli._fit import fit
from symbolnet.cli._output import plain_streams, plain_warnings
from symbolnet.cli._pareto import pareto
from symbolnet.cli._predict import predict
from symbolnet.cli._report import report
from symbolnet.cli._reproduce import reproduce
from symbolnet.cli._scan import scan
from symbolnet.cli._show import show
from symbolnet.cli._synth import synth
from symbolnet.cli._verb import HELP_SETTINGS
from symbolnet.cli._verify import verify

_EPILOG = """\b
Begin with:  symbolnet demo
Then:        symbolnet fit DATA.csv --target COLUMN --out RUN
             symbolnet pareto RUN; symbolnet show RUN

DATA is a .csv, .parquet or .npz file (X, y or X_train, y_train, X_test, y_test), or the name of a data set
(symbolnet datasets). A wrong input ends with exit code 2 and one line; SYMBOLNET_DEBUG=1 shows where it arose."""


class _App(click.Group):
    """A group in the order of work, whose failures are one line on stderr."""

    def list_commands(self, _: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            if args[0].startswith("-"):
                raise
            from symbolnet._errors import did_you_mean

            message = f"no command {args[0]!r}; {did_you_mean(args[0], self.commands)}"
            raise click.UsageError(message, ctx) from error

    def main(  # type: ignore[override]  # click overloads it by standalone_mode; this one always ends the process
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        extra.pop("standalone_mode", None)
        with plain_streams(), plain_warnings():
            try:
                result = super().main(args, prog_name or "symbolnet", standalone_mode=False, **extra)
                flush_stdout()
                code = result if isinstance(result, int) else 0
            except BaseException as error:
                code = report_failure(error)
        raise SystemExit(code)


@click.group("symbolnet", cls=_App, epilog=_EPILOG, context_settings=HELP_SETTINGS, invoke_without_command=True)
@click.version_option(__version__, "--version", message="symbolnet %(version)s")
@click.pass_context
def app(context: click.Context) -> None:
    """From data with up to thousands of inputs to short, exact formulas."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for _verb in (demo, fit, scan, pareto, show, predict, evaluate, report, reproduce, export, verify, synth, datasets):
    app.add_command(_verb)


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code.

    Parameters
    ----------
    args : sequence of str, optional
        Those of the process without it.

    Raises
    ------
    SystemExit
        Always: 0; 2 for a wrong input; 130 after Ctrl-C; 1 for a failure of the program itself.
    """
    app.main(args)
