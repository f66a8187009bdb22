"""The trained network as plain numbers: the hand-over from training to expressions."""

__all__ = ["FrozenLayer", "FrozenNetwork"]

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class FrozenLayer:
    """One symbolic layer (paper Section III.A) after pruning has been applied.

    Attributes
    ----------
    weight : float64 array, (n_in, n_z)
        Effective weights: zero where pruned (weight or input mask).
    bias : float64 array, (n_z,)
        Effective biases: zero where pruned.
    nodes : tuple of (operator name, arity)
        The operators in order; node k consumes the next `arity` columns of z. A pruned unary node is
        ("identity", 1), a pruned binary node ("+", arity). The sum of the arities is n_z, the number of
        nodes is the layer's output size.
    """

    weight: NDArray[np.float64]
    bias: NDArray[np.float64]
    nodes: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class FrozenNetwork:
    """Layers, then a last linear map: y = h @ output_weight + output_bias.

    Attributes
    ----------
    layers : tuple of FrozenLayer
    output_weight : float64 array, (n_h, n_outputs)
    output_bias : float64 array, (n_outputs,)
    """

    layers: tuple[FrozenLayer, ...]
    output_weight: NDArray[np.float64]
    output_bias: NDArray[np.float64]
