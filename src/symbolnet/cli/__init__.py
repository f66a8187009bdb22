"""The command line: one file a verb. Heavy imports wait until a verb runs, so that `--help` answers at once."""

__all__ = ["main"]

from symbolnet.cli._app import main
