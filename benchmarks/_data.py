"""The data sets with a part held out from every choice."""

__all__ = ["Parts", "parts"]

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet.datasets import load


@dataclass(frozen=True, eq=False)
class Parts:
    """Rows to fit on, rows to judge on, and where the latter come from."""

    X: NDArray[Any]
    y: NDArray[Any]
    X_test: NDArray[Any]
    y_test: NDArray[Any]
    held_out: str


def parts(name: str, quick: bool = False) -> Parts:
    """Load a data set; one that comes without a test part gets one.

    MNIST: the last 10,000 rows. Others: 20 % of the rows, by class; whole groups where the data set has groups (SVHN:
    crops of one photo overlap). `quick` keeps 1,000 rows to fit on.
    """
    data = load(name)
    X, y = data.X_train, data.y_train
    if data.X_test is not None and data.y_test is not None:
        found = Parts(X, y, data.X_test, data.y_test, f"the test part, {len(data.X_test)} rows")
    else:
        test = _held_out(name, y, data.groups)
        how = "the last 10,000 rows" if name == "mnist" else f"20 % of the rows, {np.count_nonzero(test)}"
        found = Parts(X[~test], y[~test], X[test], y[test], how)
    if quick:
        rows = np.random.default_rng(0).permutation(len(found.X))[:1000]
        found = Parts(found.X[rows], found.y[rows], found.X_test[:1000], found.y_test[:1000], found.held_out)
    return found


def _held_out(name: str, y: NDArray[Any], groups: NDArray[Any] | None) -> NDArray[np.bool_]:
    from sklearn.model_selection import GroupShuffleSplit, StratifiedShuffleSplit

    test = np.zeros(len(y), bool)
    if name == "mnist":
        test[-10_000:] = True
        return test
    if groups is not None:
        splitter: Any = GroupShuffleSplit(1, test_size=0.2, random_state=0)
    else:
        splitter = StratifiedShuffleSplit(1, test_size=0.2, random_state=0)
    _, rows = next(splitter.split(np.zeros(len(y)), y, groups))
    test[rows] = True
    return test
