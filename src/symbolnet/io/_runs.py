"""The folder that a run leaves behind."""

__all__ = ["RunFolder"]

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symbolnet._errors import ModelFileError, SymbolNetError
from symbolnet._version import __version__
from symbolnet.io._atomic import PART_SUFFIX, atomic_write
from symbolnet.io._messages import first_line

_FORMAT = "symbolnet run"
_VERSION = 1
_RESULTS = ("model.symbolnet", "history.csv", "equations.csv", "checkpoint.symbolnet")


@dataclass(frozen=True)
class RunFolder:
    """A run folder that exists. Make one with `create`, find one again with `open`.

    Attributes
    ----------
    path : Path
        The folder: `config.json` (what was asked), `model.symbolnet` (the result), `history.csv` (the curves),
        `equations.csv` (the front), `checkpoint.symbolnet` (where a killed run continues, and one that is to have more
        epochs).
    """

    path: Path

    @classmethod
    def create(
        cls, path: str | os.PathLike[str], config: Mapping[str, Any] | None = None, *, overwrite: bool = False
    ) -> "RunFolder":
        """Make a new run folder, or take an empty one.

        Parameters
        ----------
        path : path
            Parents are made too.
        config : mapping, optional
            What was asked for: anything that JSON holds. It comes back from `config`.
        overwrite : bool
            Start anew in a folder that already holds a run: its results are removed, other files are left alone.

        Raises
        ------
        SymbolNetError
            If the folder holds something that is not a run, or a run and not `overwrite`.
        """
        run = cls(Path(path))
        try:
            text = json.dumps(
                {"format": _FORMAT, "version": _VERSION, "written_by": __version__, "config": dict(config or {})},
                indent=1,
                allow_nan=False,
            )
        except (TypeError, ValueError) as error:
            raise SymbolNetError(f"the configuration of {run.path} holds what JSON cannot: {error}") from error
        if run.path.is_file():
            raise SymbolNetError(f"{run.path}: a file, not a folder; choose a new folder for the run")
        try:
            occupied = run.path.is_dir() and any(file.suffix != PART_SUFFIX for file in run.path.iterdir())
        except OSError as error:
            raise SymbolNetError(f"{run.path}: cannot be read ({error.strerror}); choose another folder") from error
        if occupied:
            if not run.config_path.is_file():
                raise SymbolNetError(f"{run.path}: the folder is not empty and holds no run; choose a new folder")
            cls.open(run.path)  # a foreign config.json is not ours to replace
            if not overwrite:
                raise SymbolNetError(
                    f"{run.path}: holds a run already; choose a new folder, or start anew with overwrite=True"
                )
            for name in _RESULTS:
                (run.path / name).unlink(missing_ok=True)
        try:
            run.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SymbolNetError(f"{run.path}: cannot make the folder ({error.strerror}); choose another") from error
        atomic_write(run.config_path, text + "\n")
        return run

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> "RunFolder":
        """The run folder at `path`.

        Raises
        ------
        ModelFileError
            If it is missing, or not a folder that a run made, or from a later version.
        """
        run = cls(Path(path))
        if not run.path.is_dir():
            raise ModelFileError(f"{run.path}: no such run folder; give the folder that `symbolnet fit --out` made")
        if not run.config_path.is_file():
            raise ModelFileError(
                f"{run.path}: not a run folder (no config.json in it); give the folder that `symbolnet fit --out` made"
            )
        run.config()
        return run

    def config(self) -> dict[str, Any]:
        """What `create` was given."""
        try:
            content = json.loads(self.config_path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            cause = first_line(error)
            raise ModelFileError(
                f"{self.config_path}: damaged ({cause}); restore it, or start the run again"
            ) from error
        if (
            not isinstance(content, dict)
            or content.get("format") != _FORMAT
            or not isinstance(content.get("config"), dict)
        ):
            raise ModelFileError(
                f"{self.config_path}: not the configuration of a run; give the folder that `symbolnet fit --out` made"
            )
        if not isinstance(content.get("version"), int) or content["version"] > _VERSION:
            raise ModelFileError(
                f"{self.config_path}: run format {content.get('version')!r:.40}, written by symbolnet "
                f"{str(content.get('written_by'))[:40]}; this is {__version__}: upgrade symbolnet"
            )
        config: dict[str, Any] = content["config"]
        return config

    @property
    def config_path(self) -> Path:
        """`config.json`: what was asked for."""
        return self.path / "config.json"

    @property
    def model_path(self) -> Path:
        """`model.symbolnet`: the fitted estimator."""
        return self.path / "model.symbolnet"

    @property
    def history_path(self) -> Path:
        """`history.csv`: one row an epoch."""
        return self.path / "history.csv"

    @property
    def equations_path(self) -> Path:
        """`equations.csv`: one row a model of the front."""
        return self.path / "equations.csv"

    @property
    def checkpoint_path(self) -> Path:
        """`checkpoint.symbolnet`: where a killed run continues, and one that is to have more epochs."""
        return self.path / "checkpoint.symbolnet"
