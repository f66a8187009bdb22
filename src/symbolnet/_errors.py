"""The exceptions that a user can meet. Each message is one line: the cause, the value and the remedy."""

__all__ = ["ModelFileError", "SymbolNetError", "UnknownNameError", "did_you_mean", "one_line_errors"]

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class SymbolNetError(ValueError):
    """A wrong input. The message is one line that says what, where, and what would be right."""


class UnknownNameError(SymbolNetError):
    """A name (operator, loss, data set, setting) that does not exist."""


class ModelFileError(SymbolNetError):
    """A model file or run folder that is damaged, foreign, or from a later version."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of an error message for an unknown `name`: the closest known name, or all of them."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(names)}"


_REMEDIES = {
    "NaN": "remove or replace these rows",
    "infinity": "remove or replace these rows",
    "could not convert string": "give numbers only; encode text columns first",
    "unable to convert": "give numbers only; encode text columns first",
}


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Put the many-line messages of other libraries about wrong data on one line, with a remedy where we know one."""
    try:
        yield
    except ValueError as error:
        lines = [line.strip() for line in str(error).splitlines()] or [type(error).__name__]
        remedy = next((remedy for sign, remedy in _REMEDIES.items() if sign in lines[0]), None)
        if remedy is None and len(lines) == 1:
            raise
        text = " ".join(lines) if remedy is None else f"{lines[0].rstrip('. ')}; {remedy}"
        raise SymbolNetError(text) from error
