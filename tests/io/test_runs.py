"""A run folder is made only where nothing is lost, and found again only where one is."""

import json
from pathlib import Path

import pytest

from symbolnet._errors import ModelFileError, SymbolNetError
from symbolnet.io import RunFolder


def test_create_and_open(tmp_path: Path) -> None:
    made = RunFolder.create(tmp_path / "deep" / "run", {"max_complexity": 60, "operators": ["sin"]})
    found = RunFolder.open(tmp_path / "deep" / "run")
    assert made == found
    assert found.config() == {"max_complexity": 60, "operators": ["sin"]}
    assert {path.parent for path in (found.model_path, found.history_path, found.equations_path)} == {found.path}


def test_an_empty_folder_is_taken_and_a_killed_writers_rest_counts_as_nothing(tmp_path: Path) -> None:
    (tmp_path / ".config.json.0123.part").touch()
    assert RunFolder.create(tmp_path).config() == {}


def test_a_foreign_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(SymbolNetError, match="not empty and holds no run; choose a new folder"):
        RunFolder.create(tmp_path, overwrite=True)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_foreign_config_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelFileError, match="not the configuration of a run"):
        RunFolder.create(tmp_path, overwrite=True)
    assert (tmp_path / "config.json").read_text() == "{}"


def test_a_run_is_replaced_only_on_request(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path, {"n": 1})
    run.model_path.touch()
    (tmp_path / "notes.txt").touch()
    with pytest.raises(SymbolNetError, match="holds a run already; .* or start anew with overwrite=True"):
        RunFolder.create(tmp_path, {"n": 2})
    assert run.config() == {"n": 1}
    RunFolder.create(tmp_path, {"n": 2}, overwrite=True)
    assert run.config() == {"n": 2}
    assert not run.model_path.exists()
    assert (tmp_path / "notes.txt").exists()


def test_a_file_in_the_way_and_an_unstorable_config(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SymbolNetError, match="a file, not a folder"):
        RunFolder.create(tmp_path / "file")
    with pytest.raises(SymbolNetError, match="JSON cannot"):
        RunFolder.create(tmp_path / "run", {"x": object()})
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (None, "no config.json"),
        ("", "damaged"),
        ("[" * 100_000, "damaged"),
        ("[]", "not the configuration of a run"),
        (json.dumps({"format": "symbolnet run", "version": 2, "written_by": "9", "config": {}}), "upgrade symbolnet"),
    ],
)
def test_opening_what_is_not_a_run(tmp_path: Path, text: str | None, match: str) -> None:
    if text is not None:
        (tmp_path / "config.json").write_text(text)
    with pytest.raises(ModelFileError, match=match) as caught:
        RunFolder.open(tmp_path)
    assert "\n" not in str(caught.value)
    with pytest.raises(ModelFileError, match="no such run folder"):
        RunFolder.open(tmp_path / "absent")
