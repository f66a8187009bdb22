"""SymbolNet: symbolic layers, a linear output, and masks on inputs, weights and operators (paper Section III)."""

__all__ = ["Architecture", "Sparsity", "SymbolNet", "as_rows", "sum_present"]

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray
from numpy.typing import NDArray

from symbolnet.network._frozen import FrozenLayer, FrozenNetwork
from symbolnet.network._layer import OperatorNodes, SymbolicLayer
from symbolnet.network._linear import MaskedLinear
from symbolnet.network._step import step


@dataclass(frozen=True)
class Architecture:
    """The shape of a network: everything that is fixed before training.

    Attributes
    ----------
    n_inputs, n_outputs : int
    n_unary, n_binary : tuple of int
        Nodes u and b of each symbolic layer; either may be 0, not both.
    unary_operators, binary_operators : tuple of tuple of str
        Operator names of each layer, dealt to its nodes in turn.
    """

    n_inputs: int
    n_outputs: int
    n_unary: tuple[int, ...]
    n_binary: tuple[int, ...]
    unary_operators: tuple[tuple[str, ...], ...]
    binary_operators: tuple[tuple[str, ...], ...]

    def init(self, key: PRNGKeyArray, dtype: Any = jnp.float32) -> "SymbolNet":
        """A fresh network: random weights, every threshold zero."""
        keys = jax.random.split(key, len(self.n_unary) + 1)
        layers: list[SymbolicLayer] = []
        width = self.n_inputs
        dtype = jnp.dtype(dtype)
        sizes = zip(self.n_unary, self.n_binary, self.unary_operators, self.binary_operators, strict=True)
        for layer_key, (u, b, unary, binary) in zip(keys[:-1], sizes, strict=True):
            layers.append(SymbolicLayer.init(width, u, b, unary, binary, layer_key, dtype))
            width = layers[-1].n_out
        return SymbolNet(
            input_threshold=jnp.zeros(self.n_inputs, dtype),
            layers=tuple(layers),
            output=MaskedLinear.init(width, self.n_outputs, keys[-1], dtype),
        )


class Sparsity(eqx.Module):
    """One number per pruning type, for the sparsities s and the targets α; a leading axis for a population."""

    weight: Float[Array, "..."]
    input: Float[Array, "..."]
    unary: Float[Array, "..."]
    binary: Float[Array, "..."]


class SymbolNet(eqx.Module):
    """The network of Section III. `network(X)` maps (samples, n_inputs) to (samples, n_outputs).

    The input mask is multiplied into the weights of the first layer, (w Θ_input) x = w (Θ_input x), which costs
    n_inputs products a step instead of n_inputs a sample.
    """

    input_threshold: Float[Array, " n_inputs"]
    layers: tuple[SymbolicLayer, ...]
    output: MaskedLinear

    def linears(self) -> tuple[MaskedLinear, ...]:
        """The linear maps from input to output."""
        return (*(layer.linear for layer in self.layers), self.output)

    def forward(
        self, x: Float[Array, "n_inputs samples"]
    ) -> tuple[Float[Array, "n_outputs samples"], Float[Array, " samples"]]:
        """The outputs, and the domain penalty of the operators that have one; samples are columns."""
        h, penalty = x, jnp.zeros(x.shape[1:], x.dtype)
        input_mask = step(1 - self.input_threshold)
        for k, layer in enumerate(self.layers):
            weight_mask, bias_mask = layer.linear.masks()
            weight = layer.linear.weight * weight_mask
            if k == 0:
                weight = weight * input_mask
            h, layer_penalty = layer.activate(weight @ h + (layer.linear.bias * bias_mask)[:, None])
            penalty = penalty + layer_penalty
        weight_mask, bias_mask = self.output.masks()
        return (self.output.weight * weight_mask) @ h + (self.output.bias * bias_mask)[:, None], penalty

    def __call__(self, X: Float[Array, "samples n_inputs"]) -> Float[Array, "samples n_outputs"]:
        return self.forward(X.T)[0].T

    def sparsity(self, present: "SymbolNet | None" = None) -> Sparsity:
        """The share of pruned elements of each type, s in [0, 1]; 0 for a type that the network lacks.

        The count of weights takes weights and biases of every layer, the output layer included. Where `present` is
        given, it holds 1 for each element that counts and 0 for each that does not.
        """
        there = None if present is None else _present(present)
        weight_masks = [mask.ravel() for linear in self.linears() for mask in linear.masks()]
        dtype = self.input_threshold.dtype
        return Sparsity(
            weight=_pruned_share(weight_masks, dtype, None if there is None else there[0]),
            input=_pruned_share([step(1 - self.input_threshold)], dtype),
            unary=_pruned_share(
                [layer.unary.masks() for layer in self.layers], dtype, None if there is None else there[1]
            ),
            binary=_pruned_share(
                [layer.binary.masks() for layer in self.layers], dtype, None if there is None else there[2]
            ),
        )

    def clip_thresholds(self) -> "SymbolNet":
        """Weight thresholds moved back into [0, ∞), those of inputs and operators into [0, 1]."""

        def clip_nodes(layer: SymbolicLayer) -> SymbolicLayer:
            return SymbolicLayer(
                layer.linear.clip_thresholds(),
                OperatorNodes(jnp.clip(layer.unary.threshold, 0, 1), layer.unary.names),
                OperatorNodes(jnp.clip(layer.binary.threshold, 0, 1), layer.binary.names),
            )

        return SymbolNet(
            input_threshold=jnp.clip(self.input_threshold, 0, 1),
            layers=tuple(clip_nodes(layer) for layer in self.layers),
            output=self.output.clip_thresholds(),
        )

    def freeze(self) -> FrozenNetwork:
        """The pruned network as float64 NumPy arrays: what the expression is unrolled from."""
        layers = []
        for k, layer in enumerate(self.layers):
            weight, bias = _effective(layer.linear)
            if k == 0:
                weight = weight * (np.asarray(self.input_threshold) < 1)[:, None]
            kept_unary = np.asarray(layer.unary.threshold) < 1
            kept_binary = np.asarray(layer.binary.threshold) < 1
            nodes = layer.unary.frozen_nodes(kept_unary.tolist()) + layer.binary.frozen_nodes(kept_binary.tolist())
            layers.append(FrozenLayer(weight, bias, nodes))
        weight, bias = _effective(self.output)
        return FrozenNetwork(tuple(layers), weight, bias)


@jax.custom_vjp
def as_rows(f: Float[Array, "outputs samples"]) -> Float[Array, "samples outputs"]:
    """The transpose, whose gradient is laid out as `f` before it enters the products of the backward pass.

    Without that XLA keeps the rows, for which its products of a population's matrices are slow on a CPU.
    """
    return f.T


as_rows.defvjp(
    lambda f: (f.T, None),
    lambda _, rows: (jax.lax.optimization_barrier(rows.T),),  # type: ignore[no-untyped-call]
)


def sum_present(values: Sequence[Array], present: Sequence[Array]) -> Float[Array, ""]:
    """The sum of the values where `present` is 1.

    Parameters
    ----------
    values, present : sequences of float arrays
        Pairs of one shape; `present` holds 1 and 0.

    Returns
    -------
    float array ()
    """
    return sum((jnp.sum(v * p) for v, p in zip(values, present, strict=True)), start=jnp.zeros((), values[0].dtype))


def _present(present: SymbolNet) -> tuple[list[Array], list[Array], list[Array]]:
    """Which weights and biases, unary and binary nodes count."""
    return (
        [mask.ravel() for linear in present.linears() for mask in (linear.weight, linear.bias)],
        [layer.unary.threshold for layer in present.layers],
        [layer.binary.threshold for layer in present.layers],
    )


def _pruned_share(
    masks: list[Float[Array, " _"]], dtype: jnp.dtype, present: list[Array] | None = None
) -> Float[Array, ""]:
    if present is not None:
        n = sum(jnp.sum(p) for p in present)
        return sum_present([1 - mask for mask in masks], present) / jnp.maximum(n, 1)
    size = sum(mask.size for mask in masks)
    kept = sum((jnp.sum(mask) for mask in masks), start=jnp.zeros((), dtype))
    return (size - kept) / max(size, 1)


def _effective(linear: MaskedLinear) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    def masked(value: Any, threshold: Any) -> NDArray[np.float64]:
        v = np.asarray(value)
        return np.where(np.abs(v) > np.asarray(threshold), v, 0).astype(np.float64)

    return masked(linear.weight, linear.weight_threshold).T, masked(linear.bias, linear.bias_threshold)
