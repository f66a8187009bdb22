"""Columns of a `.csv` or `.parquet` file as NumPy arrays: numbers where the whole column is numbers, else objects."""

__all__ = ["PANDAS_INDEX", "column_array", "read_frame", "row_labels"]

import csv
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.io._messages import first_line

PANDAS_INDEX = "__index_level_0__"
"""What pandas' to_parquet calls an index without a name."""

_UNNAMED = ("", "Unnamed: 0", PANDAS_INDEX)  # by to_csv, by to_csv after read_csv, by to_parquet


def read_frame(file: Path) -> dict[str, NDArray[Any]]:
    """The columns of the file, by name and in order.

    Text columns come as objects, with None for a missing value.

    Raises
    ------
    SymbolNetError
        If the file is empty, damaged, without rows, or names two columns alike.
    """
    if file.stat().st_size == 0:
        raise SymbolNetError(f"{file}: the file is empty; give one with a header line and rows")
    return _read_csv(file) if file.suffix.lower() == ".csv" else _read_parquet(file)


def row_labels(columns: Mapping[str, NDArray[Any]]) -> str | None:
    """The name of the column that is the index of a pandas frame and no input, if there is one.

    That is a column without a name, the first one of a `.csv` file, that holds distinct whole numbers.
    """
    first = PANDAS_INDEX if PANDAS_INDEX in columns else next(iter(columns), None)
    if first not in _UNNAMED:
        return None
    values = columns[first]
    return first if values.dtype.kind in "iu" and len(np.unique(values)) == len(values) else None


def _read_csv(file: Path) -> dict[str, NDArray[Any]]:
    delimiter, first = _header(file)
    # A first line 0,1,2,... is what pandas writes as the names of columns without names.
    counted = len(first) > 2 and first == [str(k) for k in range(len(first))]
    headless = not counted and all(_is_number(cell) for cell in first)
    columns = _csv_columns(file, delimiter, len(first), below_header=not headless)
    if not headless and _is_data(first, columns):
        headless = True
        columns = _csv_columns(file, delimiter, len(first), below_header=False)
        warnings.warn(
            f"{file}: the first line ({', '.join(first[:3])}{', ...' if len(first) > 3 else ''}) is taken for data and "
            f"the columns are x0 to x{len(first) - 1}; put a line of names above it to name them",
            stacklevel=5,
        )
    names = [f"x{k}" for k in range(len(first))] if headless else first
    _check_names(file, names)
    return dict(zip(names, columns, strict=True))


def _is_data(first: Sequence[str], columns: Sequence[NDArray[Any]]) -> bool:
    """Whether a first line that holds text is a row: beside numbers, its texts occur again below.

    Numbers alone do not tell: a column may be named after a year or a wavelength.
    """
    texts = [(cell, column) for cell, column in zip(first, columns, strict=True) if not _is_number(cell)]
    return 0 < len(texts) < len(first) and all(_occurs(cell, column) for cell, column in texts)


def _occurs(text: str, column: NDArray[Any]) -> bool:
    if column.dtype.kind == "b":
        return text.lower() in ("true", "false")
    return column.dtype == object and any(str(value).strip() == text for value in column)


def _csv_columns(file: Path, delimiter: str, count: int, *, below_header: bool) -> list[NDArray[Any]]:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    try:
        table = arrow_csv.read_csv(
            file,
            # One block: Arrow takes a column's type from the first, and fails at a later 0.5 among whole numbers.
            read_options=arrow_csv.ReadOptions(
                column_names=[str(k) for k in range(count)],
                skip_rows_after_names=int(below_header),
                block_size=_block_size(file),
            ),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            # "NA" and "None" may be the names of classes: only an empty cell is missing.
            convert_options=arrow_csv.ConvertOptions(
                null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=True
            ),
        )
    except (pa.ArrowException, OSError) as error:
        raise SymbolNetError(
            f"{file}: not a readable CSV file ({first_line(error)}); write it as UTF-8 with as many cells in each line"
        ) from error
    if table.num_rows == 0:
        raise SymbolNetError(f"{file}: no rows below the header line; give at least two")
    return [column_array(column) for column in table.columns]


def _header(file: Path) -> tuple[str, list[str]]:
    """The delimiter (comma, semicolon or tab, whichever the first line has most of) and the cells of the first line."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            line = next((line for line in stream if line.strip()), "")
            delimiter = max(",;\t", key=line.count)
            stream.seek(0)
            row = next((row for row in csv.reader(stream, delimiter=delimiter) if row), [])
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        raise SymbolNetError(f"{file}: not a readable CSV file ({first_line(error)}); write it as UTF-8") from error
    if not row:
        raise SymbolNetError(f"{file}: the file holds no columns; give one with a header line and rows")
    return delimiter, [cell.strip() for cell in row]


def _block_size(file: Path) -> int:
    return min(max(file.stat().st_size + 1, 2**20), 2**31 - 1)


def _read_parquet(file: Path) -> dict[str, NDArray[Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(file).read()
    except (pa.ArrowException, OSError) as error:
        raise SymbolNetError(f"{file}: not a readable parquet file ({first_line(error)}); write it again") from error
    _check_names(file, table.column_names)
    if table.num_rows == 0:
        raise SymbolNetError(f"{file}: no rows; give at least two")
    return {name: column_array(table.column(k)) for k, name in enumerate(table.column_names)}


def column_array(column: Any) -> NDArray[Any]:
    """An Arrow column as an array: numbers, with NaN where one is missing, or objects, with None there."""
    import pyarrow as pa

    kind = column.type
    plain = pa.types.is_integer(kind) or pa.types.is_floating(kind)
    if plain or (pa.types.is_boolean(kind) and column.null_count == 0):
        values: NDArray[Any] = column.to_numpy()  # a missing number becomes NaN
        return values
    objects = np.empty(len(column), dtype=object)
    objects[:] = column.to_pylist()
    return objects


def _check_names(file: Path, names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise SymbolNetError(f"{file}: two columns are named {name!r}; give each its own name")
        seen.add(name)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
