"""What goes into a training run and what comes out of it."""

__all__ = ["EpochRecord", "Snapshot", "TrainData", "TrainResult", "TrainSettings", "Trial", "history_columns"]

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import equinox as eqx
import numpy as np
from jaxtyping import Array, Float
from numpy.typing import NDArray

from symbolnet.network import FrozenNetwork
from symbolnet.objectives import Loss


@dataclass(frozen=True)
class TrainData:
    """Arrays that the network is trained on.

    Attributes
    ----------
    X : (samples, inputs), float32, float64 or uint8
        uint8 stays uint8 in memory; `input_scale` is applied on the fly.
    Y : (samples, outputs), float
        Targets; one-hot for several classes, 0/1 in one column for two.
    weight : (samples,) or None
    input_scale : float
        The network sees X * input_scale.
    """

    X: NDArray[np.generic]
    Y: NDArray[np.floating]
    weight: NDArray[np.floating] | None = None
    input_scale: float = 1.0

    @property
    def n_samples(self) -> int:
        """The number of rows."""
        return int(self.X.shape[0])


@dataclass(frozen=True)
class Trial:
    """One member of a population. Members may differ in anything here and share the data and its order.

    Attributes
    ----------
    seed : int
        Of the initial weights.
    weight, input, unary, binary : float
        Target sparsities α of Eq. 3, in [0, 1).
    decay : float
        d of Eq. 1.
    learning_rate : float
        Of Adam.
    """

    seed: int
    weight: float = 0.9
    input: float = 0.75
    unary: float = 0.4
    binary: float = 0.4
    decay: float = 0.01
    learning_rate: float = 0.0015


@dataclass(frozen=True)
class TrainSettings:
    """What all trials share.

    Attributes
    ----------
    loss : Loss
    metric : {"accuracy", "r2"}
        Computed on the validation data after each epoch.
    max_iter : int
        Epochs.
    batch_size : int
    seed : int
        Of the order of the samples.
    patience : int or None
        Stop once every trial has reached its targets and none has improved its validation loss in this many epochs.
    time_limit : float or None
        Seconds, counted over all resumed parts of the run; the current epoch is finished.
    dtype : {"float32", "float64"}
        Of the parameters. float64 needs JAX's `jax_enable_x64`.
    """

    loss: Loss
    metric: Literal["accuracy", "r2"]
    max_iter: int
    batch_size: int
    seed: int = 0
    patience: int | None = None
    time_limit: float | None = None
    dtype: str = "float32"


class EpochRecord(eqx.Module):
    """The curves of Fig. 7 at the end of one epoch; loss terms are means over its steps."""

    loss_error: Float[Array, "..."]
    loss_sparse_weight: Float[Array, "..."]
    loss_sparse_input: Float[Array, "..."]
    loss_sparse_unary: Float[Array, "..."]
    loss_sparse_binary: Float[Array, "..."]
    loss_penalty: Float[Array, "..."]
    mean_abs_weight: Float[Array, "..."]
    mean_threshold_weight: Float[Array, "..."]
    mean_threshold_input: Float[Array, "..."]
    mean_threshold_unary: Float[Array, "..."]
    mean_threshold_binary: Float[Array, "..."]
    sparsity_weight: Float[Array, "..."]
    sparsity_input: Float[Array, "..."]
    sparsity_unary: Float[Array, "..."]
    sparsity_binary: Float[Array, "..."]
    val_loss: Float[Array, "..."]
    val_metric: Float[Array, "..."]


def history_columns() -> tuple[str, ...]:
    """The names of the curves, in the order in which they are stored."""
    return tuple(f.name for f in fields(EpochRecord))


@dataclass(frozen=True)
class Snapshot:
    """A network kept on the way: the best of its sparsity so far."""

    network: FrozenNetwork
    epoch: int
    trial: int
    val_loss: float
    val_metric: float


@dataclass(frozen=True)
class TrainResult:
    """What `train` returns.

    Attributes
    ----------
    final : tuple of Snapshot
        The network of each trial at the end.
    snapshots : tuple of Snapshot
        The best network of each band of sparsity, sparsest first.
    history : mapping of column → array (epochs, trials)
    n_iter : int
        Epochs trained.
    stopped : {"max_iter", "early_stopping", "time_limit", "interrupted", "callback"}
    states : pytree of NumPy arrays
        Networks and optimiser; `train(..., start=states)` goes on from them.
    """

    final: tuple[Snapshot, ...]
    snapshots: tuple[Snapshot, ...]
    history: Mapping[str, NDArray[np.float64]] = field(repr=False)
    n_iter: int
    stopped: str
    states: Any = field(repr=False, default=None)
