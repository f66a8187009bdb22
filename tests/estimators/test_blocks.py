"""Fits to data larger than memory."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from symbolnet import SymbolNetClassifier, SymbolNetRegressor
from symbolnet._errors import ModelFileError, SymbolNetError
from symbolnet.estimators._blocks import summarise
from symbolnet.io import NpyBlocks, ParquetBlocks

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


class Blocks(NpyBlocks):
    """Blocks of a given size, so that small files have several."""

    def __init__(self, folder: Path, X: np.ndarray, y: np.ndarray, block_rows: int) -> None:
        np.save(folder / "X.npy", X)
        np.save(folder / "y.npy", y)
        super().__init__(folder / "X.npy", folder / "y.npy")
        self._block_rows = block_rows

    @property
    def preferred_block_rows(self) -> int:
        return self._block_rows


def numbered(folder: Path, n_rows: int, block_rows: int) -> Blocks:
    X = np.stack([np.arange(n_rows), np.ones(n_rows)], axis=1)
    return Blocks(folder, X, np.arange(n_rows), block_rows)


@pytest.mark.parametrize(("n_rows", "fraction"), [(1000, 0.1), (1001, 0.1), (1500, 0.25), (250, 0.1)])
def test_rows_of_every_block_are_held_out(tmp_path: Path, n_rows: int, fraction: float) -> None:
    summary = summarise(numbered(tmp_path, n_rows, 500), fraction, np.random.RandomState(0))
    rows = summary.held_out_rows
    assert len(rows) == len(np.unique(rows)) == round(n_rows * fraction)
    assert (summary.held_out_y == rows).all()
    assert (summary.held_out_X[:, 0] == rows).all()
    whole_blocks = np.bincount(rows // 500)[: n_rows // 500]
    assert (np.abs(whole_blocks - 500 * fraction) < 100 * fraction).all()


def test_rows_held_out_fit_into_a_block(tmp_path: Path) -> None:
    summary = summarise(numbered(tmp_path, 3000, 100), 0.5, np.random.RandomState(0))
    assert len(summary.held_out_rows) == len(summary.held_out_X) == 100
    assert summary.held_out_rows[-1] > 2500


@pytest.mark.parametrize(("n_rows", "fraction", "compared"), [(190, 0.1, 60), (50, 0.1, 50), (600, 0.0, 60)])
def test_too_few_rows_serve_for_both(tmp_path: Path, n_rows: int, fraction: float, compared: int) -> None:
    summary = summarise(numbered(tmp_path, n_rows, 60), fraction, np.random.RandomState(0))
    assert len(summary.held_out_rows) == 0
    assert len(summary.held_out_X) == len(summary.held_out_y) == compared


@pytest.mark.parametrize(("value", "cause"), [(np.nan, r"missing value \(NaN\)"), (np.inf, "inf is not finite")])
def test_what_is_not_finite_is_told_with_file_column_and_row(tmp_path: Path, value: float, cause: str) -> None:
    X = np.ones((250, 2))
    X[203, 1] = value
    y = np.arange(250.0)
    with pytest.raises(SymbolNetError, match=f"X.npy: column 'x1', row 204: {cause}; fill it in or drop the row$"):
        SymbolNetRegressor().fit(Blocks(tmp_path, X, y, 100))
    pd.DataFrame(X, columns=["mass", "pt"]).assign(y=y).to_parquet(tmp_path / "d.parquet", row_group_size=100)
    with pytest.raises(SymbolNetError, match=f"d.parquet: column 'pt', row 204: {cause}; fill it in or drop the row$"):
        SymbolNetRegressor().fit(ParquetBlocks(tmp_path / "d.parquet", "y"))
    y[203] = value
    with pytest.raises(SymbolNetError, match=f"X.npy: y, row 204: {value} is not finite; mend or drop the row$"):
        SymbolNetRegressor().fit(Blocks(tmp_path, np.ones((250, 2)), y, 100))


@pytest.mark.parametrize(
    ("kind", "y", "message"),
    [
        (
            SymbolNetRegressor,
            np.arange(250).astype("M8[D]"),
            "X.npy: y has dtype datetime64.*; give numbers or text",
        ),
        (
            SymbolNetClassifier,
            (np.arange(250) % 2).astype("M8[D]"),
            "X.npy: y has dtype datetime64.*; give numbers or text",
        ),
        (SymbolNetClassifier, np.array([b"a", b"b"] * 125), r"X.npy: y has dtype \|S1; give numbers or text"),
        (SymbolNetRegressor, np.array(["a", "b"] * 125), "y holds text"),
        (SymbolNetClassifier, np.linspace(0, 1, 250), "Unknown label type: continuous"),
    ],
)
def test_targets_of_blocks_are_checked_as_others(tmp_path: Path, kind: type, y: np.ndarray, message: str) -> None:
    with pytest.raises(SymbolNetError, match=message):
        kind().fit(Blocks(tmp_path, np.ones((250, 2)), y, 100))


def test_one_row_more_than_a_block_changes_little(tmp_path: Path) -> None:
    X = np.random.default_rng(0).normal(size=(401, 4)).astype(np.float32)
    source = Blocks(tmp_path, X, 2 * X[:, 0] - X[:, 1], 400)
    model = SymbolNetRegressor(weight_sparsity=0.0, max_iter=60, random_state=0, n_unary=4, n_binary=2).fit(source)
    assert model.equations_[model.equations_["final"]]["r2"].item() > 0.95


def test_a_resumed_fit_equals_the_uninterrupted_one_on_the_same_data_alone(tmp_path: Path) -> None:
    X = np.random.default_rng(0).normal(size=(330, 4)).astype(np.float32)
    y = X[:, 0] * X[:, 1]
    source = Blocks(tmp_path, X, y, 100)
    how = {"weight_sparsity": 0.2, "max_iter": 4, "random_state": 0, "n_unary": 4, "n_binary": 2}
    whole = SymbolNetRegressor(**how).fit(source)
    part = SymbolNetRegressor(**how, run_dir=tmp_path / "run", time_limit=1e-9).fit(source)
    assert part.n_iter_ == 1
    # Two rows that change places alter no statistic of the data.
    X[250:252] = X[[251, 250]]
    with pytest.raises(ModelFileError, match="the data, its split or its scaling changed"):
        SymbolNetRegressor(**how, run_dir=tmp_path / "run", resume=True).fit(Blocks(tmp_path, X, y, 100))
    X[250:252] = X[[251, 250]]
    again = SymbolNetRegressor(**how, run_dir=tmp_path / "run", resume=True).fit(Blocks(tmp_path, X, y, 100))
    assert (again.predict(X) == whole.predict(X)).all()
    assert (again.history_ == whole.history_).all().all()


@pytest.mark.parametrize("name", ["y", "sample_weight"])
def test_what_blocks_have_no_place_for_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SymbolNetError, match=f"^{name} has no place beside a block source; leave it out"):
        SymbolNetRegressor().fit(numbered(tmp_path, 100, 50), **{name: np.ones(100)})
