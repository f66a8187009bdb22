"""Run folders as the verbs use them."""

__all__ = ["Run", "new_run", "open_run", "update_parameters"]

import contextlib
import json
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from symbolnet._errors import ModelFileError, SymbolNetError


@dataclass(frozen=True)
class Run:
    """A model that was read, and what is known of its training.

    Attributes
    ----------
    path : str
        As the user gave it.
    model : fitted estimator
    config : dict
        Of the run folder; empty for a single model file.
    """

    path: str
    model: Any
    config: dict[str, Any] = field(default_factory=dict)


def open_run(path: str) -> Run:
    """The model of a run folder, or of a file that `save` wrote.

    Raises
    ------
    ModelFileError
        If it is missing, damaged, foreign, or the run has not come to a model yet.
    """
    if not Path(path).exists():
        raise ModelFileError(f"{path}: no such run; give a folder that symbolnet fit --out made, or a model file")
    from symbolnet.estimators import load
    from symbolnet.io import RunFolder

    if not Path(path).is_dir():
        return Run(path, load(path))
    folder = RunFolder.open(path)
    if not folder.model_path.is_file():
        again = f"symbolnet fit --out {shlex.quote(path)} --resume"
        raise ModelFileError(f"{path}: the run has no model yet; let it end: {again}")
    return Run(path, load(path), folder.config())


@contextmanager
def new_run(path: Path, config: Mapping[str, Any], *, overwrite: bool) -> Iterator[None]:
    """A run folder in which a fit may begin. If it is refused before its first checkpoint, all is as it was."""
    from symbolnet.io import RunFolder

    _refuse_existing(path, overwrite=overwrite)
    folder = RunFolder(path)
    made = [parent for parent in (path, *path.parents) if not parent.exists()]
    earlier = folder.config_path.read_bytes() if folder.config_path.is_file() else None
    kept = _set_aside(folder) if earlier is not None else {}
    try:
        RunFolder.create(path, config, overwrite=overwrite)
        yield
    except BaseException:
        if not (folder.checkpoint_path.exists() or folder.model_path.exists()):
            _restore(folder, earlier, kept, made)
        raise
    for aside in kept.values():
        aside.unlink(missing_ok=True)


def _refuse_existing(path: Path, *, overwrite: bool) -> None:
    from symbolnet.io import RunFolder

    if not (path / "config.json").is_file():
        return
    RunFolder.open(path)  # a foreign config.json gets its own message
    if overwrite:
        return
    what = "a finished run" if (path / "model.symbolnet").exists() else "an unfinished run"
    raise SymbolNetError(
        f"{path}: holds {what}; --resume goes on with it, --overwrite starts anew, or choose a new folder"
    )


def _set_aside(folder: Any) -> dict[Path, Path]:
    """Rename what an earlier run wrote; the folder is then one in which a new run may begin."""
    asides = {}
    for file in (folder.model_path, folder.history_path, folder.equations_path, folder.checkpoint_path):
        if file.exists():
            asides[file] = file.with_name(f".{file.name}.{uuid4().hex}.part")
            file.rename(asides[file])
    return asides


def _restore(folder: Any, config: bytes | None, kept: Mapping[Path, Path], made: list[Path]) -> None:
    from symbolnet.io import atomic_write

    with contextlib.suppress(OSError, ValueError):
        for file, aside in kept.items():
            aside.rename(file)
        if config is not None:
            atomic_write(folder.config_path, config)
        else:
            folder.config_path.unlink(missing_ok=True)
        for parent in made:
            parent.rmdir()


def update_parameters(path: Path, parameters: Mapping[str, Any]) -> None:
    """Put changed parameters into the configuration of a run."""
    from symbolnet.io import RunFolder, atomic_write

    file = RunFolder.open(path).config_path
    content = json.loads(file.read_text(encoding="utf-8"))
    content["config"]["parameters"].update(parameters)
    atomic_write(file, json.dumps(content, indent=1, allow_nan=False) + "\n")
