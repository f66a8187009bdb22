"""The decay factor of Eq. 1 (paper, Fig. 4)."""

__all__ = ["decay_factor_curves"]

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from symbolnet._errors import SymbolNetError
from symbolnet.plots._style import COLOURS, GREY, panels


def decay_factor_curves(
    alpha: float = 0.8, rates: Sequence[float] = (0.01, 0.1, 1.0), *, title: str | None = None
) -> Figure:
    """Draw D(s; α, d) of Eq. 1 against the sparsity s for one target and several decay rates.

    Parameters
    ----------
    alpha : float in (0, 1)
        Target sparsity.
    rates : sequence of float
        d, each above 0.
    title : str, optional

    Returns
    -------
    Figure

    Raises
    ------
    SymbolNetError
        If alpha or a rate is out of range.
    """
    if not 0 < alpha < 1 or not rates or not all(rate > 0 for rate in rates):
        raise SymbolNetError(f"alpha is {alpha} and rates are {list(rates)}; give 0 < alpha < 1 and rates above 0")
    import jax
    import jax.numpy as jnp

    from symbolnet.objectives import decay_factor

    # Near the target the factor falls within a hair's breadth; the points crowd there.
    s = np.unique(np.concatenate([np.linspace(0, 1, 201), alpha - alpha * np.logspace(-6, 0, 200), [alpha]]))
    with panels(1, 1, 5.4, 4.0) as (figure, grid):
        (axes,) = grid
        for k, rate in enumerate(rates):
            values = jax.vmap(decay_factor, (0, None, None))(jnp.asarray(s), jnp.asarray(alpha), jnp.asarray(rate))
            style: dict[str, Any] = {"color": COLOURS[k % len(COLOURS)], "linestyle": ("-", "--", "-.", ":")[k % 4]}
            axes.plot(s, np.asarray(values), label=f"d = {rate:g}", **style)
        axes.axvline(alpha, color=GREY, linestyle=":", linewidth=1.2, label=f"target α = {alpha:g}")
        axes.set_xlabel("sparsity s")
        axes.set_ylabel("decay factor D(s; α, d)")
        axes.set_xlim(0, 1)
        axes.set_ylim(-0.02, 1.03)
        axes.legend(loc="lower left")
        if title:
            axes.set_title(title)
    return figure
