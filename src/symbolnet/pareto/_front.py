"""The Pareto front of a cost and a loss, both to be small."""

__all__ = ["hypervolume", "pareto_mask"]

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symbolnet._errors import SymbolNetError


def pareto_mask(cost: ArrayLike, loss: ArrayLike) -> NDArray[np.bool_]:
    """Mark the models that no other model beats.

    A model is on the front if no other has a cost and a loss that are both no larger, one of them smaller. Of models
    that are equal in both, the first is kept.

    Parameters
    ----------
    cost, loss : array_like, (models,)
        A model with a NaN is never on the front.

    Returns
    -------
    bool array, (models,)
    """
    costs, losses = _pair(cost, loss)
    mask = np.zeros(len(costs), dtype=bool)
    usable = np.flatnonzero(~np.isnan(costs) & ~np.isnan(losses))
    # By cost, then loss, then place: the first of equals leads.
    order = usable[np.lexsort((usable, losses[usable], costs[usable]))]
    best: float | None = None
    for model in order:
        if best is None or losses[model] < best:
            mask[model] = True
            best = losses[model]
    return mask


def hypervolume(cost: ArrayLike, loss: ArrayLike, reference: tuple[float, float]) -> float:
    """The area that the models dominate, up to a reference point: the larger, the better the front.

    Parameters
    ----------
    cost, loss : array_like, (models,)
        Models off the front add nothing; nor do those past the reference in either direction.
    reference : (float, float)
        The worst cost and the worst loss that count.

    Returns
    -------
    float
    """
    costs, losses = _pair(cost, loss)
    worst_cost, worst_loss = reference
    inside = pareto_mask(costs, losses) & (costs < worst_cost) & (losses < worst_loss)
    order = np.flatnonzero(inside)[np.argsort(costs[inside])]
    # Along the front, cost rises and loss falls: strips between one model's cost and the next one's.
    edges = np.append(costs[order], worst_cost)
    return float(np.sum(np.diff(edges) * (worst_loss - losses[order])))


def _pair(cost: ArrayLike, loss: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    costs, losses = np.asarray(cost, dtype=np.float64), np.asarray(loss, dtype=np.float64)
    if costs.ndim != 1 or costs.shape != losses.shape:
        raise SymbolNetError(
            f"cost of shape {costs.shape} and loss of shape {losses.shape}; give two lists of one length"
        )
    return costs, losses
