"""Symbolic layers, masks and thresholds, and the step function with its surrogate gradient (paper Section III)."""

__all__ = [
    "INITIAL_SCALE",
    "KAPPA",
    "Architecture",
    "FrozenLayer",
    "FrozenNetwork",
    "MaskedLinear",
    "OperatorNodes",
    "Sparsity",
    "SymbolNet",
    "SymbolicLayer",
    "as_rows",
    "step",
    "sum_present",
    "surrogate_derivative",
]

from symbolnet.network._frozen import FrozenLayer, FrozenNetwork
from symbolnet.network._layer import OperatorNodes, SymbolicLayer
from symbolnet.network._linear import INITIAL_SCALE, MaskedLinear
from symbolnet.network._network import Architecture, Sparsity, SymbolNet, as_rows, sum_present
from symbolnet.network._step import KAPPA, step, surrogate_derivative
