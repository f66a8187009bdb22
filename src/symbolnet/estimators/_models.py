"""The models that a fit returns, as records and as the table `equations_`."""

__all__ = ["Model", "choose", "equations_frame"]

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from symbolnet.expression import NODES, Costs, Expression
from symbolnet.expression._expression import shown
from symbolnet.hardware import Circuit
from symbolnet.pareto import pareto_mask, score, select

_SMALLEST_SHARE = 1e-30
"""Of the largest loss: what stands for a loss of exactly 0, which has no logarithm."""


@dataclass(frozen=True)
class Model:
    """One row of `equations_`.

    Attributes
    ----------
    expression : Expression
        One output a class or target; for two classes one output.
    loss, metric : float
        Of the formula itself, in float64, on the validation data.
    epoch : int
        When it was taken from the training.
    trial : int
        Which member of the population it comes from.
    final : bool
        Whether it is a trial's last state rather than a snapshot on the way.
    circuit : Circuit, optional
        Of a fit by `max_luts`.
    """

    expression: Expression
    loss: float
    metric: float
    epoch: int
    trial: int
    final: bool
    circuit: Circuit | None = None


def equations_frame(models: Sequence[Model], metric: str, costs: Costs = NODES) -> pd.DataFrame:
    """One row a model, simplest first, with the columns of the contract in `docs/architecture.md`.

    The complexities are those that `costs` gives; where these are not nodes, the node count is a column of its own.
    """
    counted = costs == NODES
    complexity = np.array([m.expression.cost(costs) for m in models])
    loss = np.array([m.loss for m in models])
    front = pareto_mask(complexity, loss)
    # Rows off the front have no score and get 0.
    scores = np.nan_to_num(score(complexity, _above_zero(loss)))
    return pd.DataFrame(
        {
            "complexity": complexity,
            **({} if counted else {"nodes": [m.expression.complexity for m in models]}),
            "expanded_complexity": [
                m.expression.expanded_complexity if counted else m.expression.expanded().cost(costs) for m in models
            ],
            "total_complexity": [
                m.expression.total_complexity if counted else sum(m.expression.costs(costs)) for m in models
            ],
            "n_inputs": [m.expression.n_inputs for m in models],
            "loss": loss,
            metric: [m.metric for m in models],
            **_circuit_columns([m.circuit for m in models], metric),
            "score": scores,
            "pareto": front,
            "final": [m.final for m in models],
            "trial": [m.trial for m in models],
            "epoch": [m.epoch for m in models],
            "equations": [shown(m.expression, 4) for m in models],
        }
    )


def _circuit_columns(circuits: Sequence[Circuit | None], metric: str) -> dict[str, list[Any]]:
    known = [circuit for circuit in circuits if circuit is not None]
    if len(known) < len(circuits):
        return {}
    return {
        f"circuit_{metric}": [c.score for c in known],
        "luts": [c.luts for c in known],
        "latency_ns": [c.latency_ns for c in known],
        "counted_by": [c.counted_by for c in known],
    }


def choose(models: Sequence[Model], selection: str, limit: float | None, costs: Costs = NODES) -> int:
    """The row that `model_selection` means.

    "accuracy" is the lowest loss, "score" the largest gain per complexity on the front, both as in PySR. "best" is the
    lowest loss among the models within `limit`, the complexity that was asked for; of a fit by `max_luts` it is the
    best circuit, and of equal ones the smallest.
    """
    circuits = [m.circuit for m in models if m.circuit is not None]
    if selection == "best" and len(circuits) == len(models):
        return max(range(len(models)), key=lambda k: (circuits[k].score, -circuits[k].luts))
    complexity = np.array([m.expression.cost(costs) for m in models])
    loss = np.array([m.loss for m in models])
    if selection == "best":
        if limit is not None:
            loss = np.where(complexity <= limit, loss, np.inf)
        return int(np.argmin(loss))
    return int(select(pd.DataFrame({"complexity": complexity, "loss": _above_zero(loss)}), selection))


def _above_zero(loss: NDArray[np.float64]) -> NDArray[np.float64]:
    largest = float(np.max(loss, where=np.isfinite(loss), initial=0.0))
    return np.maximum(loss, max(_SMALLEST_SHARE * largest, np.finfo(float).tiny))
