"""The self-adaptive regularisation of the paper: Eq. 1 and Eq. 3, one function per formula."""

__all__ = ["LossTerms", "decay_factor", "node_threshold_term", "objective", "weight_threshold_term"]

from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from symbolnet.network import Sparsity, SymbolNet


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


def weight_threshold_term(thresholds: Sequence[Float[Array, "..."]]) -> Float[Array, ""]:
    """(1 / n_weight) Σ exp(-T_weight,i) over every weight and bias threshold (Section III.C)."""
    n = sum(t.size for t in thresholds)
    return sum((jnp.sum(jnp.exp(-t)) for t in thresholds), start=jnp.zeros((), thresholds[0].dtype)) / n


def node_threshold_term(thresholds: Sequence[Float[Array, " _"]]) -> Float[Array, ""]:
    """exp(-(1 / n) Σ T_i) over the thresholds of one type of node: input, unary or binary (Section III.C)."""
    return jnp.exp(-jnp.mean(jnp.concatenate(list(thresholds))))


def objective(
    network: SymbolNet,
    error: Float[Array, ""],
    target: Sparsity,
    decay: Float[Array, ""],
    penalty: Float[Array, ""],
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

    Returns
    -------
    terms : LossTerms
    sparsity : Sparsity
    """
    s = jax.lax.stop_gradient(network.sparsity())
    weight = [t for linear in network.linears() for t in (linear.weight_threshold, linear.bias_threshold)]
    unary = [layer.unary.threshold for layer in network.layers]
    binary = [layer.binary.threshold for layer in network.layers]

    def node_term(
        thresholds: list[Float[Array, " _"]], reached: Float[Array, ""], alpha: Float[Array, ""]
    ) -> Float[Array, ""]:
        if not sum(t.size for t in thresholds):
            return jnp.zeros_like(error)
        return error * decay_factor(reached, alpha, decay) * node_threshold_term(thresholds)

    terms = LossTerms(
        error=error,
        weight=error * decay_factor(s.weight, target.weight, decay) * weight_threshold_term(weight),
        input=node_term([network.input_threshold], s.input, target.input),
        unary=node_term(unary, s.unary, target.unary),
        binary=node_term(binary, s.binary, target.binary),
        penalty=penalty,
    )
    return terms, s
