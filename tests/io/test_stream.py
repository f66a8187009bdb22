"""Blocks put together are the whole, in any order, and the whole is never in memory."""

import datetime as dt
import re
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolnet._errors import SymbolNetError
from symbolnet.io import BlockSource, NpyBlocks, ParquetBlocks, read_table

ROWS, COLUMNS = 23, 3
X = np.arange(ROWS * COLUMNS, dtype=np.float32).reshape(ROWS, COLUMNS)
Y = np.arange(ROWS) % 4


@pytest.fixture(scope="module", params=["npy", "parquet"])
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> BlockSource:
    folder = tmp_path_factory.mktemp("blocks")
    if request.param == "npy":
        np.save(folder / "X.npy", X)
        np.save(folder / "y.npy", Y)
        return NpyBlocks(folder / "X.npy", folder / "y.npy")
    table = pa.table({"y": Y, **{f"x{k}": X[:, k] for k in range(COLUMNS)}})
    pq.write_table(table, folder / "d.parquet", row_group_size=5)
    return ParquetBlocks(folder / "d.parquet", "y")


@given(block_rows=st.integers(1, 30), data=st.data())
def test_blocks_are_the_rows_they_name(source: BlockSource, block_rows: int, data: st.DataObject) -> None:
    assert isinstance(source, BlockSource)
    assert (source.n_rows, source.n_features) == (ROWS, COLUMNS)
    n_blocks = -(-ROWS // block_rows)
    order = data.draw(st.none() | st.lists(st.integers(0, n_blocks - 1), max_size=6))
    blocks = list(source.blocks(block_rows, None if order is None else np.array(order, dtype=np.int64)))
    named = range(n_blocks) if order is None else order
    assert len(blocks) == len(named)
    for k, (x, y) in zip(named, blocks, strict=True):
        rows = slice(k * block_rows, (k + 1) * block_rows)
        np.testing.assert_array_equal(x, X[rows])
        np.testing.assert_array_equal(y, Y[rows])
        assert x.dtype == X.dtype
        assert type(x) is np.ndarray


def test_preferred_blocks_are_possible(source: BlockSource) -> None:
    assert 1 <= source.preferred_block_rows <= ROWS
    assert sum(len(x) for x, _ in source.blocks(source.preferred_block_rows)) == ROWS


@pytest.mark.parametrize(
    ("block_rows", "order", "match"), [(0, None, "block_rows=0"), (10, [3], "block 3 does not exist")]
)
def test_impossible_blocks(source: BlockSource, block_rows: int, order: Any, match: str) -> None:
    with pytest.raises(SymbolNetError, match=match):
        list(source.blocks(block_rows, order))


def test_memory_stays_at_a_few_blocks_npy(tmp_path: Path) -> None:
    rows, columns = 40_000, 50
    big = np.lib.format.open_memmap(tmp_path / "X.npy", "w+", np.float32, (rows, columns))
    big[:] = 1
    del big
    np.save(tmp_path / "y.npy", np.zeros(rows, np.int8))
    source = NpyBlocks(tmp_path / "X.npy", tmp_path / "y.npy")
    tracemalloc.start()
    total = sum(float(x.sum()) for x, _ in source.blocks(1_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == rows * columns
    assert peak < 4 * 1_000 * columns * 4  # the whole is 40 blocks


def test_memory_stays_at_a_few_row_groups_parquet(tmp_path: Path) -> None:
    rows, columns, group = 40_000, 20, 1_000
    rng = np.random.default_rng(0)
    table = pa.table({"y": np.zeros(rows), **{f"x{k}": rng.normal(size=rows) for k in range(columns)}})
    pq.write_table(table, tmp_path / "d.parquet", row_group_size=group)
    whole = table.nbytes
    del table
    source = ParquetBlocks(tmp_path / "d.parquet", "y")
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    arrow_peak, seen = 0, 0
    for x, _ in source.blocks(group + 100):  # never aligned with the row groups
        seen += len(x)
        arrow_peak = max(arrow_peak, pa.total_allocated_bytes() - before)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seen == rows
    assert peak + arrow_peak < whole / 4


@pytest.mark.parametrize(
    ("inputs", "targets", "match"),
    [
        (np.ones(3), np.ones(3), "X must be 2-D"),
        (np.ones((3, 2)), np.ones(2), "does not fit X"),
        (np.ones((3, 2), "datetime64[s]"), np.ones(3), r"dtype datetime64\[s\]; X must hold numbers"),
        (np.asfortranarray(np.ones((3, 2))), np.ones(3), "column by column"),
    ],
)
def test_npy_that_does_not_fit(tmp_path: Path, inputs: Any, targets: Any, match: str) -> None:
    np.save(tmp_path / "X.npy", inputs)
    np.save(tmp_path / "y.npy", targets)
    with pytest.raises(SymbolNetError, match=match):
        NpyBlocks(tmp_path / "X.npy", tmp_path / "y.npy")


def test_unreadable_files(tmp_path: Path) -> None:
    (tmp_path / "X.npy").write_bytes(b"text")
    np.savez(tmp_path / "z.npz", a=[1])
    (tmp_path / "z.npz").rename(tmp_path / "z.npy")
    np.save(tmp_path / "y.npy", np.ones(3))
    for name, match in (
        ("X.npy", "not a readable .npy"),
        ("z.npy", "not a readable .npy"),
        ("absent.npy", "no such file"),
    ):
        with pytest.raises(SymbolNetError, match=match):
            NpyBlocks(tmp_path / name, tmp_path / "y.npy")
    with pytest.raises(SymbolNetError, match="not a readable parquet"):
        ParquetBlocks(tmp_path / "X.npy", "y")
    with pytest.raises(SymbolNetError, match="no such file"):
        ParquetBlocks(tmp_path / "absent.parquet", "y")


def test_parquet_columns(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1.0, 2.0], "b": ["u", "v"], "c": [3, 4], "d": [5, 6]}), tmp_path / "d.parquet")
    two = ParquetBlocks(tmp_path / "d.parquet", ["c", "d"], features=["a"])
    ((x, y),) = two.blocks(9)
    np.testing.assert_array_equal(x, [[1], [2]])
    np.testing.assert_array_equal(y, [[3, 5], [4, 6]])
    ((_, text),) = ParquetBlocks(tmp_path / "d.parquet", "b").blocks(9)
    assert text.tolist() == ["u", "v"]
    with pytest.raises(SymbolNetError, match="column 'b' holds string, not numbers"):
        ParquetBlocks(tmp_path / "d.parquet", "a")
    with pytest.raises(SymbolNetError, match="no column 'e'; known: a, b, c, d"):
        ParquetBlocks(tmp_path / "d.parquet", "e")


@pytest.mark.parametrize(
    "column",
    [
        pa.array([dt.date(2020, 1, 1), dt.date(2021, 1, 1)]),
        pa.array([dt.datetime(2020, 1, 1), dt.datetime(2021, 1, 1, 3)], pa.timestamp("us")),
        pa.array([dt.datetime(2020, 1, 1), dt.datetime(2021, 1, 1, 3)], pa.timestamp("ns", "UTC")),
        pa.array([dt.timedelta(1), dt.timedelta(2)]),
        pa.array(["u", "v"]),
        pa.array([True, False]),
        pa.array([1, 2], pa.int8()),
        pa.array([0.5, 1.5]),
    ],
)
def test_targets_are_those_of_a_table(tmp_path: Path, column: Any) -> None:
    pq.write_table(pa.table({"a": [1.0, 2.0], "y": column}), tmp_path / "d.parquet")
    source = ParquetBlocks(tmp_path / "d.parquet", "y")
    whole = read_table(tmp_path / "d.parquet").y
    ((_, y),) = source.blocks(9)
    for found in (source.targets(), y):
        assert found.dtype == whole.dtype
        assert found.tolist() == whole.tolist()
    assert y.dtype.kind in "biufU"


@pytest.mark.parametrize("values", [[1.0, 2.0, None], ["u", "v", None], [True, False, None], [1, 2, None]])
def test_what_is_missing_in_a_target_is_told_as_of_a_table(tmp_path: Path, values: list[Any]) -> None:
    pq.write_table(pa.table({"a": [1.0, 2.0, 3.0], "y": values}), tmp_path / "d.parquet", row_group_size=2)
    source = ParquetBlocks(tmp_path / "d.parquet", "y")
    with pytest.raises(SymbolNetError, match="d.parquet: target column 'y', row 3: ") as caught:
        read_table(tmp_path / "d.parquet")
    with pytest.raises(SymbolNetError, match=f"^{re.escape(str(caught.value))}$"):
        source.targets()
    with pytest.raises(SymbolNetError, match=f"^{re.escape(str(caught.value))}$"):
        list(source.blocks(2))


def test_bytes_are_no_target(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1.0, 2.0], "y": [b"u", b"v"]}), tmp_path / "d.parquet")
    for read in (lambda file: read_table(file), lambda file: ParquetBlocks(file, "y").targets()):
        with pytest.raises(SymbolNetError, match="target column 'y' holds bytes; write it as text or numbers$"):
            read(tmp_path / "d.parquet")


def test_a_target_alone_is_too_little(tmp_path: Path) -> None:
    pq.write_table(pa.table({"y": [1.0, 2.0]}), tmp_path / "d.parquet")
    with pytest.raises(SymbolNetError, match="d.parquet: no input columns beside the target y; give at least one$"):
        ParquetBlocks(tmp_path / "d.parquet", "y")


def test_a_missing_truth_value_is_nan(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [True, None], "y": [1, 2]}), tmp_path / "d.parquet")
    ((X, _),) = ParquetBlocks(tmp_path / "d.parquet", "y").blocks(9)
    np.testing.assert_array_equal(X, [[1.0], [np.nan]])
