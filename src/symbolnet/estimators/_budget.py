"""A fit by budget: `max_complexity`, or what `max_luts` allows, steers the search; one run gives the whole front."""

__all__ = ["fit_budget"]

import time
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from symbolnet.budget import Candidate, fit_front
from symbolnet.estimators._base import SymbolNetBase
from symbolnet.estimators._circuits import complexity_budget, formula_seconds, with_circuits
from symbolnet.estimators._inputs import check_size
from symbolnet.estimators._measure import HeldOut, measure
from symbolnet.estimators._models import Model
from symbolnet.estimators._outcome import Outcome
from symbolnet.estimators._progress import report_search
from symbolnet.estimators._settings import costs_of, encode_targets, input_names, named_operators, open_run_folder
from symbolnet.estimators._split import split
from symbolnet.training import interruptible, use_compilation_cache

Array = NDArray[Any]
_MANY_VALUES = 1_000_000
"""Numbers in the data from which the search uses all cores."""


def fit_budget(
    estimator: SymbolNetBase, X: Array, y: Array, weight: Array | None, rng: np.random.RandomState
) -> Outcome:
    """Fit to data in memory within `max_complexity` and `max_luts`.

    The operators of the estimator limit those of the search where they are not the defaults. The paper's network
    settings (layers, nodes, sparsity, epochs) have no part in it.
    """
    use_compilation_cache()
    targets, loss = encode_targets(estimator, y, standardize=False)
    Y = targets.encode(y, np.float64)
    names = input_names(estimator, X.shape[1])
    check_size(X, names)
    # The classes' shares are kept in the held-out rows, so that the choice between models is fair to each.
    rows = split(targets.classes is not None, y, estimator.validation_fraction, rng)
    part = None if weight is None else np.asarray(weight[rows[1]] / weight.mean(), np.float32)
    held_out = HeldOut(X[rows[1]], Y[rows[1]], part, targets, loss)
    open_run_folder(estimator)
    started, stopped = time.monotonic(), "budget"
    examined: list[tuple[float, float]] = []
    seconds_for_formulas = formula_seconds(estimator)

    with interruptible() as interrupted, report_search(estimator) as report, _blas_threads(X.size):

        def callback(candidate: Candidate) -> bool:
            nonlocal stopped
            examined.append((candidate.cost, candidate.loss))
            seconds = time.monotonic() - started
            if interrupted():
                stopped = "interrupted"
            elif seconds_for_formulas is not None and seconds > seconds_for_formulas:
                stopped = "time_limit"
            elif report(candidate.cost, candidate.loss):
                stopped = "callback"
            return stopped != "budget"

        front = fit_front(
            X,
            Y,
            weight,
            loss=loss,
            max_complexity=complexity_budget(estimator, targets.n_outputs),
            costs=costs_of(estimator),
            random_state=int(rng.randint(2**31 - 1)),
            operators=_chosen_operators(estimator),
            input_names=names,
            output_names=targets.names,
            rows=rows,
            callback=callback,
        )
    measured = [(entry.expression, *measure(held_out, entry.expression)) for entry in front]
    models = tuple(
        Model(expression, value, metric, epoch=0, trial=0, final=k == len(measured) - 1)
        for k, (expression, value, metric) in enumerate(measured)
    )
    lines: tuple[str, ...] = ()
    if estimator.max_luts is not None:
        models, lines = with_circuits(estimator, models, X, y, weight, rows[1], targets, started)
    elif stopped == "time_limit" and not any(model.expression.n_inputs for model in models):
        lines = (
            f"no formula of the inputs was found within time_limit={estimator.time_limit:g} s, so a constant is all "
            "there is; allow more time",
        )
    no_targets = pd.DataFrame(columns=["trial", "type", "target", "reached", "met"])
    curves = np.array([each for each in examined if np.isfinite(each).all()], dtype=np.float64).reshape(-1, 2)
    history = {"complexity": curves[:, :1], "loss": curves[:, 1:]}
    count = max(len(examined), 1)
    return Outcome(models, targets, history, no_targets, lines, count, stopped, None, estimator.max_complexity)


def _chosen_operators(estimator: SymbolNetBase) -> tuple[str, ...] | None:
    """Operators that the user named, or None where the defaults stand and the search may choose."""
    defaults = type(estimator)()
    names = ("unary_operators", "binary_operators")
    if all(tuple(getattr(estimator, name)) == tuple(getattr(defaults, name)) for name in names):
        return None
    return named_operators(estimator)


def _blas_threads(values: int) -> AbstractContextManager[Any]:
    """One thread for NumPy's products where the data are small.

    They gain nothing from more there (measured on two cores, up to 20,000 rows of 16 inputs), and where other
    processes use the cores they wait for each other: fits took up to four times as long.
    """
    limits: AbstractContextManager[Any] = threadpool_limits(1 if values < _MANY_VALUES else None, user_api="blas")
    return limits
