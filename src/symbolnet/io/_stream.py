"""Data sets larger than memory, one block of rows at a time."""

__all__ = ["BlockSource", "NpyBlocks", "ParquetBlocks"]

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError, UnknownNameError, did_you_mean
from symbolnet.io._columns import target_values
from symbolnet.io._frames import PANDAS_INDEX, column_array
from symbolnet.io._messages import first_line

Block = tuple[NDArray[Any], NDArray[Any]]
Order = Iterable[int] | NDArray[np.integer[Any]]


@runtime_checkable
class BlockSource(Protocol):
    """Rows that are read block by block.

    Attributes
    ----------
    n_rows, n_features : int
        The size of the whole.
    preferred_block_rows : int
        A block size at which no byte is read twice.

    Notes
    -----
    A source may also have `feature_names`, which formulas and messages then use, and `path`, which messages name.
    """

    @property
    def n_rows(self) -> int:
        """How many rows the whole has."""
        ...

    @property
    def n_features(self) -> int:
        """How many inputs each row has."""
        ...

    @property
    def preferred_block_rows(self) -> int:
        """A block size at which no byte is read twice."""
        ...

    def blocks(self, block_rows: int, order: Order | None = None) -> Iterator[Block]:
        """Yield (X, y) of rows [k * block_rows, (k + 1) * block_rows) for each k in `order` (all, in turn, if None).

        The last block may be shorter. X is (rows, n_features), y is (rows,) or (rows, n_outputs).
        """
        ...


class NpyBlocks:
    """Blocks of a memory-mapped pair of `.npy` files.

    Parameters
    ----------
    X, y : path
        C-ordered `.npy` files with the same number of rows; X is 2-D. uint8 stays uint8.

    Raises
    ------
    SymbolNetError
        If a file is missing, damaged or Fortran-ordered, or the two do not fit together.
    """

    def __init__(self, X: str | os.PathLike[str], y: str | os.PathLike[str]) -> None:
        self.path, self._y_path = Path(X), Path(y)
        inputs, targets = _map(self.path), _map(self._y_path)
        if inputs.ndim != 2:
            raise SymbolNetError(f"{X}: shape {inputs.shape}; X must be 2-D (rows, inputs): reshape it")
        if targets.ndim not in (1, 2) or len(targets) != len(inputs):
            raise SymbolNetError(
                f"{y}: shape {targets.shape} does not fit X of shape {inputs.shape}; give one y for each row"
            )
        if not inputs.flags.c_contiguous:
            raise SymbolNetError(
                f"{X}: stored column by column; save it with numpy.ascontiguousarray(X) so that rows lie together"
            )
        if inputs.dtype.kind not in "biuf":
            raise SymbolNetError(f"{X}: dtype {inputs.dtype}; X must hold numbers: convert it")
        self.n_rows, self.n_features = map(int, inputs.shape)
        self._row_bytes = max(1, inputs.dtype.itemsize * self.n_features)

    @property
    def preferred_block_rows(self) -> int:
        """About 16 MiB of inputs."""
        return max(1, min(self.n_rows, 2**24 // self._row_bytes))

    def blocks(self, block_rows: int, order: Order | None = None) -> Iterator[Block]:
        """Yield the blocks of `order`; see `BlockSource.blocks`."""
        for start, stop in _ranges(self.n_rows, block_rows, order):
            # Mapped anew for every block: pages that were read would otherwise stay in this process' memory.
            yield np.array(_map(self.path)[start:stop]), np.array(_map(self._y_path)[start:stop])


class ParquetBlocks:
    """Blocks of a parquet file, read row group by row group.

    Parameters
    ----------
    path : path
    target : str or sequence of str
        The column, or columns, of y.
    features : sequence of str, optional
        The columns of X, in order; all but the target and an index of pandas without it.

    Raises
    ------
    SymbolNetError
        If the file is missing or damaged, a column is absent, or one is not numeric.

    Notes
    -----
    A block that covers a part of a row group reads all of it. The last row groups stay in memory while blocks follow
    one another, so blocks in turn read every byte once; for a random `order`, give `preferred_block_rows`.
    """

    def __init__(
        self, path: str | os.PathLike[str], target: str | Sequence[str], features: Sequence[str] | None = None
    ) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.path = Path(path)
        if not self.path.is_file():
            raise SymbolNetError(f"{path}: no such file; give the path of an existing parquet file")
        try:
            self._file = pq.ParquetFile(self.path)
        except (pa.ArrowException, OSError) as error:
            raise SymbolNetError(
                f"{path}: not a readable parquet file ({first_line(error)}); write it again"
            ) from error
        schema = self._file.schema_arrow
        self.target_names = (target,) if isinstance(target, str) else tuple(target)
        no_inputs = (*self.target_names, PANDAS_INDEX)
        self.feature_names = tuple(features or (name for name in schema.names if name not in no_inputs))
        for name in (*self.target_names, *self.feature_names):
            if name not in schema.names:
                raise UnknownNameError(f"{path}: no column {name!r}; {did_you_mean(name, schema.names)}")
        if not self.feature_names:
            raise SymbolNetError(
                f"{path}: no input columns beside the target {', '.join(self.target_names)}; give at least one"
            )
        for name in self.feature_names:
            kind = schema.field(name).type
            if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)):
                raise SymbolNetError(
                    f"{path}: column {name!r} holds {kind}, not numbers; make it numeric or leave it out"
                )
        metadata = self._file.metadata
        sizes = [metadata.row_group(k).num_rows for k in range(metadata.num_row_groups)]
        self._bounds = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
        self.n_rows, self.n_features = int(self._bounds[-1]), len(self.feature_names)

    @property
    def preferred_block_rows(self) -> int:
        """The size of the first row group."""
        return int(self._bounds[1]) if len(self._bounds) > 1 else 1

    def blocks(self, block_rows: int, order: Order | None = None) -> Iterator[Block]:
        """Yield the blocks of `order`; see `BlockSource.blocks`."""
        held: dict[int, Block] = {}
        for start, stop in _ranges(self.n_rows, block_rows, order):
            first = int(np.searchsorted(self._bounds, start, side="right")) - 1
            last = int(np.searchsorted(self._bounds, stop, side="left"))
            groups = range(first, last)
            for group in [group for group in held if group not in groups]:
                del held[group]  # before the next is read: never more than the block needs
            pieces = []
            for group in groups:
                if group not in held:
                    held[group] = self._read(group)
                low, high = int(self._bounds[group]), int(self._bounds[group + 1])
                cut = slice(max(start, low) - low, min(stop, high) - low)
                pieces.append((held[group][0][cut], held[group][1][cut]))
            yield np.concatenate([x for x, _ in pieces]), np.concatenate([y for _, y in pieces])

    def _read(self, group: int) -> Block:
        table = self._file.read_row_group(group, columns=[*self.feature_names, *self.target_names])
        inputs = np.column_stack([_input(table.column(name)) for name in self.feature_names])
        return inputs, self._targets(table, int(self._bounds[group]))

    def targets(self) -> NDArray[Any]:
        """All of y, (n_rows,) or (n_rows, n_outputs), without the inputs.

        Raises
        ------
        SymbolNetError
            If a value is missing or not finite, with its column and row.
        """
        return self._targets(self._file.read(columns=list(self.target_names)), 0)

    def _targets(self, table: Any, first_row: int) -> NDArray[Any]:
        several = len(self.target_names) > 1
        columns = [
            target_values(self.path, name, column_array(table.column(name)), several=several, first_row=first_row)
            for name in self.target_names
        ]
        return np.column_stack(columns) if several else columns[0]


def _input(column: Any) -> NDArray[Any]:
    """Numbers; of truth values a missing one becomes NaN too."""
    import pyarrow as pa

    values = column.cast(pa.float32()) if pa.types.is_boolean(column.type) and column.null_count else column
    return np.asarray(values.to_numpy())


def _map(path: Path) -> NDArray[Any]:
    if not path.is_file():
        raise SymbolNetError(f"{path}: no such file; give the path of an existing .npy file")
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
        if not isinstance(array, np.ndarray):
            raise ValueError("an .npz archive")
        return array
    except (ValueError, EOFError, OSError) as error:
        raise SymbolNetError(
            f"{path}: not a readable .npy file ({first_line(error)}); write it with numpy.save"
        ) from error


def _ranges(n_rows: int, block_rows: int, order: Order | None) -> Iterator[tuple[int, int]]:
    if block_rows < 1:
        raise SymbolNetError(f"block_rows={block_rows}; give a positive number of rows")
    n_blocks = -(-n_rows // block_rows)
    for block in range(n_blocks) if order is None else order:
        k = int(block)
        if not 0 <= k < n_blocks:
            raise SymbolNetError(
                f"block {k} does not exist; the data has blocks 0 to {n_blocks - 1} of {block_rows} rows"
            )
        yield k * block_rows, min((k + 1) * block_rows, n_rows)
