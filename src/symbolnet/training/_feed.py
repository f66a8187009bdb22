"""Where minibatches come from: arrays on the device, or blocks of a data set larger than memory."""

__all__ = ["ArrayFeed", "BlockFeed", "Feed"]

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

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

    def parts(self, epoch: int) -> Iterator[tuple[DeviceData, Order]]:
        """Data and row order (epochs, batches, batch_size) of the call that begins with `epoch`.

        The same for the same epoch, whatever happened before: that is what lets a resumed run repeat.
        """
        ...


def device_data(data: TrainData, dtype: str) -> DeviceData:
    """The arrays moved to the device once. uint8 stays uint8; other inputs and the targets get `dtype`."""
    X = jnp.asarray(data.X) if data.X.dtype == np.uint8 else jnp.asarray(data.X, dtype)
    weight = None if data.weight is None else jnp.asarray(data.weight, dtype)
    return DeviceData(X, jnp.asarray(data.Y, dtype), weight, data.input_scale)


def _shuffled_batches(rng: np.random.Generator, n_rows: int, batch_size: int) -> Order:
    """Rows of one epoch: a random order, cut into whole minibatches; what is left over waits for another epoch."""
    batch_size = min(batch_size, n_rows)
    n_batches = n_rows // batch_size
    return rng.permutation(n_rows)[: n_batches * batch_size].astype(np.int32).reshape(n_batches, batch_size)


def _rng(seed: int, *position: int) -> np.random.Generator:
    return np.random.default_rng([seed, *position])


@dataclass(frozen=True)
class ArrayFeed:
    """All samples on the device."""

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

    def parts(self, epoch: int) -> Iterator[tuple[DeviceData, Order]]:
        n_rows = int(self.data.X.shape[0])
        orders = [
            _shuffled_batches(_rng(self.seed, epoch + k), n_rows, self.batch_size) for k in range(self.epochs_per_call)
        ]
        yield self.data, np.stack(orders)


@dataclass(frozen=True)
class BlockFeed:
    """Blocks of rows read in random order, shuffled within; one block is in memory at a time.

    Attributes
    ----------
    source : BlockSource
    prepare : (X, y) → TrainData
        Scaling and encoding of a block.
    block_rows : int
    held_out : int or None
        A block that is not trained on.
    """

    source: BlockSource
    prepare: Callable[[NDArray[np.generic], NDArray[np.generic]], TrainData]
    block_rows: int
    batch_size: int
    seed: int
    dtype: str = "float32"
    held_out: int | None = None
    epochs_per_call: int = 1

    def parts(self, epoch: int) -> Iterator[tuple[DeviceData, Order]]:
        rng = _rng(self.seed, epoch)
        n_blocks = -(-self.source.n_rows // self.block_rows)
        order = [k for k in rng.permutation(n_blocks).tolist() if k != self.held_out]
        for X, y in self.source.blocks(self.block_rows, order):
            if X.shape[0] < self.block_rows and n_blocks > 1:
                # The last block is shorter; filled up with rows of its own, it needs no second compilation.
                rows = rng.integers(0, X.shape[0], self.block_rows)
                X, y = X[rows], y[rows]
            data = device_data(self.prepare(X, y), self.dtype)
            yield data, _shuffled_batches(rng, X.shape[0], self.batch_size)[None]
