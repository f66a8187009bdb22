"""What a fit hands back to the estimator."""

__all__ = ["Outcome"]

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from symbolnet.estimators._models import Model
from symbolnet.estimators._targets import Targets


@dataclass(frozen=True)
class Outcome:
    """The result of a fit.

    Attributes
    ----------
    models : tuple of Model
        Rows of `equations_`, simplest first.
    targets : Targets
    history : mapping of column → (epochs, trials), or by budget complexity and loss → (models examined, 1)
    sparsity : DataFrame
        Target and reached sparsity; empty for a fit by budget.
    unreached : tuple of str
        What the user is warned of: a line for each sparsity target that was missed, or for a search by budget that
        found only a constant.
    n_iter : int
        Epochs, or models looked at in a fit by budget.
    stopped : str
    states : pytree or None
        To go on from with `warm_start`.
    limit : float or None
        The complexity that was asked for.
    """

    models: tuple[Model, ...]
    targets: Targets
    history: Mapping[str, NDArray[np.float64]]
    sparsity: pd.DataFrame
    unreached: tuple[str, ...]
    n_iter: int
    stopped: str
    states: Any
    limit: float | None
