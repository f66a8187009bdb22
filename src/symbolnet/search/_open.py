"""Beginning a scan in a new folder, and going on with one whatever state it was left in."""

__all__ = ["open_scan", "resume_scan", "start_scan"]

import contextlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from symbolnet._errors import SymbolNetError
from symbolnet.search._folder import ScanFolder
from symbolnet.search._location import Location, StorageError
from symbolnet.search._records import Plan
from symbolnet.search._study import Study, create_study, open_study


def start_scan(
    path: str | os.PathLike[str],
    plan: Plan,
    fingerprint: str,
    n_trials: int,
    *,
    storage: str | None = None,
    name: str | None = None,
    source: Mapping[str, Any] | None = None,
) -> tuple[Study, ScanFolder]:
    """Make the folder and the study of a new scan.

    Parameters
    ----------
    path : path
        A new folder, or an empty one.
    plan : Plan
    fingerprint : str
        `ScanData.fingerprint`.
    n_trials : int
    storage : str, optional
        As `Location.parse` reads it; `study.db` in the folder by default.
    name : str, optional
        Of the study in the storage; that of the folder by default.
    source : mapping, optional
        Where the data came from, as JSON holds it.

    Raises
    ------
    SymbolNetError
        If the folder or the storage cannot be used, or holds a scan already. Both are then as they were.
    """
    if n_trials < 1:
        raise SymbolNetError(f"a scan of {n_trials} trials; give at least 1")
    folder = ScanFolder(Path(path))
    folder.check_free()
    name = name or folder.path.resolve().name
    document = {"data": fingerprint, "source": dict(source or {}), "targets": [int(n_trials)]}
    made = not folder.path.exists()
    if storage is None:
        kept, location = "study.db", Location.parse(str(folder.path / "study.db"))
    else:
        location = Location.parse(storage)
        kept = str(location.path.resolve()) if location.path is not None else location.shown
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
        study = create_study(location, name, document, plan)
        folder.write({"storage": kept, "study": name, "document": study.document})
    except BaseException as error:
        if made:
            shutil.rmtree(folder.path, ignore_errors=True)
        if isinstance(error, OSError):
            raise SymbolNetError(f"{folder.path}: cannot be made ({error.strerror}); choose another") from error
        raise
    return study, folder


def open_scan(path: str | os.PathLike[str], storage: str | None = None) -> tuple[Study, ScanFolder]:
    """The study of a scan, to look at.

    Parameters
    ----------
    path : path
        The scan's folder.
    storage : str, optional
        Its storage again, with the password that the folder does not hold.
    """
    folder = ScanFolder.open(Path(path))
    return open_study(folder.location(storage), str(folder.config()["study"])), folder


def resume_scan(
    path: str | os.PathLike[str], fingerprint: str, n_trials: int | None = None, storage: str | None = None
) -> tuple[Study, ScanFolder, Path | None]:
    """The study of a scan, to go on with.

    A file storage that is damaged is put aside, never overwritten, and made again from the second record.

    Parameters
    ----------
    path, storage : as for `open_scan`
    fingerprint : str
        Of the data at hand.
    n_trials : int, optional
        Trials in all, if more are wanted.

    Returns
    -------
    study, folder, and the place of the damaged file if there was one

    Raises
    ------
    SymbolNetError
        If the data is not that of the scan, or the storage cannot be used.
    """
    folder = ScanFolder.open(Path(path))
    config = folder.config()
    if config["document"]["data"] != fingerprint:
        raise SymbolNetError(f"{path}: not the data that this scan began with; give that data, or start a new scan")
    location, aside = folder.location(storage), None
    try:
        _check(location)
        study = open_study(location, str(config["study"]), mend=True)
    except StorageError as error:
        damaged = "damaged" in str(error) or "no such file" in str(error) or "holds no study" in str(error)
        if location.path is None or not damaged:
            raise
        aside = _put_aside(location.path)
        document = dict(config["document"])
        study = create_study(location, str(config["study"]), document, Plan.from_json(document["plan"]))
    if n_trials is not None and n_trials > study.targets[-1]:
        study.set_target(n_trials)
    if study.document != config["document"]:
        folder.write({k: v for k, v in config.items() if k in ("storage", "study")} | {"document": study.document})
    return study, folder, aside


def _check(location: Location) -> None:
    """Look at every page of a SQLite file: damage that no one reads would be carried on."""
    if location.kind != "sqlite" or location.path is None or not location.path.is_file():
        return
    import sqlite3

    try:
        with contextlib.closing(sqlite3.connect(location.path, timeout=30)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise location.explain(error) from error
    if found != "ok":
        raise StorageError(f"storage {location.shown}: damaged ({found.splitlines()[0][:100]}); restore it from a copy")


def _put_aside(path: Path) -> Path | None:
    """Rename the files of a storage; return where they are, None if there was nothing."""
    k = 0
    while (target := path.with_name(f"{path.name}.damaged{k}")).exists():
        k += 1
    for suffix in ("-wal", "-shm", ".lock", ""):
        file = path.with_name(path.name + suffix)
        if file.exists() or file.is_symlink():
            file.rename(target.with_name(target.name + suffix))
    return target if target.exists() else None
