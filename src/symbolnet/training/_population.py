"""The trials of a run, spread over the processor's cores."""

__all__ = ["Curves", "Population"]

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray

from symbolnet._machine import cores
from symbolnet.objectives import Loss
from symbolnet.training._records import history_columns
from symbolnet.training._update import DeviceData, Step, TrainState, run_epochs, step_on_objective

Curves = dict[str, NDArray[np.float64]]
"""Column of the history → (epochs, trials)."""


class Population:
    """States of all trials, in equal groups, each of which one thread trains as one vectorised computation.

    XLA spreads the matrix products of a computation over the cores but runs most of the rest on one; a group a core
    keeps all of them busy. On an accelerator there is one group.

    Parameters
    ----------
    states, hyper : leading axis trials
    step : one update of one trial; see `run_epochs`
    """

    def __init__(self, states: TrainState, hyper: Any, step: Step = step_on_objective) -> None:
        n_trials = int(jax.tree.leaves(hyper)[0].shape[0])
        n_groups = _n_groups(n_trials)
        size = n_trials // n_groups

        def group(tree: Any, k: int) -> Any:
            # Copies, since training reuses the buffers that it is given.
            part = jax.tree.map(lambda leaf: np.asarray(leaf)[k * size : (k + 1) * size], tree)
            return jax.device_put(part, may_alias=False)

        self._states: list[TrainState] = [group(states, k) for k in range(n_groups)]
        self._hyper: list[Any] = [group(hyper, k) for k in range(n_groups)]
        self._step = step

    def run(
        self, data: DeviceData, validation: DeviceData, order: NDArray[np.int32], loss: Loss, metric: str
    ) -> Curves:
        """Train every trial on the minibatches of `order`; see `run_epochs`."""

        def begin(k: int) -> Any:
            self._states[k], record = run_epochs(
                self._states[k], self._hyper[k], data, validation, order, loss, metric, self._step
            )
            return record

        def finished(record: Any) -> Curves:
            return {name: np.asarray(getattr(record, name), np.float64) for name in history_columns()}

        # The first call compiles for all groups, which have one shape, and returns while it computes; a call from the
        # same thread would wait for it, one from another thread computes beside it.
        first, others = begin(0), range(1, len(self._states))
        with ThreadPoolExecutor(max(1, len(others))) as pool:
            rest = list(pool.map(lambda k: finished(begin(k)), others))
        curves = [finished(first), *rest]
        return {name: np.concatenate([c[name] for c in curves], axis=1) for name in history_columns()}

    def states(self) -> TrainState:
        """All trials as NumPy arrays, leading axis trials."""
        merged: TrainState = jax.tree.map(
            lambda *leaves: np.concatenate([np.asarray(a) for a in leaves]), *self._states
        )
        return merged


def _n_groups(n_trials: int) -> int:
    """The most equal groups that the cores can take at once."""
    if jax.default_backend() != "cpu":
        return 1
    return max(k for k in range(1, min(len(cores()), n_trials) + 1) if n_trials % k == 0)
