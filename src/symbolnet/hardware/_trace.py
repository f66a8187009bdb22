"""A program as da4ml's logic: adders shared between sums, tables, muxes, and the cut into pipeline stages.

da4ml is given whole numbers, each in units of its node's last bit, for it takes no constant finer than 2**-32.
"""

__all__ = ["Logic", "output_places", "predict", "trace"]

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.hardware._format import FixedPoint
from symbolnet.hardware._program import Affine, Cast, Constant, Extremum, Multiply, Node, Program, Select, Table

LEVEL_NS = 1.0
"""Assumed delay of one level of logic (an adder or a table with its wires) on an UltraScale+ of speed grade 2.

da4ml counts delay in such levels; a pipeline stage holds as many of them as the clock period has nanoseconds.
"""
_FLOAT32_DIGITS = 24


@dataclass(frozen=True, eq=False)
class Logic:
    """What da4ml made of a program.

    Attributes
    ----------
    comb : da4ml.types.CombLogic
        Without registers.
    pipeline : da4ml.types.Pipeline
        With registers between the stages, at the inputs and at the outputs.
    clock_ns : float
    """

    comb: Any
    pipeline: Any
    clock_ns: float

    @property
    def stages(self) -> int:
        """Clock cycles from the edge that takes the inputs to the edge that gives the outputs."""
        return len(self.pipeline.solutions)


def da4ml() -> Any:
    """Return the package, or say how to get it."""
    try:
        import da4ml.codegen
        import da4ml.trace
        import da4ml.trace.pipeline
    except ImportError as error:
        raise SymbolNetError("da4ml is not installed; run: pip install 'symbolnet[hardware]'") from error
    return da4ml


def trace(program: Program, clock_ns: float = 5.0) -> Logic:
    """Return the logic of a program, cut into stages of at most `clock_ns` by da4ml's count of logic levels.

    Raises
    ------
    SymbolNetError
        If da4ml is absent; if the clock is shorter than a level of logic; if a constant needs more than 24 bits, which
        da4ml's optimiser cannot hold.
    """
    if clock_ns < LEVEL_NS:
        raise SymbolNetError(
            f"a clock of {clock_ns:g} ns is shorter than a level of logic; give {LEVEL_NS:g} ns or more"
        )
    lib = da4ml()
    inputs = lib.trace.FixedVariableArray.from_kif(*_kif(program.input_formats), hwconf=lib.trace.HWConfig(1, -1, -1))
    variables: dict[int, Any] = dict(zip(program.inputs, inputs._vars, strict=True))
    for level in _levels(program):
        sums = [k for k in level if isinstance(program.nodes[k], Affine)]
        variables.update(_sums(program, sums, variables, inputs) if sums else {})
        for k in level:
            if k not in variables:
                variables[k] = _variable(
                    program, program.nodes[k], [variables[a] for a in program.nodes[k].args], inputs
                )
    comb = lib.trace.comb_trace(inputs, [variables[k] for k in program.outputs], keep_dead_inputs=True)
    pipeline = lib.trace.pipeline.to_pipeline(comb, clock_ns / LEVEL_NS, retiming=True, verbose=False)
    return Logic(comb, pipeline, clock_ns)


def _kif(formats: Sequence[FixedPoint]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    table = np.array([(int(f.signed), f.integer + f.fractional, 0) for f in formats])
    return table[:, 0], table[:, 1], table[:, 2]


def _levels(program: Program) -> list[list[int]]:
    """The nodes by depth. Sums of one depth are optimised together."""
    depth: list[int] = []
    for node in program.nodes:
        own = 0 if isinstance(node, Cast) else 1  # a cast that only cuts bits should not part sums
        depth.append(max((depth[arg] + own for arg in node.args), default=0))
    levels: list[list[int]] = [[] for _ in range(max(depth, default=0) + 1)]
    for k, level in enumerate(depth):
        levels[level].append(k)
    return levels


def _sums(program: Program, sums: list[int], variables: dict[int, Any], inputs: Any) -> dict[int, Any]:
    """All sums of one depth as one constant matrix, whose common parts da4ml finds."""
    args = sorted({arg for k in sums for arg in program.nodes[k].args})
    most = max(program.nodes[arg].format.fractional for arg in args)
    finer = {arg: program.nodes[arg].format.fractional - most for arg in args}
    matrix = np.zeros((len(args), len(sums)))
    for column, k in enumerate(sums):
        node = program.nodes[k]
        assert isinstance(node, Affine)
        for arg, weight in zip(node.args, node.weights, strict=True):
            if abs(weight).bit_length() - (weight & -weight).bit_length() >= _FLOAT32_DIGITS:
                raise SymbolNetError(
                    f"a coefficient needs more than {_FLOAT32_DIGITS} bits; give fewer bits to constants"
                )
            matrix[args.index(arg), column] = math.ldexp(weight, finer[arg])
    # At one scale: da4ml finds more in common than with the shifts in the matrix.
    scaled = [variables[arg] * math.ldexp(1.0, -finer[arg]) for arg in args]
    found = (type(inputs)(np.array(scaled), hwconf=inputs.hwconf) @ matrix)._vars
    result = {}
    for column, k in enumerate(sums):
        node = program.nodes[k]
        assert isinstance(node, Affine)
        result[k] = found[column] + float(node.constant)
    return result


def _variable(program: Program, node: Node, args: list[Any], inputs: Any) -> Any:
    kind = type(inputs._vars[0])
    form = node.format
    match node:
        case Constant(value):
            return kind.from_const(float(value), hwconf=inputs.hwconf)
        case Cast((arg,)):
            return _cast(args[0] * math.ldexp(1.0, form.fractional - program.nodes[arg].format.fractional), form, kind)
        case Table((arg,), values):
            index = program.nodes[arg].format
            if args[0].low == args[0].high:
                return kind.from_const(float(values[int(args[0].low) - index.least]), hwconf=inputs.hwconf)
            return args[0].lookup(values.astype(np.float64), original_qint=(index.least, index.most, 1.0))
        case Multiply():
            return args[0] * args[1]
        case Extremum(_, largest):
            return args[0].max_of(args[1]) if largest else args[0].min_of(args[1])
        case Select():
            return args[0].is_positive().msb_mux(args[1], args[2])
    raise AssertionError(node)


def _cast(variable: Any, form: FixedPoint, kind: Any) -> Any:
    """A variable in units of the format's last bit, with that format."""
    bits = form.integer + form.fractional
    if form.rounding == "round" and variable.step < 1:
        variable = variable + 0.5
    if form.overflow == "wrap":
        return variable.quantize(int(form.signed), bits, 0, "WRAP", "TRN")
    k, i, _ = variable.kif
    i = max(i, 0) if k else i  # cutting the bits of a small negative number leaves -1
    if k + i <= 0:
        return kind.from_const(0.0, hwconf=variable.hwconf)
    variable = variable.quantize(k, i, 0, "WRAP", "TRN")
    if variable.low >= form.least and variable.high <= form.most:
        return variable
    return _saturate(variable, form, bits, kind)


def _saturate(variable: Any, form: FixedPoint, bits: int, kind: Any) -> Any:
    """Saturate by looking at the bits above the format, which is smaller and faster than comparing with its ends."""
    least, most = float(form.least), float(form.most)
    k, i, _ = variable.kif
    above = variable.quantize(k, i, -bits, "WRAP", "TRN")
    if above.low == above.high or variable.high < least or variable.low > most:
        return variable.quantize(1, max(i, bits), 0, "SAT", "TRN").max_of(least).min_of(most)
    unit = math.ldexp(1.0, bits)
    values = np.arange(float(above.low), float(above.high) + unit / 2, float(above.step))
    inside = (values == 0) | (values == -unit) if form.signed else values == 0
    overflow = above.lookup((~inside).astype(np.float64))
    end = kind.from_const(most, hwconf=variable.hwconf)
    if variable.low < 0:
        end = variable.msb_mux(kind.from_const(least, hwconf=variable.hwconf), end)
    low_bits = variable.quantize(int(form.signed), bits, 0, "WRAP", "TRN")
    return overflow.msb_mux(end, low_bits, qint=(least, most, 1.0))


def output_places(logic: Logic) -> list[tuple[int, int, int, bool]]:
    """Return for each output the lowest bit in `model_out`, the bits there, the last one's place, and the sign.

    The place is counted as fractional bits are, from the last bit of the output's format.
    """
    from da4ml.types import minimal_kif

    places, at = [], 0
    for interval in logic.pipeline.out_qint:
        k, i, f = minimal_kif(interval)
        width = int(k) + i + f
        places.append((at, width, f, bool(k)))
        at += width
    return places


def predict(logic: Logic, ports: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return da4ml's own interpretation of its logic as integers of the output formats, (n_samples, n_outputs)."""
    return np.asarray(np.rint(logic.comb.predict(np.ascontiguousarray(ports.T.astype(np.float64)))), dtype=np.int64)
