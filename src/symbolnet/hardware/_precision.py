"""How many bits everything has, and the ranges that they are spread over."""

__all__ = ["Precision", "Ranges", "input_format", "measure_ranges", "prepare"]

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.expression import Expression
from symbolnet.expression._graph import INPUT
from symbolnet.hardware._format import FixedPoint
from symbolnet.hardware._groups import with_groups
from symbolnet.hardware._squares import with_squares
from symbolnet.hardware._structure import Structure, analyse, node_values

_MOST_ROWS = 20_000
"""Rows that ranges are taken from; more say nothing new about 99.9 % of them."""


@dataclass(frozen=True)
class Precision:
    """The bits of a `fused` program.

    Attributes
    ----------
    input : int
        Width of every input port.
    index : int
        Of the index of every table behind a sum.
    coefficient : int
        A coefficient may shift its term by 2**-(coefficient + 1) of the last bit of the sum that it belongs to.
    factor : int
        Width of a factor of a product.
    output : int
        Width that covers the range of the outputs; all of them have the same last bit.
    squares : bool
        Whether products become differences of squares: two tables in place of a multiplier.
    special : mapping of str to int
        Exceptions, such as ``{"input:3": 5}`` for column 3 and ``{"index:17": 7}`` for the sum at node 17.
    ports : FixedPoint, optional
        One format for all inputs and outputs instead of formats from ranges.
    """

    input: int = 6
    index: int = 6
    coefficient: int = 1
    factor: int = 6
    output: int = 8
    squares: bool = False
    special: Mapping[str, int] = field(default_factory=dict)
    ports: FixedPoint | None = None

    def bits(self, kind: str, place: int) -> int:
        """Return the bits of one item."""
        return self.special.get(f"{kind}:{place}", int(getattr(self, kind)))

    def with_(self, **changes: Any) -> "Precision":
        """Return the precision with some attributes changed."""
        return replace(self, **changes)

    def with_special(self, item: str, bits: int) -> "Precision":
        """Return the precision with one exception more."""
        return replace(self, special={**self.special, item: bits})

    def to_json(self) -> dict[str, Any]:
        """Return what the manifest of a bundle holds."""
        names = ("input", "index", "coefficient", "factor", "output", "squares")
        entry: dict[str, Any] = {name: getattr(self, name) for name in names}
        return entry | {"special": dict(self.special), "ports": None if self.ports is None else str(self.ports)}


@dataclass(frozen=True, eq=False)
class Ranges:
    """Where the values lie on the data that precision is chosen for, the rarest left out.

    Attributes
    ----------
    inputs : dict of column to (low, high)
    nodes : dict of node to (low, high)
    """

    inputs: dict[int, tuple[float, float]]
    nodes: dict[int, tuple[float, float]]


def measure_ranges(structure: Structure, X: ArrayLike, clip: float = 1e-3) -> Ranges:
    """Return the ranges on data.

    Parameters
    ----------
    structure : Structure
    X : array, (n_samples, n_inputs)
        Raw inputs.
    clip : float
        The share of samples that may lie outside a range, half of it on either side.
    """
    samples = np.asarray(X)
    if len(samples) == 0:
        raise SymbolNetError("the data that ranges are taken from has no rows; give at least one")
    if len(samples) > _MOST_ROWS:
        samples = samples[np.linspace(0, len(samples) - 1, _MOST_ROWS).astype(int)]
    graph = structure.graph
    ports = {int(k): int(graph.value[k]) for k in np.flatnonzero(graph.kind == INPUT)}
    given = {node: samples[:, column].astype(np.float64) for node, column in ports.items()}
    parts = {node for terms in structure.joins.values() for term in terms for node, _ in term.nodes}
    wanted = sorted({*structure.joins, *structure.outputs, *parts})
    values = node_values(graph, wanted, given)
    inputs = {column: _range(given[node], clip) for node, column in ports.items()}
    return Ranges(inputs, {node: _range(values[node], clip) for node in wanted})


def prepare(expression: Expression, X: ArrayLike, squares: bool) -> tuple[Expression, Structure, Ranges]:
    """Return a formula, its structure and its ranges on data; with `squares`, its products rewritten."""
    expression = with_groups(expression)
    structure = analyse(expression)
    ranges = measure_ranges(structure, X)
    if not squares:
        return expression, structure, ranges
    changed = with_squares(expression, ranges.nodes)
    structure = analyse(changed)
    return changed, structure, measure_ranges(structure, X)


def _range(values: NDArray[np.float64], clip: float) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    if len(finite) == 0:
        raise SymbolNetError("the data holds NaN or infinity only in a column that the formula uses; give numbers")
    low, high = np.quantile(finite, [clip / 2, 1 - clip / 2], method="closest_observation").tolist()
    return float(low), float(high)


def input_format(low: float, high: float, bits: int) -> FixedPoint:
    """Return the format of `bits` bits whose range covers low to high, but for one step at the upper end."""
    signed = low < 0
    largest = max(high, -low) if signed else high
    integer = math.ceil(math.log2(largest)) if largest > 0 else 0
    return FixedPoint(signed, integer, bits - signed - integer)
