"""What a failure becomes: one line on stderr and an exit code."""

__all__ = ["flush_stdout", "report_failure"]

import errno
import os
import sys
import traceback

import click

WRONG_INPUT, FAILED, INTERRUPTED = 2, 1, 130
_DEBUG = "SYMBOLNET_DEBUG"


def report_failure(error: BaseException) -> int:
    """Say on stderr what went wrong, where there is something to say, and return the exit code."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    if os.environ.get(_DEBUG, "0") not in ("", "0"):
        traceback.print_exception(error)
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return INTERRUPTED
    if isinstance(error, BrokenPipeError) or (isinstance(error, OSError) and error.errno == errno.EPIPE):
        _silence_stdout()
        return FAILED
    line, code = _line(error)
    click.echo(f"symbolnet: error: {line}", err=True)
    return code


def flush_stdout() -> None:
    """Write what is still buffered, so that a full disk or a closed pipe is met here and not after the last line."""
    sys.stdout.flush()


def _line(error: BaseException) -> tuple[str, int]:
    if isinstance(error, click.UsageError):
        where = error.ctx.command_path if error.ctx is not None else "symbolnet"
        line = _one_line(error.format_message())
        return line if line.endswith("?") else f"{line}; see {where} --help", WRONG_INPUT
    if isinstance(error, click.ClickException):
        return _one_line(error.format_message()), WRONG_INPUT
    if isinstance(error, ValueError):  # SymbolNetError, scikit-learn's checks of data and of parameters
        return _one_line(str(error)), WRONG_INPUT
    if isinstance(error, OSError):
        name = f"{error.filename}: " if error.filename else ""
        _silence_stdout()
        return f"{name}{error.strerror or error}; check the path, its permissions and the room on its disk", WRONG_INPUT
    if isinstance(error, MemoryError):
        return "out of memory; give fewer rows, or a parquet file, which is read in parts", FAILED
    cause = _one_line(f"{type(error).__name__}: {error}")
    return f"internal failure ({cause}); set {_DEBUG}=1 to see where, and report it", FAILED


def _one_line(text: str) -> str:
    return " ".join(text.split()).rstrip(".") or "unknown failure"


def _silence_stdout() -> None:
    """Send what is still buffered nowhere: the interpreter flushes stdout at its end and would complain again."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.__stdout__.fileno() if sys.__stdout__ is not None else 1)
        os.close(nowhere)
    except (OSError, ValueError):
        return
