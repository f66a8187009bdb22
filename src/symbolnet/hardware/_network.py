"""A quantised dense network as a program, so that it takes the same way to a circuit as formulas do."""

__all__ = ["QuantisedLayer", "network_program"]

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.hardware._builder import ProgramBuilder
from symbolnet.hardware._format import FixedPoint
from symbolnet.hardware._program import Program


@dataclass(frozen=True, eq=False)
class QuantisedLayer:
    """One dense layer with weights of fixed point.

    Attributes
    ----------
    weight : int64 array, (n_inputs, n_outputs)
        In units of 2**-weight_fractional; zero is a connection that is not there.
    bias : int64 array, (n_outputs,)
        In units of 2**-bias_fractional.
    weight_fractional, bias_fractional : int
    activation : FixedPoint or None
        What the sums are rounded and saturated to; an unsigned format makes it a ReLU. None leaves them as they are.
    """

    weight: NDArray[np.int64]
    bias: NDArray[np.int64]
    weight_fractional: int
    bias_fractional: int
    activation: FixedPoint | None

    def __post_init__(self) -> None:
        if self.weight.ndim != 2 or self.bias.shape != self.weight.shape[1:]:
            raise SymbolNetError(
                f"a layer has weights {self.weight.shape} and biases {self.bias.shape}; give (inputs, outputs) and "
                "(outputs,)"
            )


def network_program(
    layers: Sequence[QuantisedLayer],
    inputs: FixedPoint,
    input_names: Sequence[str],
    output_names: Sequence[str],
) -> Program:
    """Return the program of a network: sums exact, activations rounded and saturated, as the layers say.

    Parameters
    ----------
    layers : sequence of QuantisedLayer
    inputs : FixedPoint
        Of every input port.
    input_names, output_names : sequence of str

    Raises
    ------
    SymbolNetError
        If the layers do not fit together, or a sum needs more than 53 bits.
    """
    builder = ProgramBuilder()
    widths = [len(input_names), *(layer.weight.shape[1] for layer in layers)]
    if any(layer.weight.shape[0] != n for layer, n in zip(layers, widths, strict=False)):
        raise SymbolNetError(f"layers of {[layer.weight.shape for layer in layers]} do not fit {widths[0]} inputs")
    if widths[-1] != len(output_names):
        raise SymbolNetError(f"the last layer has {widths[-1]} outputs for {len(output_names)} names")
    values = [builder.input(column, inputs) for column in range(widths[0])]
    for layer in layers:
        unit, offset = math.ldexp(1.0, -layer.weight_fractional), math.ldexp(1.0, -layer.bias_fractional)
        sums = [
            builder.affine(
                [(values[k], float(column[k]) * unit) for k in np.flatnonzero(column).tolist()], float(bias) * offset
            )
            for column, bias in zip(layer.weight.T, layer.bias, strict=True)
        ]
        values = sums if layer.activation is None else [builder.cast(node, layer.activation) for node in sums]
    return builder.program(values, input_names, output_names, "fused")
