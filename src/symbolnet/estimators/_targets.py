"""Targets: what the network is trained on, and the exact way back from the formula to a prediction."""

__all__ = ["Targets", "class_targets", "number_targets", "project_to_simplex", "target_names"]

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError


@dataclass(frozen=True)
class Targets:
    """How y is encoded.

    Attributes
    ----------
    link : {"identity", "logit", "log"}
        As in `symbolnet.objectives.Loss`.
    loss : str
        Name of the data loss.
    names : tuple of str
        Names of the outputs: classes (for two, the second one only) or targets.
    classes : array or None
        The class labels, sorted; None in regression.
    shift, scale : float64 array (outputs,)
        The network is trained on (y - shift) / scale; the formula is scaled back, so it gives y itself.
    one_dimensional : bool
        Whether y had one dimension, so that predictions have too.
    """

    link: str
    loss: str
    names: tuple[str, ...]
    classes: NDArray[Any] | None
    shift: NDArray[np.float64]
    scale: NDArray[np.float64]
    one_dimensional: bool = True

    @property
    def n_outputs(self) -> int:
        return len(self.names)

    def encode(self, y: NDArray[Any], dtype: Any = np.float32) -> NDArray[Any]:
        """Y (samples, outputs): one-hot, 0/1, or scaled numbers."""
        if self.classes is None:
            columns = np.asarray(y, np.float64).reshape(len(y), -1)
            with np.errstate(over="ignore"):  # whoever trains on it looks whether it is finite
                return ((columns - self.shift) / self.scale).astype(dtype)
        codes = np.searchsorted(self.classes, y)
        if self.n_outputs == 1:
            return codes.astype(dtype)[:, None]
        return np.eye(self.n_outputs, dtype=dtype)[codes]


def class_targets(y: NDArray[Any], loss: str, link: str) -> Targets:
    """One output for two classes, one a class for more.

    Raises
    ------
    SymbolNetError
        If y has one class only.
    """
    classes = np.unique(y)
    if len(classes) < 2:
        raise SymbolNetError(
            f"y has only one class ({classes[0]!s}); a classifier needs samples of at least two classes"
        )
    names = tuple(str(c) for c in (classes[1:] if len(classes) == 2 else classes))
    return Targets(link, loss, names, classes, np.zeros(len(names)), np.ones(len(names)))


def target_names(y: Any) -> tuple[str, ...] | None:
    """The names of a pandas Series or DataFrame; None where it has none that tell the targets apart."""
    names = (y.name,) if isinstance(y, pd.Series) else tuple(y.columns) if isinstance(y, pd.DataFrame) else ()
    told = names and all(isinstance(name, str) and name for name in names) and len(set(names)) == len(names)
    return names if told else None


def number_targets(
    y: NDArray[Any], loss: str, link: str, *, standardize: bool, names: tuple[str, ...] | None = None
) -> Targets:
    """Regression targets, standardised to mean 0 and variance 1 for the training if `standardize`.

    They are named `names`, or y, or y0, y1, ...

    Raises
    ------
    SymbolNetError
        If float64 cannot hold their squares.
    """
    columns = np.asarray(y, np.float64).reshape(len(y), -1)
    n = columns.shape[1]
    names = names or (("y",) if n == 1 else tuple(f"y{k}" for k in range(n)))
    shift, scale = np.zeros(n), np.ones(n)
    with np.errstate(over="ignore", invalid="ignore"):
        mean, spread = columns.mean(axis=0), columns.std(axis=0)
    if not np.isfinite(spread).all():
        raise SymbolNetError(f"y has values up to {np.abs(columns).max():.3g}, too large to square; divide it first")
    if standardize:
        shift = mean
        scale = np.where(spread > 1e-12 * np.abs(shift), spread, 1.0)
        scale = np.where(scale > 0, scale, 1.0)
    return Targets(link, loss, names, None, shift, scale, np.ndim(y) == 1)


def project_to_simplex(f: NDArray[np.float64]) -> NDArray[np.float64]:
    """The nearest point of the probability simplex to each row (Duchi et al. 2008, doi:10.1145/1390156.1390191).

    Formulas trained with the squared error on one-hot targets estimate probabilities but need not lie in [0, 1] nor add
    up to 1. The projection keeps the order of the classes.
    """
    ordered = -np.sort(-f, axis=1)
    excess = (np.cumsum(ordered, axis=1) - 1) / np.arange(1, f.shape[1] + 1)
    last = np.sum(ordered > excess, axis=1) - 1
    return np.asarray(np.maximum(f - excess[np.arange(len(f)), last][:, None], 0))
