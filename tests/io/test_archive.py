"""What goes into a model file comes back; what is not one is refused in one line."""

import io
import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from symbolnet._errors import ModelFileError, SymbolNetError
from symbolnet.io import FORMAT_VERSION, _archive, read_archive, write_archive

NAMES = st.from_regex(r"[A-Za-z0-9_-]{1,8}([./][A-Za-z0-9_-]{1,8}){0,2}", fullmatch=True)
DTYPES = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(),
    hnp.unsigned_integer_dtypes(),
    hnp.floating_dtypes(),
    hnp.complex_number_dtypes(),
    hnp.unicode_string_dtypes(min_len=1, max_len=5),
    hnp.byte_string_dtypes(min_len=1, max_len=5),
)
ARRAYS = DTYPES.flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
GOOD = {"kind": "model"}


def _npy(array: Any, **kwargs: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, **kwargs)
    return stream.getvalue()


def _zip(path: Path, entries: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


def _manifest(**changes: Any) -> bytes:
    return json.dumps({"format": "symbolnet", "kind": "model", "version": 1, "arrays": ["a"], **changes}).encode()


@given(arrays=st.dictionaries(NAMES, ARRAYS, max_size=4), extra=JSON, compress=st.booleans())
def test_round_trip(
    tmp_path_factory: pytest.TempPathFactory, arrays: dict[str, Any], extra: Any, compress: bool
) -> None:
    file = tmp_path_factory.mktemp("archive") / "m.symbolnet"
    write_archive(file, {"kind": "model", "extra": extra}, arrays, compress=compress)
    manifest, back = read_archive(file, kind="model")
    assert manifest["extra"] == extra
    assert (manifest["format"], manifest["version"]) == ("symbolnet", FORMAT_VERSION)
    assert set(back) == set(arrays)
    for name, array in arrays.items():
        assert back[name].dtype == array.dtype
        assert back[name].shape == array.shape
        assert back[name].tobytes() == array.tobytes()  # the last bit, NaN and -0.0 included
        assert back[name].flags.writeable


def test_order_of_storage_does_not_change_an_array(tmp_path: Path) -> None:
    array = np.asfortranarray(np.arange(12.0).reshape(3, 4))
    write_archive(tmp_path / "m", GOOD, {"a": array, "b": array[::2, ::-1]})
    back = read_archive(tmp_path / "m")[1]
    np.testing.assert_array_equal(back["a"], array)
    np.testing.assert_array_equal(back["b"], array[::2, ::-1])


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = {"a": np.arange(3), "b": np.ones(2)}, {"b": np.ones(2), "a": np.arange(3)}
    write_archive(tmp_path / "1", GOOD, one)
    write_archive(tmp_path / "2", GOOD, two)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_numpy_scalars_in_the_manifest_become_pythons(tmp_path: Path) -> None:
    write_archive(tmp_path / "m", {**GOOD, "n": np.int64(3), "x": np.float64(0.1), "b": np.bool_(True)}, {})
    assert read_archive(tmp_path / "m")[0].items() >= {"n": 3, "x": 0.1, "b": True}.items()


@pytest.mark.parametrize(
    ("manifest", "arrays", "match"),
    [
        ({}, {}, "needs a 'kind'"),
        ({**GOOD, "version": 3}, {}, "must not set 'version'"),
        ({**GOOD, "x": float("nan")}, {}, "JSON cannot"),
        ({**GOOD, "x": object()}, {}, "JSON cannot: object"),
        (GOOD, {"../a": np.ones(1)}, "cannot store array '../a'"),
        (GOOD, {"": np.ones(1)}, "cannot store array"),
        (GOOD, {"a": np.array([object()])}, "dtype object"),
        (GOOD, {"a": np.zeros(1, dtype=[("x", "f4")])}, "cannot store array 'a' of dtype"),
        (GOOD, {"a": np.zeros(1, dtype="M8[s]")}, "cannot store array 'a' of dtype"),
    ],
)
def test_what_cannot_be_stored_is_refused_and_nothing_written(
    tmp_path: Path, manifest: dict[str, Any], arrays: dict[str, Any], match: str
) -> None:
    with pytest.raises(SymbolNetError, match=match) as caught:
        write_archive(tmp_path / "m", manifest, arrays)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def _refused(file: Path, match: str, **kwargs: Any) -> None:
    with pytest.raises(ModelFileError, match=match) as caught:
        read_archive(file, **kwargs)
    message = str(caught.value)
    assert message.startswith(str(file))
    assert "\n" not in message


def test_missing_empty_folder_and_foreign_files(tmp_path: Path) -> None:
    _refused(tmp_path / "absent", "no such file")
    _refused(tmp_path, "a folder")
    (tmp_path / "empty").touch()
    _refused(tmp_path / "empty", "is empty")
    (tmp_path / "text").write_text("no zip")
    _refused(tmp_path / "text", "not a symbolnet file")
    _refused(_zip(tmp_path / "other", [("hello.txt", b"")]), "holds 'hello.txt'")
    _refused(_zip(tmp_path / "bare", []), "no manifest.json")


@pytest.mark.parametrize(
    "name", ["../../evil.npy", "/etc/passwd", "arrays/../x.npy", "arrays//x.npy", "arrays/.npy", "arrays/"]
)
def test_names_that_leave_the_archive(tmp_path: Path, name: str) -> None:
    _refused(_zip(tmp_path / "m", [("manifest.json", _manifest(arrays=[])), (name, b"")]), "not a symbolnet file")


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff", "not JSON"),
        (b'{"format": "symbolnet", "version": 1, "x": NaN}', "NaN is not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"1" * 10_000, "not JSON"),
        (b"[]", "does not say so"),
        (b'{"format": "zip"}', "does not say so"),
        (_manifest(version="1"), "version '1' does not exist"),
        (_manifest(version=True), "version True does not exist"),
        (_manifest(version=2, written_by="9.1"), "version 2, written by symbolnet 9.1.*upgrade symbolnet"),
        (_manifest(arrays={"a": 1}), "does not list"),
        (_manifest(arrays=["a", "b"]), "disagree about 'arrays/b.npy'"),
        (_manifest(arrays=[]), "disagree about 'arrays/a.npy'"),
    ],
)
def test_bad_manifests(tmp_path: Path, content: bytes, match: str) -> None:
    _refused(_zip(tmp_path / "m", [("manifest.json", content), ("arrays/a.npy", _npy(np.ones(1)))]), match)


def test_another_kind(tmp_path: Path) -> None:
    write_archive(tmp_path / "m", {"kind": "checkpoint"}, {})
    _refused(tmp_path / "m", "of kind 'checkpoint', not 'model'", kind="model")


def _header(text: str) -> bytes:
    body = text.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(body).to_bytes(2, "little") + body


class _Bomb:
    def __reduce__(self) -> Any:
        raise AssertionError("unpickled")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x93NUMPY",
        _npy(np.ones(3))[:-1],
        _npy(np.ones(3)) + b"x",
        _npy(np.array([1, None]), allow_pickle=True),
        pickle.dumps([1]),
        _header("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }"),
        _header("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 10000000000000000000000), }"),
        _header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }"),
        _header("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"),
        _header("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (0,), }"),
        _header("{'descr': '<U0', 'fortran_order': False, 'shape': (5,), }"),
        _header("{'descr': ('<f8', (3,)), 'fortran_order': False, 'shape': (0,), }"),
        _header("{'descr': '<f8', 'fortran_order': False, 'shape': " + "(" * 3000 + ")" * 3000 + ", }"),
        _header("__import__('os').abort()"),
    ],
)
def test_hostile_arrays(tmp_path: Path, content: bytes) -> None:
    _refused(_zip(tmp_path / "m", [("manifest.json", _manifest()), ("arrays/a.npy", content)]), "array 'a' is unusable")


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")  # zipfile warns when it writes one, which is the point
def test_duplicate_names(tmp_path: Path) -> None:
    _refused(_zip(tmp_path / "m", [("manifest.json", _manifest())] * 2), "stands twice")


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "m"
    write_archive(file, GOOD, {"a": np.zeros(10_000), "b": np.zeros(1)})
    assert file.stat().st_size < 2_000  # zeros shrink: this is a small bomb
    monkeypatch.setattr(_archive, "MAX_TOTAL_BYTES", 50_000)
    _refused(file, "would unpack to 8.... bytes, more than the 50000")
    monkeypatch.setattr(_archive, "MAX_MANIFEST_BYTES", 10)
    monkeypatch.setattr(_archive, "MAX_TOTAL_BYTES", 10**9)
    _refused(file, "manifest is larger")
    monkeypatch.setattr(_archive, "MAX_ENTRIES", 2)
    _refused(file, "3 entries, more than the 2")


def test_a_lie_about_the_size(tmp_path: Path) -> None:
    """An entry that unpacks to more than it declares: the directory says 10 bytes, the stream holds a million."""
    file = _zip(tmp_path / "m", [("manifest.json", _manifest(pad=" " * 10**6))])
    content = bytearray(file.read_bytes())
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")
    file.write_bytes(content)
    _refused(file, "damaged")


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    file = tmp_path_factory.mktemp("valid") / "m"
    write_archive(file, {**GOOD, "rows": list(range(20))}, {"a": np.arange(30.0), "b/c": np.array(["x", "yz"])})
    return file.read_bytes()


@given(data=st.data())
def test_any_cut_is_refused(tmp_path_factory: pytest.TempPathFactory, valid: bytes, data: st.DataObject) -> None:
    file = tmp_path_factory.mktemp("cut") / "m"
    file.write_bytes(valid[: data.draw(st.integers(0, len(valid) - 1))])
    _refused(file, "damaged|empty")


@given(data=st.data())
def test_any_changed_bytes_are_refused_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, valid: bytes, data: st.DataObject
) -> None:
    file = tmp_path_factory.mktemp("flip") / "m"
    content = bytearray(valid)
    for at in data.draw(st.lists(st.integers(0, len(valid) - 1), min_size=1, max_size=3)):
        content[at] = data.draw(st.integers(0, 255))
    file.write_bytes(content)
    try:
        manifest, arrays = read_archive(file)
    except ModelFileError as error:
        assert "\n" not in str(error)
    else:  # a time stamp or a flag: the CRC vouches for the content
        assert manifest["rows"] == list(range(20))
        np.testing.assert_array_equal(arrays["a"], np.arange(30.0))


def test_an_encrypted_entry(tmp_path: Path, valid: bytes) -> None:
    content = bytearray(valid)
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        content[content.index(signature) + offset] |= 1
    (tmp_path / "m").write_bytes(content)
    _refused(tmp_path / "m", "damaged")
