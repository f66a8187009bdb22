"""A second record of every result, from which a damaged storage is rebuilt."""

__all__ = ["ResultLog"]

import json
import os
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from symbolnet._errors import SymbolNetError


class ResultLog:
    """Lines of a checksum and JSON, appended and never changed. A line that was cut short is no line.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Add records; they are on the disk when this returns.

        Raises
        ------
        SymbolNetError
            If there is no room.
        """
        lines = []
        for record in records:
            text = json.dumps(record, allow_nan=False, separators=(",", ":"))
            lines.append(f"{zlib.crc32(text.encode()):08x} {text}\n")
        try:
            with self.path.open("ab") as stream:
                # What a killed process left unfinished must not run into the next line.
                whole = stream.tell() == 0 or self._ends_with_a_line()
                stream.write(("" if whole else "\n").encode() + "".join(lines).encode())
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise SymbolNetError(
                f"cannot write {self.path}: {error.strerror}; free some room on its disk, then symbolnet scan resume"
            ) from error

    def read(self) -> list[dict[str, Any]]:
        """All records that are whole."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return []
        records = []
        for line in content.split(b"\n"):
            mark, _, text = line.partition(b" ")
            try:
                if int(mark, 16) == zlib.crc32(text):
                    records.append(json.loads(text))
            except ValueError:
                continue
        return records

    def _ends_with_a_line(self) -> bool:
        with self.path.open("rb") as stream:
            stream.seek(-1, os.SEEK_END)
            return stream.read() == b"\n"
