"""The shapes of the arrays in an `.npz` file, without reading the arrays."""

__all__ = ["npz_shapes"]

import zipfile
from pathlib import Path

from numpy.lib import format as npy

_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


def npz_shapes(file: Path) -> dict[str, tuple[int, ...]] | None:
    """Return the shapes by name, or None where the file is not one that NumPy wrote: who loads it says what is wrong.

    Parameters
    ----------
    file : Path
    """
    shapes = {}
    try:
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                with archive.open(name) as member:
                    shapes[name.removesuffix(".npy")] = _HEADERS[npy.read_magic(member)](member)[0]
    except (OSError, EOFError, KeyError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile):
        return None
    return shapes
