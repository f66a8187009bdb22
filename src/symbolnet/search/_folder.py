"""The folder of a scan: what it is, where its study is stored, the second record of its results, its front's models."""

__all__ = ["ScanFolder"]

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symbolnet._errors import ModelFileError, SymbolNetError
from symbolnet._version import __version__
from symbolnet.io import atomic_write
from symbolnet.search._front import ModelStore
from symbolnet.search._location import Location
from symbolnet.search._log import ResultLog

_FORMAT, _VERSION = "symbolnet scan", 1


@dataclass(frozen=True)
class ScanFolder:
    """A folder with `scan.json`, `results.log`, `models/`, and by default `study.db`.

    Attributes
    ----------
    path : Path
    """

    path: Path

    @staticmethod
    def create(path: Path, config: Mapping[str, Any]) -> "ScanFolder":
        """Make the folder, or take an empty one.

        Raises
        ------
        SymbolNetError
            If it holds something.
        """
        folder = ScanFolder(path)
        folder.check_free()
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SymbolNetError(f"{path}: cannot make the folder ({error.strerror}); choose another") from error
        folder.write(config)
        return folder

    def check_free(self) -> None:
        """Raise a SymbolNetError if a scan cannot begin here."""
        if self.config_path.is_file():
            raise SymbolNetError(
                f"{self.path}: holds a scan; symbolnet scan resume {shlex.quote(str(self.path))} goes on with it"
            )
        if self.path.is_file():
            raise SymbolNetError(f"{self.path}: a file, not a folder; choose a new folder for the scan")
        if self.path.is_dir() and any(self.path.iterdir()):
            raise SymbolNetError(f"{self.path}: the folder is not empty and holds no scan; choose a new folder")

    def write(self, config: Mapping[str, Any]) -> None:
        """Replace the configuration."""
        document = {"format": _FORMAT, "version": _VERSION, "written_by": __version__, **config}
        atomic_write(self.config_path, json.dumps(document, indent=1, allow_nan=False) + "\n")

    @staticmethod
    def open(path: Path) -> "ScanFolder":
        """The folder of an earlier scan.

        Raises
        ------
        ModelFileError
            If it is none, damaged, or of a later version.
        """
        folder = ScanFolder(path)
        if not folder.config_path.is_file():
            raise ModelFileError(f"{path}: no scan in it (no scan.json); give a folder that symbolnet scan run made")
        folder.config()
        return folder

    def config(self) -> dict[str, Any]:
        """What `create` or `write` was given."""
        try:
            document = json.loads(self.config_path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise ModelFileError(f"{self.config_path}: damaged ({error}); restore it from a copy") from error
        if not isinstance(document, dict) or document.get("format") != _FORMAT:
            raise ModelFileError(f"{self.config_path}: not of a scan; give a folder that symbolnet scan run made")
        if not isinstance(document.get("version"), int) or document["version"] > _VERSION:
            raise ModelFileError(
                f"{self.config_path}: written by symbolnet {str(document.get('written_by'))[:40]}; this is "
                f"{__version__}: upgrade symbolnet"
            )
        return document

    def location(self, given: str | None = None) -> Location:
        """Where the study is. A URL that needs its password back is `given` again."""
        stored = Location.parse(self._stored_storage())
        if given is None:
            return stored
        again = Location.parse(given)
        if again.shown != stored.shown and _without_user(again) != _without_user(stored):
            raise SymbolNetError(
                f"{self.path}: its study is in {stored.shown}, not in {again.shown}; give that, or leave --storage out"
            )
        return again

    def _stored_storage(self) -> str:
        text = str(self.config()["storage"]).replace(":***@", "@")
        if "://" in text or Path(text).is_absolute():
            return text
        return str(self.path / text)

    @property
    def config_path(self) -> Path:
        """`scan.json`."""
        return self.path / "scan.json"

    @property
    def log(self) -> ResultLog:
        """`results.log`."""
        return ResultLog(self.path / "results.log")

    @property
    def models(self) -> ModelStore:
        """`models/`."""
        return ModelStore(self.path / "models")


def _without_user(location: Location) -> str:
    return location.shown.rpartition("@")[2]
