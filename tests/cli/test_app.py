"""The command as a whole: help, exit codes, one line an error, nothing heavy on the way."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from symbolnet import SymbolNetError
from symbolnet.cli._app import app
from symbolnet.cli._failures import report_failure

HEAVY = {"jax", "equinox", "optax", "numpy", "scipy", "sklearn", "sympy", "pandas", "pyarrow", "matplotlib", "rich"}
VERBS = ("demo", "fit", "pareto", "show", "predict", "evaluate", "reproduce", "datasets")


def test_help_lists_the_verbs_in_the_order_of_work(symbolnet: Any) -> None:
    result = symbolnet("--help")
    places = [result.stdout.index(f"\n  {verb} ") for verb in VERBS]
    assert result.exit_code == 0
    assert places == sorted(places)
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert symbolnet().stdout == result.stdout


def _commands(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield words
    for name, verb in command.commands.items() if isinstance(command, click.Group) else ():
        yield from _commands(verb, (*words, name))


@pytest.mark.parametrize("words", list(_commands(app)), ids=" ".join)
def test_each_verb_has_help_that_fits_a_terminal(symbolnet: Any, words: tuple[str, ...]) -> None:
    result = symbolnet(*words, "--help")
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 80


@pytest.mark.parametrize("words", [["--help"], ["fit", "--help"], ["--version"]])
def test_help_loads_no_heavy_library(words: list[str]) -> None:
    code = (
        "import sys, atexit\n"
        "atexit.register(lambda: print(*{n.partition('.')[0] for n in sys.modules}, file=sys.stderr))\n"
        f"from symbolnet.cli import main; main({words!r})"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(answer.stderr.split()) & HEAVY == set()


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["fti"], "no command 'fti'; did you mean 'fit'?"),
        (["--zzz"], "No such option '--zzz'; see symbolnet --help"),
        (["show"], "Missing argument 'RUN'; see symbolnet show --help"),
        (["fit", "x.csv"], "Missing option '--out'; see symbolnet fit --help"),
        (["pareto", "RUN", "--jsn"], "No such option '--jsn'. Did you mean '--json'?"),
    ],
)
def test_a_wrong_command_line_is_one_line(symbolnet: Any, words: list[str], line: str) -> None:
    assert symbolnet.refused(*words) == line


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (SymbolNetError("what; remedy"), 2, "what; remedy"),
        (ValueError("two\n  lines."), 2, "two lines"),
        (
            OSError(errno.ENOSPC, "No space left on device"),
            2,
            "No space left on device; check the path, its permissions",
        ),
        (MemoryError(), 1, "out of memory"),
        (TypeError("bug"), 1, "internal failure (TypeError: bug); set SYMBOLNET_DEBUG=1"),
        (KeyboardInterrupt(), 130, ""),
        (click.Abort(), 130, ""),
        (SystemExit(3), 3, ""),
    ],
)
def test_exit_codes(
    error: BaseException, code: int, line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SYMBOLNET_DEBUG", raising=False)
    monkeypatch.setattr("symbolnet.cli._failures._silence_stdout", lambda: None)
    assert report_failure(error) == code
    told = capsys.readouterr().err
    assert told.startswith(f"symbolnet: error: {line}") if line else told == ""
    assert told.count("\n") == bool(line)


def test_debug_shows_where_an_error_arose(symbolnet: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYMBOLNET_DEBUG", "1")
    result = symbolnet("show", "nowhere")
    assert result.exit_code == 2
    assert "Traceback" in result.stderr
    assert result.stderr.splitlines()[-1].startswith("symbolnet: error: nowhere")


def _shell(command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, env=dict(os.environ))


def test_a_broken_pipe_is_silent(known: Path) -> None:
    answer = _shell(f"{sys.executable} -m symbolnet show {known} --format c | true; exit ${{PIPESTATUS[0]}}")
    assert answer.stderr == ""
    assert answer.returncode in (0, 1)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_a_full_disk_is_one_line(known: Path) -> None:
    answer = _shell(f"{sys.executable} -m symbolnet show {known} --format python > /dev/full")
    assert answer.returncode == 2
    assert answer.stderr.splitlines() == [
        "symbolnet: error: No space left on device; check the path, its permissions and the room on its disk"
    ]


def test_the_module_runs_as_the_command_does() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "symbolnet", "--version"], capture_output=True, text=True, check=True
    )
    assert answer.stdout.startswith("symbolnet 0.")
