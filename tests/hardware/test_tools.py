"""Running an outside program: what it prints, how its failure is told, and that a time limit ends all of it."""

import os
import time
from pathlib import Path

import pytest

from symbolnet._errors import SymbolNetError
from symbolnet.hardware._tools import Tool, ToolTimeoutError, run

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
