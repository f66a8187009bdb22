"""Options that several verbs share."""

__all__ = ["HELP_SETTINGS", "as_json", "data_argument", "index_option", "run_argument"]

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
