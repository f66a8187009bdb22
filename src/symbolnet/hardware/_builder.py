"""Where programs are made: equal nodes become one, and every exact node gets a format wide enough for its range."""

__all__ = ["ProgramBuilder"]

import math
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.hardware._format import EXACT_BITS, FixedPoint, format_for
from symbolnet.hardware._program import (
    Affine,
    Cast,
    Constant,
    Extremum,
    Input,
    Multiply,
    Node,
    Program,
    Select,
    Semantics,
    Table,
)


class ProgramBuilder:
    """Appends nodes and keeps the interval of integers that each of them can take."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.low: list[int] = []
        self.high: list[int] = []
        self._known: dict[tuple[object, ...], int] = {}

    def input(self, column: int, form: FixedPoint) -> int:
        """Return the port of a column."""
        return self._intern(Input(column, form), form.least, form.most)

    def constant(self, value: float, form: FixedPoint) -> int:
        """Return a number, quantised to a format and then in the narrowest one."""
        integer = int(form.integers(value))
        return self._intern(Constant(integer, format_for(integer, integer, form.fractional)), integer, integer)

    def affine(self, terms: Sequence[tuple[int, float]], constant: float = 0.0) -> int:
        """Return ``constant + sum(coefficient * node)``, exact.

        Parameters
        ----------
        terms : sequence of (node, coefficient)
            Coefficients must be short binary fractions, as `quantised` gives them; those of one node are added up.
        constant : float
            Likewise.

        Raises
        ------
        SymbolNetError
            If a partial sum may need more than 53 bits.
        """
        merged: dict[int, float] = {}
        for node, coefficient in terms:
            merged[node] = merged.get(node, 0.0) + coefficient
        kept = [(node, c) for node, c in sorted(merged.items()) if c != 0.0]
        scales = [_fraction_bits(c) + self.nodes[node].format.fractional for node, c in kept]
        if constant:
            scales.append(_fraction_bits(constant))
        fractional = max(scales, default=0)
        weights = tuple(_whole(c, fractional - self.nodes[node].format.fractional) for node, c in kept)
        offset = _whole(constant, fractional)
        args = tuple(node for node, _ in kept)
        if not args:
            return self._intern(Constant(offset, format_for(offset, offset, fractional)), offset, offset)
        if len(args) == 1 and weights == (1,) and not offset and fractional == self.nodes[args[0]].format.fractional:
            return args[0]
        ends = [sorted((w * self.low[a], w * self.high[a])) for a, w in zip(args, weights, strict=True)]
        largest = abs(offset) + sum(max(abs(low), abs(high)) for low, high in ends)
        if largest.bit_length() > EXACT_BITS:
            raise SymbolNetError(
                f"a sum needs {largest.bit_length()} bits, beyond the exact {EXACT_BITS}; give fewer bits to its inputs"
            )
        low, high = offset + sum(e[0] for e in ends), offset + sum(e[1] for e in ends)
        return self._intern(Affine(args, weights, offset, format_for(low, high, fractional)), low, high)

    def cast(self, node: int, form: FixedPoint) -> int:
        """Return a node in another format, which it keeps even where its range is smaller."""
        source = self.nodes[node].format
        if form == source:
            return node
        shift = source.fractional - form.fractional
        low, high = self.low[node], self.high[node]
        if max(abs(low), abs(high)).bit_length() + max(-shift, 0) > EXACT_BITS:
            raise SymbolNetError(f"{form} would make an intermediate wider than {EXACT_BITS} bits; give fewer bits")
        ends = np.array([_shifted(low, shift, form.rounding), _shifted(high, shift, form.rounding)], dtype=np.int64)
        inside = form.least <= ends[0] and ends[1] <= form.most
        low, high = (
            (form.least, form.most) if form.overflow == "wrap" and not inside else map(int, form.fit(ends).tolist())
        )
        return self._intern(Cast((node,), form), low, high)

    def narrowed(self, node: int, fractional: int, rounding: str = "truncate") -> int:
        """Return a node with fewer bits after the binary point, in the narrowest format that its range allows."""
        source = self.nodes[node].format
        if fractional >= source.fractional:
            return node
        shift = source.fractional - fractional
        low, high = (_shifted(end, shift, rounding) for end in (self.low[node], self.high[node]))
        form = format_for(low, high, fractional).with_(rounding=rounding)
        return self._intern(Cast((node,), form), low, high)

    def table(self, node: int, values: NDArray[np.float64], fractional: int, what: str, most: int = 24) -> int:
        """Return a function of a node as a table.

        Parameters
        ----------
        node : int
        values : float64 array
            The function at every value of the node's format, ascending.
        fractional : int
            Of the entries, which are rounded to nearest.
        what : str
            Its name in messages.
        most : int
            The widest entry, in bits; a function that needs more is refused.

        Raises
        ------
        SymbolNetError
            If a value that the node can take gives NaN, infinity or an entry that is too wide.
        """
        least = self.nodes[node].format.least
        reach = slice(self.low[node] - least, self.high[node] - least + 1)
        if not np.isfinite(values[reach]).all():
            raise SymbolNetError(f"the table of {what} has NaN or infinity; narrow the range of its argument")
        scaled = np.floor(np.ldexp(np.nan_to_num(values), fractional) + 0.5)
        low, high = scaled[reach].min(), scaled[reach].max()
        if max(abs(low), abs(high)) >= 2.0**most:
            raise SymbolNetError(
                f"the table of {what} reaches {np.abs(values[reach]).max():.3g}, too much for entries of {most} bits; "
                "narrow the range of its argument"
            )
        entries = np.clip(scaled, low, high).astype(np.int64)  # what cannot be reached need not widen the entries
        if low == high:
            return self._intern(Constant(int(low), format_for(int(low), int(low), fractional)), int(low), int(low))
        entries.setflags(write=False)
        form = format_for(int(low), int(high), fractional)
        return self._intern(Table((node,), entries, form, what), int(low), int(high))

    def multiply(self, a: int, b: int) -> int:
        """Return the product of two nodes."""
        a, b = sorted((a, b))
        ends = [x * y for x in (self.low[a], self.high[a]) for y in (self.low[b], self.high[b])]
        low, high = min(ends), max(ends)
        if a == b:
            low = 0 if self.low[a] <= 0 <= self.high[a] else low
        fractional = self.nodes[a].format.fractional + self.nodes[b].format.fractional
        return self._intern(Multiply((a, b), format_for(low, high, fractional)), low, high)

    def extremum(self, a: int, b: int, largest: bool) -> int:
        """Return the larger or the smaller of two nodes of one scale."""
        a, b = sorted((a, b))
        pick = max if largest else min
        low, high = pick(self.low[a], self.low[b]), pick(self.high[a], self.high[b])
        form = format_for(low, high, self.nodes[a].format.fractional)
        return self._intern(Extremum((a, b), largest, form), low, high)

    def select(self, test: int, positive: int, otherwise: int) -> int:
        """Return one of two nodes of one scale by the sign of a third."""
        low = min(self.low[positive], self.low[otherwise])
        high = max(self.high[positive], self.high[otherwise])
        form = format_for(low, high, self.nodes[positive].format.fractional)
        return self._intern(Select((test, positive, otherwise), form), low, high)

    def program(
        self, outputs: Sequence[int], input_names: Sequence[str], output_names: Sequence[str], semantics: Semantics
    ) -> Program:
        """Return the nodes that the outputs need."""
        needed = set(outputs)
        for place in range(len(self.nodes) - 1, -1, -1):
            if place in needed:
                needed.update(self.nodes[place].args)
        keep = sorted(needed)
        # Ports first, by column, so that their order does not depend on how the formula is written.
        keep.sort(key=lambda k: (0, n.column, k) if isinstance(n := self.nodes[k], Input) else (1, k, k))
        place_of = {old: new for new, old in enumerate(keep)}
        nodes = tuple(_moved(self.nodes[old], place_of) for old in keep)
        places = tuple(place_of[k] for k in outputs)
        return Program(nodes, places, tuple(input_names), tuple(output_names), semantics)

    def _intern(self, node: Node, low: int, high: int) -> int:
        key: tuple[object, ...] = (type(node), *(_hashable(getattr(node, f.name)) for f in fields(node)))
        place = self._known.get(key)
        if place is None:
            place = self._known[key] = len(self.nodes)
            self.nodes.append(node)
            self.low.append(low)
            self.high.append(high)
        return place


def _moved(node: Node, place_of: dict[int, int]) -> Node:
    changed: Any = {"args": tuple(place_of[arg] for arg in node.args)}
    return replace(node, **changed) if node.args else node


def _hashable(value: object) -> object:
    return value.tobytes() if isinstance(value, np.ndarray) else value


def _shifted(value: int, bits: int, rounding: str) -> int:
    if bits <= 0:
        return value << -bits
    return (value + (1 << (bits - 1)) if rounding == "round" else value) >> bits


def _fraction_bits(value: float) -> int:
    """Return the smallest f such that value·2**f is a whole number."""
    mantissa, exponent = math.frexp(value)
    whole = int(mantissa * 2**EXACT_BITS)
    zeros = (whole & -whole).bit_length() - 1
    return EXACT_BITS - zeros - exponent


def _whole(value: float, fractional: int) -> int:
    numerator, denominator = value.as_integer_ratio()
    scaled = numerator << fractional if fractional >= 0 else numerator
    divisor = denominator if fractional >= 0 else denominator << -fractional
    if scaled % divisor:
        raise AssertionError(f"{value} is no multiple of 2**-{fractional}")
    return scaled // divisor
