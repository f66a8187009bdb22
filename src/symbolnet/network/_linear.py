"""The linear map with a trainable pruning threshold per weight and bias (paper Section III.B.1)."""

__all__ = ["INITIAL_SCALE", "MaskedLinear"]

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from symbolnet.network._step import step

INITIAL_SCALE = 0.3
"""Initial weights have this standard deviation times 1 / √n_in.

Below 1, so that operators that grow fast (exp, cosh) begin in their flat part even two or three layers deep; the paper
gives no value.
"""


class MaskedLinear(eqx.Module):
    """z = (w ⊙ θ(|w| - t)) x + b ⊙ θ(|b| - t), one threshold per weight and per bias.

    Thresholds start at 0 and are kept in [0, ∞) by `clip_thresholds`. The weights have shape (n_out, n_in) and samples
    are columns: both products of a training step, and a population's, then run on contiguous memory, which is much
    faster than (n_in, n_out) with samples as rows; `benchmarks/speed_step.py` measures it.
    """

    weight: Float[Array, "n_out n_in"]
    bias: Float[Array, " n_out"]
    weight_threshold: Float[Array, "n_out n_in"]
    bias_threshold: Float[Array, " n_out"]

    @staticmethod
    def init(n_in: int, n_out: int, key: PRNGKeyArray, dtype: jnp.dtype) -> "MaskedLinear":
        """Normal weights and biases of standard deviation `INITIAL_SCALE` / √n_in, thresholds zero.

        A bias of exactly 0 would be pruned by θ(0) = 0 with a gradient of zero, and so stay pruned for ever; hence
        the biases start at random values too.
        """
        weight_key, bias_key = jax.random.split(key)
        scale = INITIAL_SCALE / jnp.sqrt(jnp.asarray(max(n_in, 1), dtype))
        return MaskedLinear(
            weight=jax.random.normal(weight_key, (n_out, n_in), dtype) * scale,
            bias=jax.random.normal(bias_key, (n_out,), dtype) * scale,
            weight_threshold=jnp.zeros((n_out, n_in), dtype),
            bias_threshold=jnp.zeros((n_out,), dtype),
        )

    def masks(self) -> tuple[Float[Array, "n_out n_in"], Float[Array, " n_out"]]:
        """Θ_weight of the weights and of the biases: 1 kept, 0 pruned."""
        return (
            step(jnp.abs(self.weight) - self.weight_threshold),
            step(jnp.abs(self.bias) - self.bias_threshold),
        )

    def clip_thresholds(self) -> "MaskedLinear":
        """Thresholds moved back into [0, ∞)."""
        return MaskedLinear(
            self.weight, self.bias, jnp.maximum(self.weight_threshold, 0), jnp.maximum(self.bias_threshold, 0)
        )
