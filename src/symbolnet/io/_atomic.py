"""Writing a file so that a reader sees the old one or the new one, and never a half."""

__all__ = ["atomic_write"]

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO
from uuid import uuid4

from symbolnet._errors import SymbolNetError

PART_SUFFIX = ".part"  # what a process that was killed while writing can leave behind


def atomic_write(path: str | os.PathLike[str], content: bytes | str | Callable[[IO[bytes]], object]) -> None:
    """Write `content` to `path` in one step.

    The bytes go to a temporary file in the same folder, reach the disk, and only then take the name; a crash at any
    moment leaves what stood there before.

    Parameters
    ----------
    path : path
        The file. Its folder must exist.
    content : bytes, str or callable
        What to write; text is encoded as UTF-8; a callable gets the open binary file.

    Raises
    ------
    SymbolNetError
        If `path` is a folder, or its folder is absent or cannot be written. An error that a callable raises passes
        through.
    """
    target = Path(path)
    if target.is_dir():
        raise SymbolNetError(f"cannot write {target}: it is a folder; give the name of a file in it")
    part = target.with_name(f".{target.name}.{uuid4().hex}{PART_SUFFIX}")
    try:
        with part.open("xb") as stream:
            if callable(content):
                content(stream)
            else:
                stream.write(content.encode() if isinstance(content, str) else content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(target)
    except OSError as error:
        _remove(part)
        cause = error.strerror or str(error)
        raise SymbolNetError(f"cannot write {target}: {cause}; choose a folder that exists and has room") from error
    except BaseException:
        _remove(part)
        raise
    _sync_folder(target.parent)


def _remove(part: Path) -> None:
    with contextlib.suppress(OSError):
        part.unlink()


def _sync_folder(folder: Path) -> None:
    """Let the new name reach the disk as well; some file systems do not offer that, and then it is not needed."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
