"""The file that holds a model or a checkpoint: a zip of one JSON manifest and plain `.npy` arrays.

    manifest.json          {"format": "symbolnet", "kind": ..., "version": 1, "written_by": ..., "arrays": [...], ...}
    arrays/<name>.npy      one an array

Nothing in it is ever pickled, so that a file from a stranger can do no more than fail to load. The same content gives
the same bytes.
"""

__all__ = ["FORMAT_VERSION", "read_archive", "write_archive"]

import io
import json
import math
import os
import re
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import ModelFileError, SymbolNetError
from symbolnet._version import __version__
from symbolnet.io._atomic import atomic_write
from symbolnet.io._messages import first_line

FORMAT = "symbolnet"
FORMAT_VERSION = 1

MAX_ENTRIES = 10_000
MAX_TOTAL_BYTES = 4 * 2**30
MAX_MANIFEST_BYTES = 64 * 2**20

MANIFEST = "manifest.json"
_PREFIX, _SUFFIX = "arrays/", ".npy"
_NAME = re.compile(r"[A-Za-z0-9_-]+([./][A-Za-z0-9_-]+)*")
_RESERVED = ("format", "version", "written_by", "arrays")
_PLAIN_KINDS = "biufcUS"  # booleans, numbers, fixed-width text: what needs no pickle
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold; a real one would make equal content differ
_AGAIN = "save the model again, or restore the file from a copy"


def write_archive(
    path: str | os.PathLike[str],
    manifest: Mapping[str, Any],
    arrays: Mapping[str, NDArray[Any]],
    *,
    compress: bool = True,
) -> None:
    """Write a manifest and named arrays to `path`, atomically.

    Parameters
    ----------
    path : path
    manifest : mapping
        Must hold "kind", a word for what the file is ("model", "checkpoint"). Values are what JSON holds; NumPy
        scalars become Python's. NaN and infinity have no place in JSON: put them into an array.
    arrays : mapping of name to array
        Names of letters, digits, `_`, `-`, with `/` or `.` between parts. Booleans, numbers or fixed-width text.
    compress : bool
        False writes faster and larger files.

    Raises
    ------
    SymbolNetError
        If a name, an array's dtype or a manifest value cannot be stored. Nothing is written then.
    """
    if not isinstance(manifest.get("kind"), str):
        raise SymbolNetError(f"the manifest of {path} needs a 'kind' (a word), got {manifest.get('kind')!r}")
    for name in _RESERVED:
        if name in manifest:
            raise SymbolNetError(f"the manifest of {path} must not set {name!r}; the writer does")
    for name, array in arrays.items():
        if not _NAME.fullmatch(name):
            raise SymbolNetError(
                f"cannot store array {name!r}: use letters, digits, '_' and '-', with '/' between parts"
            )
        if np.asarray(array).dtype.kind not in _PLAIN_KINDS:
            raise SymbolNetError(
                f"cannot store array {name!r} of dtype {np.asarray(array).dtype}: convert it to numbers or text"
            )
    header = {"format": FORMAT, "version": FORMAT_VERSION, "written_by": __version__, "arrays": sorted(arrays)}
    try:
        text = json.dumps({**header, **manifest}, allow_nan=False, default=_plain, indent=1)
    except (TypeError, ValueError, RecursionError) as error:
        raise SymbolNetError(f"the manifest of {path} holds what JSON cannot: {error}") from error

    method = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED

    def write(stream: IO[bytes]) -> None:
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr(_entry(MANIFEST, method), text.encode())
            for name in sorted(arrays):
                with archive.open(_entry(f"{_PREFIX}{name}{_SUFFIX}", method), "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, np.asarray(arrays[name]), version=(1, 0), allow_pickle=False)

    atomic_write(path, write)


def read_archive(
    path: str | os.PathLike[str], *, kind: str | None = None
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Read what `write_archive` wrote.

    Parameters
    ----------
    path : path
    kind : str, optional
        What the file must be; anything is accepted without it.

    Returns
    -------
    manifest : dict
        With "format", "version", "written_by" and "arrays" as the writer added them.
    arrays : dict of name to array

    Raises
    ------
    ModelFileError
        If the file is missing, damaged, hostile (a zip bomb, names that leave the archive, pickled objects), of another
        kind, or from a later version. One line: the file, the cause, the remedy.
    """
    file = Path(path)
    if not file.exists():
        raise ModelFileError(f"{file}: no such file; give the path of a file that symbolnet saved")
    if not file.is_file():
        raise ModelFileError(f"{file}: a folder, not a file; give the path of a file that symbolnet saved")
    if file.stat().st_size == 0:
        raise ModelFileError(f"{file}: the file is empty; {_AGAIN}")
    try:
        with zipfile.ZipFile(file) as archive:
            entries = _checked_entries(archive, file)
            manifest = _parse_manifest(_read_entry(archive, entries[MANIFEST]), file, kind)
            listed = {f"{_PREFIX}{name}{_SUFFIX}": name for name in manifest["arrays"]}
            if set(listed) != set(entries) - {MANIFEST}:
                stray = sorted(set(listed) ^ (set(entries) - {MANIFEST}))[0]
                raise ModelFileError(f"{file}: entries and manifest disagree about {stray!r}; {_AGAIN}")
            arrays = {}
            for entry, name in listed.items():
                try:
                    arrays[name] = _parse_array(_read_entry(archive, entries[entry]))
                except ValueError as error:
                    raise ModelFileError(f"{file}: array {name!r} is unusable ({error}); {_AGAIN}") from error
            return manifest, arrays
    except ModelFileError:
        raise
    except zipfile.BadZipFile as error:
        raise ModelFileError(f"{file}: damaged or not a symbolnet file ({first_line(error)}); {_AGAIN}") from error
    # zipfile meets hostile bytes with whatever comes up: an encrypted entry, an unknown method, a broken stream.
    except (zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError, OverflowError, MemoryError) as error:
        raise ModelFileError(f"{file}: damaged ({first_line(error)}); {_AGAIN}") from error
    except OSError as error:
        raise ModelFileError(
            f"{file}: cannot be read ({error.strerror or first_line(error)}); check the path and its permissions"
        ) from error


def _entry(name: str, method: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=_EPOCH)
    entry.compress_type = method
    entry.external_attr = 0o644 << 16
    entry.create_system = 3  # the same bytes on every platform
    return entry


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} {value!r:.60}")


def _checked_entries(archive: zipfile.ZipFile, file: Path) -> dict[str, zipfile.ZipInfo]:
    """The entries by name, after every check that needs no reading."""
    infos = archive.infolist()
    if len(infos) > MAX_ENTRIES:
        raise ModelFileError(
            f"{file}: {len(infos)} entries, more than the {MAX_ENTRIES} a symbolnet file may have; {_AGAIN}"
        )
    entries: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        inner = info.filename[len(_PREFIX) : -len(_SUFFIX)]
        is_array = info.filename == f"{_PREFIX}{inner}{_SUFFIX}" and _NAME.fullmatch(inner) is not None
        if info.filename != MANIFEST and not is_array:
            raise ModelFileError(
                f"{file}: not a symbolnet file (it holds {info.filename[:80]!r}); give one that symbolnet saved"
            )
        if info.filename in entries:
            raise ModelFileError(f"{file}: entry {info.filename!r} stands twice; {_AGAIN}")
        entries[info.filename] = info
    total = sum(info.file_size for info in infos)
    if total > MAX_TOTAL_BYTES:
        raise ModelFileError(
            f"{file}: would unpack to {total} bytes, more than the {MAX_TOTAL_BYTES} allowed; {_AGAIN}"
        )
    if MANIFEST not in entries:
        raise ModelFileError(f"{file}: not a symbolnet file (no {MANIFEST} in it); give one that symbolnet saved")
    if entries[MANIFEST].file_size > MAX_MANIFEST_BYTES:
        raise ModelFileError(f"{file}: its manifest is larger than {MAX_MANIFEST_BYTES} bytes; {_AGAIN}")
    return entries


def _read_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """The bytes of an entry, never more than it declares (the declared sizes were checked); the CRC is checked too."""
    with archive.open(info) as stream:
        content = stream.read(info.file_size)
        if len(content) != info.file_size or stream.read(1):
            raise zipfile.BadZipFile(f"entry {info.filename!r} has not the size it declares")
        return content


def _parse_manifest(content: bytes, file: Path, kind: str | None) -> dict[str, Any]:
    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    try:
        manifest = json.loads(content.decode(), parse_constant=refuse)
    except (ValueError, RecursionError) as error:  # bad UTF-8 and bad JSON are ValueErrors
        raise ModelFileError(f"{file}: its manifest is not JSON ({first_line(error)}); {_AGAIN}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ModelFileError(
            f"{file}: not a symbolnet file (its manifest does not say so); give one that symbolnet saved"
        )
    version = manifest.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ModelFileError(f"{file}: format version {version!r:.40} does not exist; {_AGAIN}")
    if version > FORMAT_VERSION:
        writer = str(manifest.get("written_by"))[:40]
        raise ModelFileError(
            f"{file}: format version {version}, written by symbolnet {writer}; this is {__version__} and reads up to "
            f"version {FORMAT_VERSION}: upgrade symbolnet"
        )
    if kind is not None and manifest.get("kind") != kind:
        raise ModelFileError(
            f"{file}: a symbolnet file of kind {str(manifest.get('kind'))[:40]!r}, not {kind!r}; "
            f"give one of kind {kind!r}"
        )
    names = manifest.get("arrays")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ModelFileError(f"{file}: its manifest does not list its arrays; {_AGAIN}")
    return manifest


def _parse_array(content: bytes) -> NDArray[Any]:
    """The array of an `.npy` entry. NumPy's own reader allocates what the header claims; this one looks first."""
    stream = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(stream)
        if version not in ((1, 0), (2, 0)):
            raise ValueError(f"npy version {version}")
        read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, fortran, dtype = read_header(stream)
    except Exception as error:  # the header is parsed as Python source: hostile text can fail in any way
        raise ValueError(first_line(error)) from error
    if dtype.kind not in _PLAIN_KINDS or dtype.itemsize == 0:
        raise ValueError(f"dtype {str(dtype)[:60]} is neither numbers nor text")
    if any(isinstance(n, bool) or not isinstance(n, int) or n < 0 for n in shape):
        raise ValueError(f"shape {str(shape)[:60]}")
    count = math.prod(shape)
    data = stream.read()
    if count * dtype.itemsize != len(data):
        raise ValueError(f"shape {str(shape)[:60]} of {dtype} does not fit its {len(data)} bytes")
    if not data:
        return np.zeros(shape, dtype)
    flat = np.frombuffer(data, dtype=dtype).copy()  # the copy is writable and aligned
    return flat.reshape(shape, order="F" if fortran else "C")
