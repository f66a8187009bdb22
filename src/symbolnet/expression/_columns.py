"""The columns of a data frame that an expression's inputs name."""

__all__ = ["by_name"]

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError


def by_name(frame: Any, inputs: Sequence[str], used: Sequence[int]) -> NDArray[Any]:
    """Return the columns of a frame such as pandas' as an array, (n_samples, n_inputs), in the order of the inputs.

    A frame whose columns are not all named by text has no names, as in scikit-learn. Inputs that nobody named, x0, x1,
    ..., are looked for by name only where all of them are there: the frame may be what the nameless array came from.

    Parameters
    ----------
    frame : data frame, or anything that NumPy makes an array of
        Taken as it stands where it has no names.
    inputs : sequence of str
    used : sequence of int
        The inputs that must be there; the other columns of the result are zero where the frame lacks them.

    Raises
    ------
    SymbolNetError
        If a used input is no column, or more than one, or holds no numbers.
    """
    columns = list(getattr(frame, "columns", ()))
    distinct = len(set(inputs)) == len(inputs)
    if not columns or columns == list(inputs) or not distinct or not all(isinstance(name, str) for name in columns):
        return np.asarray(frame)
    numbered = all(name == f"x{k}" for k, name in enumerate(inputs))
    if numbered and not set(inputs) <= set(columns):
        return np.asarray(frame)
    result = np.zeros((len(frame), len(inputs)))
    for k in used:
        name = inputs[k]
        if (count := columns.count(name)) != 1:
            raise SymbolNetError(
                f"X has {count or 'no'} columns {name!r}, an input of the formula; give one, or an array in its order"
            )
        column = np.asarray(frame[name])
        if column.dtype.kind not in "fiub":
            raise SymbolNetError(f"X holds {column.dtype} in column {name!r}; give numbers, e.g. X.astype(float)")
        result[:, k] = column
    return result
