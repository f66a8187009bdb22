"""What a column of a file stands for: an input is numbers, a target numbers or text, and nothing is missing."""

__all__ = ["check_finite", "numbers", "target_values"]

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError


def numbers(file: Path, name: str, column: NDArray[Any], first_row: int = 0) -> NDArray[Any]:
    """The column as numbers, or an error that names the first row that is none.

    Parameters
    ----------
    file, name : path and str
        For the message.
    column : array (rows,)
    first_row : int
        How many rows of the file come before; the message counts from 1.
    """
    if column.dtype.kind in "iuf":
        return column
    if column.dtype.kind == "b":
        return column.astype(np.float32)
    for row, value in enumerate(column, start=first_row + 1):
        if _is_missing(value):
            raise SymbolNetError(f"{file}: column {name!r}, row {row}: missing value; fill it in or drop the row")
        try:
            float(value)
        except (TypeError, ValueError):
            raise SymbolNetError(
                f"{file}: column {name!r}, row {row}: {str(value)[:40]!r} is not a number; "
                "make the column numeric or drop it"
            ) from None
    return column.astype(np.float64)


def target_values(file: Path, name: str, column: NDArray[Any], *, several: bool, first_row: int = 0) -> NDArray[Any]:
    """The column as it is stored: numbers stay numbers, text and times become fixed-width text; nothing may be missing.

    Parameters
    ----------
    file, name, column, first_row
        As in `numbers`.
    several : bool
        Whether it is one of several targets, which must be numbers.
    """
    if several or column.dtype.kind == "f":
        values = numbers(file, name, column, first_row)
        bad = np.flatnonzero(~np.isfinite(values))
        if bad.size:
            row = int(bad[0])
            raise SymbolNetError(
                f"{file}: target column {name!r}, row {first_row + row + 1}: {values[row]} is not finite; "
                "mend or drop the row"
            )
        return values
    if column.dtype.kind == "O":
        for row, value in enumerate(column, start=first_row + 1):
            if _is_missing(value):
                raise SymbolNetError(
                    f"{file}: target column {name!r}, row {row}: missing value; fill it in or drop the row"
                )
            if isinstance(value, bytes):
                raise SymbolNetError(f"{file}: target column {name!r} holds bytes; write it as text or numbers")
        return column.astype(str)
    return column


def check_finite(where: str, X: NDArray[Any], names: Sequence[str], first_row: int = 0) -> None:
    """Refuse NaN and infinite values of X (rows, inputs), with the first one's column and row.

    Parameters
    ----------
    where : str
        Where X is from, with what parts it from the column in the message; it may be empty.
    names : sequence of str
        Of the columns.
    first_row : int
        How many rows come before; the message counts from 1.
    """
    if X.dtype.kind != "f":
        return
    finite = np.isfinite(X)
    if finite.all():
        return
    row, column = map(int, np.argwhere(~finite)[0])
    value = X[row, column]
    cause = "missing value (NaN)" if np.isnan(value) else f"{value} is not finite"
    raise SymbolNetError(
        f"{where}column {names[column]!r}, row {first_row + row + 1}: {cause}; fill it in or drop the row"
    )


def _is_missing(value: Any) -> bool:
    return value is None or value == "" or bool(value != value)
