"""A file is the old one or the new one, never a half."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from symbolnet._errors import SymbolNetError
from symbolnet.io import atomic_write


@pytest.mark.parametrize("content", [b"abc", "abc", lambda stream: stream.write(b"abc")])
def test_writes_and_replaces(tmp_path: Path, content: object) -> None:
    file = tmp_path / "a.txt"
    file.write_text("old")
    atomic_write(file, content)  # type: ignore[arg-type]
    assert file.read_bytes() == b"abc"
    assert list(tmp_path.iterdir()) == [file]


def test_a_failing_writer_leaves_the_old_file_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("old")

    def fail(stream: IO[bytes]) -> None:
        stream.write(b"half")
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        atomic_write(file, fail)
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_an_absent_folder_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SymbolNetError, match="cannot write .*absent.*No such file") as caught:
        atomic_write(tmp_path / "absent" / "a.txt", b"")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("folder", ["/", ".", ""])
def test_a_folder_is_one_line(folder: str) -> None:
    with pytest.raises(SymbolNetError, match="it is a folder; give the name of a file in it"):
        atomic_write(folder, b"abc")


def test_permissions_follow_the_umask(tmp_path: Path) -> None:
    atomic_write(tmp_path / "a", b"")
    (tmp_path / "b").write_bytes(b"")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_a_kill_while_writing_leaves_the_old_file_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"old")
    code = (
        "import os, signal, sys\nfrom symbolnet.io import atomic_write\n"
        "def half(stream):\n    stream.write(b'half'); stream.flush(); os.kill(os.getpid(), signal.SIGKILL)\n"
        "atomic_write(sys.argv[1], half)"
    )
    source = Path(sys.modules["symbolnet"].__file__ or "").parents[1]
    killed = subprocess.run(
        [sys.executable, "-c", code, file], env={**os.environ, "PYTHONPATH": str(source)}, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert file.read_bytes() == b"old"
