"""Where minibatches come from: arrays on the device, or blocks of a data set larger than memory."""

__all__ = ["ArrayFeed", "BlockFeed", "Feed", "device_data", "fingerprint"]

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from symbolnet.io import BlockSource
from symbolnet.training._records import TrainData
from symbolnet.training._update import DeviceData

Order = NDArray[np.int32]
_STEPS_PER_CALL = 100
"""Short epochs are joined until a compiled call has about this many steps, so that Python's share stays small."""


@runtime_checkable
class Feed(Protocol):
    """What `train` draws its minibatches from."""

    @property
    def epochs_per_call(self) -> int:
        """How many epochs `parts` covers at once."""
        ...

    @property
    def fingerprint(self) -> str:
        """A hash of all samples, by which a checkpoint knows its data again."""
        ...

    def parts(self, epoch: int) -> Iterator[tuple[DeviceData, Order]]:
        """Data and row order (epochs, batches, batch_size) of the call that begins with `epoch`.

        A call ends at a multiple of `epochs_per_call`, so that a run that was resumed between two of them, since
        `max_iter` was another then, comes to the same ends of calls and does not pass beyond `max_iter`.
        The same for the same epoch, whatever happened before: that is what lets a resumed run repeat.
        """
        ...


def device_data(data: TrainData, dtype: str) -> DeviceData:
    """The arrays moved to the device once. uint8 stays uint8; other inputs and the targets get `dtype`."""
    X = jnp.asarray(data.X) if data.X.dtype == np.uint8 else jnp.asarray(data.X, dtype)
    weight = None if data.weight is None else jnp.asarray(data.weight, dtype)
    return DeviceData(X, jnp.asarray(data.Y, dtype), weight, data.input_scale)


def fingerprint(data: DeviceData) -> str:
    """A hash of every number."""
    digest = hashlib.sha256(repr(data.input_scale).encode())
    for array in (data.X, data.Y, data.weight):
        if array is not None:
            digest.update(f"{array.dtype} {array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _shuffled_batches(rng: np.random.Generator, n_rows: int, batch_size: int) -> Order:
    """Rows of one epoch: a random order, cut into whole minibatches; what is left over waits for another epoch."""
    batch_size = min(batch_size, n_rows)
    n_batches = n_rows // batch_size
    return rng.permutation(n_rows)[: n_batches * batch_size].astype(np.int32).reshape(n_batches, batch_size)


def _rng(seed: int, *position: int) -> np.random.Generator:
    return np.random.default_rng([seed, *position])


@dataclass(frozen=True)
class ArrayFeed:
    """All samples on the device.

    Attributes
    ----------
    data : DeviceData
        Inputs (samples, inputs), targets (samples, outputs), weights (samples,) or none.
    batch_size : int
    seed : int
        With the number of the epoch, it decides on the order of the samples.
    epochs_per_call : int
        Epochs that one compiled call takes.
    """

    data: DeviceData
    batch_size: int
    seed: int
    epochs_per_call: int

    @staticmethod
    def of(data: TrainData, batch_size: int, seed: int, max_iter: int, dtype: str) -> "ArrayFeed":
        """`epochs_per_call` is a divisor of `max_iter`, so that every call has one shape and is compiled once."""
        n_batches = max(1, data.n_samples // min(batch_size, data.n_samples))
        most = max(1, _STEPS_PER_CALL // n_batches)
        joined = max(k for k in range(1, most + 1) if max_iter % k == 0)
        return ArrayFeed(device_data(data, dtype), batch_size, seed, joined)

    @property
    def fingerprint(self) -> str:
        """A hash of every number of the data."""
        return fingerprint(self.data)

    def parts(self, epoch: int) -> Iterator[tuple[DeviceData, Order]]:
        """All the data at once, with an order of its rows for each epoch from this one to the end of the call."""
        n_rows = int(self.data.X.shape[0])
        end = epoch + self.epochs_per_call - epoch % self.epochs_per_call
        orders = [_shuffled_batches(_rng(self.seed, k), n_rows, self.batch_size) for k in range(epoch, end)]
        yield self.data, np.stack(orders)


@dataclass(frozen=True)
class BlockFeed:
    """Blocks of rows read in random order, shuffled within.

    An epoch takes every row once, but for the few, drawn anew for each epoch, that fill no minibatch. A part is as
    large as a block or smaller, and rows that do not fill one up go on to the next block: one block, and less than
    one of rows gone on, are in memory at a time. All parts have one shape but for the last of an epoch.

    Attributes
    ----------
    source : BlockSource
    prepare : (X, y) → TrainData
        Scaling and encoding of rows.
    block_rows : int
    batch_size : int
    seed : int
    dtype : str
    held_out : int array
        Rows that are not trained on, in order.
    fingerprint : str
        A hash of all rows, from whoever has read them.
    """

    source: BlockSource
    prepare: Callable[[NDArray[np.generic], NDArray[np.generic]], TrainData]
    block_rows: int
    batch_size: int
    seed: int
    dtype: str = "float32"
    held_out: NDArray[np.intp] = field(default_factory=lambda: np.empty(0, np.intp))
    fingerprint: str = ""
    epochs_per_call: int = 1

    def parts(self, epoch: int) -> Iterator[tuple[DeviceData, Order]]:
        """The parts of one epoch, each with an order of its rows; one part is in memory at a time."""
        rng = _rng(self.seed, epoch)
        n_rows = self.source.n_rows - len(self.held_out)
        batch_size = min(self.batch_size, n_rows)
        sizes = [n * batch_size for n in _batches_of_parts(n_rows // batch_size, self.block_rows // batch_size)]
        gathered: list[tuple[NDArray[Any], NDArray[Any]]] = []
        n_gathered = 0
        # Drawn from all rows alike: those of the block that happens to come last would else wait too often.
        waiting = rng.choice(n_rows, n_rows % batch_size, replace=False, shuffle=False)
        waiting += np.searchsorted(self.held_out - np.arange(len(self.held_out)), waiting, side="right")
        for X, y in self._rows_without(np.sort(np.concatenate([self.held_out, waiting])), rng):
            used = 0
            while sizes and n_gathered + len(X) - used >= sizes[0]:
                missing = sizes[0] - n_gathered
                gathered.append((X[used : used + missing], y[used : used + missing]))
                data = device_data(self.prepare(*map(np.concatenate, zip(*gathered, strict=True))), self.dtype)
                yield data, _shuffled_batches(rng, sizes.pop(0), batch_size)[None]
                gathered, n_gathered, used = [], 0, used + missing
            # Copied, so that the block itself is let go.
            gathered.append((X[used:].copy(), y[used:].copy()))
            n_gathered += len(X) - used

    def _rows_without(
        self, left_out: NDArray[np.intp], rng: np.random.Generator
    ) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
        """The blocks in random order, each without the rows left out, its rows shuffled."""
        order = rng.permutation(-(-self.source.n_rows // self.block_rows)).tolist()
        for k, (X, y) in zip(order, self.source.blocks(self.block_rows, order), strict=True):
            first, last = np.searchsorted(left_out, [k * self.block_rows, k * self.block_rows + len(X)])
            rows = rng.permutation(np.delete(np.arange(len(X)), left_out[first:last] - k * self.block_rows))
            yield X[rows], y[rows]


def _batches_of_parts(n_batches: int, most: int) -> list[int]:
    """How many minibatches each part of an epoch has: as few parts as `most` allows, equal but for the last."""
    n_parts = -(-n_batches // max(1, most))
    each = -(-n_batches // n_parts)
    return [each] * (n_batches // each) + [n_batches % each] * (n_batches % each > 0)
