"""Finding a data set by name: a folder of the user's, the cache, OpenML."""

__all__ = ["cache_folder", "describe", "full_name", "image_shape", "load", "names"]

import os
from pathlib import Path
from typing import IO

import numpy as np

from symbolnet._errors import SymbolNetError, UnknownNameError, did_you_mean
from symbolnet.datasets._catalogue import ALIASES, FILES, IMAGES, FileSet
from symbolnet.datasets._formulas import make_problem, problem, problem_names
from symbolnet.datasets._header import npz_shapes
from symbolnet.datasets._openml import fetch
from symbolnet.datasets._record import Dataset, DatasetInfo
from symbolnet.io import atomic_write, read_npz, read_table

ENVIRONMENT = "SYMBOLNET_DATA_DIR"
_DIGITS = DatasetInfo(
    name="digits",
    task="classification",
    n_train=1_347,
    n_test=450,
    n_features=64,
    n_classes=10,
    where="scikit-learn",
    description="handwritten digits, 8 x 8 grey pixels from 0 to 16",
    source="Alpaydin and Kaynak, UCI; scikit-learn load_digits",
    licence="CC BY 4.0",
)


def names() -> tuple[str, ...]:
    """The names that `load` knows, without aliases."""
    return ("digits", *FILES, *problem_names())


def cache_folder() -> Path:
    """Where fetched data sets are kept: `symbolnet` under XDG_CACHE_HOME, or under ~/.cache."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    # The standard asks that a relative path be ignored.
    return (base if base.is_absolute() else Path.home() / ".cache") / "symbolnet"


def image_shape(name: str) -> tuple[int, ...] | None:
    """(height, width) or (height, width, channels) of a data set whose inputs are pixels, row by row; else None.

    Parameters
    ----------
    name : str
        Of a data set, or an alias.

    Returns
    -------
    tuple of int, or None
    """
    return IMAGES.get(ALIASES.get(name, name))


def full_name(name: str) -> str:
    """Return the name in `names()` that `name` means.

    Parameters
    ----------
    name : str
        In any case, or an alias such as "jets".

    Returns
    -------
    str

    Raises
    ------
    UnknownNameError
        With the closest name, or all of them.
    """
    known = {other.lower(): other for other in (*names(), *ALIASES)}
    if name.lower() not in known:
        raise UnknownNameError(f"unknown data set {name!r}; {did_you_mean(name, known.values())}")
    found = known[name.lower()]
    return ALIASES.get(found, found)


def load(name: str) -> Dataset:
    """Load a data set.

    Parameters
    ----------
    name : str
        One of `names()`, in any case, or an alias: `jets`, `svhn`.

    Returns
    -------
    Dataset

    Raises
    ------
    SymbolNetError
        If the name is unknown, a file is damaged, or the data set is nowhere to be had. One line.

    Notes
    -----
    Files are looked for as `$SYMBOLNET_DATA_DIR/<name>.npz`, then in `cache_folder()`; what is in neither is fetched
    from OpenML and cached. Formula problems are drawn with `make_problem` and its defaults.
    """
    name = full_name(name)
    if name == "digits":
        return _digits()
    if name in FILES:
        return _from_file(FILES[name])
    return make_problem(name)


def describe() -> tuple[DatasetInfo, ...]:
    """One record a data set, with where `load` would take it from; of a file, the sizes that its header gives.

    Nothing is loaded or fetched.
    """
    files = [_describe_file(entry) for entry in FILES.values()]
    formulas = [
        DatasetInfo(
            name,
            "regression",
            1_000,
            1_000,
            len(problem(name).inputs),
            None,
            "computed",
            f"y = {problem(name).formula}",
            problem(name).source,
            "public domain",
        )
        for name in problem_names()
    ]
    return (_DIGITS, *files, *formulas)


def _describe_file(entry: FileSet) -> DatasetInfo:
    file = _find(entry)
    n_train, n_test, n_features = entry.n_train, entry.n_test, entry.n_features
    if file is not None:
        train, test = ((npz_shapes(file) or {}).get(name, ()) for name in ("X_train", "X_test"))
        n_train, n_test, n_features = (
            (train[0], test[0] if test else 0, train[1]) if len(train) == 2 else (None, None, n_features)
        )
    return DatasetInfo(
        entry.name,
        "classification",
        n_train,
        n_test,
        n_features,
        len(entry.class_names),
        str(file or ("OpenML" if entry.openml else "absent")),
        entry.description,
        entry.source,
        entry.licence,
    )


def _digits() -> Dataset:
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(
        X.astype(np.float32), y, test_size=_DIGITS.n_test, stratify=y, random_state=0
    )
    return Dataset(
        name="digits",
        task="classification",
        X_train=X_train,
        y_train=y_train,
        X_test=X_test,
        y_test=y_test,
        feature_names=tuple(f"x{k}" for k in range(64)),
        class_names=tuple("0123456789"),
        description=_DIGITS.description,
        source=_DIGITS.source,
        licence=_DIGITS.licence,
    )


def _find(entry: FileSet) -> Path | None:
    """The file that holds the data set, or None."""
    given = os.environ.get(ENVIRONMENT)
    folders = ([Path(given).expanduser()] if given else []) + [cache_folder()]
    return next((file for folder in folders if (file := folder / f"{entry.name}.npz").is_file()), None)


def _from_file(entry: FileSet) -> Dataset:
    file = _find(entry)
    if file is None:
        file = _fetch(entry)
    table = read_table(file, target="y_train")
    assert table.y is not None  # a target was required
    groups = read_npz(file, only=("photo_train",)).get("photo_train")
    return Dataset(
        name=entry.name,
        task="classification",
        X_train=table.X,
        y_train=table.y,
        X_test=table.X_test,
        y_test=table.y_test,
        feature_names=table.feature_names,
        class_names=table.class_names or entry.class_names,
        description=entry.description,
        source=entry.source,
        licence=entry.licence,
        groups=groups,
    )


def _fetch(entry: FileSet) -> Path:
    """Fetch the data set into the cache; returns the new file."""
    own_file = f"put {entry.name}.npz (X_train, y_train) into a folder and name that in {ENVIRONMENT}"
    if entry.openml is None:
        raise SymbolNetError(f"data set {entry.name!r} is on no server; {own_file}")
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SymbolNetError(
            f"data set {entry.name!r} cannot be cached in {folder} ({error.strerror}); "
            f"set XDG_CACHE_HOME, or {own_file}"
        ) from error
    try:
        arrays = fetch(entry)
    except SymbolNetError:
        raise
    except (OSError, ValueError) as error:  # no network; OpenML's own errors are ValueErrors
        cause = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        raise SymbolNetError(
            f"data set {entry.name!r} is not in {folder} and OpenML cannot give it ({cause}); "
            f"go online once, or {own_file}"
        ) from error
    file = folder / f"{entry.name}.npz"

    def write(stream: IO[bytes]) -> None:
        np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]  # none is named allow_pickle

    atomic_write(file, write)
    return file
