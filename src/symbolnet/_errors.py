"""The exceptions that a user can meet. Each message is one line: the cause, the value and the remedy."""

__all__ = ["ModelFileError", "SymbolNetError", "UnknownNameError", "WrongTypeError", "did_you_mean", "one_line_errors"]

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager


class SymbolNetError(ValueError):
    """A wrong input. The message is one line that says what, where, and what would be right."""


class UnknownNameError(SymbolNetError):
    """A name (operator, loss, data set, setting) that does not exist."""


class ModelFileError(SymbolNetError):
    """A model file or run folder that is damaged, foreign, or from a later version."""


class WrongTypeError(SymbolNetError, TypeError):
    """Input of a type that cannot be used. A TypeError too, since scikit-learn's contract asks for one."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of an error message for an unknown `name`: the closest known name, or all of them."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(names)}"


_NOT_NUMBERS = "; give numbers only; encode text columns first"
_RULES = tuple(
    (re.compile(cause), ending)
    for cause, ending in (
        (r".*(NaN|infinity).*", "; remove or replace these rows"),
        (r".*(could not convert string|unable to convert).*", _NOT_NUMBERS),
        (r".*argument must be a string or a real number, not 'NAType'.*", "; fill in or drop the missing values"),
        (r".*argument must be a string or a real number.*", _NOT_NUMBERS),
        (r".*int too large to convert to float.*", "; float64 holds numbers up to 1.8e308: divide them first"),
        (
            r"Expected 2D array, got \w+ array instead",
            ". Reshape your data: X.reshape(-1, 1) for one input, X.reshape(1, -1) for one sample",
        ),
        (r"Found array with dim \d.*", "; give two dimensions, such as array.reshape(len(array), -1)"),
        (r"Found array with 0 (sample|feature).*", "; give at least one of each"),
        (r"Found input variables with inconsistent numbers of samples.*", "; give one target for each row of X"),
        (r"setting an array element with a sequence", "; give one number a cell, and rows of one length"),
        (r"Complex data not supported", "; give real numbers, such as real and imaginary part in columns of their own"),
        (r"Sparse data was passed for \w+, but dense data is required", "; make it dense with toarray()"),
        (r"Feature names are only supported.* types", "; name all columns by text: X.columns = X.columns.astype(str)"),
        (r".*requires y to be passed, but the target y is None.*", "; give it: fit(X, y)"),
        (r"y should be a 1d array.*", "; give one label for each row"),
        (r"Unknown label type: continuous", "; round them, or take a regressor"),
        (r"Input should have at least 1 dimension.*", "; give one entry for each row"),
        (r"Negative values in data passed to `sample_weight`", "; give weights of at least 0"),
        (
            r"sample_weight\.shape == .*\)|Sample weights must be 1D.*?, got \w+ array",
            "; give one weight for each row of X",
        ),
    )
)
"""What other libraries say of wrong data (as much of it as is worth keeping), and the remedy that we add."""

_LONGEST = 400


@contextmanager
def one_line_errors(where: Callable[[], str] = str) -> Iterator[None]:
    """Put the many-line messages of other libraries about wrong data on one line, with a remedy where we know one.

    Parameters
    ----------
    where : callable, optional
        Where the first cell is that holds no number, looked for once there is one; the text comes after the cause.

    Raises
    ------
    SymbolNetError
        For a ValueError, TypeError or OverflowError inside; it is a TypeError too where that was one.
    """
    try:
        yield
    except SymbolNetError:
        raise
    except (ValueError, TypeError, OverflowError) as error:
        kind = WrongTypeError if isinstance(error, TypeError) else SymbolNetError
        raise kind(_one_line(str(error) or type(error).__name__, where)) from error


def _one_line(text: str, where: Callable[[], str]) -> str:
    """The cause as far as it is worth reading, never a dump of the data, and the remedy."""
    first = text.strip().partition("\n")[0]
    for cause, ending in _RULES:
        found = cause.match(first)
        if found:
            place = where() if "number" in ending or "missing" in ending else ""
            return _cut(found[0].rstrip(". :")) + place + ending
    return _cut(" ".join(text.split()))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
