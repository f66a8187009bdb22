"""What a loader hands over."""

__all__ = ["Dataset", "DatasetInfo", "Task"]

from dataclasses import dataclass
from typing import Any, Literal

from numpy.typing import NDArray

Task = Literal["classification", "regression"]


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set, split.

    Attributes
    ----------
    name : str
    task : "classification" or "regression"
    X_train : array, (rows, inputs)
        As stored: images are uint8 from 0 to 255, nothing is standardised.
    y_train : array, (rows,)
    X_test, y_test : arrays or None
        The held-out part, where the data set has one.
    feature_names : tuple of str
    class_names : tuple of str, or None
        The name of class k, for labels 0, 1, ...
    description, source, licence : str
    groups : array (rows,) or None
        Rows of one group belong together in a split (SVHN: the photo that a digit was cut from).
    formula : str or None
        The formula behind the data, as SymPy reads it, where it is known.
    """

    name: str
    task: Task
    X_train: NDArray[Any]
    y_train: NDArray[Any]
    X_test: NDArray[Any] | None
    y_test: NDArray[Any] | None
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...] | None
    description: str
    source: str
    licence: str
    groups: NDArray[Any] | None = None
    formula: str | None = None


@dataclass(frozen=True)
class DatasetInfo:
    """One line about a data set, without loading it.

    Attributes
    ----------
    name : str
    task : "classification" or "regression"
    n_train, n_test : int or None
        Rows: of the file where there is one, else of the original; None where neither says.
    n_features : int
    n_classes : int or None
        None for regression.
    where : str
        "computed", "scikit-learn", the path of the file that `load` would read, "OpenML" (to be fetched) or "absent".
    description, source, licence : str
    """

    name: str
    task: Task
    n_train: int | None
    n_test: int | None
    n_features: int
    n_classes: int | None
    where: str
    description: str
    source: str
    licence: str
