"""Inputs: how the numbers that the network sees follow from the user's, and which columns say nothing."""

__all__ = ["KINDS", "InputScaling", "check_size", "scale_inputs"]

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.network import FrozenNetwork

_LARGEST = float(np.finfo(np.float32).max) / 4
"""So that the difference of two inputs is a float32 as well."""

KINDS: tuple[Any, ...] = (np.float64, np.float32, np.uint8)
"""The types of inputs that are kept; scikit-learn converts others to the first, which holds integers to 2**53."""


@dataclass(frozen=True)
class InputScaling:
    """z = (x - shift) / scale, and z = 0 for the columns that are not `informative`.

    Attributes
    ----------
    shift, scale : float64 array (inputs,)
    informative : bool array (inputs,)
        False for columns that were constant in training: nothing can be learned about them.
    on_the_fly : float
        For uint8 data, which the network gets unscaled, the factor applied in each step; else 1.
    """

    shift: NDArray[np.float64]
    scale: NDArray[np.float64]
    informative: NDArray[np.bool_]
    on_the_fly: float = 1.0

    def apply(self, X: NDArray[Any]) -> NDArray[Any]:
        """What is handed to the network for X (samples, inputs); uint8 is handed over as it is."""
        if self.on_the_fly != 1.0:
            return X
        z = (X - self.shift) / self.scale
        z[:, ~self.informative] = 0
        return np.asarray(z, np.float32)

    def drop_constant(self, network: FrozenNetwork) -> FrozenNetwork:
        """The same function on z: weights of inputs that are always z = 0 are removed."""
        first = network.layers[0]
        weight = np.where(self.informative[:, None], first.weight, 0.0)
        return replace(network, layers=(replace(first, weight=weight), *network.layers[1:]))


def check_size(X: NDArray[Any], names: tuple[str, ...]) -> None:
    """Refuse inputs beyond what float32 holds, for a search that takes them as they are.

    Raises
    ------
    SymbolNetError
        With the first such column.
    """
    if X.dtype.kind != "f":
        return
    largest = np.maximum(np.abs(X.max(axis=0)), np.abs(X.min(axis=0)))
    beyond = np.flatnonzero(largest > _LARGEST)
    if beyond.size:
        column = int(beyond[0])
        raise SymbolNetError(
            f"input {names[column]!r} has values up to {largest[column]:.3g}, too large to search by budget, "
            "in float32; divide it first"
        )


def scale_inputs(X: NDArray[Any], names: tuple[str, ...], standardize: bool) -> InputScaling:
    """The scaling that suits X (samples, inputs).

    uint8 images are scaled to [0, 1] by their largest value, as the paper does; other columns are standardised to
    mean 0 and variance 1, or left as they are if not `standardize`. The formula is in the user's units all the same:
    the scaling is folded into its constants.

    Raises
    ------
    SymbolNetError
        If a column's spread is beyond what float64 can square.
    """
    n_inputs = X.shape[1]
    if X.dtype == np.uint8:
        largest = max(int(X.max(initial=0)), 1)
        return InputScaling(
            np.zeros(n_inputs), np.full(n_inputs, float(largest)), np.asarray(X.any(axis=0)), 1 / largest
        )
    varies = X.max(axis=0) > X.min(axis=0)
    if not standardize:
        return InputScaling(np.zeros(n_inputs), np.ones(n_inputs), varies)
    with np.errstate(over="ignore", invalid="ignore"):
        mean, spread = X.mean(axis=0, dtype=np.float64), X.std(axis=0, dtype=np.float64)
    unusable = np.flatnonzero(~np.isfinite(mean) | ~np.isfinite(spread))
    if unusable.size:
        column = int(unusable[0])
        raise SymbolNetError(
            f"input {names[column]!r} has values up to {np.abs(X[:, column]).max():.3g}, too large to "
            "standardise; divide it first"
        )
    # A spread at the level of rounding is no information, and dividing by it would only magnify the rounding.
    informative = np.asarray(varies & (spread > 1e-12 * np.abs(mean)))
    return InputScaling(mean, np.where(informative, spread, 1.0), informative)
