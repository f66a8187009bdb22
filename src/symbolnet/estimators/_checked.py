"""The data of a fit or a prediction, checked: plain arrays of finite numbers, and targets as they were meant."""

__all__ = ["checked_data", "checked_inputs", "checked_targets", "checked_weight", "plain_targets", "refuse_times"]

import datetime as dt
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.utils.validation import _check_sample_weight, validate_data

from symbolnet._errors import SymbolNetError, WrongTypeError, one_line_errors
from symbolnet.estimators._inputs import KINDS

Array = NDArray[Any]
_TIMES = (np.datetime64, np.timedelta64, dt.date, dt.time, dt.timedelta, pd.Period)
_NO_BYTES = "give text, y.astype(str), or numbers"
_AS_NUMBERS = "turn times into numbers first, such as seconds: (t - t.min()) / numpy.timedelta64(1, 's')"


def checked_data(estimator: Any, X: Any, y: Any) -> tuple[Array, Array]:
    """X and y of a fit; the estimator learns the number and the names of its inputs.

    Parameters
    ----------
    X : array-like (samples, inputs)
    y : array-like (samples,) or (samples, targets)

    Returns
    -------
    X : array (samples, inputs)
        Of one of `KINDS`, finite.
    y : array (samples,) or (samples, targets)
        As `plain_targets` gives it, then as the estimator's kind needs it.

    Raises
    ------
    SymbolNetError
        In one line, for data of any other sort; a TypeError too where scikit-learn's contract asks for one.
    """
    X, y = _refuse_times(X), plain_targets(y)
    with one_line_errors(lambda: _first_that_is_no_number(X)):
        X, y = validate_data(estimator, X, y, dtype=KINDS, multi_output=True, y_numeric=False, reset=True)
    return X, checked_targets(estimator, y)


def checked_targets(estimator: Any, y: Any) -> Array:
    """Targets as the estimator's kind needs them, whether they come with X or from blocks."""
    with one_line_errors():
        checked: Array = estimator._check_y(plain_targets(y))
    return checked


def checked_inputs(estimator: Any, X: Any) -> Array:
    """X for a fitted estimator, by the same rules and with the same number and names of inputs."""
    X = _refuse_times(X)
    with one_line_errors(lambda: _first_that_is_no_number(X)):
        checked: Array = validate_data(estimator, X, dtype=KINDS, reset=False)
    return checked


def checked_weight(weight: Any, X: Array) -> Array:
    """One weight of at least 0 a sample, and not all of them 0."""
    with one_line_errors():
        checked: Array = _check_sample_weight(weight, X, ensure_non_negative=True)
    if not checked.any():
        raise SymbolNetError("sample_weight is zero for every sample; give at least one sample a positive weight")
    return checked


# --- inputs -----------------------------------------------------------------------------------------------------------


def _refuse_times(X: Any) -> Any:
    """X as it is, lists as an array. NumPy takes times for counts of their unit, and a missing one for -9.2e18."""
    if isinstance(X, list | tuple):
        with one_line_errors():
            X = np.asarray(X)
    if isinstance(X, pd.DataFrame):
        for k, dtype in enumerate(X.dtypes):
            if dtype.kind in "mMO" and _are_times(X.iloc[:, k]):
                raise SymbolNetError(f"X holds times (column {X.columns[k]!r}); {_AS_NUMBERS}")
    elif isinstance(X, np.ndarray | pd.Series) and _are_times(X):
        raise SymbolNetError(f"X holds times; {_AS_NUMBERS}")
    return X


def _are_times(values: Array | pd.Series) -> bool:
    """Whether the dtype is one of times, or one of the values is a time; periods of pandas are of the latter."""
    kind = values.dtype.kind
    return kind in "mM" or (kind == "O" and any(isinstance(value, _TIMES) for value in np.ravel(values)))


def _first_that_is_no_number(X: Any) -> str:
    """Where the first cell stands that is no number, for an error message; empty where that says nothing."""
    if isinstance(X, pd.DataFrame):
        columns = [(f", column {X.columns[k]!r}", X.iloc[:, k]) for k in range(X.shape[1])]
    elif isinstance(X, np.ndarray) and X.ndim == 2:
        columns = [(f", column {k + 1}", X[:, k]) for k in range(X.shape[1])]
    else:
        return ""
    for name, column in columns:
        if getattr(column.dtype, "kind", "O") in "biufc":
            continue
        for row, value in enumerate(column, start=1):
            try:
                float(value)
            except (TypeError, ValueError, OverflowError):
                return f" (row {row}{name})"
    return ""


# --- targets ----------------------------------------------------------------------------------------------------------


def plain_targets(y: Any) -> Any:
    """Targets as a NumPy array of their own type: pandas' nullable integers stay integers, text stays text.

    What is no array, list or pandas object is left to scikit-learn's checks.

    Raises
    ------
    SymbolNetError
        For a missing value, bytes, or text and numbers in one column.
    """
    if issparse(y):
        raise WrongTypeError("Sparse data was passed for y, but dense data is required; make it dense with toarray()")
    if isinstance(y, pd.DataFrame):
        columns = [plain_targets(y.iloc[:, k]) for k in range(y.shape[1])]
        if not all(column.dtype.kind in "biuf" for column in columns):
            columns = [column.astype(object) for column in columns]
        return np.column_stack(columns) if columns else y
    if isinstance(y, pd.Series | pd.Index | pd.api.extensions.ExtensionArray):
        missing = np.flatnonzero(pd.isna(y))
        if missing.size:
            raise _missing(int(missing[0]))
        y = y.to_numpy()
    elif isinstance(y, list | tuple):
        with one_line_errors():
            values = np.asarray(y)
        # NumPy would write the numbers among texts as text.
        y = np.array(y, dtype=object) if values.dtype.kind in "US" else values
    if not isinstance(y, np.ndarray) or y.ndim == 0:
        return y
    if y.dtype.kind == "S":
        raise SymbolNetError(f"y holds bytes ({bytes(next(iter(y.ravel()), b''))!r:.40}); {_NO_BYTES}")
    return _plain_objects(y) if y.dtype == object else y


def _plain_objects(y: Array) -> Array:
    """Objects that are numbers as numbers, objects that are text as they are."""
    values = y.ravel()
    missing = np.flatnonzero(pd.isna(values))
    if missing.size:
        raise _missing(int(missing[0]) // max(1, values.size // len(y)))
    numbers = [isinstance(value, Real | np.bool_) for value in values]
    if all(numbers):
        with one_line_errors():
            plain = np.array(y.tolist())
            return plain if plain.dtype != object else y.astype(np.float64)
    for value in values:
        if isinstance(value, bytes):
            raise SymbolNetError(f"y holds bytes ({value!r:.40}); {_NO_BYTES}")
    texts = [isinstance(value, str) for value in values]
    if any(texts) and not all(texts):
        text, other = values[texts.index(True)], values[texts.index(False)]
        raise SymbolNetError(
            f"y holds text ({text!r:.40}) and other values ({other!r:.40}); give one type, such as y.astype(str)"
        )
    return y


def _missing(row: int) -> SymbolNetError:
    return SymbolNetError(f"y has a missing value in row {row + 1}; fill it in or drop the row")


def refuse_times(y: Array, remedy: str = _AS_NUMBERS) -> None:
    """Refuse targets that are times, as NumPy's own types or as objects."""
    if _are_times(y):
        raise SymbolNetError(f"y holds times ({str(next(iter(y.ravel()), ''))[:40]}); {remedy}")
