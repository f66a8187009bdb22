"""The program in NumPy, exact: what the circuit computes, bit by bit."""

__all__ = ["emulate", "emulate_integers", "saturated_share", "share_outside"]

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.hardware._format import FixedPoint, rounded_shift
from symbolnet.hardware._program import Affine, Cast, Constant, Extremum, Input, Multiply, Program, Select, Table

_BLOCK = 8192
"""Samples at a time: so many integers of every node stay in the cache."""


def emulate(program: Program, X: ArrayLike) -> NDArray[np.float64]:
    """Return the outputs for raw inputs, (n_samples, n_inputs) to (n_samples, n_outputs).

    Inputs are quantised to the formats of their ports; the outputs are the numbers that the output ports stand for.

    Parameters
    ----------
    program : Program
    X : array-like (n_samples, n_inputs)
        In the units of the formula; all its inputs, also those that no port takes.

    Returns
    -------
    float64 array (n_samples, n_outputs)
        Exact: integers at the output ports times the steps of their formats.

    Raises
    ------
    SymbolNetError
        If X has another number of columns, or holds NaN or infinity in a column that is used.
    """
    integers = emulate_integers(program, quantise_inputs(program, X))
    steps = np.array([form.step for form in program.output_formats])
    return np.asarray(integers * steps)


def quantise_inputs(program: Program, X: ArrayLike) -> NDArray[np.int64]:
    """Return what the input ports carry, (n_inputs_used, n_samples)."""
    samples = np.asarray(X)
    if samples.ndim != 2 or samples.shape[1] != len(program.input_names):
        raise SymbolNetError(f"X has shape {samples.shape}; give (n_samples, {len(program.input_names)})")
    ports = np.empty((len(program.columns), len(samples)), dtype=np.int64)
    for row, (column, form) in enumerate(zip(program.columns, program.input_formats, strict=True)):
        ports[row] = form.integers(samples[:, column])
    return ports


def emulate_integers(program: Program, ports: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the integers at the output ports, (n_samples, n_outputs), for those at the input ports.

    Parameters
    ----------
    program : Program
    ports : int64 array, (n_inputs_used, n_samples)
        In the order of `Program.inputs`, within their formats.
    """
    n_samples = ports.shape[1]
    result = np.empty((n_samples, len(program.outputs)), dtype=np.int64)
    for begin in range(0, n_samples, _BLOCK):
        values = node_integers(program, ports[:, begin : begin + _BLOCK])
        for column, node in enumerate(program.outputs):
            result[begin : begin + _BLOCK, column] = values[node]
    return result


def node_integers(program: Program, ports: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return the integers of every node for one block of samples."""
    values: list[NDArray[np.int64]] = []
    port = iter(ports)
    for node in program.nodes:
        args = [values[arg] for arg in node.args]
        values.append(next(port) if isinstance(node, Input) else _value(program, node, args, ports.shape[1]))
    return values


def _value(program: Program, node: object, args: list[NDArray[np.int64]], n_samples: int) -> NDArray[np.int64]:
    match node:
        case Constant(value):
            return np.full(n_samples, value, dtype=np.int64)
        case Affine(_, weights, constant):
            total = args[0] * weights[0] if weights[0] != 1 else args[0].copy()
            for arg, weight in zip(args[1:], weights[1:], strict=True):
                total += arg if weight == 1 else arg * weight
            if constant:
                total += constant
            return total
        case Cast((arg,), form):
            shift = program.nodes[arg].format.fractional - form.fractional
            return form.fit(rounded_shift(args[0], shift, form.rounding))
        case Table((arg,), entries):
            least = program.nodes[arg].format.least
            return np.take(entries, args[0] - least if least else args[0])
        case Multiply():
            return args[0] * args[1]
        case Extremum(_, largest):
            return np.maximum(*args) if largest else np.minimum(*args)
        case Select():
            return np.where(args[0] > 0, args[1], args[2])
    raise AssertionError(node)


def saturated_share(program: Program, X: ArrayLike) -> NDArray[np.float64]:
    """Return for each input port the share of samples beyond its format, which saturate or wrap there.

    The last value counts for a whole step, so that 255 fits unsigned numbers of four bits whose step is 16.

    Parameters
    ----------
    program : Program
    X : array-like (n_samples, n_inputs)
        Raw inputs, as for `emulate`.

    Returns
    -------
    float64 array (n_inputs_used,)
        In [0, 1], in the order of the ports; 0 without samples.
    """
    samples = np.asarray(X)
    shares = np.zeros(len(program.columns))
    for row, (column, form) in enumerate(zip(program.columns, program.input_formats, strict=True)):
        shares[row] = share_outside(samples[:, column], form)
    return shares


def share_outside(values: ArrayLike, form: FixedPoint) -> float:
    """Return the share of numbers beyond a format."""
    scaled = np.ldexp(np.asarray(values, dtype=np.float64), form.fractional)
    return float(np.mean((scaled < form.least - 0.5) | (scaled > form.most + 1))) if len(scaled) else 0.0
