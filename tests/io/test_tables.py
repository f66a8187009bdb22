"""Data files: what is read, and the one line that a wrong one gives."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolnet._errors import SymbolNetError
from symbolnet.io import read_table


def _csv(folder: Path, text: str | bytes) -> Path:
    file = folder / "data.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def _npz(folder: Path, **arrays: Any) -> Path:
    np.savez(folder / "data.npz", **arrays)
    return folder / "data.npz"


def _parquet(folder: Path, columns: dict[str, Any], **kwargs: Any) -> Path:
    pq.write_table(pa.table(columns), folder / "data.parquet", **kwargs)
    return folder / "data.parquet"


def _refused(match: str, file: Path, **kwargs: Any) -> None:
    with pytest.raises(SymbolNetError, match=match) as caught:
        read_table(file, **kwargs)
    assert str(caught.value).startswith(str(file))
    assert "\n" not in str(caught.value)


def test_csv(tmp_path: Path) -> None:
    table = read_table(_csv(tmp_path, "a,b,c\n1,2.5,x\n3,4,y\n"))
    np.testing.assert_array_equal(table.X, [[1, 2.5], [3, 4]])
    assert table.X.dtype == np.float64
    assert table.y is not None
    assert table.y.tolist() == ["x", "y"]
    assert (table.feature_names, table.target_names) == (("a", "b"), ("c",))


@pytest.mark.parametrize(
    ("header", "expected"), [("a,label,b", "label"), ("y,a,b", "y"), ("a,Class,b", "Class"), ("a,b,c", "c")]
)
def test_the_target_column_by_default(tmp_path: Path, header: str, expected: str) -> None:
    assert read_table(_csv(tmp_path, f"{header}\n1,2,3\n4,5,6\n")).target_names == (expected,)


def test_target_and_features_by_name(tmp_path: Path) -> None:
    file = _csv(tmp_path, "a,b,c\n1,2,3\n4,5,6\n")
    one = read_table(file, "a")
    assert (one.feature_names, one.target_names) == (("b", "c"), ("a",))
    two = read_table(file, ["c", "a"])
    assert two.y is not None
    np.testing.assert_array_equal(two.y, [[3, 1], [6, 4]])
    picked = read_table(file, "b", features=["c", "a"])
    np.testing.assert_array_equal(picked.X, [[3, 1], [6, 4]])
    assert picked.feature_names == ("c", "a")


def test_predicting_needs_no_target(tmp_path: Path) -> None:
    file = _csv(tmp_path, "a,b\n1,2\n")
    table = read_table(file, target_required=False)
    assert table.y is None
    assert table.feature_names == ("a", "b")
    assert read_table(file, "quality", target_required=False, features=["b"]).feature_names == ("b",)
    with_target = read_table(_csv(tmp_path, "a,y\n1,2\n"), target_required=False)
    assert with_target.feature_names == ("a",)
    assert read_table(_npz(tmp_path, X=np.ones((1, 2))), target_required=False).y is None


@given(
    rows=st.lists(
        st.tuples(st.floats(allow_nan=False, allow_infinity=False), st.integers(-9, 9)), min_size=2, max_size=6
    )
)
def test_csv_numbers_come_back_to_the_last_bit(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[float, int]]
) -> None:
    text = "a,b,y\n" + "".join(f"{x!r},0.5,{y}\n" for x, y in rows)
    table = read_table(_csv(tmp_path_factory.mktemp("csv"), text))
    np.testing.assert_array_equal(table.X[:, 0], [x for x, _ in rows])
    assert table.y is not None
    assert table.y.tolist() == [y for _, y in rows]


@pytest.mark.parametrize(
    ("text", "X", "y"),
    [
        ("1,2,3\n4,5,6\n", [[1, 2], [4, 5]], [3, 6]),  # no header line
        ("a;y\n1;2\n3;4\n", [[1], [3]], [2, 4]),
        ("a\ty\n1\t2\n3\t4\n", [[1], [3]], [2, 4]),
        ("\ufeffa,y\r\n1,2\r\n3,4\r\n", [[1], [3]], [2, 4]),
        ('"a, b",y\n1,2\n3,4\n', [[1], [3]], [2, 4]),
        ("a,y\nTrue,2\nFalse,4\n", [[1], [0]], [2, 4]),
        ("a, y\n 1, 2\n 3, 4\n", [[1], [3]], [2, 4]),
        ("a,y\n1,NA\n3,None\n", [[1], [3]], ["NA", "None"]),
    ],
)
def test_csv_dialects(tmp_path: Path, text: str, X: list[Any], y: list[Any]) -> None:
    table = read_table(_csv(tmp_path, text))
    np.testing.assert_array_equal(table.X, X)
    assert table.y is not None
    assert table.y.tolist() == y


@pytest.mark.parametrize("name", ["", "Unnamed: 0"])
@pytest.mark.parametrize("labels", [(0, 1, 2), (7, 3, 12)])
def test_the_index_of_pandas_is_no_input(tmp_path: Path, name: str, labels: tuple[int, ...]) -> None:
    file = _csv(tmp_path, f"{name},a,y\n" + "".join(f"{k},{k / 4},{k}\n" for k in labels))
    with pytest.warns(UserWarning, match="numbers the rows and is left out; give it a name"):
        table = read_table(file)
    assert (table.feature_names, table.target_names) == (("a",), ("y",))
    # What a model was trained on, or the user names, is taken as it is.
    assert read_table(file, "y", features=[name, "a"]).feature_names == (name, "a")
    assert read_table(file, name).target_names == (name,)
    assert read_table(file, features=["a"]).feature_names == ("a",)


@pytest.mark.parametrize("text", [",a,y\n0,1,2\n0,3,4\n", ",a,y\n0.5,1,2\n1.5,3,4\n", "n,a,y\n0,1,2\n1,3,4\n"])
def test_other_first_columns_are_inputs(tmp_path: Path, text: str) -> None:
    assert len(read_table(_csv(tmp_path, text)).feature_names) == 2


def test_the_index_of_a_parquet_file_is_no_target(tmp_path: Path) -> None:
    file = _parquet(tmp_path, {"a": [1.0, 2.0], "c": [3.0, 4.0], "__index_level_0__": [5, 2]})
    with pytest.warns(UserWarning, match="numbers the rows"):
        table = read_table(file)
    assert (table.feature_names, table.target_names) == (("a",), ("c",))


@pytest.mark.parametrize(
    "text",
    [
        "5.1,0.2,pos\n4.9,0.3,neg\n4.7,0.1,pos\n",
        "5.1,0.2, pos\n4.9,0.3, pos\n1,2, neg\n",
        "5,2,True\n4,3,False\n1,1,True\n",
    ],
)
def test_a_first_line_with_a_label_is_data(tmp_path: Path, text: str) -> None:
    with pytest.warns(UserWarning, match=r"taken for data and the columns are x0 to x2; put a line of names above"):
        table = read_table(_csv(tmp_path, text))
    assert (table.feature_names, table.target_names, len(table.X)) == (("x0", "x1"), ("x2",), 3)


@pytest.mark.parametrize(
    ("header", "row"),
    [("2019,2020,price", "1,2,3"), ("400.5,401.0,kind", "1,2,a"), ("0,1,2", "1,2,3"), ("id,2019,y", "1,2,a")],
)
def test_numbers_may_be_names(tmp_path: Path, header: str, row: str) -> None:
    table = read_table(_csv(tmp_path, f"{header}\n{row}\n{row}\n"))
    assert (*table.feature_names, *table.target_names) == tuple(header.split(","))


def test_a_late_fraction_among_whole_numbers(tmp_path: Path) -> None:
    """Arrow looks at the first block alone for a column's type: the file must be one block."""
    rows = 400_000
    table = read_table(_csv(tmp_path, "a,y\n" + "1,2\n" * rows + "0.5,2.5\n"))
    assert table.X[-1, 0] == 0.5
    assert len(table.X) == rows + 1


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "is empty"),
        ("\n\n", "holds no columns"),
        ("a,y\n", "no rows below the header"),
        ("a,y\n1,2\n", "one row is not enough"),
        ("a\n1\n2\n", "no input columns beside the target a"),
        ("a,a\n1,2\n3,4\n", "two columns are named 'a'"),
        ("a,b,y\n1,2,3\n1,dog,3\n2,cat,4\n", "column 'b', row 2: 'dog' is not a number"),
        ("a,b,y\n1,2,3\n1,,3\n", r"column 'b', row 2: missing value"),
        ("a,b,y\n1,dog,3\n1,,3\n", "column 'b', row 1: 'dog'"),
        ("a,b,y\n1,2,3\n1,nan,3\n", "column 'b', row 2"),
        ("a,b,y\n1,2,3\n-inf,2,3\n", "column 'a', row 2: -inf is not finite"),
        ("a,y\n1,2\n1,\n", "target column 'y', row 2"),
        ("a,y\n1,x\n1,\n", "target column 'y', row 2: missing value"),
        ("a,y\n1,2\n1,2,3\n", "not a readable CSV file"),
        ("a,y\n2020-01-01,2\n2020-01-02,3\n", "column 'a', row 1: '2020-01-01' is not a number"),
        (b"\xff\xfea", "not a readable CSV file"),
        (b"a,y\n1,2\n\x00\xff,3\n", "not a readable CSV file|is not a number"),
    ],
)
def test_bad_csv(tmp_path: Path, text: str | bytes, match: str) -> None:
    _refused(match, _csv(tmp_path, text))


def test_unknown_names_get_a_suggestion(tmp_path: Path) -> None:
    file = _csv(tmp_path, "height,weight,kind\n1,2,3\n4,5,6\n")
    _refused("no target column 'wieght'; did you mean 'weight'", file, target="wieght")
    _refused("no input column 'hieght'; did you mean 'height'", file, features=["hieght"])
    _refused("no target array 'yy'; did you mean 'y'", _npz(tmp_path, X=np.ones((2, 1)), y=[1, 2]), target="yy")


def test_missing_files_and_unknown_suffixes(tmp_path: Path) -> None:
    _refused("no such file", tmp_path / "absent.csv")
    _refused("no such file", tmp_path / "absent.npz")
    _refused("unknown kind of file '.txt'; known: .csv, .npz, .parquet", tmp_path / "a.txt")


@pytest.mark.parametrize(
    ("dtype", "kept"), [("u1", "u1"), ("f4", "f4"), ("f8", "f8"), ("i4", "f8"), ("?", "f8"), ("f2", "f8")]
)
def test_dtypes(tmp_path: Path, dtype: str, kept: str) -> None:
    X = np.ones((3, 2), dtype)
    assert read_table(_npz(tmp_path, X=X, y=[1, 2, 3])).X.dtype == np.dtype(kept)
    if dtype in ("u1", "f4", "f8", "i4"):
        file = _parquet(tmp_path, {"a": X[:, 0], "b": X[:, 1], "y": [1, 2, 3]})
        assert read_table(file).X.dtype == np.dtype(kept)


def test_npz_with_a_test_part(tmp_path: Path) -> None:
    X = np.arange(6.0).reshape(3, 2)
    file = _npz(
        tmp_path,
        X_train=X,
        y_train=[0, 1, 0],
        X_test=X[:1],
        y_test=[1],
        feature_names=["p", "q"],
        class_names=["no", "yes"],
    )
    table = read_table(file, features=["q", "p"])
    assert (table.feature_names, table.class_names, table.target_names) == (("q", "p"), ("no", "yes"), ("y_train",))
    np.testing.assert_array_equal(table.X, X[:, ::-1])
    assert table.X_test is not None
    np.testing.assert_array_equal(table.X_test, X[:1, ::-1])


def test_npz_without_names_is_taken_as_it_is(tmp_path: Path) -> None:
    file = _npz(tmp_path, X=np.ones((2, 3)), y=[1, 2])
    assert read_table(file).feature_names == ("x0", "x1", "x2")
    assert read_table(file, features=["a", "b", "c"]).feature_names == ("x0", "x1", "x2")


ONES = np.ones((3, 2))


@pytest.mark.parametrize(
    ("arrays", "match"),
    [
        ({}, "no array 'X' or 'X_train' .it holds nothing"),
        ({"data": ONES}, "it holds data"),
        ({"X": ONES}, "no target array 'y'"),
        ({"X_train": ONES}, "no target array 'y_train'"),
        ({"X": np.ones((3, 2, 2)), "y": [1, 2, 3]}, r"must be 2-D .rows, inputs.: X.reshape"),
        ({"X": ONES, "y": [1, 2]}, r"y has shape \(2,\) and X has 3 rows"),
        ({"X": ONES, "y": [1, 2, np.nan]}, "y, row 3: nan is not finite"),
        ({"X": ONES, "y": np.array([b"a", b"b", b"a"])}, r"y holds bytes; save text, y.astype\(str\), or numbers"),
        ({"X": ONES, "y": np.ones(3) + 1j}, "y has dtype complex128 and must hold numbers or text: convert it"),
        ({"X": ONES, "y": np.zeros(3, "i4, f8")}, "y has dtype .* and must hold numbers or text"),
        ({"X": ONES, "y": np.array(["2020-01-01", "NaT", "2020-01-01"], "M8[D]")}, "y, row 2: missing value"),
        ({"X": ONES, "y": [1, 2, 3], "X_test": ONES, "y_test": np.full(3, b"a")}, "y_test holds bytes"),
        ({"X": ONES.astype("M8[s]"), "y": [1, 2, 3]}, "X has dtype datetime64"),
        ({"X": ONES * [1, np.nan], "y": [1, 2, 3]}, "X, column 'x1', row 1: missing value"),
        (
            {"X": ONES * [1, np.inf], "y": [1, 2, 3], "feature_names": ["a", "b"]},
            "column 'b', row 1: inf is not finite",
        ),
        ({"X": ONES, "y": [1, 2, 3], "feature_names": ["a"]}, "1 feature_names for 2 inputs"),
        ({"X": ONES.astype(str), "y": [1, 2, 3]}, "must hold numbers"),
        ({"X": ONES.astype(object), "y": [1, 2, 3]}, "pickle"),
        ({"X": ONES[:1], "y": [1]}, "one row is not enough"),
        ({"X": ONES[:0], "y": ONES[:0, 0]}, "0 rows and 2 inputs"),
        ({"X": ONES[:, :0], "y": [1, 2, 3]}, "3 rows and 0 inputs"),
        ({"X": ONES, "y": [1, 2, 3], "X_test": ONES[:, :1]}, "X_test has 1 inputs and X has 2"),
    ],
)
def test_bad_npz(tmp_path: Path, arrays: dict[str, Any], match: str) -> None:
    _refused(match, _npz(tmp_path, **arrays))


def test_times_in_a_target_are_text(tmp_path: Path) -> None:
    days = np.array(["2020-01-01", "2021-01-01", "2020-01-01"], "M8[D]")
    table = read_table(_npz(tmp_path, X=ONES, y=days, X_test=ONES, y_test=days))
    for y in (table.y, table.y_test):
        assert y.tolist() == ["2020-01-01", "2021-01-01", "2020-01-01"]
        assert y.dtype.kind == "U"


def test_damaged_npz(tmp_path: Path) -> None:
    file = _npz(tmp_path, X=ONES, y=[1, 2, 3])
    content = bytearray(file.read_bytes())
    file.write_bytes(content[:-30])
    _refused("cut short", file)
    content[100] ^= 255
    file.write_bytes(content)
    _refused("damaged", file)
    file.write_bytes(b"")
    _refused("is empty", file)


def test_parquet(tmp_path: Path) -> None:
    file = _parquet(tmp_path, {"a": [1.0, 2.0], "b": [True, False], "label": ["s", "b"]})
    table = read_table(file)
    np.testing.assert_array_equal(table.X, [[1, 1], [2, 0]])
    assert table.y is not None
    assert table.y.tolist() == ["s", "b"]


@pytest.mark.parametrize(
    ("columns", "match"),
    [
        ({"a": [1.0, None], "y": [1, 2]}, "column 'a', row 2: missing value"),
        ({"a": [1, None], "y": [1, 2]}, "column 'a', row 2: missing value"),
        ({"a": [True, None], "y": [1, 2]}, "column 'a', row 2: missing value"),
        ({"a": ["1", "x"], "y": [1, 2]}, "column 'a', row 2: 'x' is not a number"),
        ({"a": [[1], [2]], "y": [1, 2]}, "column 'a', row 1: .* is not a number"),
        ({"a": [1, 2], "y": ["s", None]}, "target column 'y', row 2: missing"),
        ({"a": pa.array([], "f8"), "y": pa.array([], "i8")}, "no rows"),
    ],
)
def test_bad_parquet(tmp_path: Path, columns: dict[str, Any], match: str) -> None:
    _refused(match, _parquet(tmp_path, columns))


def test_damaged_parquet(tmp_path: Path) -> None:
    file = _parquet(tmp_path, {"a": [1.0, 2.0], "y": [1, 2]})
    file.write_bytes(file.read_bytes()[:-9])
    _refused("not a readable parquet file", file)
