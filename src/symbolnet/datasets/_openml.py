"""OpenML's tables, brought into the form of our files."""

__all__ = ["fetch"]

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.datasets._catalogue import FileSet

Arrays = dict[str, NDArray[Any]]

MNIST_TRAIN = 60_000  # the first rows of mnist_784 are the training set
SVHN_TRAIN = 73_257  # the first rows of SVHN are the training set


def fetch(entry: FileSet) -> Arrays:
    """Fetch a data set from OpenML through scikit-learn.

    Returns
    -------
    dict
        X_train, y_train, X_test, y_test, and where they carry meaning feature_names and class_names.

    Raises
    ------
    OSError, ValueError
        If OpenML cannot be reached, or does not know the data set.
    SymbolNetError
        If the table is not the one that is expected.
    """
    from sklearn.datasets import fetch_openml

    with warnings.catch_warnings():
        # scikit-learn warns at each retry; the caller reports one failure in one line.
        warnings.simplefilter("ignore")
        bunch = fetch_openml(name=entry.openml, version=1, as_frame=False, cache=False, n_retries=1, delay=0.1)
    X, labels = np.asarray(bunch.data), np.asarray(bunch.target).astype(str)
    if X.ndim != 2 or X.shape[1] != entry.n_features or len(labels) != len(X):
        raise _unexpected(entry, f"a table of shape {X.shape}")
    if entry.name == "mnist":
        return _images(entry, X, labels.astype(np.uint8), MNIST_TRAIN)
    if entry.name == "svhn_1v7":
        chosen = np.isin(labels, ("1", "7"))
        n_train = int(np.count_nonzero(chosen[:SVHN_TRAIN]))
        if (n_train, int(np.count_nonzero(chosen)) - n_train) != (entry.n_train, entry.n_test):
            raise _unexpected(entry, f"{n_train} digits 1 and 7 in its training part")
        return _images(entry, X[chosen], (labels[chosen] == "7").astype(np.int8), n_train)
    return _jets(entry, X, labels, [str(name) for name in bunch.feature_names])


def _images(entry: FileSet, X: NDArray[Any], y: NDArray[Any], n_train: int) -> Arrays:
    if len(X) <= n_train:
        raise _unexpected(entry, f"{len(X)} rows")
    X = X.astype(np.uint8)
    return {"X_train": X[:n_train], "y_train": y[:n_train], "X_test": X[n_train:], "y_test": y[n_train:]}


def _jets(entry: FileSet, X: NDArray[Any], labels: NDArray[Any], feature_names: list[str]) -> Arrays:
    from sklearn.model_selection import train_test_split

    code = {name.lower(): k for k, name in enumerate(entry.class_names)}
    unknown = {str(label) for label in np.unique(labels)} - {
        label for label in labels.tolist() if label.lower() in code
    }
    if unknown:
        raise _unexpected(entry, f"a class {min(unknown)!r}")
    y = np.array([code[label.lower()] for label in labels.tolist()], dtype=np.int8)
    # The public table has no split of its own; this one is what its users share.
    X_train, X_test, y_train, y_test = train_test_split(X.astype(np.float32), y, test_size=0.2, random_state=42)
    return {
        "X_train": X_train,
        "y_train": y_train,
        "X_test": X_test,
        "y_test": y_test,
        "feature_names": np.array(feature_names),
        "class_names": np.array(entry.class_names),
    }


def _unexpected(entry: FileSet, what: str) -> SymbolNetError:
    return SymbolNetError(
        f"OpenML's {entry.openml} is not the expected table (it has {what}); "
        f"put a {entry.name}.npz into a folder and name that in SYMBOLNET_DATA_DIR"
    )
