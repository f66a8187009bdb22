"""Choosing one model of a front, as PySR does."""

__all__ = ["MODEL_SELECTIONS", "score", "select"]

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from symbolnet._errors import SymbolNetError, UnknownNameError, did_you_mean
from symbolnet.pareto._front import pareto_mask

MODEL_SELECTIONS = ("best", "accuracy", "score")

BEST_WITHIN = 1.5  # PySR's "best" looks at losses up to this many times the lowest


def score(complexity: ArrayLike, loss: ArrayLike) -> NDArray[np.float64]:
    """PySR's score: what each node of complexity buys, on the front.

    In order of complexity, score_k = -(log loss_k - log loss_{k-1}) / (complexity_k - complexity_{k-1}). The first
    model of the front scores 0; a loss of 0 (or less, which has no logarithm) scores infinity.

    Parameters
    ----------
    complexity, loss : array_like, (models,)
        In any order.

    Returns
    -------
    float64 array, (models,)
        NaN off the front.
    """
    sizes, losses = np.asarray(complexity, dtype=np.float64), np.asarray(loss, dtype=np.float64)
    mask = pareto_mask(sizes, losses)
    front = np.flatnonzero(mask)[np.argsort(sizes[mask])]
    scores = np.full(len(sizes), np.nan)
    scores[front[:1]] = 0.0
    for before, model in pairwise(front):
        if losses[model] > 0:
            scores[model] = -np.log(losses[model] / losses[before]) / (sizes[model] - sizes[before])
        else:
            scores[model] = np.inf
    return scores


def select(table: pd.DataFrame, how: str = "best") -> Any:
    """Choose a row of a table of models.

    Parameters
    ----------
    table : DataFrame
        With columns `complexity` and `loss`; `score` is computed where it is absent. Only rows on the front are chosen.
    how : str
        "accuracy" takes the lowest loss. "score" takes the highest score. "best" takes the highest score among the
        models whose loss is within 1.5 times the lowest. Of equals the simplest is taken.

    Returns
    -------
    label
        The index label of the chosen row: `table.loc[label]`.

    Raises
    ------
    SymbolNetError
        If `how` is unknown or no row has a finite loss.
    """
    if how not in MODEL_SELECTIONS:
        raise UnknownNameError(f"unknown model_selection {how!r}; {did_you_mean(how, MODEL_SELECTIONS)}")
    losses = table["loss"].to_numpy(dtype=np.float64)
    sizes = table["complexity"].to_numpy(dtype=np.float64)
    front = np.flatnonzero(pareto_mask(sizes, losses) & np.isfinite(losses))
    if not len(front):
        raise SymbolNetError(f"none of {len(table)} models has a finite loss; train again with a smaller learning_rate")
    front = front[np.argsort(sizes[front])]
    if how == "accuracy":
        chosen = front[np.argmin(losses[front])]
    else:
        scores = table["score"].to_numpy(dtype=np.float64) if "score" in table else score(sizes, losses)
        if how == "best":
            front = front[_within(losses[front])]
        # A missing score never wins; the front always holds one model that has one.
        chosen = front[np.argmax(np.where(np.isnan(scores[front]), -np.inf, scores[front]))]
    return table.index[chosen]


def _within(losses: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Losses up to 1.5 times the lowest; below zero, where a multiple means nothing, only the lowest itself."""
    lowest = losses.min()
    limit: NDArray[np.bool_] = losses <= (BEST_WITHIN * lowest if lowest > 0 else lowest)
    return limit
