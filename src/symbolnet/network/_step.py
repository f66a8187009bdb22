"""The binary step function of the masks, with its surrogate derivative (paper Section III.B)."""

__all__ = ["KAPPA", "step", "surrogate_derivative"]

import jax
from jaxtyping import Array, Float

KAPPA = 5.0
"""Steepness of the sigmoid whose derivative stands in for that of the step."""


def surrogate_derivative(x: Float[Array, "..."]) -> Float[Array, "..."]:
    """κ exp(-κx) / (1 + exp(-κx))², written as κ σ(κx) σ(-κx), which cannot overflow.

    Parameters
    ----------
    x : float array
        What the step is taken of: |w| - T of a weight, 1 - T of a node (paper Section III.B).

    Returns
    -------
    float array
        Of the shape of x, in (0, κ/4].
    """
    s = jax.nn.sigmoid(KAPPA * x)
    return KAPPA * s * (1 - s)


@jax.custom_jvp
def step(x: Float[Array, "..."]) -> Float[Array, "..."]:
    """θ(x) = 1 if x > 0 else 0; differentiates as `surrogate_derivative`, which is nonzero everywhere.

    The derivative of the true step is zero almost everywhere, so no threshold would ever learn; with the
    surrogate, a pruned element also keeps receiving gradients and can come back.
    """
    return (x > 0).astype(x.dtype)


@step.defjvp
def _step_jvp(
    primals: tuple[Float[Array, "..."]], tangents: tuple[Float[Array, "..."]]
) -> tuple[Float[Array, "..."], Float[Array, "..."]]:
    (x,), (dx,) = primals, tangents
    return step(x), surrogate_derivative(x) * dx
