"""The index of a table behind a sum: which part of its range it covers, at which scale and offset."""

__all__ = ["active_range", "choose_scale"]

import math
from collections.abc import Callable

import numpy as np

from symbolnet.hardware._precision import Ranges
from symbolnet.hardware._structure import Structure, node_values

_FULL_ENOUGH = 0.75
"""The share of an index's values that the data must cover for it to go without an offset, which costs an adder."""
_GRID = 1025
"""Points at which the tables behind a sum are looked at to see where they are flat."""
_SCALES = tuple(1.0 - 0.02 * k for k in range(11))
"""Scales that are tried, relative to the one that fills the index."""


def active_range(structure: Structure, ranges: Ranges, base: int, bits: int) -> tuple[float, float]:
    """Return the part of a sum's range beyond which all tables that read it stay as they are, to 2**-bits.

    The index saturates there, and has more values for the rest.
    """
    low, high = ranges.nodes[base]
    tails = structure.readers.get(base, ())
    grid = np.linspace(low, high, _GRID)
    found = node_values(structure.graph, [node for term in tails for node, _ in term.nodes], {base: grid})
    first, last = _GRID - 1, 0
    for term in tails:
        values = np.asarray(sum(coefficient * found[node] for node, coefficient in term.nodes))
        allowed = math.ldexp(float(np.ptp(values)), -bits)
        from_low, from_high = (np.abs(values - end) > allowed for end in (values[0], values[-1]))
        if from_low.any():
            first = min(first, int(np.argmax(from_low)) - 1)
            last = max(last, _GRID - int(np.argmax(from_high[::-1])))
    if first >= last:
        return low, high
    return float(grid[first]), float(grid[min(last, _GRID - 1)])


def choose_scale(low: float, high: float, bits: int, cost: Callable[[float], int]) -> tuple[float, int, bool]:
    """Return scale, offset and sign of an index = floor(scale·value + offset) of `bits` bits for values low to high.

    Parameters
    ----------
    low, high : float
    bits : int
    cost : callable
        Digits of all coefficients at a scale; among scales that nearly fill the index, the cheapest is taken.
    """
    most = 1 << bits
    width = max(high - low, 1e-9 * (abs(low) + abs(high)), 1e-300)
    full = most / width
    centred = most / 2 / max(abs(low), abs(high), 1e-300)
    positive = most / max(high, 1e-300) if low >= 0 else 0.0
    signed = centred >= _FULL_ENOUGH * full
    shifted = not signed and positive < _FULL_ENOUGH * full
    scale = centred if signed else full if shifted else positive
    scale *= min(_SCALES, key=lambda factor: (cost(scale * factor), -factor))
    offset = math.floor((most - (high + low) * scale) / 2 + 0.5) if shifted else 0
    return scale, offset, signed
