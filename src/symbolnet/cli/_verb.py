"""Options that several verbs share."""

__all__ = ["HELP_SETTINGS", "FiniteRange", "as_json", "data_argument", "index_option", "run_argument"]

import math
from typing import Any

import click

HELP_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
index_option = click.option(
    "--index",
    type=int,
    metavar="I",
    help="Row of the table of models (symbolnet pareto RUN); the chosen one without it.",
)
run_argument = click.argument("run", metavar="RUN")
data_argument = click.argument("data", metavar="DATA")


class FiniteRange(click.FloatRange):
    """A range of numbers without NaN, which is in every range of click's, and infinity."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{number} is not a finite number.", param, ctx)
        return number
