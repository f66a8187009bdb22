"""The self-adaptive regularisation of the paper: Eq. 1 and Eq. 3, one function per formula."""

__all__ = ["LossTerms", "decay_factor", "node_threshold_term", "objective", "weight_threshold_term"]

from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from symbolnet.network import Sparsity, SymbolNet, sum_present


class LossTerms(eqx.Module):
    """The summands of Eq. 3: what Fig. 7a draws, and the domain penalty (zero for the paper's operators)."""

    error: Float[Array, "..."]
    weight: Float[Array, "..."]
    input: Float[Array, "..."]
    unary: Float[Array, "..."]
    binary: Float[Array, "..."]
    penalty: Float[Array, "..."]

    @property
    def total(self) -> Float[Array, "..."]:
        """Eq. 3, what is minimised: the sum of all terms, in the units of the data loss."""
        return self.error + self.weight + self.input + self.unary + self.binary + self.penalty


def decay_factor(s: Float[Array, ""], alpha: Float[Array, ""], d: Float[Array, ""]) -> Float[Array, ""]:
    """Eq. 1: D(s; α, d) = exp[-(α / (α - min(s, α)))^d + 1]; 1 at s = 0, and 0 for s ≥ α.

    Parameters
    ----------
    s : sparsity reached, in [0, 1]
    alpha : target sparsity α in [0, 1)
    d : decay rate; the paper uses 0.01
    """
    reached = s >= alpha
    # The inner `where` keeps 0/0 out of the branch that is not taken, whose derivative would be NaN.
    ratio = jnp.where(reached, 1.0, alpha / jnp.where(reached, 1.0, alpha - s))
    return jnp.where(reached, 0.0, jnp.exp(1 - ratio**d))


def weight_threshold_term(
    thresholds: Sequence[Float[Array, "..."]], present: Sequence[Float[Array, "..."]] | None = None
) -> Float[Array, ""]:
    """(1 / n_weight) Σ exp(-T_weight,i) over every weight and bias threshold (Section III.C) that is present.

    Parameters
    ----------
    thresholds : sequence of float arrays
        T_weight of the weights and of the biases of each layer, in [0, ∞); of any shapes.
    present : sequence of float arrays of these shapes, optional
        1 for each weight that the network has, 0 for padding, which counts for nothing.

    Returns
    -------
    float array ()
        In [0, 1]: 1 where nothing is pressed, towards 0 as the thresholds grow.
    """
    if present is not None:
        return sum_present([jnp.exp(-t) for t in thresholds], present) / sum(jnp.sum(p) for p in present)
    n = sum(t.size for t in thresholds)
    return sum((jnp.sum(jnp.exp(-t)) for t in thresholds), start=jnp.zeros((), thresholds[0].dtype)) / n


def node_threshold_term(
    thresholds: Sequence[Float[Array, " _"]], present: Sequence[Float[Array, " _"]] | None = None
) -> Float[Array, ""]:
    """exp(-(1 / n) Σ T_i) over the thresholds of one type of node: input, unary or binary (Section III.C).

    0 where nodes of that type may be absent and all are.

    Parameters
    ----------
    thresholds : sequence of float arrays (nodes,)
        T of the nodes of each layer, in [0, 1].
    present : sequence of float arrays (nodes,), optional
        1 for each node that the network has, 0 for padding, which counts for nothing.

    Returns
    -------
    float array ()
        In [1/e, 1], or 0.
    """
    if present is not None:
        n = sum(jnp.sum(p) for p in present)
        return jnp.where(n > 0, jnp.exp(-sum_present(thresholds, present) / jnp.maximum(n, 1)), 0.0)
    return jnp.exp(-jnp.mean(jnp.concatenate(list(thresholds))))


def objective(
    network: SymbolNet,
    error: Float[Array, ""],
    target: Sparsity,
    decay: Float[Array, ""],
    penalty: Float[Array, ""],
    present: SymbolNet | None = None,
) -> tuple[LossTerms, Sparsity]:
    """Eq. 3: L_error + Σ over types of L_error D(s; α, d) L_threshold, and the sparsities s.

    The gradient flows through L_error and the thresholds, as Eq. 2 minimises over both. It does not flow through s:
    the paper calls s a ratio "evaluated at each training step", its true derivative is zero almost everywhere, and
    the surrogate one would grow as 1 / (α - s), without bound, just before the target. A type that the network has
    no element of contributes nothing.

    Parameters
    ----------
    network : the network whose thresholds are regularised
    error : L_error of the batch
    target : α of each type
    decay : d of Eq. 1
    penalty : mean domain penalty of the operators over the batch; added as it is
    present : 1 for each element that the network has, 0 for padding, which counts for nothing; None without padding

    Returns
    -------
    terms : LossTerms
    sparsity : Sparsity
    """
    s = jax.lax.stop_gradient(network.sparsity(present))
    weight, unary, binary = _thresholds(network)
    there = None if present is None else _thresholds(present)

    def node_term(
        thresholds: list[Array], reached: Float[Array, ""], alpha: Float[Array, ""], present: list[Array] | None
    ) -> Float[Array, ""]:
        if not sum(t.size for t in thresholds):
            return jnp.zeros_like(error)
        return error * decay_factor(reached, alpha, decay) * node_threshold_term(thresholds, present)

    terms = LossTerms(
        error=error,
        weight=error
        * decay_factor(s.weight, target.weight, decay)
        * weight_threshold_term(weight, None if there is None else there[0]),
        input=node_term([network.input_threshold], s.input, target.input, None),
        unary=node_term(unary, s.unary, target.unary, None if there is None else there[1]),
        binary=node_term(binary, s.binary, target.binary, None if there is None else there[2]),
        penalty=penalty,
    )
    return terms, s


def _thresholds(network: SymbolNet) -> tuple[list[Array], list[Array], list[Array]]:
    """Those of weights and biases, of unary and of binary nodes."""
    return (
        [t for linear in network.linears() for t in (linear.weight_threshold, linear.bias_threshold)],
        [layer.unary.threshold for layer in network.layers],
        [layer.binary.threshold for layer in network.layers],
    )
