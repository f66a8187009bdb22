"""Model files and run folders: what they may say, and what resuming needs of them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symbolnet import SymbolNetRegressor, load
from symbolnet._errors import ModelFileError, SymbolNetError
from symbolnet.io import RunFolder, read_archive, write_archive

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
SMALL = {"weight_sparsity": 0.2, "n_unary": 4, "n_binary": 2, "max_iter": 4, "batch_size": 2}


def numbers() -> tuple[np.ndarray, np.ndarray]:
    X = np.random.default_rng(0).normal(size=(240, 3))
    return X, 2 * X[:, 0] + X[:, 1]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("model") / "m.symbolnet"
    SymbolNetRegressor(**SMALL, random_state=0).fit(*numbers()).save(file)
    return file


def changed(saved: Path, folder: Path, parameters: dict[str, Any]) -> Path:
    """The model file with other parameters."""
    manifest, arrays = read_archive(saved, kind="model")
    own = {k: v for k, v in manifest.items() if k not in ("format", "version", "written_by", "arrays")}
    write_archive(folder / "m.symbolnet", {**own, "parameters": own["parameters"] | parameters}, arrays)
    return folder / "m.symbolnet"


def absolute(y: Any, f: Any) -> Any:
    return abs(y - f).mean(axis=1)


def test_a_loss_that_a_file_cannot_hold_is_to_be_given_again(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 2))
    y = X[:, 0] * X[:, 1]
    settings = {"n_unary": 2, "n_binary": 2, "max_iter": 3, "random_state": 0}
    model = SymbolNetRegressor(**settings, loss=absolute).fit(X, y)
    model.save(tmp_path / "m.symbolnet")
    again = load(tmp_path / "m.symbolnet")
    assert (again.predict(X) == model.predict(X)).all()
    with pytest.raises(SymbolNetError, match="give the function again as loss"):
        again.fit(X, y)
    assert (again.set_params(loss=absolute).fit(X, y).predict(X) == model.predict(X)).all()


def test_a_file_does_not_choose_what_a_fit_does_besides_fitting(saved: Path, tmp_path: Path) -> None:
    elsewhere = {"run_dir": str(tmp_path / "elsewhere"), "resume": True, "warm_start": True, "verbose": 1}
    model = load(changed(saved, tmp_path, elsewhere))
    assert [model.get_params()[name] for name in elsewhere] == [None, False, False, 0]
    model.fit(*numbers())
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    "parameters",
    [{"learning_rate": "x"}, {"max_iter": 0}, {"validation_fraction": 2.0}, {"standardize": "no"}, {"loss": "msee"}],
)
def test_parameters_of_a_file_are_checked_as_in_fit(saved: Path, tmp_path: Path, parameters: dict[str, Any]) -> None:
    with pytest.raises(ModelFileError, match=f"the model is damaged.*{next(iter(parameters))}") as caught:
        load(changed(saved, tmp_path, parameters))
    assert "\n" not in str(caught.value)


def test_parameters_that_are_numpy_scalars_come_back(tmp_path: Path) -> None:
    given = {"early_stopping": np.bool_(True), "max_iter": np.int64(2), "learning_rate": np.float32(0.5)}
    SymbolNetRegressor(**{**SMALL, **given}, random_state=0).fit(*numbers()).save(tmp_path / "m.symbolnet")
    found = load(tmp_path / "m.symbolnet").get_params()
    assert {name: found[name] for name in given} == given


@pytest.mark.parametrize("first", [None, 3])
def test_a_run_is_resumed_with_its_own_seed(tmp_path: Path, first: int | None) -> None:
    X, y = numbers()
    part = SymbolNetRegressor(**SMALL, random_state=first, run_dir=tmp_path / "run", time_limit=1e-9).fit(X, y)
    assert part.n_iter_ == 1
    again = SymbolNetRegressor(**SMALL, random_state=None, run_dir=tmp_path / "run", resume=True).fit(X, y)
    config = RunFolder.open(tmp_path / "run").config()
    seed = config["seed"] if first is None else first
    assert (again.predict(X) == SymbolNetRegressor(**SMALL, random_state=seed).fit(X, y).predict(X)).all()
    assert (again.history_["epoch"] == [1, 2, 3, 4]).all()


def test_two_runs_without_random_state_have_two_seeds(tmp_path: Path) -> None:
    model = SymbolNetRegressor(**SMALL)
    for name in ("a", "b"):
        model.set_params(run_dir=tmp_path / name).fit(*numbers())
    a, b = (RunFolder.open(tmp_path / name).config()["seed"] for name in ("a", "b"))
    assert a != b


def test_a_run_without_a_seed_is_refused_in_one_line(tmp_path: Path) -> None:
    RunFolder.create(tmp_path / "run", {"estimator": "SymbolNetRegressor", "parameters": {"random_state": None}})
    with pytest.raises(SymbolNetError, match="no seed to resume with"):
        SymbolNetRegressor(**SMALL, run_dir=tmp_path / "run", resume=True).fit(*numbers())
