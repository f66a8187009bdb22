"""The training loop: calls the compiled epochs, keeps history and snapshots, and stops when it should."""

__all__ = ["Progress", "train"]

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import ModelFileError, SymbolNetError
from symbolnet.network import Architecture
from symbolnet.training._archive import SnapshotArchive, snapshot
from symbolnet.training._cache import use_compilation_cache
from symbolnet.training._checkpoint import Checkpoint, CheckpointFile
from symbolnet.training._feed import ArrayFeed, Feed, device_data, fingerprint
from symbolnet.training._interrupt import interruptible
from symbolnet.training._population import Curves, Population
from symbolnet.training._records import TrainData, TrainResult, TrainSettings, Trial, history_columns
from symbolnet.training._update import TrainState, init_population

_SECONDS_BETWEEN_CHECKPOINTS = 5.0


@dataclass(frozen=True)
class Progress:
    """What a callback sees after each compiled call.

    Attributes
    ----------
    epoch : int
        Epochs done.
    max_iter : int
    seconds : float
        Time trained, earlier parts of a resumed run included.
    latest : mapping of column → (trials,)
        The last epoch's row of the history.
    """

    epoch: int
    max_iter: int
    seconds: float
    latest: dict[str, NDArray[np.float64]]


Callback = Callable[[Progress], bool | None]
"""Called after each compiled call; a true result ends the training."""


def train(
    architecture: Architecture,
    trials: Sequence[Trial],
    data: TrainData | Callable[[], Feed],
    validation: TrainData,
    settings: TrainSettings,
    *,
    start: Any = None,
    callback: Callback | None = None,
    checkpoint: Path | None = None,
    resume: bool = False,
) -> TrainResult:
    """Train a population of networks on the paper's objective (Eq. 2 and 3).

    Parameters
    ----------
    architecture : Architecture
    trials : sequence of Trial
        Trained together as one vectorised computation.
    data : TrainData, or a function that makes a Feed
        Samples to train on.
    validation : TrainData
        Samples for the curves, the choice of snapshots and early stopping.
    settings : TrainSettings
    start : pytree, optional
        `TrainResult.states` of an earlier run of the same architecture, to go on from.
    callback : callable, optional
        Sees a `Progress`; returns true to stop.
    checkpoint : path, optional
        File that is replaced atomically every few seconds, and at the end.
    resume : bool
        Continue from `checkpoint` where it exists. The result has the same bits as that of an uninterrupted run on
        the same machine: the order of the samples depends only on the seed and the epoch. Where `max_iter` was
        another before, that holds for the final networks; snapshots may have been taken at other epochs.

    Raises
    ------
    SymbolNetError
        If the networks of `start` are of another architecture or number.
    ModelFileError
        If the checkpoint is damaged, belongs to another run or other data, or has passed `max_iter`.
    """
    use_compilation_cache()
    dtype = settings.dtype
    if isinstance(data, TrainData):
        feed: Feed = ArrayFeed.of(data, settings.batch_size, settings.seed, settings.max_iter, dtype)
    else:
        feed = data()
    held_out = device_data(validation, dtype)
    states, hyper = init_population(architecture, trials, dtype)
    if start is not None:
        _check_start(start, states)
        states = jax.tree.map(lambda fresh, given: jnp.asarray(given, fresh.dtype), states, start)
    weights = (leaf for linear in states.network.linears() for leaf in (linear.weight, linear.bias))
    n_weights = sum(leaf.size for leaf in weights) // len(trials)
    file = None
    if checkpoint is not None:
        samples = f"{feed.fingerprint} {fingerprint(held_out)}"
        file = CheckpointFile.of(checkpoint, architecture, trials, settings, samples)
    now = Checkpoint(states, 0, 0.0, {name: [] for name in history_columns()}, {})
    if resume and file is not None and file.path.exists():
        now = file.read(states)
        if now.epoch > settings.max_iter:
            raise ModelFileError(
                f"{file.path}: the checkpoint has {now.epoch} epochs, max_iter is {settings.max_iter}; "
                f"give at least {now.epoch}, or start anew"
            )
    archive = SnapshotArchive(n_weights, now.snapshots)
    population, history = Population(now.states, hyper), now.history
    epoch, started, last_write = now.epoch, time.monotonic() - now.seconds, time.monotonic()
    # A run that had settled is not trained on because more epochs are allowed: begun with as many, it ends here too.
    settled = settings.patience is not None and _has_settled(settings.patience, trials, history)
    stopped, whole = "early_stopping" if settled else "max_iter", True

    with interruptible() as interrupted:
        while epoch < settings.max_iter and not settled:
            records: list[Curves] = []
            n_batches: list[int] = []
            for part, order in feed.parts(epoch):
                if records and interrupted():
                    whole = False
                    break
                n_batches.append(order.shape[1])
                records.append(population.run(part, held_out, order, settings.loss, settings.metric))
            joined = _joined(records, n_batches)
            epoch += len(joined["val_loss"])
            for name in history_columns():
                history[name].extend(joined[name])
            latest = {name: rows[-1] for name, rows in history.items()}
            states = population.states()
            archive.offer(states.network, latest, epoch)
            seconds = time.monotonic() - started
            progress = Progress(epoch, settings.max_iter, seconds, latest)
            asked_to_stop = callback is not None and bool(callback(progress))
            reason = _reason_to_stop(settings, trials, history, seconds, interrupted(), asked_to_stop)
            # Half an epoch over blocks cannot be repeated exactly, so it is not stored.
            due = time.monotonic() - last_write > _SECONDS_BETWEEN_CHECKPOINTS
            if file is not None and whole and (reason or due or epoch >= settings.max_iter):
                file.write(Checkpoint(states, epoch, seconds, history, archive.by_band))
                last_write = time.monotonic()
            if reason:
                stopped = reason
                break

    states = population.states()
    columns = {name: np.stack(rows) for name, rows in history.items()} if epoch else {}
    final = tuple(
        snapshot(states.network, k, epoch, float(columns["val_loss"][-1, k]), float(columns["val_metric"][-1, k]))
        for k in range(len(trials))
    )
    return TrainResult(final, archive.sparsest_first(), columns, epoch, stopped, states)


def _check_start(start: TrainState, fresh: TrainState) -> None:
    for name, given in _sizes(start).items():
        wanted = _sizes(fresh)[name]
        if given != wanted:
            raise SymbolNetError(
                f"warm_start: the networks to go on from have {name} {given}, those asked for {wanted}; "
                "set it back, or fit without warm_start"
            )


def _sizes(states: TrainState) -> dict[str, Any]:
    """What two populations must have in common for one to go on from the other."""
    network = states.network
    n_trials, n_inputs = network.input_threshold.shape
    return {
        "n_trials": n_trials,
        "inputs": n_inputs,
        "outputs": network.output.bias.shape[-1],
        "n_unary": [len(layer.unary.names) for layer in network.layers],
        "n_binary": [len(layer.binary.names) for layer in network.layers],
        "unary_operators": [list(dict.fromkeys(layer.unary.names)) for layer in network.layers],
        "binary_operators": [list(dict.fromkeys(layer.binary.names)) for layer in network.layers],
    }


def _joined(records: Sequence[Curves], n_batches: Sequence[int]) -> Curves:
    """One record for the parts of an epoch: loss terms are averaged over minibatches, the rest is of the last part."""
    if len(records) == 1:
        return records[0]
    values = {name: np.stack([record[name] for record in records]) for name in history_columns()}
    return {
        name: np.average(v, axis=0, weights=n_batches) if name.startswith("loss_") else v[-1]
        for name, v in values.items()
    }


def _reason_to_stop(
    settings: TrainSettings,
    trials: Sequence[Trial],
    history: dict[str, list[NDArray[np.float64]]],
    seconds: float,
    interrupted: bool,
    asked_to_stop: bool,
) -> str | None:
    if interrupted:
        return "interrupted"
    if asked_to_stop:
        return "callback"
    if settings.time_limit is not None and seconds >= settings.time_limit:
        return "time_limit"
    if settings.patience is not None and _has_settled(settings.patience, trials, history):
        return "early_stopping"
    return None


def _has_settled(patience: int, trials: Sequence[Trial], history: dict[str, list[NDArray[np.float64]]]) -> bool:
    """Whether all targets were met `patience` epochs ago and the validation loss has not fallen since.

    Before the targets are met the loss may well rise, since the network is losing parts: that is no reason to stop.
    """
    n_epochs = len(history["val_loss"])
    if n_epochs <= patience:
        return False
    for kind in ("weight", "input", "unary", "binary"):
        target = np.array([getattr(trial, kind) for trial in trials])
        if np.any(history[f"sparsity_{kind}"][-1 - patience] < target - 0.02):
            return False
    loss = np.stack(history["val_loss"])
    return bool(np.all(loss[-patience:].min(0) >= loss[-1 - patience]))
