"""Units in which numbers are near one: the search has grids and guards, and data may be in metres or electronvolts."""

__all__ = ["Units"]

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
_USUAL = 12
"""Powers of two within which the largest number of a column is taken as it is."""
_STEP = 8
"""Other units are powers of 2**8, so that columns of like size have one unit and may be added up without factors."""

_MOST = 1016
"""The largest power of two that is finite, and a multiple of the step."""


@dataclass(frozen=True, eq=False)
class Units:
    """What columns are divided by; powers of two, so that nothing is rounded.

    Attributes
    ----------
    inputs : (inputs,) array
    outputs : (outputs,) array
    """

    inputs: F64
    outputs: F64

    @classmethod
    def of(cls, X: F64, y: F64) -> "Units":
        """The units of (samples, inputs) and (samples, outputs) arrays."""
        return cls(_units(X), _units(y))

    @property
    def trivial(self) -> bool:
        """Whether they change nothing."""
        return bool(np.all(self.inputs == 1) and np.all(self.outputs == 1))

    def output(self, k: int) -> "Units":
        """Those of one output."""
        return Units(self.inputs, self.outputs[k : k + 1])


def _units(columns: F64) -> F64:
    largest = np.abs(columns).max(axis=0, initial=0.0)
    exponent = np.log2(np.where(largest > 0, largest, 1.0))
    steps = np.where(np.abs(exponent) < _USUAL, 0.0, _STEP * np.round(exponent / _STEP)).clip(-_MOST, _MOST)
    return np.asarray(np.exp2(steps), dtype=np.float64)
