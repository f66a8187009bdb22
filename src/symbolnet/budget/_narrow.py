"""Inputs that no formula uses any more leave a descent, so that its steps cost what is left.

A pruned weight does not come back within a descent. Of thousands of inputs most are gone after a third of the steps,
and the arrays without them give the same model.
"""

__all__ = ["at_columns", "narrower"]

from typing import Any

import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

_WIDEST = 1000
"""Inputs up to which a second compilation costs more than it saves."""
_SHARE = 4
"""Each width is this part of the one before: every one has to be compiled."""
_LEAST = 128


def narrower(used: NDArray[np.bool_], widest: int) -> NDArray[np.int64] | None:
    """The columns to go on with, all used ones among them, if they are few enough; else None.

    Parameters
    ----------
    used : (inputs at present,) array
    widest : int
        Inputs of the data. Widths are its fractions, so that all descents on it share their programs.
    """
    width = _at_most(int(used.sum()), widest)
    if widest <= _WIDEST or width >= len(used):
        return None
    order = np.argsort(~used, kind="stable")[:width]  # filled up with unused ones
    return np.sort(order)


def _at_most(count: int, widest: int) -> int:
    """The smallest width that holds so many."""
    width = widest
    while (smaller := width // _SHARE) >= max(count, _LEAST):
        width = smaller
    return width


def at_columns(
    columns: NDArray[np.int64], p: dict[str, Any], state: Any, mask: Any, data: tuple[Any, ...]
) -> tuple[dict[str, Any], Any, Any, tuple[Any, ...]]:
    """Parameters, Adam's state, mask and data (inputs, targets, weights, mean, scale, std) at some inputs."""
    at = jnp.asarray(columns)

    def weights(arrays: dict[str, Any]) -> dict[str, Any]:
        return {**arrays, "w": arrays["w"][..., at]}

    x, y, weight, *moments = data
    state = optax.ScaleByAdamState(count=state.count, mu=weights(state.mu), nu=weights(state.nu))
    return weights(p), state, mask[..., at], (x[:, at], y, weight, *(moment[at] for moment in moments))
