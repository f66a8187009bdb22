"""Lowering with the `hls4ml` semantics: what the C++ of an hls4ml SymbolicExpression project computes.

There, `y = -0.041*a*b + tanh(0.6*a) + 0.24` becomes ``-T(0.041)*a*b + hls::tanh<W,I>((T)(T(0.6)*a)) + T(0.24)`` with
T = ap_fixed<W,I>. Sums and products of ap_fixed grow as needed and are exact; each constant, each argument of a
function, each result of a function and each output is a T. So a coefficient quantises as sign times q(abs(c)), an added
constant with its sign. A function is a lookup table over all of T, or where T has more than ten bits, over its ten
highest: sampled at the lower edge of each step, as `nnet::lookup_table` does.
"""

__all__ = ["lower_hls4ml"]

import math
from collections.abc import Sequence

import numpy as np

from symbolnet._errors import SymbolNetError
from symbolnet.expression import Expression
from symbolnet.expression._graph import CONST, INPUT, KINDS, POW, PROD, SUM, children_of
from symbolnet.hardware._builder import ProgramBuilder
from symbolnet.hardware._format import FixedPoint
from symbolnet.hardware._program import LARGEST_INDEX, Program
from symbolnet.operators import _numpy

FUNCTIONS = ("sin", "cos", "tan", "exp", "sinh", "cosh", "tanh", "log")
"""Those that have a form in this semantics."""

_LARGEST_POWER = 16


def index_format(form: FixedPoint) -> FixedPoint:
    """Return the format of the index of a lookup table whose argument has the format `form`."""
    lost = max(form.width - LARGEST_INDEX, 0)
    return form.with_(fractional=form.fractional - lost, rounding="truncate") if lost else form


def lower_hls4ml(expression: Expression, form: FixedPoint) -> Program:
    """Return the program of a formula, with `form` as the type of everything that is not exact.

    Raises
    ------
    SymbolNetError
        If an operator has no form in this semantics, or an exact intermediate takes more than 53 bits.
    """
    graph, builder = expression.graph, ProgramBuilder()
    done: list[int] = []
    for node, parts in enumerate(children_of(graph)):
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
        elif kind == POW and value == int(value) and 2 <= value <= _LARGEST_POWER:
            done.append(_product(builder, args * int(value)))
        elif KINDS[kind] in FUNCTIONS:
            done.append(_function(builder, KINDS[kind], args[0], form, float(graph.limit[node])))
        else:
            name = f"power {value:g}" if kind == POW else KINDS[kind]
            raise SymbolNetError(f"{name} has no form in hls4ml semantics; use the fused one, e.g. --to verilog")
    outputs = [builder.cast(done[node], form) for node in expression.outputs.tolist()]
    return builder.program(outputs, expression.input_names, expression.output_names, "hls4ml")


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


def _function(builder: ProgramBuilder, name: str, arg: int, form: FixedPoint, limit: float) -> int:
    index_form = index_format(form)
    index = builder.cast(builder.cast(arg, form), index_form)
    with np.errstate(over="ignore"):
        values = _numpy.function(name, [index_form.values()], limit)
    values = form.floats(form.integers(values))  # saturated or wrapped as the type says
    return builder.table(index, values, form.fractional, name, most=32)
