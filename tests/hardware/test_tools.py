"""Running an outside program: what it prints, how its failure is told, and that a time limit ends all of it."""

import os
import time
from pathlib import Path

import pytest

from symbolnet._errors import SymbolNetError
from symbolnet.hardware._tools import Call, Tool, ToolTimeoutError, run, run_together

SHELL = Tool("shell", ("sh", "-c"), {"WORD": "there"})


def test_output_is_returned_and_failure_is_a_line(tmp_path: Path) -> None:
    assert run(SHELL, ["echo $WORD; touch made"], tmp_path, tmp_path / "made") == "there\n"
    with pytest.raises(SymbolNetError, match=r"^shell failed \(status 3\): Error: no such cell$"):
        run(SHELL, ["echo reading; echo 'Error: no such cell' >&2; exit 3"], tmp_path)
    with pytest.raises(SymbolNetError, match=r"shell failed \(status 0\): it said nothing"):
        run(SHELL, ["true"], tmp_path, tmp_path / "other")


def test_a_time_limit_ends_the_program_and_what_it_started(tmp_path: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(ToolTimeoutError, match=r"shell took more than 0\.5 s; give it more, or a smaller circuit"):
        run(SHELL, ["sleep 60 & echo $! > pid; wait"], tmp_path, time_limit=0.5)
    assert time.monotonic() - begun < 30
    child = int((tmp_path / "pid").read_text())
    for _ in range(100):  # it is dead, but its new parent may not have buried it
        try:
            state = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            try:
                os.kill(child, 0)
            except ProcessLookupError:
                return
            state = "?"
        if state == "Z":
            return
        time.sleep(0.05)
    raise AssertionError("the program's child still runs")


def test_within_the_limit_nothing_changes(tmp_path: Path) -> None:
    assert run(SHELL, ["echo $WORD"], tmp_path, time_limit=60) == "there\n"


def test_together_they_run_at_once(tmp_path: Path) -> None:
    """Each waits for what the other makes."""
    script = "touch {0}; until [ -f {1} ]; do sleep 0.02; done; echo {0}"
    calls = [Call([script.format(*names)], tmp_path) for names in (("a", "b"), ("b", "a"))]
    assert run_together(SHELL, calls, time_limit=60) == ["a\n", "b\n"]


def test_where_one_fails_the_others_are_stopped(tmp_path: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(SymbolNetError, match="shell failed"):
        run_together(SHELL, [Call(["exit 3"], tmp_path), Call(["exec sleep 60"], tmp_path)])
    assert time.monotonic() - begun < 30
