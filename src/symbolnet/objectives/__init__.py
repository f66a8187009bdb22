"""Data losses, and the paper's objective (Eq. 1 and Eq. 3)."""

__all__ = [
    "CUSTOM_LOSS",
    "Loss",
    "LossFunction",
    "LossTerms",
    "check_loss",
    "decay_factor",
    "get_loss",
    "loss_names",
    "node_threshold_term",
    "objective",
    "weight_threshold_term",
    "weighted_mean",
]

from symbolnet.objectives._losses import (
    CUSTOM_LOSS,
    Loss,
    LossFunction,
    check_loss,
    get_loss,
    loss_names,
    weighted_mean,
)
from symbolnet.objectives._sparsity import (
    LossTerms,
    decay_factor,
    node_threshold_term,
    objective,
    weight_threshold_term,
)
