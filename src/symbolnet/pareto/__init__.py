"""Fronts of models: which are worth keeping, which to choose, and how two fronts compare."""

from symbolnet.pareto._compare import compare_fronts, front_at
from symbolnet.pareto._front import hypervolume, pareto_mask
from symbolnet.pareto._select import MODEL_SELECTIONS, score, select

__all__ = [
    "MODEL_SELECTIONS",
    "compare_fronts",
    "front_at",
    "hypervolume",
    "pareto_mask",
    "score",
    "select",
]
