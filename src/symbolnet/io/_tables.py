"""The DATA that commands take: a `.csv`, `.parquet` or `.npz` file, read into one checked record."""

__all__ = ["Table", "read_table"]

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError, UnknownNameError, did_you_mean
from symbolnet.io._columns import check_finite, numbers, target_values
from symbolnet.io._frames import read_frame, row_labels
from symbolnet.io._npz import read_npz

TARGET_NAMES = ("target", "y", "label", "class")
_SUFFIXES = (".csv", ".npz", ".parquet")
_KEPT = (np.uint8, np.float32, np.float64)  # other numbers become float64


@dataclass(frozen=True, eq=False)
class Table:
    """A checked table of data: finite numbers, as many targets as rows.

    Attributes
    ----------
    X : array, (rows, inputs)
        uint8, float32 or float64.
    y : array, (rows,) or (rows, outputs), or None
        Numbers or text, as stored. None where the file has no target and none was required.
    feature_names : tuple of str
        One an input.
    class_names : tuple of str, or None
        Given by an `.npz` file that has `class_names`.
    target_names : tuple of str
        The columns that y came from; empty without y.
    X_test, y_test : arrays or None
        The held-out part of an `.npz` file that has one.
    """

    X: NDArray[Any]
    y: NDArray[Any] | None
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...] | None = None
    target_names: tuple[str, ...] = ()
    X_test: NDArray[Any] | None = None
    y_test: NDArray[Any] | None = None


def read_table(
    path: str | os.PathLike[str],
    target: str | Sequence[str] | None = None,
    *,
    features: Sequence[str] | None = None,
    target_required: bool = True,
) -> Table:
    """Read a data file.

    Parameters
    ----------
    path : path
        `.csv` (a header line, or none: inputs are then x0, x1, ...), `.parquet`, or `.npz` with `X`, `y` or with
        `X_train`, `y_train`, `X_test`, `y_test`, and perhaps `feature_names` and `class_names`. The index that pandas
        writes as a column without a name is no input; a warning says so.
    target : str or sequence of str, optional
        The column, or columns, of y. Without it: the first column named target, y, label or class (in any case), else
        the last column. In an `.npz` file, the array to take for `y`.
    features : sequence of str, optional
        The inputs to take, in this order, where a fitted model knows their names; other columns are ignored. An `.npz`
        file without `feature_names` is taken as it is.
    target_required : bool
        False for predicting: y is None where the target is absent, and no last column is guessed.

    Raises
    ------
    SymbolNetError
        One line with the cause, the place and the remedy: a missing, empty or damaged file, an unknown suffix, a
        missing column (with a did-you-mean), text, NaN or infinity in an input (with column and row, counted from 1
        without the header), X and y of different length, fewer than two rows to train on.
    """
    file = Path(path)
    if file.suffix.lower() not in _SUFFIXES:
        raise SymbolNetError(f"{file}: unknown kind of file {file.suffix!r}; known: {', '.join(_SUFFIXES)}")
    if not file.is_file():
        raise SymbolNetError(f"{file}: no such file; give the path of an existing {file.suffix} file")
    if file.suffix.lower() == ".npz":
        table = _from_npz(file, target, features, target_required)
    else:
        table = _from_columns(file, target, features, target_required)
    rows = len(table.X)
    if rows == 0 or table.X.shape[1] == 0:
        raise SymbolNetError(f"{file}: {rows} rows and {table.X.shape[1]} inputs; at least one of each is needed")
    if target_required and rows < 2:
        raise SymbolNetError(f"{file}: one row is not enough to train on; give at least two")
    return table


def _from_columns(
    file: Path, target: str | Sequence[str] | None, features: Sequence[str] | None, target_required: bool
) -> Table:
    columns = read_frame(file)
    labels = row_labels(columns)
    asked_for = [*([target] if isinstance(target, str) else target or ()), *(features or ())]
    if labels is not None and labels not in asked_for:
        del columns[labels]
        if features is None:
            warnings.warn(
                f"{file}: the column {labels!r} numbers the rows and is left out; give it a name to train on it",
                stacklevel=3,
            )
    targets = _target_columns(file, list(columns), target, features, target_required)
    names = tuple(features) if features is not None else tuple(name for name in columns if name not in targets)
    for name in names:
        if name not in columns:
            raise UnknownNameError(f"{file}: no input column {name!r}; {did_you_mean(name, columns)}")
    if not names:
        raise SymbolNetError(f"{file}: no input columns beside the target {', '.join(targets)}; give at least one")
    inputs = [numbers(file, name, columns[name]) for name in names]
    dtype = np.result_type(*inputs)
    inputs_2d = np.column_stack(inputs).astype(dtype if dtype in _KEPT else np.float64, copy=False)
    check_finite(f"{file}: ", inputs_2d, names)
    outputs = [target_values(file, name, columns[name], several=len(targets) > 1) for name in targets]
    y = None if not outputs else outputs[0] if len(outputs) == 1 else np.column_stack(outputs)
    return Table(inputs_2d, y, names, None, targets)


def _target_columns(
    file: Path, names: list[str], target: str | Sequence[str] | None, features: Sequence[str] | None, required: bool
) -> tuple[str, ...]:
    if target is not None:
        wanted = (target,) if isinstance(target, str) else tuple(target)
        absent = [name for name in wanted if name not in names]
        if absent and not required:
            return ()
        if absent:
            raise UnknownNameError(f"{file}: no target column {absent[0]!r}; {did_you_mean(absent[0], names)}")
        return wanted
    free = [name for name in names if features is None or name not in features]
    for known in TARGET_NAMES:
        for name in free:
            if name.lower() == known:
                return (name,)
    if not required:
        return ()
    if not free:
        raise SymbolNetError(f"{file}: every column is an input and none is left for the target; name it with target")
    return (free[-1],)


def _from_npz(
    file: Path, target: str | Sequence[str] | None, features: Sequence[str] | None, target_required: bool
) -> Table:
    arrays = read_npz(file)
    x_key = "X" if "X" in arrays else "X_train"
    if x_key not in arrays:
        held = ", ".join(sorted(arrays)) or "nothing"
        raise SymbolNetError(
            f"{file}: no array 'X' or 'X_train' (it holds {held}); write it with numpy.savez(file, X=X, y=y)"
        )
    if target is not None and not isinstance(target, str):
        raise SymbolNetError(f"{file}: the target of an .npz file is one array; put several outputs into a 2-D y")
    y_key = target or ("y" if x_key == "X" else "y_train")
    if y_key not in arrays and target_required:
        if target is not None:
            raise UnknownNameError(f"{file}: no target array {target!r}; {did_you_mean(target, arrays)}")
        raise SymbolNetError(
            f"{file}: no target array {y_key!r}; write it with numpy.savez(file, {x_key}=X, {y_key}=y)"
        )
    X = _inputs(file, x_key, arrays[x_key])
    y = arrays.get(y_key)
    stored = _texts(arrays.get("feature_names"))
    names = stored or tuple(f"x{k}" for k in range(X.shape[1]))
    if len(names) != X.shape[1]:
        raise SymbolNetError(
            f"{file}: {len(names)} feature_names for {X.shape[1]} inputs; give one a column of {x_key}"
        )
    X_test = _inputs(file, "X_test", arrays["X_test"]) if "X_test" in arrays else None
    if X_test is not None and X_test.shape[1] != X.shape[1]:
        raise SymbolNetError(
            f"{file}: X_test has {X_test.shape[1]} inputs and {x_key} has {X.shape[1]}; give both the same"
        )
    if features is not None and stored is not None and tuple(features) != names:
        absent = [name for name in features if name not in names]
        if absent:
            raise UnknownNameError(f"{file}: no input {absent[0]!r}; {did_you_mean(absent[0], names)}")
        columns = [names.index(name) for name in features]
        X, names = X[:, columns], tuple(features)
        X_test = None if X_test is None else X_test[:, columns]
    check_finite(f"{file}: {x_key}, ", X, names)
    if y is not None:
        y = _targets(file, y_key, y, x_key, X)
    y_test = arrays.get("y_test")
    if X_test is not None:
        check_finite(f"{file}: X_test, ", X_test, names)
        if y_test is not None:
            y_test = _targets(file, "y_test", y_test, "X_test", X_test)
    targets = () if y is None else (y_key,)
    return Table(X, y, names, _texts(arrays.get("class_names")), targets, X_test, y_test)


def _inputs(file: Path, key: str, X: NDArray[Any]) -> NDArray[Any]:
    if X.ndim != 2:
        raise SymbolNetError(f"{file}: {key} has shape {X.shape} and must be 2-D (rows, inputs): X.reshape(len(X), -1)")
    if X.dtype.kind not in "biuf":
        raise SymbolNetError(f"{file}: {key} has dtype {X.dtype} and must hold numbers: convert it")
    return X if X.dtype in _KEPT else X.astype(np.float64)


def _targets(file: Path, key: str, y: NDArray[Any], x_key: str, X: NDArray[Any]) -> NDArray[Any]:
    """Finite numbers or text; times become text, as those of a column do."""
    if y.ndim not in (1, 2) or len(y) != len(X):
        raise SymbolNetError(
            f"{file}: {key} has shape {y.shape} and {x_key} has {len(X)} rows; give one target for each row"
        )
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        row = int(np.argwhere(~np.isfinite(y))[0][0])
        raise SymbolNetError(f"{file}: {key}, row {row + 1}: {y[row]} is not finite; mend or drop the row")
    if y.dtype.kind == "S":
        raise SymbolNetError(f"{file}: {key} holds bytes; save text, {key}.astype(str), or numbers")
    if y.dtype.kind in "mM":
        if np.isnat(y).any():
            row = int(np.argwhere(np.isnat(y))[0][0])
            raise SymbolNetError(f"{file}: {key}, row {row + 1}: missing value; fill it in or drop the row")
        return y.astype(str)
    if y.dtype.kind not in "biufU":
        raise SymbolNetError(f"{file}: {key} has dtype {y.dtype} and must hold numbers or text: convert it")
    return y


def _texts(values: NDArray[Any] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(str(value) for value in np.ravel(values))
