"""Where a data set is looked for, and what is said when it is nowhere. No test reads a machine's files or network."""

from pathlib import Path
from typing import Any
from urllib.error import URLError

import numpy as np
import pytest
import sklearn.datasets
from sklearn.utils import Bunch

from symbolnet import datasets
from symbolnet._errors import SymbolNetError, UnknownNameError
from symbolnet.datasets import _openml


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("SYMBOLNET_DATA_DIR", raising=False)

    def no_network(**_: Any) -> Bunch:
        raise URLError("Name or service not known")

    monkeypatch.setattr(sklearn.datasets, "fetch_openml", no_network)


def _put(folder: Path, name: str, rows: int = 6, columns: int = 784, **more: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    X = np.full((rows, columns), len(str(folder)) % 256, np.uint8)
    np.savez(folder / f"{name}.npz", X_train=X, y_train=np.arange(rows) % 2, **more)


def _openml_answers(
    monkeypatch: pytest.MonkeyPatch, data: Any, target: Any, names: list[str] | None = None
) -> list[str]:
    asked: list[str] = []

    def fetch(*, name: str, **_: Any) -> Bunch:
        asked.append(name)
        return Bunch(data=data, target=target, feature_names=names or [f"pixel{k}" for k in range(data.shape[1])])

    monkeypatch.setattr(sklearn.datasets, "fetch_openml", fetch)
    return asked


def test_digits_need_no_download() -> None:
    data = datasets.load("digits")
    again = datasets.load("DIGITS")
    assert data.X_test is not None
    assert data.y_test is not None
    assert (data.X_train.shape, data.X_test.shape) == ((1347, 64), (450, 64))
    np.testing.assert_array_equal(data.X_train, again.X_train)
    assert abs(np.bincount(data.y_test) - 45).max() <= 2  # stratified


def test_the_users_folder_comes_before_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _put(datasets.cache_folder(), "mnist", rows=4)
    assert len(datasets.load("mnist").X_train) == 4
    _put(tmp_path / "mine", "mnist", rows=8)
    monkeypatch.setenv("SYMBOLNET_DATA_DIR", str(tmp_path / "mine"))
    data = datasets.load("mnist")
    assert len(data.X_train) == 8
    assert data.X_train.dtype == np.uint8
    assert data.X_test is None
    assert data.class_names == tuple("0123456789")
    monkeypatch.setenv("SYMBOLNET_DATA_DIR", str(tmp_path / "elsewhere"))
    assert len(datasets.load("mnist").X_train) == 4


def test_groups_test_part_and_names_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYMBOLNET_DATA_DIR", str(tmp_path))
    _put(tmp_path, "svhn_1v7", photo_train=np.arange(6) // 2, X_test=np.zeros((2, 784), np.uint8), y_test=[0, 1])
    data = datasets.load("svhn")
    assert data.groups is not None
    assert data.groups.tolist() == [0, 0, 1, 1, 2, 2]
    assert data.X_test is not None
    assert data.name == "svhn_1v7"
    _put(tmp_path, "lhc_jets_sim", columns=2, feature_names=["mass", "tau"], class_names=["g", "q"])
    jets = datasets.load("jets_sim")
    assert (jets.feature_names, jets.class_names) == (("mass", "tau"), ("g", "q"))


def test_mnist_from_openml_is_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_openml, "MNIST_TRAIN", 3)
    target = np.array(["7", "0", "9", "1"], dtype=object)
    asked = _openml_answers(monkeypatch, np.arange(4 * 784).reshape(4, 784) % 256 * 1.0, target)
    for _ in range(2):
        data = datasets.load("mnist")
        assert data.y_train.tolist() == [7, 0, 9]
        assert data.X_train.dtype == np.uint8
        assert data.X_test is not None
        assert data.X_test.shape == (1, 784)
    assert asked == ["mnist_784"]
    assert [file.name for file in datasets.cache_folder().iterdir()] == ["mnist.npz"]


def test_svhn_from_openml_keeps_two_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    target = np.array(["1", "2", "7", "7", "10", "1", "7"])
    data = np.arange(7.0)[:, None] * np.ones(3072)
    _openml_answers(monkeypatch, data, target)
    with pytest.raises(SymbolNetError, match=r"OpenML's SVHN is not the expected table \(it has 5 digits 1 and 7"):
        datasets.load("svhn_1v7")
    monkeypatch.setattr(_openml, "SVHN_TRAIN", 5)
    entry = _openml.FileSet("svhn_1v7", "SVHN", 3, 2, 3072, ("1", "7"), "", "", "")
    arrays = _openml.fetch(entry)
    assert arrays["y_train"].tolist() == [0, 1, 1]
    assert arrays["y_test"].tolist() == [0, 1]
    assert arrays["X_test"][:, 0].tolist() == [5, 6]


def test_jets_from_openml(monkeypatch: pytest.MonkeyPatch) -> None:
    target = np.array(["g", "q", "w", "z", "t"] * 4)
    names = [f"f{k}" for k in range(16)]
    _openml_answers(
        monkeypatch, np.repeat(np.arange(5.0), 4).reshape(5, 4).T.reshape(20, 1) * np.ones(16), target, names
    )
    data = datasets.load("jets")
    assert data.class_names == ("g", "q", "W", "Z", "t")
    assert data.X_test is not None
    assert (data.X_train.shape, data.X_test.shape) == ((16, 16), (4, 16))
    assert data.X_train.dtype == np.float32
    assert data.feature_names == tuple(names)
    np.testing.assert_array_equal(data.X_train[:, 0], data.y_train)  # labels stay with their rows


def test_an_unknown_class_or_shape_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    _openml_answers(monkeypatch, np.ones((2, 16)), np.array(["g", "b"]))
    with pytest.raises(SymbolNetError, match="it has a class 'b'"):
        datasets.load("lhc_jets")
    _openml_answers(monkeypatch, np.ones((2, 15)), np.array(["g", "g"]))
    with pytest.raises(SymbolNetError, match=r"a table of shape \(2, 15\)"):
        datasets.load("lhc_jets")
    assert not list(datasets.cache_folder().iterdir())


@pytest.mark.parametrize("name", ["mnist", "svhn_1v7", "lhc_jets"])
def test_without_network_one_line_names_both_remedies(name: str) -> None:
    with pytest.raises(
        SymbolNetError, match=f"{name}.*Name or service not known.*go online once, or put {name}.npz"
    ) as caught:
        datasets.load(name)
    assert "SYMBOLNET_DATA_DIR" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_no_server_has() -> None:
    with pytest.raises(SymbolNetError, match="'lhc_jets_sim' is on no server; put lhc_jets_sim.npz"):
        datasets.load("lhc_jets_sim")


def test_a_damaged_file_and_pickled_objects_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYMBOLNET_DATA_DIR", str(tmp_path))
    (tmp_path / "mnist.npz").write_bytes(b"PK")
    with pytest.raises(SymbolNetError, match=r"mnist\.npz: not an \.npz archive, or cut short"):
        datasets.load("mnist")
    _put(tmp_path, "mnist", feature_names=np.array([None] * 784))
    with pytest.raises(SymbolNetError, match="pickle"):
        datasets.load("mnist")


def test_a_cache_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(SymbolNetError, match="cannot be cached in .*; set XDG_CACHE_HOME, or put"):
        datasets.load("mnist")


def test_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert datasets.cache_folder() == tmp_path / "cache" / "symbolnet"
    for value in ("", "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", value)
        assert datasets.cache_folder() == Path.home() / ".cache" / "symbolnet"


def test_unknown_names() -> None:
    with pytest.raises(UnknownNameError, match="unknown data set 'minst'; did you mean 'mnist'"):
        datasets.load("minst")


def test_describe_covers_every_name_and_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = {info.name: info.where for info in datasets.describe()}
    assert tuple(where) == datasets.names()
    assert (where["digits"], where["mnist"], where["lhc_jets_sim"]) == ("scikit-learn", "OpenML", "absent")
    assert where["eql_f1"] == "computed"
    _put(tmp_path / "mine", "mnist")
    monkeypatch.setenv("SYMBOLNET_DATA_DIR", str(tmp_path / "mine"))
    assert {info.name: info.where for info in datasets.describe()}["mnist"] == str(tmp_path / "mine" / "mnist.npz")


@pytest.mark.parametrize("name", ["digits", *datasets.problem_names()])
def test_what_is_described_is_what_is_loaded(name: str) -> None:
    info = next(info for info in datasets.describe() if info.name == name)
    data = datasets.load(name)
    assert data.X_train.shape == (info.n_train, info.n_features)
    assert data.X_test is not None
    assert len(data.X_test) == info.n_test
    assert data.task == info.task
    assert (None if data.class_names is None else len(data.class_names)) == info.n_classes
    assert (data.description, data.source, data.licence) == (info.description, info.source, info.licence)
