"""A formula as a program of integers: a short list of nodes, each computed once, arguments before their users.

Every value is an integer k that stands for k·2**-fractional of its node's format. Only `Input`, `Cast` and the entries
of a `Table` round; everything else is exact and has a format wide enough for all that its arguments can give it. So
the emulator, the RTL and the C code have nothing to disagree about.
"""

__all__ = ["Affine", "Cast", "Constant", "Extremum", "Input", "Multiply", "Node", "Program", "Select", "Table"]

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.hardware._format import FixedPoint

Semantics = Literal["fused", "hls4ml"]

LARGEST_INDEX = 10
"""Bits of a table's index; a wider table costs more than what it replaces."""


@dataclass(frozen=True)
class Input:
    """Column `column` of X, quantised outside the circuit: its port carries `format`."""

    column: int
    format: FixedPoint
    args: tuple[int, ...] = ()


@dataclass(frozen=True)
class Constant:
    """The integer `value`."""

    value: int
    format: FixedPoint
    args: tuple[int, ...] = ()


@dataclass(frozen=True)
class Affine:
    """``constant + sum(weights[k] * args[k])`` over integers, exact; weights include all shifts to a common scale."""

    args: tuple[int, ...]
    weights: tuple[int, ...]
    constant: int
    format: FixedPoint


@dataclass(frozen=True)
class Cast:
    """One argument in another format: rounded, then saturated or wrapped, as the format says."""

    args: tuple[int]
    format: FixedPoint


@dataclass(frozen=True, eq=False)
class Table:
    """``values[k - least]`` for the integer k of the one argument, `least` being the least of the argument's format."""

    args: tuple[int]
    values: NDArray[np.int64]
    format: FixedPoint
    what: str = ""


@dataclass(frozen=True)
class Multiply:
    """The product of two arguments, exact."""

    args: tuple[int, int]
    format: FixedPoint


@dataclass(frozen=True)
class Extremum:
    """The largest (or smallest) of two arguments of equal `fractional`."""

    args: tuple[int, int]
    largest: bool
    format: FixedPoint


@dataclass(frozen=True)
class Select:
    """The second argument where the first is above zero, else the third; these two have equal `fractional`."""

    args: tuple[int, int, int]
    format: FixedPoint


Node = Input | Constant | Affine | Cast | Table | Multiply | Extremum | Select


@dataclass(frozen=True, eq=False)
class Program:
    """The nodes of all outputs.

    Attributes
    ----------
    nodes : tuple of Node
        In order; an argument is the number of an earlier node.
    outputs : tuple of int
        The node of each output.
    input_names : tuple of str
        Of every column of X, used or not.
    output_names : tuple of str
    semantics : {"fused", "hls4ml"}
        How constants and functions were quantised.
    """

    nodes: tuple[Node, ...]
    outputs: tuple[int, ...]
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    semantics: Semantics = field(default="fused")

    def __post_init__(self) -> None:
        for place, node in enumerate(self.nodes):
            if any(not 0 <= arg < place for arg in node.args):
                raise SymbolNetError(f"node {place} of the program uses a later one; export the formula anew")
            if isinstance(node, Table):
                self._check_table(node)
            if (
                isinstance(node, Extremum | Select)
                and len({self.nodes[a].format.fractional for a in node.args[-2:]}) > 1
            ):
                raise SymbolNetError(f"node {place} chooses between different scales; export the formula anew")
            if isinstance(node, Input) and not 0 <= node.column < len(self.input_names):
                raise SymbolNetError(f"node {place} reads column {node.column} of {len(self.input_names)} inputs")
        if len(self.outputs) != len(self.output_names) or any(not 0 <= k < len(self.nodes) for k in self.outputs):
            raise SymbolNetError("the outputs of the program are not among its nodes; export the formula anew")

    def _check_table(self, node: Table) -> None:
        index = self.nodes[node.args[0]].format
        if index.width > LARGEST_INDEX:
            raise SymbolNetError(
                f"table {node.what or 'of a function'} has an index of {index.width} bits; give at most {LARGEST_INDEX}"
            )
        if len(node.values) != index.most - index.least + 1:
            raise SymbolNetError(f"table {node.what} has {len(node.values)} entries for {index.width} bits of index")
        if len(node.values) and not (node.format.least <= node.values.min() and node.values.max() <= node.format.most):
            raise SymbolNetError(f"table {node.what} has entries outside {node.format}; export the formula anew")

    @cached_property
    def inputs(self) -> tuple[int, ...]:
        """The nodes that are inputs, in order: the ports of the circuit."""
        return tuple(k for k, node in enumerate(self.nodes) if isinstance(node, Input))

    @property
    def output_formats(self) -> tuple[FixedPoint, ...]:
        """The format of each output."""
        return tuple(self.nodes[k].format for k in self.outputs)

    @property
    def input_formats(self) -> tuple[FixedPoint, ...]:
        """The format of each input of `inputs`."""
        return tuple(self.nodes[k].format for k in self.inputs)

    @property
    def columns(self) -> tuple[int, ...]:
        """The column of X of each input of `inputs`."""
        return tuple(node.column for node in self.nodes if isinstance(node, Input))

    def users(self) -> Sequence[list[int]]:
        """Return for every node those that use it."""
        found: list[list[int]] = [[] for _ in self.nodes]
        for place, node in enumerate(self.nodes):
            for arg in set(node.args):
                found[arg].append(place)
        return found
