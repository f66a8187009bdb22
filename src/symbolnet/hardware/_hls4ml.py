"""Lowering with the `hls4ml` semantics: what the C++ of an hls4ml SymbolicExpression project computes.

There, `y = -0.041*a*b + tanh(0.6*a) + 0.24` becomes ``-T(0.041)*a*b + tanh_lut((T)(T(0.6)*a)) + T(0.24)`` with
T = ap_fixed<W,I>. Sums and products of ap_fixed grow as needed and are exact; each constant, each argument of a
function, each result of a function and each output is a T. So a coefficient quantises as sign times q(abs(c)), an added
constant with its sign. A function is a `nnet::lookup_table`: at most 1024 entries over a range of a power of two,
sampled at the lower edge of each step; beyond the range, its first or last entry. Magnitudes, extrema and choices are
exact, of arguments that are T.
"""

__all__ = ["CHOICES", "LookUp", "exact_power", "lower_hls4ml", "lower_with_tables"]

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.expression import Expression
from symbolnet.expression._graph import CONST, INPUT, KINDS, POW, PROD, SUM, Graph, children_of
from symbolnet.hardware._builder import ProgramBuilder
from symbolnet.hardware._format import FixedPoint
from symbolnet.hardware._program import LARGEST_INDEX, Program
from symbolnet.hardware._structure import node_values
from symbolnet.hardware._table_functions import TableFunction, power, primitive

CHOICES = ("abs", "max", "min", "cond")
"""The operators that are exact."""

_LARGEST_POWER = 16
_SMALLEST_RANGE, _LARGEST_RANGE = 0.0625, 512.0
"""Beyond them, `nnet::lookup_table` would need steps that its ap_fixed<20,16> of entries per unit does not hold."""
_MOST_ROWS = 5000
_SATURATED = 0.01
_GRID = 1025


@dataclass(frozen=True)
class LookUp:
    """A table of `size` entries of a function from `start` to `end`, one step before it.

    Attributes
    ----------
    function : TableFunction
    start, end : float
    size : int
        A power of two.
    """

    function: TableFunction
    start: float
    end: float
    size: int

    @property
    def index(self) -> FixedPoint:
        """The format of the argument less `offset`, cut to the table."""
        fractional = round(math.log2(self.size / (self.end - self.start)))
        signed = self.start < 0 < self.end
        return FixedPoint(signed, round(math.log2(self.size)) - signed - fractional, fractional, "truncate")

    @property
    def offset(self) -> float:
        """What the index is counted from: the start of a range below zero."""
        return self.start if self.end == 0 else 0.0

    def values(self) -> NDArray[np.float64]:
        """Return the function at the start of each step, infinite where it overflows."""
        step = (self.end - self.start) / self.size
        return np.array([self._at(self.start + k * step) for k in range(self.size)])

    def _at(self, u: float) -> float:
        try:
            return self.function.at(u)
        except OverflowError:
            return float(np.copysign(math.inf, self.function.array(np.array([u]))[0]))


def lower_hls4ml(expression: Expression, form: FixedPoint, X: ArrayLike | None = None) -> Program:
    """Return the program of a formula, with `form` as the type of everything that is not exact.

    Parameters
    ----------
    expression : Expression
    form : FixedPoint
        Signed.
    X : array, (n_samples, n_inputs), optional
        Data that the ranges of tables are taken from; else they cover what the arguments can become.

    Raises
    ------
    SymbolNetError
        If an operator has no form in this semantics; if an exact intermediate takes more than 53 bits; if the type is
        too small for the range of a function on more than 1 % of the data.

    Warns
    -----
    UserWarning
        If a constant is beyond the type, which saturates or wraps it.
    """
    program = lower_with_tables(expression, form, X)[0]
    graph = expression.graph
    constants = np.concatenate([graph.value[np.isin(graph.kind, (CONST, SUM))], graph.coef])
    largest = float(constants[np.argmax(np.abs(constants))]) if len(constants) else 0.0
    if abs(largest) >= math.ldexp(1.0, form.integer) and abs(largest) != 1.0:
        held = _coefficient(largest, form)
        warnings.warn(f"constant {largest:.4g} becomes {held:.4g} in {form}; give more integer bits", stacklevel=3)
    return program


def lower_with_tables(
    expression: Expression, form: FixedPoint, X: ArrayLike | None = None
) -> tuple[Program, Mapping[int, LookUp]]:
    """Return also the table of every function of the formula's graph, by node."""
    if not form.signed or form.fractional < 0:
        raise SymbolNetError(f"{form}: hls4ml semantics needs a sign and no negative fraction; give ap_fixed<16,6>")
    graph, builder = expression.graph, ProgramBuilder()
    children = children_of(graph)
    arguments = _arguments(expression, children, X)
    tables: dict[int, LookUp] = {}
    done: list[int] = []
    for node, parts in enumerate(children):
        kind, value = int(graph.kind[node]), float(graph.value[node])
        args = [done[part] for part in parts]
        if kind == CONST:
            done.append(builder.constant(value, form))
        elif kind == INPUT:
            done.append(builder.input(int(value), form))
        elif kind == SUM:
            first = int(graph.start[node])
            coefs = graph.coef[first : first + len(parts)].tolist()
            terms = [(arg, _coefficient(c, form)) for arg, c in zip(args, coefs, strict=True)]
            done.append(builder.affine(terms, _quantised(value, form)))
        elif kind == PROD:
            done.append(_product(builder, args))
        elif kind == POW and (factors := exact_power(value)):
            done.append(_product(builder, args * factors))
        elif KINDS[kind] in CHOICES:
            done.append(_choice(builder, KINDS[kind], args, form))
        elif (function := _function_of(graph, node)) is not None:
            reach = np.array([builder.low[args[0]], builder.high[args[0]]], dtype=np.float64)
            reach = reach * builder.nodes[args[0]].format.step
            tables[node] = _look_up(function, form, arguments.get(node, reach), node in arguments)
            done.append(_function(builder, tables[node], args[0], form))
        else:
            raise SymbolNetError(f"{KINDS[kind]} has no form in hls4ml semantics; use the fused one: --to verilog")
    outputs = [builder.cast(done[node], form) for node in expression.outputs.tolist()]
    return builder.program(outputs, expression.input_names, expression.output_names, "hls4ml"), tables


def _arguments(
    expression: Expression, children: Sequence[Sequence[int]], X: ArrayLike | None
) -> dict[int, NDArray[np.float64]]:
    """The arguments of functions on data, by the node of the function."""
    if X is None or len(samples := np.asarray(X)) == 0:
        return {}
    samples = samples[np.linspace(0, len(samples) - 1, min(len(samples), _MOST_ROWS)).astype(int)]
    graph = expression.graph
    given = {int(k): samples[:, int(graph.value[k])].astype(np.float64) for k in np.flatnonzero(graph.kind == INPUT)}
    functions = [node for node in range(len(graph)) if _function_of(graph, node) is not None]
    found = node_values(graph, [children[node][0] for node in functions], given)
    values = {node: found[children[node][0]] for node in functions}
    return {node: kept for node, u in values.items() if len(kept := u[np.isfinite(u)])}


def exact_power(exponent: float) -> int:
    """Return how many factors a power is written out as; 0 where it is a table."""
    return int(exponent) if exponent == int(exponent) and 2 <= exponent <= _LARGEST_POWER else 0


def _function_of(graph: Graph, node: int) -> TableFunction | None:
    """The function that is the table of a node."""
    kind = int(graph.kind[node])
    if kind == POW:
        exponent = float(graph.value[node])
        return None if exact_power(exponent) else power(exponent, float(graph.limit[node]))
    return primitive(KINDS[kind])


def _look_up(function: TableFunction, form: FixedPoint, arguments: NDArray[np.float64], data: bool) -> LookUp:
    """Choose the range of a table: the least power of two beyond which the function is flat, or no arguments are.

    `nnet::lookup_table` keeps its ends and their distance as T, which rounds 2**(I-1) down by one step where it
    saturates; the whole quotient of 4 or more by that comes out right.
    """
    whole = math.ldexp(1.0, form.integer)  # 2**(I-1): above the largest T
    longest = whole if form.overflow == "saturate" and whole >= 4 else whole / 2
    low, high = float(arguments.min()), float(arguments.max())
    sides = 1 if low >= 0 or high <= 0 else 2
    most = min(longest / sides, whole / 2, _LARGEST_RANGE)
    least = max(_SMALLEST_RANGE, 2 * form.step)
    if most < least:
        raise SymbolNetError(f"{form} is too small for a table of {function.name}; give more bits, e.g. ap_fixed<12,5>")
    reach = max(-low, high)
    end = min(max(math.ldexp(1.0, math.ceil(math.log2(reach))) if reach > 0 else least, least), most)
    ends = (-1.0 if low < 0 else 0.0, 1.0 if high > 0 or low >= 0 else 0.0)
    if not data:
        arguments = np.clip(np.linspace(low, high, _GRID), ends[0] * end, ends[1] * end)
    while end / 2 >= least and _lost(function, arguments, ends[0] * end / 2, ends[1] * end / 2).max() <= form.step / 2:
        end /= 2
    start, end = ends[0] * end, ends[1] * end
    if data and np.mean(_lost(function, arguments, start, end) > 2 * form.step) > _SATURATED:
        raise SymbolNetError(
            f"{function.name} is taken of {low:.4g} to {high:.4g}, which a table of {form} holds from {start:g} to "
            f"{end:g} only; give more integer bits"
        )
    size = min((end - start) / form.step, 1 << LARGEST_INDEX)
    return LookUp(function, start, end, int(size))


def _lost(function: TableFunction, arguments: NDArray[np.float64], start: float, end: float) -> NDArray[np.float64]:
    """By how much a function changes where its arguments are held within a range."""
    with np.errstate(over="ignore", invalid="ignore"):
        exact, held = (function.array(u) for u in (arguments, np.clip(arguments, start, end)))
        return np.nan_to_num(np.abs(exact - held), nan=math.inf)


def _quantised(value: float, form: FixedPoint) -> float:
    return math.ldexp(int(form.integers(value)), -form.fractional)


def _coefficient(value: float, form: FixedPoint) -> float:
    """A factor of one is not written; the sign stands before the constant."""
    return value if abs(value) == 1.0 else math.copysign(_quantised(abs(value), form), value)


def _product(builder: ProgramBuilder, factors: Sequence[int]) -> int:
    product = factors[0]
    for factor in factors[1:]:
        product = builder.multiply(product, factor)
    return product


def _choice(builder: ProgramBuilder, kind: str, args: Sequence[int], form: FixedPoint) -> int:
    """A magnitude, an extremum, or one of two by the sign of an exact test."""
    if kind == "cond":
        return builder.select(args[0], *(builder.cast(arg, form) for arg in args[1:]))
    if kind == "abs":
        args = [args[0], builder.affine([(builder.cast(args[0], form), -1.0)])]
    first, *others = (builder.cast(arg, form) for arg in args)
    for other in others:
        first = builder.extremum(first, other, kind != "min")
    return first


def _function(builder: ProgramBuilder, table: LookUp, arg: int, form: FixedPoint) -> int:
    shifted = builder.affine([(builder.cast(arg, form), 1.0)], -table.offset)
    index = builder.cast(shifted, table.index)
    values = form.floats(form.integers(table.values()))  # saturated or wrapped as the type says
    return builder.table(index, values, form.fractional, table.function.name, most=32)
