"""One fit from checked data to models: scale, split, train, unroll, measure."""

__all__ = ["Job", "batch_size", "constant_model", "fit_arrays", "fit_blocks", "job_of_arrays", "model_of"]

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils import check_random_state

from symbolnet._errors import SymbolNetError
from symbolnet.estimators._base import SymbolNetBase
from symbolnet.estimators._budget import fit_budget
from symbolnet.estimators._checked import checked_targets
from symbolnet.estimators._inputs import InputScaling, scale_inputs
from symbolnet.estimators._measure import HeldOut, measure
from symbolnet.estimators._models import Model
from symbolnet.estimators._outcome import Outcome
from symbolnet.estimators._persistence import random_state_of
from symbolnet.estimators._progress import report_progress
from symbolnet.estimators._settings import (
    architecture,
    budget_is_used,
    costs_of,
    encode_targets,
    input_names,
    open_run_folder,
    targets_are_given,
    trials,
)
from symbolnet.estimators._split import split, without_weightless
from symbolnet.estimators._targets import Targets
from symbolnet.expression import Costs, Expression, unroll
from symbolnet.io import BlockSource
from symbolnet.network import FrozenNetwork
from symbolnet.objectives import Loss
from symbolnet.training import (
    BlockFeed,
    Feed,
    Snapshot,
    TrainData,
    TrainResult,
    TrainSettings,
    Trial,
    train,
)

Array = NDArray[Any]
_TOLERANCE = 0.02
"""A sparsity counts as reached within this distance of its target."""


@dataclass(frozen=True)
class Job:
    """Everything about a fit that does not depend on how the data is stored."""

    names: tuple[str, ...]
    scaling: InputScaling
    targets: Targets
    loss: Loss
    data: TrainData | Callable[[], Feed]
    validation: TrainData
    held_out: HeldOut
    batch_size: int
    seed: int


def fit_arrays(estimator: SymbolNetBase, X: Array, y: Array, weight: Array | None) -> Outcome:
    """Fit to data in memory. A row of weight zero is as one that is absent, here as in all of scikit-learn."""
    X, y, weight = without_weightless(X, y, weight)
    rng = check_random_state(random_state_of(estimator))
    if budget_is_used(estimator):
        return fit_budget(estimator, X, y, weight, rng)
    return _run(estimator, job_of_arrays(estimator, X, y, weight, rng), rng)


def job_of_arrays(
    estimator: SymbolNetBase, X: Array, y: Array, weight: Array | None, rng: np.random.RandomState
) -> Job:
    """Scale, encode and split data in memory."""
    names = input_names(estimator, X.shape[1])
    scaling = scale_inputs(X, names, estimator.standardize)
    targets, loss = encode_targets(estimator, y)
    Z, Y = scaling.apply(X), targets.encode(y)
    if not np.isfinite(Y).all():
        raise SymbolNetError("y has values too large for float32 after encoding; scale them first")
    weight = None if weight is None else np.asarray(weight / weight.mean(), np.float32)
    train_rows, val_rows = split(targets.classes is not None, y, estimator.validation_fraction, rng)

    def part(rows: Array) -> TrainData:
        return TrainData(Z[rows], Y[rows], None if weight is None else weight[rows], scaling.on_the_fly)

    seed = int(rng.randint(2**31 - 1))
    return Job(
        names,
        scaling,
        targets,
        loss,
        part(train_rows),
        part(val_rows),
        HeldOut(X[val_rows], Y[val_rows], None if weight is None else weight[val_rows], targets, loss),
        batch_size(estimator, len(train_rows)),
        seed,
    )


def fit_blocks(estimator: SymbolNetBase, source: BlockSource) -> Outcome:
    """Fit to data larger than memory: one pass for scaling and classes, then a pass an epoch."""
    from symbolnet.estimators import _blocks

    rng = check_random_state(random_state_of(estimator))
    summary = _blocks.summarise(source, estimator.validation_fraction, rng)
    estimator.n_features_in_ = source.n_features
    named = getattr(source, "feature_names", None)
    if named is not None:
        estimator.feature_names_in_ = np.asarray(named, dtype=object)
    names = input_names(estimator, source.n_features)
    scaling = summary.scaling(names, estimator.standardize)
    targets, loss = encode_targets(estimator, checked_targets(estimator, summary.y))

    def prepare(X: Array, y: Array) -> TrainData:
        return TrainData(scaling.apply(X), targets.encode(y), None, scaling.on_the_fly)

    seed = int(rng.randint(2**31 - 1))
    rows_of_a_step = batch_size(estimator, source.n_rows - len(summary.held_out_rows))

    def feed() -> Feed:
        return BlockFeed(
            source,
            prepare,
            source.preferred_block_rows,
            rows_of_a_step,
            seed,
            held_out=summary.held_out_rows,
            fingerprint=summary.fingerprint,
        )

    validation = prepare(summary.held_out_X, summary.held_out_y)
    held_out = HeldOut(summary.held_out_X, validation.Y, None, targets, loss)
    job = Job(names, scaling, targets, loss, feed, validation, held_out, rows_of_a_step, seed)
    return _run(estimator, job, rng)


def _run(estimator: SymbolNetBase, job: Job, rng: np.random.RandomState) -> Outcome:
    members = trials(estimator, rng)
    shape = architecture(estimator, len(job.names), job.targets.n_outputs)
    settings = TrainSettings(
        loss=job.loss,
        metric="r2" if job.targets.classes is None else "accuracy",
        max_iter=int(estimator.max_iter),
        batch_size=job.batch_size,
        seed=job.seed,
        patience=int(estimator.n_iter_no_change) if estimator.early_stopping else None,
        time_limit=estimator.time_limit,
    )
    run = open_run_folder(estimator)
    start = getattr(estimator, "_warm_states", None) if estimator.warm_start else None
    with report_progress(estimator, settings.max_iter) as callback:
        result = train(
            shape,
            members,
            job.data,
            job.validation,
            settings,
            start=start,
            callback=callback,
            checkpoint=None if run is None else run.checkpoint_path,
            resume=estimator.resume,
        )
    limit = estimator.max_complexity
    costs = costs_of(estimator)
    models = _models(job, result, limit, costs)
    if limit is None:
        limit = max((m.expression.cost(costs) for m in models if m.final), default=None)
    sparsity, unreached = _sparsity(members, result)
    if not targets_are_given(estimator):
        unreached = ()  # nobody asked for the default targets; `sparsity_` tells about them all the same
    return Outcome(
        models, job.targets, result.history, sparsity, unreached, result.n_iter, result.stopped, result.states, limit
    )


def batch_size(estimator: SymbolNetBase, n_samples: int) -> int:
    if estimator.batch_size == "auto":
        return min(n_samples, int(np.clip(n_samples // 16, 32, 256)))
    return min(n_samples, int(estimator.batch_size))


# --- from networks to models ------------------------------------------------------------------------------------------


def _models(job: Job, result: TrainResult, limit: float | None, costs: Costs) -> tuple[Model, ...]:
    """The constant model, the snapshots on the front and the final networks, simplest first, none above `limit`."""
    candidates = [constant_model(job)]
    finals = {(s.trial, s.epoch) for s in result.final}
    snapshots = [*result.final, *(s for s in result.snapshots if (s.trial, s.epoch) not in finals)]
    for k, snapshot in enumerate(snapshots):
        model = model_of(job, snapshot, final=k < len(result.final))
        if model is not None and (limit is None or model.expression.cost(costs) <= limit):
            candidates.append(model)
    candidates.sort(key=lambda m: (m.expression.cost(costs), m.loss))
    kept: list[Model] = []
    best = np.inf
    for model in candidates:
        if model.loss < best or model.final:
            kept.append(model)
            best = min(best, model.loss)
    return tuple(kept)


def model_of(job: Job, snapshot: Snapshot, *, final: bool) -> Model | None:
    """The formulas of a network and what they are worth; None where that is not finite."""
    expression = _unrolled(job, job.scaling.drop_constant(snapshot.network))
    loss, metric = measure(job.held_out, expression)
    if not (np.isfinite(loss) and np.isfinite(metric)):
        return None
    return Model(expression, loss, metric, snapshot.epoch, snapshot.trial, final)


def constant_model(job: Job) -> Model:
    """The best constant: the row that every table begins with, and what a budget of 1 buys."""
    y, w = np.asarray(job.held_out.Y, np.float64), job.held_out.weight
    if isinstance(job.data, TrainData):
        y, w = np.asarray(job.data.Y, np.float64), job.data.weight
    mean = np.average(y, axis=0, weights=w if w is not None and w.any() else None)
    if job.loss.link == "logit":
        p = np.clip(mean, 1e-6, 1 - 1e-6)
        mean = np.log(p / (1 - p)) if len(p) == 1 else np.log(p)
    elif job.loss.link == "log":
        mean = np.log(np.maximum(mean, 1e-12))
    network = FrozenNetwork((), np.zeros((len(job.names), len(mean))), mean)
    expression = _unrolled(job, network)
    loss, metric = measure(job.held_out, expression)
    return Model(expression, loss, metric, 0, 0, False)


def _unrolled(job: Job, network: FrozenNetwork) -> Expression:
    """The formula in raw inputs and raw targets."""
    scaling, targets = job.scaling, job.targets
    expression = unroll(network, job.names, targets.names, input_scale=scaling.scale, input_shift=scaling.shift)
    return expression.scale_outputs(targets.scale, targets.shift)


def _sparsity(members: Sequence[Trial], result: TrainResult) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Target against reached sparsity, and a line for each target that was missed."""
    rows, lines = [], []
    for k, member in enumerate(members):
        for kind in ("weight", "input", "unary", "binary"):
            target, reached = getattr(member, kind), float(result.history[f"sparsity_{kind}"][-1, k])
            met = reached >= target - _TOLERANCE
            rows.append({"trial": k, "type": kind, "target": target, "reached": round(reached, 4), "met": met})
            if not met:
                lines.append(
                    f"trial {k}: {kind} sparsity is {reached:.3f} after {result.n_iter} epochs, target {target:g}; "
                    "train longer (max_iter) or ask for less"
                )
    return pd.DataFrame(rows), tuple(lines)
