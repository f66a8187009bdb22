"""Verification believes nothing of a bundle but its program, and a damaged bundle is refused in one line."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bundles import check_only, edit_json
from hypothesis import given, settings
from hypothesis import strategies as st
from outside import needs_compiler, needs_simulators

from symbolnet import SymbolNetError
from symbolnet.expression import Expression
from symbolnet.hardware import Bundle, Precision, emulate_integers, export, open_bundle, parse_format, verify
from symbolnet.hardware._json import program_from_json
from symbolnet.hardware._vectors import random_ports


@pytest.fixture(scope="module")
def table_bundle(tmp_path_factory: pytest.TempPathFactory, table_i: Expression, standard_normal: np.ndarray) -> Bundle:
    path = tmp_path_factory.mktemp("bundles") / "table_i"
    return export(table_i, path, X=standard_normal, precision=Precision(6, 6, 0, 4, 7), name="Table I")


@needs_simulators
def test_a_testbench_that_finds_nothing_hides_nothing(table_bundle: Bundle, tmp_path: Path) -> None:
    """Nor do vectors and answers that suit changed RTL."""
    path = tmp_path / "changed"
    shutil.copytree(table_bundle.path, path)
    check_only(path, "icarus")
    for name, old, new in (
        ("rtl/formula.v", "model_inp(packed_in)", "model_inp(~packed_in)"),
        ("sim/testbench.v", "mismatches + 1", "mismatches"),
    ):
        text = (path / name).read_text()
        assert old in text
        (path / name).write_text(text.replace(old, new))
    (path / "sim" / "expected.hex").write_text("0\n")
    (path / "rtl" / "inputs.hex").write_text("0\n")
    found = verify(open_bundle(path), 300)
    assert found.mismatches["icarus"] > 200
    assert found.changed == ("rtl/formula.v", "rtl/inputs.hex", "sim/expected.hex", "sim/testbench.v")


@needs_compiler
def test_a_changed_file_is_named_and_a_missing_one_refused(table_bundle: Bundle, tmp_path: Path) -> None:
    path = tmp_path / "b"
    shutil.copytree(table_bundle.path, path)
    check_only(path, "c")
    (path / "vivado" / "utilization.rpt").write_text("of a tool")
    assert verify(open_bundle(path), 50).passed
    with (path / "README.md").open("a") as file:
        file.write("mine")
    found = verify(open_bundle(path), 50)
    assert (found.mismatches, found.changed, found.passed) == ({"c": 0}, ("README.md",), False)
    edit_json(path / "program.json", lambda program: program | {"output_names": ["a", "b", "c", "d", "e"]})
    with pytest.raises(SymbolNetError, match=r"changed since export: program\.json; there is nothing to compare with"):
        verify(open_bundle(path), 50)
    (path / "rtl" / "formula.v").unlink()
    with pytest.raises(SymbolNetError, match=r"rtl/formula\.v is missing from the folder"):
        verify(open_bundle(path), 50)
    for text in (None, "no sums", ""):
        (path / "SHA256SUMS").unlink() if text is None else (path / "SHA256SUMS").write_text(text)
        with pytest.raises(SymbolNetError, match=r"SHA256SUMS.*; export the formula anew"):
            verify(open_bundle(path), 50)


@needs_compiler
def test_c_without_its_function_is_told(table_bundle: Bundle, tmp_path: Path) -> None:
    path = tmp_path / "b"
    shutil.copytree(table_bundle.path, path)
    check_only(path, "c")
    source = path / "c" / "formula.c"
    for old, new in (("void formula_many(", "void other("), ("void formula(", "static void formula(), void g(")):
        source.write_text((table_bundle.path / "c" / "formula.c").read_text().replace(old, new))
        with pytest.raises(SymbolNetError, match=r"lacks formula_many|cc failed") as caught:
            verify(open_bundle(path), 50)
        assert "\n" not in str(caught.value)


_WRONG = [None, True, -1, 0, 1.5, "x", "1", [], [None], {}, float("nan"), 1e400, 10**30, "delete"]
_OF_MANIFEST = {
    "format": [1, True, 1.0], "target": ["x", "1"], "name": ["x", "1"], "part": ["x", "1"], "clock_ns": [1.5],
    "stages": [],
    "checks": [],
}  # fmt: skip
"""What a manifest may hold as well."""


@pytest.mark.parametrize("key", _OF_MANIFEST)
def test_a_manifest_with_a_wrong_field_is_refused(key: str, table_bundle: Bundle, tmp_path: Path) -> None:
    path = tmp_path / "b"
    shutil.copytree(table_bundle.path, path)
    manifest = json.loads((path / "bundle.json").read_text())
    for wrong in _WRONG:
        if wrong != wrong or wrong not in _OF_MANIFEST[key]:
            changed = {name: value for name, value in manifest.items() if name != key}
            changed |= {} if wrong == "delete" else {key: wrong}
            (path / "bundle.json").write_text(json.dumps(changed))
            with pytest.raises(SymbolNetError, match="export the formula anew") as caught:
                open_bundle(path)
            assert "\n" not in str(caught.value)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_damaged_program_is_read_as_one_or_refused(table_bundle: Bundle, data: st.DataObject) -> None:
    """Any one value anywhere in it replaced or removed."""
    content = json.loads((table_bundle.path / "program.json").read_text())
    place: Any = content
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], list | dict) or not place[key] or data.draw(st.integers(0, 3)) == 0:
            break
        place = place[key]
    wrong = data.draw(st.sampled_from(_WRONG))
    if wrong == "delete":
        del place[key]
    else:
        place[key] = wrong
    try:
        program = program_from_json(content)
        emulate_integers(program, random_ports(program, 20))
    except SymbolNetError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b"PK\x03\x04"])
@pytest.mark.parametrize("name", ["bundle.json", "program.json", "samples.npy"])
def test_what_is_no_file_of_a_bundle_is_refused(
    name: str, content: bytes, table_bundle: Bundle, tmp_path: Path
) -> None:
    shutil.copytree(table_bundle.path, tmp_path / "b")
    (tmp_path / "b" / name).write_bytes(content)
    with pytest.raises(SymbolNetError, match="export the formula anew") as caught:
        open_bundle(tmp_path / "b")
    assert "\n" not in str(caught.value)


def test_a_manifest_that_could_not_be_read_is_not_written(table_i: Expression, tmp_path: Path) -> None:
    with pytest.raises(SymbolNetError, match=r"clock_ns of bundle\.json is 'nan'"):
        export(table_i, tmp_path / "b", precision=parse_format("ap_fixed<12,5>"), to="c", clock_ns=float("nan"))
    assert list(tmp_path.iterdir()) == []
