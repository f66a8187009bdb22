"""Symbolic layers, masks and thresholds, and the step function with its surrogate gradient (paper Section III)."""

__all__ = [
    "KAPPA",
    "Architecture",
    "FrozenLayer",
    "FrozenNetwork",
    "MaskedLinear",
    "OperatorNodes",
    "Sparsity",
    "SymbolNet",
    "SymbolicLayer",
    "step",
    "surrogate_derivative",
]

from symbolnet.network._frozen import FrozenLayer, FrozenNetwork
from symbolnet.network._layer import OperatorNodes, SymbolicLayer
from symbolnet.network._linear import MaskedLinear
from symbolnet.network._network import Architecture, Sparsity, SymbolNet
from symbolnet.network._step import KAPPA, step, surrogate_derivative
