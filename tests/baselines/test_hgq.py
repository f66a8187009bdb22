"""Finding a Python with HGQ2 and reading what it leaves, with stand-ins; tests/reproduce/test_table4.py trains."""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from symbolnet._errors import SymbolNetError
from symbolnet.baselines import HGQ_PYTHON, HgqData, HgqSettings, find_hgq_python, fit_hgq
from symbolnet.baselines._hgq_worker import schedule

StandIn = Callable[[str], str]


@pytest.fixture
def stand_in(tmp_path: Path) -> StandIn:
    """Makes a program that stands in for a Python."""

    def make(script: str) -> str:
        path = tmp_path / "python"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return str(path)

    return make


def _data() -> HgqData:
    X, y = np.arange(12).reshape(6, 2), np.array([0, 1, 0, 1, 0, 1])
    return HgqData(X, y, X, y, X, 2)


def test_a_python_without_hgq2_is_named_with_the_remedy(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    python = stand_in("echo hgq keras")
    with pytest.raises(SymbolNetError, match=r"lacks hgq, keras; run: .*python -m pip install HGQ2 jax"):
        find_hgq_python(python)
    monkeypatch.setenv(HGQ_PYTHON, python)
    with pytest.raises(SymbolNetError, match="lacks hgq, keras"):
        find_hgq_python()
    monkeypatch.delenv(HGQ_PYTHON)
    monkeypatch.setattr(sys, "executable", python)
    with pytest.raises(SymbolNetError, match=r"HGQ2 is not installed .*pip install 'symbolnet\[hgq\]'.*--hgq-python"):
        find_hgq_python()


def test_what_is_no_python_is_refused(stand_in: StandIn, tmp_path: Path) -> None:
    with pytest.raises(SymbolNetError, match="cannot be run"):
        find_hgq_python(str(tmp_path / "nowhere"))
    with pytest.raises(SymbolNetError, match="is no Python"):
        find_hgq_python(stand_in("exit 3"))


def test_a_training_that_fails_is_told_in_a_line(stand_in: StandIn) -> None:
    """The stand-in has everything when asked, and fails when it is to train."""
    python = stand_in('[ "$1" = -c ] && exit 0; echo "epoch 1"; echo "ValueError: no room" >&2; exit 1')
    lines: list[str] = []
    with pytest.raises(SymbolNetError, match=r"HGQ2 failed under .* \(status 1\): ValueError: no room"):
        fit_hgq(_data(), HgqSettings(), python=python, report=lines.append)
    assert lines == ["epoch 1"]


def test_the_result_is_read_in_integers(stand_in: StandIn, tmp_path: Path) -> None:
    arrays = {"weight0": np.array([[3], [0]]), "bias0": np.array([-1]), "scores": np.zeros((6, 1), np.float32)}
    np.savez(tmp_path / "network.npz", **arrays)
    about = '{"activation": [0, 0, 6], "weight_fractional": 5, "epoch": 4}'
    python = stand_in(
        f'[ "$1" = -c ] && exit 0; cp {tmp_path / "network.npz"} "$2"; echo \'{about}\' > "$2/network.json"'
    )
    network = fit_hgq(_data(), HgqSettings(hidden=()), python=python)
    assert network.weights[0].tolist() == [[3], [0]]
    assert network.n_weights == 1
    assert network.sparsity == 0.5
    assert (network.activation, network.weight_fractional) == ((0, 0, 6), 5)
    assert network.about == {"epoch": 4}


def test_pruning_begins_late_rises_and_ends_at_its_target() -> None:
    shares = [schedule(epoch, 20, 0.9) for epoch in range(20)]
    assert shares[0] == shares[1] == 0
    assert shares == sorted(shares)
    assert shares[11:] == [0.9] * 9
    assert 0 < shares[5] < 0.9
