"""The data of a scan, with the fingerprint that ties results to it."""

__all__ = ["ScanData", "estimator_for"]

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError


@dataclass(frozen=True, eq=False)
class ScanData:
    """Arrays in memory.

    Attributes
    ----------
    X : array (samples, inputs)
    y : array (samples,) or (samples, targets)
    feature_names : tuple of str or None
        None where the inputs have no names of their own.

    Raises
    ------
    SymbolNetError
        If X and y are not arrays of one length.
    """

    X: NDArray[Any]
    y: NDArray[Any]
    feature_names: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if not (isinstance(self.X, np.ndarray) and isinstance(self.y, np.ndarray)):
            raise SymbolNetError("a scan holds its data in memory; give X and y as arrays")
        if self.X.ndim != 2 or len(self.X) != len(self.y):
            raise SymbolNetError(f"X has shape {self.X.shape} and y {self.y.shape}; give one row of X a target")

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of shapes, kinds, numbers and names."""
        digest = hashlib.sha256()
        for array in (self.X, self.y):
            plain = array.astype(str) if array.dtype == object else array
            digest.update(repr((plain.shape, plain.dtype.str)).encode())
            digest.update(np.ascontiguousarray(plain).data.cast("B"))
        digest.update(repr(self.feature_names).encode())
        return digest.hexdigest()

    def inputs(self) -> Any:
        """X as the estimators take it."""
        if self.feature_names is None:
            return self.X
        import pandas as pd

        return pd.DataFrame(self.X, columns=list(self.feature_names))


def estimator_for(task: str, settings: Mapping[str, Any], params: Mapping[str, Any], seed: int) -> Any:
    """The estimator that a trial's settings and parameters describe; `seed` draws the split of the data."""
    from symbolnet.estimators import SymbolNetClassifier, SymbolNetRegressor
    from symbolnet.search._space import as_arguments

    kind = SymbolNetClassifier if task == "classification" else SymbolNetRegressor
    return kind(**as_arguments({**settings, **params}), random_state=seed)
