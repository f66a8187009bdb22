"""Training the trials of one job: what every executor runs, in a thread, a process or on another machine."""

__all__ = ["Emit", "Stopped", "Worker", "train_one"]

import contextlib
import hashlib
import json
import tempfile
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from symbolnet._errors import SymbolNetError
from symbolnet.search._cells import Cell, cells_of
from symbolnet.search._data import ScanData, estimator_for
from symbolnet.search._hopeless import Rivals, expected_size
from symbolnet.search._records import COMPLETE, FAILED, Job, Result, TrialSpec

Emit = Callable[[Result, bytes | None], None]
"""Takes each result as it comes, with the model file of a trial that may enter the front."""

_LONGEST_EQUATIONS = 2000
"""Formulas of more nodes than this are not kept of every trial; the model files of the front hold theirs."""


class Stopped(Exception):
    """The job was told to end before its trials were trained."""


class Worker:
    """Trains jobs on one data set, and keeps the prepared arrays from job to job."""

    def __init__(self, data: ScanData) -> None:
        self.data = data
        self._prepared: dict[str, Any] = {}
        self._locks: defaultdict[Any, threading.Lock] = defaultdict(threading.Lock)

    def run(self, job: Job, emit: Emit, stopped: Callable[[], bool] = lambda: False) -> None:
        """Train every trial of `job`.

        Raises
        ------
        Stopped
            Soon after `stopped` begins to answer true.
        """
        run = self._fits if job.by_budget else self._networks
        run(job, emit, stopped)

    def prepared(self, job: Job, spec: TrialSpec, nodes: Mapping[str, int] | None = None) -> tuple[Any, Any]:
        """An estimator with the parameters of `spec` (or with other numbers of nodes), and its data made ready."""
        from symbolnet.estimators._halves import prepare

        estimator = estimator_for(job.task, job.settings, {**spec.params, **(nodes or {})}, job.seed)
        key = repr([estimator.get_params()[name] for name in ("loss", "standardize", "validation_fraction")])
        names = self.data.feature_names
        if names is not None:
            estimator.feature_names_in_ = np.array(names, dtype=object)
        like = self._prepared.get(key)
        ready = prepare(estimator, self.data.inputs(), self.data.y, like)
        if like is None:
            self._prepared = {key: ready}  # one is kept: the arrays are as large as the data
        return estimator, replace(ready, settings=replace(ready.settings, seed=job.order_seed))

    def cell(self, job: Job, cell: Cell, first_epoch: int = 0) -> tuple[Any, Any]:
        """What the trials of a cell have in common: the places that train them, and the data made ready."""
        from symbolnet.training import Slots

        _, ready = self.prepared(job, cell.trials[0], cell.nodes)
        slots = Slots(
            ready.architecture, job.width, ready.data, ready.validation, ready.settings, first_epoch, padded=cell.padded
        )
        return slots, ready

    def _networks(self, job: Job, emit: Emit, stopped: Callable[[], bool]) -> None:
        from symbolnet.training import use_compilation_cache

        use_compilation_cache()
        rivals, front = None, list[tuple[float, float]]()
        for cell in cells_of(job):
            slots, ready = self.cell(job, cell)
            if rivals is None:
                rivals = Rivals(ready.settings.max_iter, enabled=job.early_stop)
            self._population(job, cell, slots, ready, rivals, front, emit, stopped)

    def _population(
        self,
        job: Job,
        cell: Cell,
        slots: Any,
        ready: Any,
        rivals: Rivals,
        front: list[tuple[float, float]],
        emit: Emit,
        stopped: Callable[[], bool],
    ) -> None:
        """Train the trials of a cell; `rivals` and `front` are those of the whole job."""
        from symbolnet.estimators._halves import trial_of

        queue, active = deque(cell.trials), dict[int, _Active]()
        began = time.monotonic()
        while queue or active:
            new = {slot: queue.popleft() for slot in range(job.width) if slot not in active and queue}
            # Threads that need one program: the first compiles, the others wait for it.
            first = slots.epoch == 0
            compiling = self._locks[ready.architecture, cell.padded] if first else contextlib.nullcontext()
            if new:
                for slot, spec in new.items():
                    active[slot] = _Active(spec, slots.epoch, *self.prepared(job, spec))
                with compiling:
                    slots.start(
                        {slot: trial_of(active[slot].estimator, active[slot].spec.seed) for slot in new},
                        {slot: active[slot].ready.architecture for slot in new},
                    )
            if stopped():
                raise Stopped
            with compiling:
                curves = slots.run()
            ended = []
            for slot, trial in sorted(active.items()):
                trial.epochs += slots.epochs_per_call
                loss = float(curves["val_loss"][-1, slot])
                kept = (1 - float(curves["sparsity_weight"][-1, slot])) * slots.n_weights(slot)
                target = (1 - trial_of(trial.estimator, trial.spec.seed).weight) * slots.n_weights(slot)
                verdict = rivals.verdict(trial.spec.index, trial.epochs, loss, expected_size(kept, target))
                if verdict is not None or trial.epochs >= ready.settings.max_iter:
                    ended.append((slot, trial, verdict))
            for slot, trial, verdict in ended:
                del active[slot]
                # Seconds are shared out among the trials by their epochs.
                base = Result(
                    trial.spec.index, "", epochs=trial.epochs, slot=slot, first_epoch=trial.first_epoch,
                    seconds=(time.monotonic() - began) * trial.epochs / max(slots.epoch * job.width, 1),
                )  # fmt: skip
                if verdict is not None:
                    emit(replace(base, state=verdict.state, reason=verdict.reason), None)
                else:
                    seen = [] if job.every_model else front
                    emit(*_finished(trial.estimator, trial.ready, slots.network(slot), base, seen))

    def _fits(self, job: Job, emit: Emit, stopped: Callable[[], bool]) -> None:
        """Trials by budget: each is a fit of its own, whose chosen model is the result."""
        for spec in job.trials:
            if stopped():
                raise Stopped
            began = time.monotonic()
            estimator = fit_by_budget(job, spec, self.data)
            model = estimator._model(None)
            base = Result(spec.index, COMPLETE, epochs=estimator.n_iter_, seconds=time.monotonic() - began)
            emit(describe(base, model, estimator.complexity_of_operators), model_bytes(estimator))


@dataclass
class _Active:
    """A trial in its place, since the population's `first_epoch`."""

    spec: TrialSpec
    first_epoch: int
    estimator: Any
    ready: Any
    epochs: int = field(default=0)


def fit_by_budget(job: Job, spec: TrialSpec, data: ScanData) -> Any:
    """The fitted estimator of a trial that `max_complexity` steers."""
    import warnings

    estimator = estimator_for(job.task, job.settings, spec.params, spec.seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        estimator.fit(data.inputs(), data.y)
    return estimator


def train_one(worker: Worker, job: Job, spec: TrialSpec, slot: int, first_epoch: int, epochs: int) -> Any:
    """Train one trial of `job` again, to the same bits, and return the fitted estimator.

    The population has its width and the trial its place and its first epoch, so the compiled program and the order of
    the samples are the same; the other places are idle.
    """
    from symbolnet.estimators._halves import keep_network, trial_of
    from symbolnet.training import use_compilation_cache

    if job.by_budget:
        return fit_by_budget(job, spec, worker.data)
    use_compilation_cache()
    estimator, ready = worker.prepared(job, spec)
    slots, _ = worker.cell(job, next(cell for cell in cells_of(job) if spec in cell.trials), first_epoch)
    slots.start({slot: trial_of(estimator, spec.seed)}, {slot: ready.architecture})
    curves = []
    while slots.epoch < first_epoch + epochs:
        curves.append(slots.run())
    keep_network(estimator, ready, slots.network(slot), epochs)
    estimator._history = {
        name: np.concatenate([part[name][:, slot : slot + 1] for part in curves]) for name in curves[0]
    }
    return estimator


def _finished(
    estimator: Any, ready: Any, network: Any, base: Result, front: list[tuple[float, float]]
) -> tuple[Result, bytes | None]:
    """The result of a trial that was trained to its end; its model file unless the job already holds a better trial."""
    from symbolnet.estimators._halves import keep_network

    try:
        model = keep_network(estimator, ready, network, base.epochs)
    except SymbolNetError as error:
        return replace(base, state=FAILED, reason=str(error)), None
    result = describe(replace(base, state=COMPLETE), model, estimator.complexity_of_operators)
    own = (result.values[0], result.values[1])
    if any(metric >= own[0] and cost <= own[1] and (metric, cost) != own for metric, cost in front):
        return result, None
    front.append(own)
    return result, model_bytes(estimator)


def describe(base: Result, model: Any, costs: Any = None) -> Result:
    """`base` with the numbers and the text of a row of `equations_`; complexities in `costs` where they are given."""
    expression = model.expression
    each = expression.complexities if costs is None else expression.costs(costs)
    short = expression.total_complexity <= _LONGEST_EQUATIONS
    return replace(
        base,
        metric=float(model.metric),
        loss=float(model.loss),
        complexity=float(expression.complexity if costs is None else expression.cost(costs)),
        complexities=[int(c) if c == int(c) else float(c) for c in each],
        n_inputs=int(expression.n_inputs),
        equations=list(expression.text(digits=4)) if short else None,
        digest=digest(expression),
    )


def digest(expression: Any) -> str:
    """SHA-256 of the formulas with all their digits."""
    manifest, arrays = expression.to_dict()
    found = hashlib.sha256(json.dumps(manifest, sort_keys=True, default=str).encode())
    for name in sorted(arrays):
        found.update(name.encode())
        found.update(np.ascontiguousarray(arrays[name]).tobytes())
    return found.hexdigest()


def model_bytes(estimator: Any) -> bytes:
    """The model file of a fitted estimator."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.symbolnet"
        estimator.save(file)
        return file.read_bytes()
