"""A run that is killed, and goes on: the same formulas as if nothing had happened."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

# Checkpoints after every call instead of every few seconds, so that a short run has some to be killed between.
_COMMAND = (
    "import symbolnet.training._train as train; train._SECONDS_BETWEEN_CHECKPOINTS = 0.0\n"
    "from symbolnet.cli import main; main()"
)
_SETTINGS = ("--set", "max_iter=800", "--set", "n_unary=2", "--set", "n_binary=1", "--set", "unary_operators=tanh")


def _start(*words: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _COMMAND, *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _formulas(run: Path) -> list[list[str]]:
    import symbolnet

    model = symbolnet.load(run)
    return [model.expression(k).text() for k in range(len(model.models_))]


def _wait_for(file: Path, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 120
    while not file.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    X = np.random.default_rng(0).normal(size=(200, 3))
    np.savez(tmp_path / "data.npz", X=X, y=X[:, 0] * X[:, 1])
    return tmp_path / "data.npz"


def test_killed_and_resumed_equals_never_killed_and_ctrl_c_saves_what_there_is(data: Path, tmp_path: Path) -> None:
    whole = _start("fit", data, "--out", tmp_path / "whole", *_SETTINGS, "--quiet")
    broken = _start("fit", data, "--out", tmp_path / "broken", *_SETTINGS, "--quiet")
    stopped = _start("fit", data, "--out", tmp_path / "stopped", *_SETTINGS, "--quiet")

    _wait_for(tmp_path / "stopped" / "checkpoint.symbolnet", stopped)
    stopped.send_signal(signal.SIGINT)
    _wait_for(tmp_path / "broken" / "checkpoint.symbolnet", broken)
    time.sleep(float(np.random.default_rng(os.getpid()).uniform(0, 0.5)))
    broken.kill()
    broken.communicate()
    assert broken.returncode == -signal.SIGKILL
    assert not (tmp_path / "broken" / "model.symbolnet").exists()

    out, err = stopped.communicate()
    assert stopped.returncode == 130, err
    assert "resume goes on" in err
    assert "The formula of row" in out
    assert len(_formulas(tmp_path / "stopped")) >= 1

    for name in ("broken", "stopped"):
        resumed = _start("fit", "--out", tmp_path / name, "--resume", "--quiet")
        _, err = resumed.communicate()
        assert resumed.returncode == 0, err
    _, err = whole.communicate()
    assert whole.returncode == 0, err
    assert _formulas(tmp_path / "broken") == _formulas(tmp_path / "whole") == _formulas(tmp_path / "stopped")
