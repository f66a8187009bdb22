"""The trained network run as a network, to be held against the formula that was unrolled from it."""

__all__ = ["network_values"]

from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.estimators._base import SymbolNetBase
from symbolnet.estimators._checked import checked_inputs


def network_values(estimator: SymbolNetBase, X: Any, trained_on: Any, trial: int = 0) -> NDArray[np.float64]:
    """The outputs of the trained network in float64, masks and all, without any unrolling or simplification.

    Its equal is `estimator.expression(row)(X)` for the row of `equations_` that is `final` and of this trial.

    Parameters
    ----------
    estimator : estimator that was fitted in this process
        A model file holds formulas only.
    X : array-like (samples, inputs)
    trained_on : array-like (samples, inputs)
        What `fit` was given; the scaling of the inputs follows from it.
    trial : int
        Which member of the population.

    Returns
    -------
    float64 array (samples, outputs)
        In the units of y, as the formula gives them.

    Raises
    ------
    SymbolNetError
        If the estimator has no network: not fitted in this process.
    """
    states = getattr(estimator, "_warm_states", None)
    if states is None:
        raise SymbolNetError("the estimator holds no network, only formulas; fit it in this process")
    import jax
    import jax.numpy as jnp

    from symbolnet.estimators._inputs import scale_inputs

    seen, inputs = checked_inputs(estimator, trained_on), checked_inputs(estimator, X)
    scaling = scale_inputs(seen, tuple(f"x{k}" for k in range(seen.shape[1])), estimator.standardize)
    z = (inputs.astype(np.float64) - scaling.shift) / scaling.scale
    z[:, ~scaling.informative] = 0
    with jax.enable_x64(True):
        network = jax.tree.map(lambda leaf: jnp.asarray(leaf[trial], jnp.float64), states.network)
        values = np.asarray(network(jnp.asarray(z)), np.float64)
    in_units_of_y: NDArray[np.float64] = values * estimator.targets_.scale + estimator.targets_.shift
    return in_units_of_y
