"""The folder that `export` writes: all that verification, synthesis and a vendor's tools need, and nothing else."""

__all__ = ["Bundle", "changed_files", "check_out", "open_bundle", "write_bundle"]

import hashlib
import json
import math
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.hardware._format import FixedPoint
from symbolnet.hardware._json import program_from_json, program_to_json
from symbolnet.hardware._program import Program

MANIFEST, PROGRAM, SAMPLES = "bundle.json", "program.json", "samples.npy"
FORMAT = 1

_SUMS = "SHA256SUMS"
"""Of all other files, as `sha256sum -c` reads it."""
_MOST_STAGES = 10_000


@dataclass(frozen=True, eq=False)
class Bundle:
    """An exported folder.

    Attributes
    ----------
    path : Path
    program : Program
    manifest : dict
        "target", "name", "part", "clock_ns", "checks", perhaps "precision" and, where there is RTL, "stages".
    samples : int64 array, (n_ports, n_samples)
        Integers at the input ports, from data; empty where no data was given.
    """

    path: Path
    program: Program
    manifest: dict[str, Any]
    samples: NDArray[np.int64]

    @property
    def target(self) -> str:
        """What it was exported to."""
        return str(self.manifest["target"])


def check_out(path: str | Path, *, overwrite: bool) -> None:
    """Raise if a bundle may not be written to a folder.

    Parameters
    ----------
    path : path
        Of the folder; it need not exist.
    overwrite : bool
        Whether a bundle that is there may be replaced.

    Raises
    ------
    SymbolNetError
        If the folder holds a bundle and not `overwrite`, or anything else.
    """
    folder = Path(path)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        if not (folder / MANIFEST).is_file():
            raise SymbolNetError(f"{folder}: exists and is no bundle of symbolnet export; choose a new folder")
        if not overwrite:
            raise SymbolNetError(f"{folder}: holds a bundle; --overwrite replaces it, or choose a new folder")


def write_bundle(
    path: Path,
    program: Program,
    manifest: Mapping[str, Any],
    samples: NDArray[np.int64],
    files: Mapping[str, str | bytes],
    *,
    overwrite: bool = False,
) -> Bundle:
    """Write a bundle in one step: it is made beside its place and then takes the name.

    Raises
    ------
    SymbolNetError
        If the folder exists and is not empty, unless it is a bundle and `overwrite` is given; if it cannot be written;
        if the manifest is none.
    """
    check_out(path, overwrite=overwrite)
    part = path.with_name(f".{path.name}.{uuid4().hex}.part")
    content = {"format": FORMAT, **manifest}
    _check_manifest(path, content, rtl=any(name.startswith("rtl/") for name in files))
    try:
        part.mkdir(parents=True)
        for name, text in files.items():
            file = part / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text if isinstance(text, bytes) else text.encode())
        np.save(part / SAMPLES, samples.astype(np.int64), allow_pickle=False)
        (part / PROGRAM).write_text(json.dumps(program_to_json(program)) + "\n", encoding="utf-8")
        (part / MANIFEST).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        sums = [f"{_sum(file)}  {file.relative_to(part).as_posix()}\n" for file in _files(part)]
        (part / _SUMS).write_text("".join(sums), encoding="utf-8")
        if path.exists():
            shutil.rmtree(path)
        part.rename(path)
    except OSError as error:
        cause = error.strerror or str(error)
        raise SymbolNetError(f"cannot write {path}: {cause}; choose a folder that exists and has room") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Bundle(path, program, content, samples)


def open_bundle(path: str | Path) -> Bundle:
    """Return the bundle in a folder.

    Parameters
    ----------
    path : path
        Of the folder that `export` made.

    Returns
    -------
    Bundle
        Program, manifest and samples; whether its files are as exported is for `verify` to say.

    Raises
    ------
    SymbolNetError
        If it is none, or damaged.
    """
    folder = Path(path)
    if not (folder / MANIFEST).is_file():
        raise SymbolNetError(f"{folder}: no bundle; give a folder that symbolnet export --out made")
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        content = json.loads((folder / PROGRAM).read_text(encoding="utf-8"))
        with (folder / SAMPLES).open("rb") as file:
            samples = np.lib.format.read_array(file, allow_pickle=False)
    except (OSError, ValueError, EOFError, RecursionError) as error:
        raise SymbolNetError(f"{folder}: the bundle is damaged ({error}); export the formula anew") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise SymbolNetError(f"{folder}: the bundle is damaged or of a later version; export the formula anew")
    _check_manifest(folder, manifest, rtl=(folder / "rtl").is_dir())
    program = program_from_json(content)
    if samples.dtype != np.int64 or samples.ndim != 2 or len(samples) != len(program.columns):
        raise SymbolNetError(f"{folder}: {SAMPLES} does not belong to this program; export the formula anew")
    for row, form in zip(samples, program.input_formats, strict=True):
        _check_range(folder, row, form)
    return Bundle(folder, program, manifest, samples)


def _check_range(folder: Path, row: NDArray[np.int64], form: FixedPoint) -> None:
    if len(row) and not (form.least <= row.min() and row.max() <= form.most):
        raise SymbolNetError(f"{folder}: {SAMPLES} has values outside {form}; export the formula anew")


def _check_manifest(folder: Path, manifest: Mapping[str, Any], *, rtl: bool) -> None:
    """Raise unless all is there that verification and synthesis read, and of its kind."""
    clock, stages, checks = (manifest.get(key) for key in ("clock_ns", "stages", "checks"))
    right = {key: isinstance(manifest.get(key), str) for key in ("target", "name", "part")}
    right["clock_ns"] = isinstance(clock, float) and 0 < clock < math.inf
    right["checks"] = isinstance(checks, list) and len(checks) > 0 and all(isinstance(name, str) for name in checks)
    if rtl or "stages" in manifest:
        right["stages"] = isinstance(stages, int) and stages is not True and 1 <= stages <= _MOST_STAGES
    for key, well in right.items():
        if not well:
            found = f"{str(manifest[key])[:60]!r}" if key in manifest else "missing"
            raise SymbolNetError(f"{folder}: {key} of {MANIFEST} is {found}; export the formula anew")


def changed_files(folder: Path) -> tuple[str, ...]:
    """Return the files of a bundle that are not as export wrote them, those that were added to its RTL included.

    Raises
    ------
    SymbolNetError
        If one is missing.
    """
    try:
        lines = [line.split("  ", 1) for line in (folder / _SUMS).read_text(encoding="utf-8").splitlines()]
        written = {name: digest for digest, name in lines}
    except (OSError, ValueError) as error:
        raise SymbolNetError(f"{folder}: {_SUMS} is missing or damaged; export the formula anew") from error
    for name in (MANIFEST, PROGRAM, SAMPLES, *written):
        if name not in written or not (folder / name).is_file():
            where = "the folder" if name in written else _SUMS
            raise SymbolNetError(f"{folder}: {name} is missing from {where}; export the formula anew")
    added = {f"rtl/{file.name}" for file in _files(folder / "rtl")} - set(written)
    return tuple(sorted(added | {name for name, digest in written.items() if _sum(folder / name) != digest}))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _sum(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
