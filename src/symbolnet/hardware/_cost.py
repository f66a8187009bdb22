"""What a program will take of an FPGA, guessed from its nodes in a fraction of a millisecond; Yosys takes seconds."""

__all__ = ["WEIGHTS", "features", "guess_luts"]

import math
from collections.abc import Mapping
from types import MappingProxyType

from symbolnet.hardware._digits import digits
from symbolnet.hardware._program import Affine, Cast, Extremum, Multiply, Program, Select, Table

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"add": 0.60, "digit": 0.31, "limit": 1.7, "choose": 1.9, "product": 4.0, "table": 0.67}
)
"""LUTs for each unit of `features`, by least squares against Yosys on circuits of jets, MNIST and SVHN and of random
formulas. How far off they are on the latter: python -m benchmarks.hardware_cost."""


def features(program: Program) -> dict[str, float]:
    """Return what the LUTs of a program are taken to be proportional to.

    add : bits of adders of terms; a sum has one less than it has terms
    digit : bits of adders of the signed digits of a weight beyond the first, which sums have in common more often
    limit : bits of casts that saturate or round
    choose : bits of Max, Min and conditions
    product : bits times bits of the factors
    table : bits of entries, each times the 64-entry LUTs that its index fills
    """
    found = dict.fromkeys(WEIGHTS, 0.0)
    for node in program.nodes:
        widths = [program.nodes[arg].format.width for arg in node.args]
        width = node.format.width
        match node:
            case Affine(_, weights, constant):
                bits = max(width - min(_zeros(weight) for weight in weights), 1)
                found["add"] += (len(weights) - 1 + (constant != 0)) * bits
                found["digit"] += sum(digits(weight) - 1 for weight in weights) * bits
            case Cast((arg,), form):
                source = program.nodes[arg].format
                if source.integer > form.integer or (source.signed and not form.signed):
                    found["limit"] += width
                if form.rounding == "round" and source.fractional > form.fractional:
                    found["limit"] += width
            case Table((arg,), values):
                entropy = math.log2(max(len(set(values.tolist())), 1))
                blocks = 2.0 ** max(widths[0] - 6, 0)
                found["table"] += min(width, max(2.0 * entropy, 1.0)) * blocks
            case Multiply():
                found["product"] += widths[0] * widths[1]
            case Extremum() | Select():
                found["choose"] += width
    return found


def _zeros(weight: int) -> int:
    return (weight & -weight).bit_length() - 1


def guess_luts(program: Program) -> float:
    """Return the guess, without DSP blocks."""
    return sum(WEIGHTS[name] * amount for name, amount in features(program).items())
