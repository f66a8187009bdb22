"""Data that cannot be used is refused in one line, with the cause and a remedy; what was meant is understood."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from symbolnet import SymbolNetClassifier, SymbolNetRegressor
from symbolnet._errors import SymbolNetError
from symbolnet.estimators import evaluate

SMALL = {"n_unary": 2, "n_binary": 1, "max_iter": 2, "random_state": 0}
rng = np.random.default_rng(0)
X = rng.normal(size=(120, 3))
NUMBERS = 2 * X[:, 0] + X[:, 1]
CODES = (X[:, 0] > 0).astype(int)
TEXT = np.array(["a", "b"])[CODES]
TIMES = (X * 1e9).astype("datetime64[s]")
MISSING_TIME = TIMES.copy()
MISSING_TIME[0, 0] = "NaT"


def frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(X, columns=list("abc")).assign(**columns)


def with_cell(value: Any) -> pd.DataFrame:
    odd = frame(b=X[:, 1].astype(object))
    odd.iloc[3, 1] = value
    return odd


def refused(kind: type, X: Any, y: Any, **how: Any) -> str:
    with pytest.raises(SymbolNetError) as caught:
        kind(**{**SMALL, **how}).fit(X, y)
    line = str(caught.value)
    assert "\n" not in line
    assert len(line) < 420
    assert ";" in line or ": " in line  # a remedy
    return line


@pytest.mark.parametrize(
    "inputs",
    [
        MISSING_TIME,
        TIMES,
        TIMES - TIMES[0, 0],
        TIMES.tolist(),
        pd.DataFrame(MISSING_TIME, columns=list("abc")),
        frame(b=TIMES[:, 0]),
        frame(b=pd.Series(TIMES[:, 0]).dt.tz_localize("UTC")),
        frame(b=pd.Series(TIMES[:, 0]).dt.to_period("D")),
        frame(b=pd.Series(TIMES[:, 0]).astype(object)),
        frame(b=[np.datetime64("2020-01-01")] * 120).astype(object),
    ],
)
def test_times_are_no_inputs(inputs: Any) -> None:
    for kind, y in ((SymbolNetRegressor, NUMBERS), (SymbolNetClassifier, CODES)):
        line = refused(kind, inputs, y)
        assert line.startswith("X holds times")
        assert "turn times into numbers first" in line
        assert not isinstance(inputs, pd.DataFrame) or "column 'a'" in line or "column 'b'" in line


def test_times_are_no_inputs_of_a_fitted_model() -> None:
    model = SymbolNetRegressor(**SMALL).fit(X, NUMBERS)
    with pytest.raises(SymbolNetError, match="^X holds times; turn times into numbers first"):
        model.predict(TIMES)


def test_the_remedy_for_times_works() -> None:
    t = pd.Series(TIMES[:, 0])
    seconds = (t - t.min()) / np.timedelta64(1, "s")
    assert SymbolNetRegressor(**SMALL).fit(frame(b=seconds), NUMBERS).n_features_in_ == 3
    assert ((TIMES - TIMES.min()) / np.timedelta64(1, "s")).dtype == float


@pytest.mark.parametrize(
    "y",
    [
        MISSING_TIME[:, 0],
        TIMES[:, 0],
        TIMES[:, 0] - TIMES[0, 0],
        TIMES[:, :2],
        pd.Series(TIMES[:, 0]).dt.tz_localize("UTC"),
        pd.DataFrame({"a": TIMES[:, 0], "b": NUMBERS}),
        np.array([np.timedelta64(1, "ns")] * 120, dtype=object),
        [dt.date(2020, 1, 1)] * 120,
    ],
)
@pytest.mark.parametrize("how", [{}, {"max_complexity": 5}])
def test_times_are_no_numbers_to_learn(y: Any, how: dict[str, Any]) -> None:
    line = refused(SymbolNetRegressor, X, y, **how)
    assert "turn times into numbers first" in line or "missing value in row 1" in line


@pytest.mark.parametrize("how", [{}, {"max_complexity": 5}])
def test_times_as_classes_are_refused_before_training(how: dict[str, Any], tmp_path: Any) -> None:
    days = np.array(["2020-01-01", "2021-01-01"], dtype="datetime64[D]")[CODES]
    for y in (days, pd.Series(days), pd.Series(days).dt.date, days - days[0]):
        line = refused(SymbolNetClassifier, X, y, run_dir=tmp_path / "run", **how)
        assert "give classes as text: y.astype(str)" in line
        assert not (tmp_path / "run").exists()
    model = SymbolNetClassifier(**SMALL, **how, run_dir=tmp_path / "run").fit(X, days.astype(str))
    assert list(model.classes_) == ["2020-01-01", "2021-01-01"]


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (pd.Series(["a", None] * 60, dtype=object), "missing value in row 2"),
        (["a", None] * 60, "missing value in row 2"),
        (pd.Series(["a", "b", pd.NA, "a"] * 30, dtype="string"), "missing value in row 3"),
        (pd.Series([1, 0, None, 1] * 30, dtype="Int64"), "missing value in row 3"),
        (pd.Series(["a", "b", None, "a"] * 30, dtype="category"), "missing value in row 3"),
        (np.array(["a", 1] * 60, dtype=object), r"text \('a'\) and other values \(1\)"),
        (["a", 1] * 60, r"text \('a'\) and other values \(1\)"),
        (TEXT.astype("S1"), r"bytes \(b'[ab]'\); give text, y.astype\(str\)"),
        ([b"a", b"b"] * 60, r"bytes \(b'a'\)"),
        (np.array([b"a", b"b"] * 60, dtype=object), r"bytes \(b'a'\)"),
        ([10**400, 2] * 60, "too large to convert to float"),
        (CODES + 1j, "Complex data not supported"),
        (np.stack([CODES, CODES], 1), "y should be a 1d array"),
    ],
)
@pytest.mark.parametrize("how", [{}, {"max_complexity": 5}])
def test_labels_that_are_none(y: Any, message: str, how: dict[str, Any]) -> None:
    with pytest.raises(SymbolNetError, match=message):
        SymbolNetClassifier(**SMALL, **how).fit(X, y)
    refused(SymbolNetClassifier, X, y, **how)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (frame(b=TEXT), r"could not convert string to float: '[ab]' \(row 1, column 'b'\); give numbers only"),
        (with_cell(pd.NA), r"'NAType' \(row 4, column 'b'\); fill in or drop the missing values"),
        (with_cell([1]), r"\(row 4, column 'b'\); give one number a cell"),
        (pd.DataFrame(X, columns=["a", 1, "b"]), r"X.columns = X.columns.astype\(str\)"),
        (scipy.sparse.csr_array(X), r"Sparse data was passed for X, .*; make it dense with toarray\(\)"),
        ([[10**400, 1]] * 120, r"too large to convert to float \(row 1, column 1\); .*divide them first"),
        (X[:, 0], r"Expected 2D array, got 1D array instead. Reshape your data: X.reshape\(-1, 1\)"),
        (X + 1j, "Complex data not supported; give real numbers"),
        (np.zeros((120, 2, 2)), r"Found array with dim 3, .*; give two dimensions"),
        ([[1, 2], [3]] * 60, "setting an array element with a sequence; give one number a cell"),
        (X[:100], r"inconsistent numbers of samples: \[100, 120\]; give one target for each row"),
        (X[:0], "Found array with 0 sample"),
        ({"a": 1}, "give numbers only"),
    ],
)
def test_inputs_that_are_none(inputs: Any, message: str) -> None:
    with pytest.raises(SymbolNetError, match=message):
        SymbolNetRegressor(**SMALL).fit(inputs, NUMBERS)
    refused(SymbolNetRegressor, inputs, NUMBERS)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([10**400, *range(119)], "too large to convert to float"),
        ([None, *range(119)], "missing value in row 1"),
        (pd.Series([1, pd.NA] * 60, dtype=object), "missing value in row 2"),
        (NUMBERS + 1j, "Complex data not supported; give real numbers"),
        (None, r"requires y to be passed, but the target y is None; give it: fit\(X, y\)"),
        (3, "give one entry for each row"),
        (scipy.sparse.csr_array(NUMBERS[:, None]), "Sparse data was passed for y"),
    ],
)
def test_targets_that_are_no_numbers(y: Any, message: str) -> None:
    with pytest.raises(SymbolNetError, match=message):
        SymbolNetRegressor(**SMALL).fit(X, y)
    refused(SymbolNetRegressor, X, y)


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (-np.ones(120), "Negative values in data passed to `sample_weight`; give weights of at least 0"),
        (np.ones(5), r"sample_weight.shape == \(5,\), expected \(120,\); give one weight for each row of X"),
        (np.ones((120, 2)), "Sample weights must be 1D .*; give one weight for each row of X"),
        (["a"] * 120, "could not convert string to float: 'a'; give numbers only"),
        (np.full(120, np.nan), "Input sample_weight contains NaN; remove or replace"),
    ],
)
def test_weights_that_are_none(weight: Any, message: str) -> None:
    with pytest.raises(SymbolNetError, match=f"^{message}"):
        SymbolNetRegressor(**SMALL).fit(X, NUMBERS, sample_weight=weight)


@pytest.mark.parametrize(
    ("y", "classes"),
    [
        (pd.Series(CODES, dtype="Int64"), [0, 1]),
        (pd.DataFrame({"kind": pd.array(CODES, dtype="Int64")})["kind"], [0, 1]),
        (pd.array(CODES, dtype="Int8"), [0, 1]),
        (pd.Series(CODES, dtype="int64[pyarrow]"), [0, 1]),
        (pd.Series(CODES, dtype=object), [0, 1]),
        (pd.Series(CODES.astype(bool), dtype="boolean"), [False, True]),
        (pd.Series(TEXT, dtype="string"), ["a", "b"]),
        (pd.Series(TEXT, dtype="category"), ["a", "b"]),
        (TEXT.tolist(), ["a", "b"]),
    ],
)
def test_labels_keep_their_type(y: Any, classes: list[Any]) -> None:
    model = SymbolNetClassifier(**SMALL).fit(X, y)
    assert model.classes_.tolist() == classes
    assert [type(label) for label in model.classes_.tolist()] == [type(label) for label in classes]
    assert model.expression().output_names == (str(classes[1]),)
    assert evaluate(model, X, y)["accuracy"] == model.score(X, np.asarray(classes)[CODES])


def test_a_wrong_type_is_scikit_learns_type_error_too() -> None:
    with pytest.raises(TypeError, match="argument must be a string or a real number, not 'dict'"):
        SymbolNetRegressor(**SMALL).fit(frame(b=[{}] * 120), NUMBERS)


def test_targets_of_another_number_are_told_in_one_line() -> None:
    model = SymbolNetRegressor(**SMALL).fit(X, np.stack([NUMBERS, NUMBERS], 1))
    with pytest.raises(SymbolNetError, match="^y has 1 target for each row and the model has 2; give those that it"):
        evaluate(model, X, NUMBERS)
