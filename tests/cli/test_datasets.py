"""`symbolnet datasets`."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symbolnet.datasets import names


def test_the_list_names_every_data_set(symbolnet: Any) -> None:
    result = symbolnet.ok("datasets")
    lines = result.stdout.splitlines()
    assert lines[2].split() == ["digits", "1347", "450", "64", "10", "scikit-learn"]
    assert [line.split()[0] for line in lines[2 : 2 + len(names())]] == list(names())
    assert max(map(len, lines)) <= 80
    assert [record["name"] for record in symbolnet.json("datasets")] == list(names())


def test_a_description(symbolnet: Any) -> None:
    assert symbolnet.ok("datasets", "digits").stdout == (
        "digits   handwritten digits, 8 x 8 grey pixels from 0 to 16\n"
        "task     classification, 10 classes\n"
        "rows     1347 to train on, 450 to test\n"
        "inputs   64\n"
        "where    scikit-learn\n"
        "source   Alpaydin and Kaynak, UCI; scikit-learn load_digits\n"
        "licence  CC BY 4.0\n"
    )
    assert symbolnet.json("datasets", "MNIST")["n_features"] == 784


def test_get(symbolnet: Any) -> None:
    told = symbolnet.json("datasets", "get", "eql_f1")
    assert (told["n_train"], told["where"]) == (1000, "computed")
    assert symbolnet.ok("datasets", "get", "digits").stdout.startswith("digits: 1347 rows to train on, 450 to test")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["mnst"], "unknown data set 'mnst'; did you mean 'mnist'?"),
        (["get", "mnst"], "unknown data set 'mnst'; did you mean 'mnist'?"),
        (
            ["get"],
            "datasets get: give one data set to describe it (datasets digits), "
            "or get and one to fetch it (datasets get digits)",
        ),
        (
            ["a", "b"],
            "datasets a b: give one data set to describe it (datasets digits), "
            "or get and one to fetch it (datasets get digits)",
        ),
    ],
)
def test_refused(symbolnet: Any, words: list[str], line: str) -> None:
    assert symbolnet.refused("datasets", *words) == line


def test_an_unknown_name_is_told_in_the_same_words_wherever_it_stands(symbolnet: Any) -> None:
    line = symbolnet.refused("datasets", "zzzzzz")
    assert line == symbolnet.refused("datasets", "get", "zzzzzz")
    assert "feynman_I_6_20a" in line
    assert symbolnet.ok("datasets", "JETS").stdout.startswith("lhc_jets ")


def test_a_long_description_is_wrapped(symbolnet: Any) -> None:
    for name in names():
        assert max(map(len, symbolnet.ok("datasets", name).stdout.splitlines())) <= 80


def test_the_sizes_are_those_of_the_file(symbolnet: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYMBOLNET_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    np.savez(tmp_path / "mnist.npz", X_train=np.zeros((6, 784), np.uint8), y_train=np.arange(6))
    np.savez_compressed(
        tmp_path / "lhc_jets_sim.npz", X_train=np.zeros((5, 16)), y_train=np.arange(5), X_test=np.zeros((2, 16)),
        y_test=np.arange(2),
    )  # fmt: skip
    (tmp_path / "svhn_1v7.npz").write_bytes(b"damaged")
    lines = {line.split()[0]: line.split()[1:4] for line in symbolnet.ok("datasets").stdout.splitlines()[2:-2]}
    assert lines["mnist"] == ["6", "0", "784"]
    assert lines["lhc_jets_sim"] == ["5", "2", "16"]
    assert lines["svhn_1v7"] == ["-", "-", "3072"]
    assert lines["lhc_jets"] == ["664000", "166000", "16"]  # of the original, which OpenML has
