"""Files: tables of data, model files, checkpoints and run folders. Every write is atomic, and nothing is pickled."""

from symbolnet.io._archive import FORMAT_VERSION, read_archive, write_archive
from symbolnet.io._atomic import atomic_write
from symbolnet.io._frames import PANDAS_INDEX
from symbolnet.io._json import json_text
from symbolnet.io._npz import read_npz
from symbolnet.io._runs import RunFolder
from symbolnet.io._stream import BlockSource, NpyBlocks, ParquetBlocks
from symbolnet.io._tables import Table, read_table

__all__ = [
    "FORMAT_VERSION",
    "PANDAS_INDEX",
    "BlockSource",
    "NpyBlocks",
    "ParquetBlocks",
    "RunFolder",
    "Table",
    "atomic_write",
    "json_text",
    "read_archive",
    "read_npz",
    "read_table",
    "write_archive",
]
