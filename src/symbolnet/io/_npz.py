"""Reading `.npz` files of data: plain arrays only, every failure one line."""

__all__ = ["read_npz"]

import os
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.io._messages import first_line


def read_npz(path: str | os.PathLike[str], only: Collection[str] | None = None) -> dict[str, NDArray[Any]]:
    """The arrays of an `.npz` file, by name.

    Parameters
    ----------
    path : path
    only : collection of str, optional
        The names to read, where the file has them; all without it.

    Raises
    ------
    SymbolNetError
        If the file is missing, empty, damaged, not an `.npz`, or holds Python objects (which only pickle can read).
    """
    file = Path(path)
    if not file.is_file():
        raise SymbolNetError(f"{file}: no such file; give the path of an existing .npz file")
    if file.stat().st_size == 0:
        raise SymbolNetError(f"{file}: the file is empty; write it again with numpy.savez")
    if not zipfile.is_zipfile(file):
        raise SymbolNetError(f"{file}: not an .npz archive, or cut short; write it with numpy.savez(file, X=X, y=y)")
    try:
        with np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files if only is None or name in only}
    except ValueError as error:
        if "pickle" in str(error):
            raise SymbolNetError(
                f"{file}: not plain arrays (reading it would need pickle, which can run code); "
                "save numbers or fixed-width text with numpy.savez(file, X=X, y=y)"
            ) from error
        raise SymbolNetError(f"{file}: damaged ({first_line(error)}); write it again") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, MemoryError) as error:
        raise SymbolNetError(f"{file}: damaged ({first_line(error)}); write it again with numpy.savez") from error
