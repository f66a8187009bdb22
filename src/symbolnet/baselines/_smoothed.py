"""The smoothed root that the three-stage equation learner is regularised with (paper Section IV.B, Eq. 4)."""

__all__ = ["SMOOTHING", "smoothed_l05"]

import jax.numpy as jnp
from jaxtyping import Array, Float

SMOOTHING = 0.01
"""a of Eq. 4."""


def smoothed_l05(w: Float[Array, "..."], a: float = SMOOTHING) -> Float[Array, "..."]:
    """Eq. 4: L*0.5(w) = |w|^0.5 for |w| ≥ a, and (-w⁴/(8a³) + 3w²/(4a) + 3a/8)^0.5 for |w| < a.

    The polynomial joins the root with equal value and slope at |w| = a, so that the gradient stays finite at zero.

    Parameters
    ----------
    w : weights, of any shape
    a : where the root is replaced

    Returns
    -------
    array of the same shape
        The term of each weight; Eq. 4 adds up over all of them.
    """
    size = jnp.abs(w)
    outside = size >= a
    # Each branch gets an argument that it can differentiate, whichever of the two is taken.
    root = jnp.sqrt(jnp.where(outside, size, a))
    inner = jnp.where(outside, 0.0, w)
    polynomial = jnp.sqrt(-(inner**4) / (8 * a**3) + 3 * inner**2 / (4 * a) + 3 * a / 8)
    return jnp.where(outside, root, polynomial)
