"""Minibatches from blocks: what an epoch is made of, whatever the sizes."""

from pathlib import Path

import numpy as np
import pytest

from symbolnet.io import NpyBlocks
from symbolnet.training import BlockFeed, TrainData

Parts = list[tuple[np.ndarray, np.ndarray]]


def numbered(folder: Path, n_rows: int) -> NpyBlocks:
    """Rows that hold their own number."""
    np.save(folder / "X.npy", np.arange(n_rows, dtype=np.float32)[:, None])
    np.save(folder / "y.npy", np.arange(n_rows, dtype=np.float32)[:, None])
    return NpyBlocks(folder / "X.npy", folder / "y.npy")


def parts(feed: BlockFeed, epoch: int) -> Parts:
    """The rows of each minibatch, and the shape of the data, of each part of an epoch."""
    return [(np.asarray(data.X)[order, 0].astype(int), np.asarray(data.X).shape) for data, order in feed.parts(epoch)]


@pytest.mark.parametrize(
    ("n_rows", "block_rows", "batch_size", "held_out"),
    [
        (1025, 1024, 64, ()),
        (1000, 1000, 32, (0, 7)),
        (300, 70, 32, tuple(range(0, 300, 10))),
        (500, 100, 30, tuple(range(100, 190))),
        (700, 10, 32, ()),
        (41, 20, 20, (40,)),
        (30, 7, 50, (3,)),
    ],
)
def test_an_epoch_takes_every_row_once_but_for_a_part_of_a_batch(
    tmp_path: Path, n_rows: int, block_rows: int, batch_size: int, held_out: tuple[int, ...]
) -> None:
    feed = BlockFeed(
        numbered(tmp_path, n_rows),
        lambda X, y: TrainData(X, y),
        block_rows,
        batch_size,
        0,
        held_out=np.array(held_out, int),
    )
    n_trained = n_rows - len(held_out)
    size = min(batch_size, n_trained)
    shapes = set()
    for epoch in range(4):
        found = parts(feed, epoch)
        rows = np.concatenate([batches.ravel() for batches, _ in found])
        assert len(np.unique(rows)) == len(rows) == n_trained // size * size
        assert not np.isin(rows, held_out).any()
        # Nothing larger than a block, or than a batch where that is larger still, goes to the device.
        assert max(shape[0] for _, shape in found) <= max(block_rows, size)
        shapes |= {(batches.shape, shape) for batches, shape in found}
    assert len(shapes) <= 2  # one compiled program each


def test_rows_of_a_short_last_block_count_as_the_others_do(tmp_path: Path) -> None:
    feed = BlockFeed(numbered(tmp_path, 210), lambda X, y: TrainData(X, y), 100, 32, 0)
    seen = np.zeros(210)
    for epoch in range(200):
        seen += np.bincount(np.concatenate([batches.ravel() for batches, _ in parts(feed, epoch)]), minlength=210)
    assert seen[200:].mean() == pytest.approx(seen[:200].mean(), rel=0.1)


def test_the_order_follows_seed_and_epoch_alone(tmp_path: Path) -> None:
    source = numbered(tmp_path, 300)

    def rows(seed: int, epoch: int) -> bytes:
        feed = BlockFeed(source, lambda X, y: TrainData(X, y), 70, 32, seed, held_out=np.array([5, 250]))
        return b"".join(batches.tobytes() for batches, _ in parts(feed, epoch))

    assert rows(0, 3) == rows(0, 3)
    assert len({rows(0, 3), rows(0, 4), rows(1, 3)}) == 3
