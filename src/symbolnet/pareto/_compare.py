"""Fronts side by side, budget by budget."""

__all__ = ["compare_fronts", "front_at"]

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from symbolnet.pareto._front import _pair


def front_at(cost: ArrayLike, loss: ArrayLike, budgets: ArrayLike) -> NDArray[np.float64]:
    """The best loss that each budget buys: the lowest among the models whose cost is at or below it.

    Parameters
    ----------
    cost, loss : array_like, (models,)
        In any order, on the front or off it. A model with a NaN does not count.
    budgets : array_like, (budgets,)

    Returns
    -------
    float64 array, (budgets,)
        NaN where no model fits the budget.
    """
    costs, losses = _pair(cost, loss)
    usable = ~np.isnan(costs) & ~np.isnan(losses)
    order = np.argsort(costs[usable], kind="stable")
    sorted_costs = costs[usable][order]
    best = np.minimum.accumulate(np.append(np.inf, losses[usable][order]))
    affordable = np.searchsorted(sorted_costs, np.asarray(budgets, dtype=np.float64), side="right")
    return np.where(affordable == 0, np.nan, best[affordable])


def compare_fronts(fronts: Mapping[str, tuple[ArrayLike, ArrayLike]], budgets: ArrayLike) -> pd.DataFrame:
    """`front_at` of several fronts as a table.

    Parameters
    ----------
    fronts : mapping of name to (cost, loss)
    budgets : array_like, (budgets,)

    Returns
    -------
    DataFrame
        One row a budget, one column a front; the index is named "budget".
    """
    index = pd.Index(np.asarray(budgets), name="budget")
    return pd.DataFrame({name: front_at(cost, loss, budgets) for name, (cost, loss) in fronts.items()}, index=index)
