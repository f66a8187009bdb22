"""DATA: a file, or the name of a data set, with what a verb needs to know about it."""

__all__ = ["Data", "check_task", "guess_task", "read_new", "read_to_train"]

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from symbolnet._errors import SymbolNetError, UnknownNameError, did_you_mean

_SUFFIXES = (".csv", ".parquet", ".npz")
_FEW_CLASSES = 20


@dataclass(frozen=True, eq=False)
class Data:
    """Rows to train on or to predict for.

    Attributes
    ----------
    source : str
        Absolute path of the file, or the name of the data set: enough to find it again.
    X : array (rows, inputs), or a `symbolnet.io.BlockSource`
    y : array or None
    feature_names : tuple of str
    named : bool
        Whether the names say something: then they are kept in the model and columns are found by name.
    targets : tuple of str
    class_names : tuple of str, or None
    X_test, y_test : arrays or None
    part : str
        Which part of the file X is: "all", "train" or "test".
    """

    source: str
    X: Any
    y: Any
    feature_names: tuple[str, ...]
    named: bool
    targets: tuple[str, ...] = ()
    class_names: tuple[str, ...] | None = None
    X_test: Any = None
    y_test: Any = None
    part: str = "all"

    @property
    def streamed(self) -> bool:
        return not hasattr(self.X, "shape")

    @property
    def n_rows(self) -> int:
        return int(self.X.n_rows if self.streamed else self.X.shape[0])

    @property
    def n_inputs(self) -> int:
        return len(self.feature_names)

    def inputs(self, test: bool = False) -> Any:
        """X (or X_test) as the estimators take it: with column names where they say something."""
        X = self.X_test if test else self.X
        if self.streamed or not self.named:
            return X
        import pandas as pd

        return pd.DataFrame(X, columns=list(self.feature_names))

    def checksum(self) -> int:
        """Of the content, so that a run is not continued on other data."""
        import numpy as np

        parts = [self.y] if self.streamed else [self.X, self.y]
        value = zlib.crc32(repr((self.n_rows, self.n_inputs)).encode())
        for part in parts:
            value = zlib.crc32(np.ascontiguousarray(part).data.cast("B"), value)
        return value


def read_to_train(data: str, target: Sequence[str], memory_limit: float) -> Data:
    """Read DATA with its targets; a parquet file of more than `memory_limit` GiB is left on the disk.

    Raises
    ------
    SymbolNetError
        In one line, as `symbolnet.io.read_table`.
    """
    _refuse_twice(target)
    if not _is_file(data):
        return _data_set(data, target)
    path = Path(data)
    if path.suffix.lower() == ".parquet" and path.is_file() and (names := _too_large(path, memory_limit)) is not None:
        return _streamed(path, target, names)
    return _table(path, _one_or_several(target), None, target_required=True)


def read_new(
    data: str, model: Any, config: Mapping[str, Any], target: Sequence[str], part: str | None, *, y: bool
) -> Data:
    """Read DATA for a fitted model: its inputs by name, and the part of it that no training has seen.

    Parameters
    ----------
    model : fitted estimator
    config : mapping
        Of its run folder; empty for a single model file.
    target : sequence of str
        Those of the training without it.
    part : {"test", "train"}, optional
        The test part without it, where DATA has one.
    y : bool
        Whether the targets are needed.
    """
    _refuse_twice(target)
    features = getattr(model, "feature_names_in_", None)
    names = None if features is None else tuple(str(name) for name in features)
    if _is_file(data):
        path = Path(data)
        stored = tuple(config.get("target") or ())
        # An .npz file may hold X, y where the training had X_train, y_train.
        usual = stored == ("y_train",) or (path.suffix.lower() == ".npz" and stored == ("y",))
        wanted = target or (() if usual else stored)
        found = _table(path, _one_or_several(wanted), names, target_required=y)
    else:
        found = _data_set(data, target)
        if names is not None and found.named and found.feature_names != names:
            raise SymbolNetError(
                f"{data}: its inputs are {_few(found.feature_names)}; the model was fitted on {_few(names)}"
            )
    if part == "test" and found.X_test is None:
        raise SymbolNetError(f"{data}: has no test part (X_test); leave out --part")
    if part != "train" and found.X_test is not None:
        found = replace(found, X=found.X_test, y=found.y_test, part="test")
    if y and found.y is None:
        raise SymbolNetError(f"{data}: has X_test without y_test; give both, or --part train")
    if found.n_inputs != model.n_features_in_:
        raise SymbolNetError(
            f"{data}: {found.n_inputs} inputs and the model was fitted on {model.n_features_in_}; give the same columns"
        )
    if y:
        _check_targets(data, found.y, model)
    return replace(found, feature_names=names or found.feature_names, named=names is not None)


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")


def guess_task(y: Any) -> str:
    """Classification for text, truth values and few distinct whole numbers; else regression."""
    import numpy as np

    if y.ndim == 2 and y.shape[1] > 1:
        return "regression"
    if y.dtype.kind not in "iuf":
        return "classification"
    distinct = np.unique(y)
    whole = y.dtype.kind in "iu" or bool(np.all(distinct == np.round(distinct)))
    few = len(distinct) <= 2 or len(distinct) <= min(_FEW_CLASSES, len(y) // 2)
    return "classification" if whole and few else "regression"


def check_task(name: str, data: Data, task: str) -> None:
    """See that the targets suit the task, while the name of DATA is at hand for the message."""
    import numpy as np

    y, targets = data.y, ", ".join(repr(target) for target in data.targets)
    if task == "regression" and y.dtype.kind not in "biuf":
        first = str(y.ravel()[0])[:40]
        raise SymbolNetError(f"{name}: the target {targets} holds text ({first!r}); regression needs numbers")
    if task == "classification" and y.ndim == 2:
        raise SymbolNetError(
            f"{name}: classification has one target, not {y.shape[1]}; choose one, or --task regression"
        )
    if task == "classification" and len(np.unique(y)) < 2:
        raise SymbolNetError(f"{name}: the target {targets} has only one class ({y[0]}); give at least two")
    if task == "classification" and y.dtype.kind == "f" and (y != np.round(y)).any():
        first = y[y != np.round(y)][0]
        raise SymbolNetError(f"{name}: the target {targets} has fractions ({first:g}); give --task regression")


def _check_targets(name: str, y: Any, model: Any) -> None:
    """See that the targets are such as the model gives, while the name of DATA is at hand for the message."""
    import numpy as np

    from symbolnet.estimators._evaluation import labels

    if model.targets_.classes is not None:
        try:
            labels(y, model.targets_.classes)
        except SymbolNetError as error:
            raise SymbolNetError(f"{name}: {error}") from error
        return
    try:
        count = np.asarray(y, np.float64).reshape(len(y), -1).shape[1]
    except (TypeError, ValueError) as error:
        first = str(y.ravel()[0])[:40]
        raise SymbolNetError(f"{name}: y holds text ({first!r}); the model is a regressor and needs numbers") from error
    if count != model.targets_.n_outputs:
        raise SymbolNetError(
            f"{name}: y has {count} targets for each row and the model has {model.targets_.n_outputs}; "
            "give as many with --target"
        )


def _is_file(data: str) -> bool:
    """Whether DATA means a file; where no such file exists, the name of a data set may be meant."""
    path = Path(data)
    return path.is_file() or path.suffix.lower() in _SUFFIXES or len(path.parts) > 1 or path.is_dir()


def _refuse_twice(target: Sequence[str]) -> None:
    twice = next((name for k, name in enumerate(target) if name in target[:k]), None)
    if twice is not None:
        raise SymbolNetError(f"the target {twice!r} is named twice; name each column once")


def _one_or_several(target: Sequence[str]) -> str | tuple[str, ...] | None:
    return (target[0] if len(target) == 1 else tuple(target)) if target else None


def _table(
    path: Path, target: str | tuple[str, ...] | None, names: tuple[str, ...] | None, *, target_required: bool
) -> Data:
    from symbolnet.io import read_table

    table = read_table(path, target, features=names, target_required=target_required)
    numbered = tuple(f"x{k}" for k in range(len(table.feature_names)))
    named = path.suffix.lower() != ".npz" or table.feature_names != numbered
    return Data(
        str(path.resolve()),
        table.X,
        _one_column(table.y),
        table.feature_names,
        named,
        table.target_names,
        table.class_names,
        table.X_test,
        _one_column(table.y_test),
        "all" if table.X_test is None else "train",
    )


def _one_column(y: Any) -> Any:
    return y[:, 0] if y is not None and y.ndim == 2 and y.shape[1] == 1 else y


def _data_set(name: str, target: Sequence[str]) -> Data:
    from symbolnet import datasets

    try:
        found = datasets.load(name)
    except UnknownNameError as error:
        close = did_you_mean(name, datasets.names())
        hint = close if close.startswith("did") else "symbolnet datasets lists those that there are"
        raise UnknownNameError(f"{name}: no such file and no data set of that name; {hint}") from error
    if target and tuple(target) != ("y",):
        raise SymbolNetError(f"--target {target[0]}: the data set {name!r} has one target; leave --target out")
    numbered = tuple(f"x{k}" for k in range(len(found.feature_names)))
    return Data(
        found.name,
        found.X_train,
        found.y_train,
        found.feature_names,
        found.feature_names != numbered,
        ("y",),
        found.class_names,
        found.X_test,
        found.y_test,
        "all" if found.X_test is None else "train",
    )


# --- data that stays on the disk --------------------------------------------------------------------------------------


def _too_large(path: Path, limit: float) -> list[str] | None:
    """The column names of a parquet file that would need more than `limit` GiB, else None."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError):
        return None  # `read_table` says what is wrong with it
    names: list[str] = file.schema_arrow.names
    return names if file.metadata.num_rows * len(names) * 8 > limit * 2**30 else None


def _streamed(path: Path, target: Sequence[str], names: list[str]) -> Data:
    from symbolnet.io import PANDAS_INDEX, ParquetBlocks

    # As `read_table` chooses where no target is named; pandas puts its index last.
    names = [name for name in names if name != PANDAS_INDEX]
    lower = {name.lower(): name for name in reversed(names)}
    chosen = tuple(target) or (next((lower[n] for n in ("target", "y", "label", "class") if n in lower), names[-1]),)
    blocks = ParquetBlocks(path, chosen if len(chosen) > 1 else chosen[0])
    if blocks.n_rows < 2:
        raise SymbolNetError(f"{path}: one row is not enough to train on; give at least two")
    y = _one_column(blocks.targets())
    return Data(str(path.resolve()), blocks, y, blocks.feature_names, True, chosen)
