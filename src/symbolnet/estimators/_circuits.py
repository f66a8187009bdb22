"""A fit by LUTs: from the front of formulas to the front of circuits within `max_luts`."""

__all__ = ["complexity_budget", "formula_seconds", "with_circuits"]

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet.estimators._models import Model
from symbolnet.estimators._settings import costs_of, limits_of
from symbolnet.estimators._targets import Targets
from symbolnet.hardware import circuits_within, classification_score, nothing, regression_score

Array = NDArray[Any]

_LUTS_A_NODE = 1.0
"""The least that a node takes in circuits that use few bits well; two to three is common."""
_LEAST_NODES, _MOST_NODES = 12.0, 400.0
_FORMULAS = 0.6
"""The share of a time limit that the search for formulas gets; the rest is for precision."""
_ENOUGH_HELD_OUT, _MOST_ROWS = 2000, 10_000


def complexity_budget(estimator: Any, n_outputs: int) -> float:
    """The mean complexity up to which formulas are searched: what was asked for, and what LUTs could pay for."""
    asked = np.inf if estimator.max_complexity is None else float(estimator.max_complexity)
    if estimator.max_luts is None:
        return asked
    nodes = float(np.clip(estimator.max_luts / (_LUTS_A_NODE * n_outputs), _LEAST_NODES, _MOST_NODES))
    costs = costs_of(estimator)
    return min(asked, max(nodes * costs.typical, costs["constant"]))


def formula_seconds(estimator: Any) -> float | None:
    """The time limit of the search for formulas."""
    if estimator.time_limit is None or estimator.max_luts is None:
        return None if estimator.time_limit is None else float(estimator.time_limit)
    return _FORMULAS * float(estimator.time_limit)


def with_circuits(
    estimator: Any,
    models: Sequence[Model],
    X: Array,
    y: Array,
    weight: Array | None,
    held_out: Array,
    targets: Targets,
    started: float,
) -> tuple[tuple[Model, ...], tuple[str, ...]]:
    """The models whose circuits are within the limits, each with its circuit, and a line where only constants are.

    Precision is chosen on the held-out rows, where these are few on rows of all. A model without inputs takes no logic.

    Parameters
    ----------
    estimator : SymbolNetBase
        With `max_luts`.
    models : sequence of Model
        Simplest first.
    X, y, weight : arrays
        All rows.
    held_out : array
        Numbers of the rows that did not train.
    targets : Targets
    started : float
        When the fit began, by `time.monotonic`.
    """
    rows = _rows(held_out, len(X))
    samples, labels = X[rows], y[rows]
    weights = None if weight is None or not weight[rows].any() else weight[rows]

    def score_on(some: NDArray[np.int64]) -> Any:
        part = None if weights is None or not weights[some].any() else weights[some]
        if targets.classes is None:
            return regression_score(labels[some], log=targets.link == "log", weight=part)
        threshold = 0.0 if targets.link == "logit" else 0.5
        return classification_score(labels[some], targets.classes, threshold, part)

    limits = limits_of(estimator)
    left = None
    if estimator.time_limit is not None:
        left = max(float(estimator.time_limit) - (time.monotonic() - started), 0.0)
    places = [k for k, model in enumerate(models) if model.expression.n_inputs]
    found, least = circuits_within([models[k].expression for k in places], samples, score_on, limits, time_limit=left)
    circuits = dict(zip(places, found, strict=True))
    score = score_on(np.arange(len(rows)))
    kept = []
    for k, model in enumerate(models):
        if k not in circuits:
            kept.append(replace(model, circuit=nothing(score(model.expression(samples)), limits.clock_ns)))
        elif (circuit := circuits[k]) is not None:
            kept.append(replace(model, circuit=circuit))
    if any(circuit is not None for circuit in found):
        return tuple(kept), ()
    return tuple(kept), (_line(estimator, least, any_inputs=bool(places)),)


def _line(estimator: Any, least: float, *, any_inputs: bool) -> str:
    if not any_inputs:
        return "no formula of the inputs was found, so a constant is all there is; allow more time or complexity"
    if not np.isfinite(least):
        return "no formula has a hardware form, so a constant is all there is; fit with max_complexity to see them"
    if least <= estimator.max_luts:
        return (
            f"no circuit within max_luts={estimator.max_luts:g} takes at most max_latency_ns="
            f"{estimator.max_latency_ns}, so a constant is all there is; allow more time, or more LUTs"
        )
    return (
        f"max_luts={estimator.max_luts:g}: the smallest circuit takes about {least:.0f}, so a constant is all there "
        "is; allow more"
    )


def _rows(held_out: Array, count: int) -> NDArray[np.int64]:
    """The rows that precision is chosen on."""
    rng = np.random.default_rng(0)
    if len(held_out) >= _ENOUGH_HELD_OUT:
        return np.sort(rng.permutation(held_out)[:_MOST_ROWS])
    others = rng.permutation(np.setdiff1d(np.arange(count), held_out))
    return np.sort(np.concatenate([held_out, others])[:_MOST_ROWS].astype(np.int64))
