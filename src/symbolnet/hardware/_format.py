"""Fixed-point formats: what a wire can hold, and how a number gets there."""

__all__ = ["FixedPoint", "Overflow", "Rounding", "format_for", "parse_format", "rounded_shift"]

import math
import re
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symbolnet._errors import SymbolNetError

Rounding = Literal["round", "truncate"]
Overflow = Literal["saturate", "wrap"]

EXACT_BITS = 53
"""Integers of so many bits and a sign are exact in float64; nothing wider is computed with."""

_AP = {"round": "AP_RND", "truncate": "AP_TRN", "saturate": "AP_SAT", "wrap": "AP_WRAP"}
_ENTRY = re.compile(r"ap_(u?)fixed\s*<\s*(\d+)\s*,\s*(-?\d+)\s*(?:,\s*(\w+)\s*)?(?:,\s*(\w+)\s*)?>")


@dataclass(frozen=True)
class FixedPoint:
    """Numbers k·2**-fractional with k an integer of `width` bits, in two's complement where signed.

    Attributes
    ----------
    signed : bool
    integer : int
        Bits before the binary point, the sign not counted; may be negative.
    fractional : int
        Bits after it; may be negative.
    rounding : {"round", "truncate"}
        To the nearest, a half upwards (Vitis: AP_RND); or downwards (AP_TRN).
    overflow : {"saturate", "wrap"}
        AP_SAT or AP_WRAP.
    """

    signed: bool
    integer: int
    fractional: int
    rounding: Rounding = "round"
    overflow: Overflow = "saturate"

    def __post_init__(self) -> None:
        if not 0 <= self.width <= EXACT_BITS + 1:
            raise SymbolNetError(f"{self}: {self.width} bits; give a format of 1 to {EXACT_BITS} bits")

    @property
    def width(self) -> int:
        """All bits, the sign included."""
        return int(self.signed) + self.integer + self.fractional

    @property
    def least(self) -> int:
        """The smallest integer k."""
        return -(1 << (self.width - 1)) if self.signed and self.width else 0

    @property
    def most(self) -> int:
        """The largest integer k."""
        return (1 << (self.width - int(self.signed))) - 1 if self.width else 0

    @property
    def step(self) -> float:
        """The value of the last bit."""
        return math.ldexp(1.0, -self.fractional)

    def values(self) -> NDArray[np.float64]:
        """Every value, ascending."""
        return np.arange(self.least, self.most + 1).astype(np.float64) * self.step

    def integers(self, values: ArrayLike) -> NDArray[np.int64]:
        """Return the integers k of numbers; those outside saturate or wrap, NaN is refused."""
        with np.errstate(over="ignore"):
            scaled = np.asarray(values, dtype=np.float64) * (1.0 / self.step)  # a power of two: exact
        whole: Any = np.floor(scaled + 0.5) if self.rounding == "round" else np.floor(scaled)
        if self.overflow == "saturate":
            whole = np.clip(whole, self.least, self.most)
        if not np.isfinite(whole).all():
            raise SymbolNetError(f"{self}: NaN or infinity has no fixed-point value; remove these rows")
        if self.overflow == "wrap":
            span = float(1 << self.width)
            whole = whole - span * np.floor((whole - self.least) / span)
        return np.asarray(whole).astype(np.int64)

    def floats(self, integers: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the numbers that integers stand for."""
        return np.asarray(integers.astype(np.float64) * self.step)

    def fit(self, integers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return integers of any size, in units of this format's last bit, saturated or wrapped."""
        if self.overflow == "saturate":
            return np.minimum(np.maximum(integers, self.least), self.most)
        span = (1 << self.width) - 1
        return ((integers - self.least) & span) + self.least

    def with_(self, **changes: Any) -> "FixedPoint":
        """Return the format with some attributes changed."""
        return replace(self, **changes)

    def to_json(self) -> list[Any]:
        """Return what `from_json` reads."""
        return [self.signed, self.integer, self.fractional, self.rounding, self.overflow]

    @classmethod
    def from_json(cls, entry: Any) -> "FixedPoint":
        """Return the format that `to_json` wrote; anything else raises `SymbolNetError`."""
        match entry:
            case [bool(signed), int(integer), int(fractional), str(rounding), str(overflow)]:
                if rounding in get_args(Rounding) and overflow in get_args(Overflow):
                    return cls(signed, integer, fractional, rounding, overflow)  # type: ignore[arg-type]  # just seen
        raise SymbolNetError(f"{str(entry)[:60]!r} is no fixed-point format; export the formula anew")

    def __str__(self) -> str:
        """As Vitis HLS writes it: ap_fixed<width, integer bits with the sign>."""
        text = f"ap_{'' if self.signed else 'u'}fixed<{self.width},{self.integer + self.signed}"
        if (self.rounding, self.overflow) == ("round", "saturate"):
            return f"{text}>"
        return f"{text},{_AP[self.rounding]},{_AP[self.overflow]}>"


def parse_format(text: str) -> FixedPoint:
    """Return the format of ``ap_fixed<W,I>`` or ``ap_ufixed<W,I>``, with AP_RND or AP_TRN, AP_SAT or AP_WRAP behind.

    Without them it rounds and saturates, unlike in Vitis, where it would truncate and wrap.

    Parameters
    ----------
    text : str
        W is the width in bits, 1 to 32, I the bits before the point with the sign.

    Returns
    -------
    FixedPoint

    Raises
    ------
    SymbolNetError
        If the text is no such format, or the width is out of range.
    """
    found = _ENTRY.fullmatch(text.strip())
    names = {ap: name for name, ap in _AP.items()}
    if found is None or any(mode not in (None, *names) for mode in found.groups()[3:]):
        raise SymbolNetError(f"precision {text!r} is not understood; write auto, or e.g. ap_fixed<12,8>")
    unsigned, width, integer, first, second = found.groups()
    modes = [names[mode] for mode in (first, second) if mode]
    rounding = next((m for m in modes if m in get_args(Rounding)), "round")
    overflow = next((m for m in modes if m in get_args(Overflow)), "saturate")
    if not 1 <= int(width) <= 32:
        raise SymbolNetError(f"precision {text!r} has {width} bits; give 1 to 32")
    signed = not unsigned
    before = int(integer) - signed
    return FixedPoint(signed, before, int(width) - signed - before, rounding, overflow)  # type: ignore[arg-type]


def format_for(least: int, most: int, fractional: int) -> FixedPoint:
    """Return the narrowest format of integers from `least` to `most` in units of 2**-fractional.

    Raises
    ------
    SymbolNetError
        If that takes more than 53 bits beside the sign.
    """
    signed = least < 0
    bits = max(max(most, 0).bit_length(), (-least - 1).bit_length() if signed else 0)
    if bits > EXACT_BITS:
        raise SymbolNetError(f"an intermediate of {bits} bits is beyond the exact {EXACT_BITS}; give a smaller format")
    return FixedPoint(signed, bits - fractional, fractional)


def rounded_shift(integers: NDArray[np.int64], bits: int, rounding: Rounding) -> NDArray[np.int64]:
    """Return integers·2**-bits; bits that fall off are rounded."""
    if bits <= 0:
        return integers << -bits
    return (integers + (1 << (bits - 1)) if rounding == "round" else integers) >> bits
