"""`symbolnet report`."""

from pathlib import Path

import pytest

from symbolnet.io import RunFolder


def test_a_report_lies_in_the_run_folder(symbolnet, classifier_run: Path, tables: Path) -> None:
    result = symbolnet.ok("report", classifier_run)
    page = classifier_run / "report.html"
    assert result.stdout == ""
    assert str(page) in result.stderr
    text = page.read_text(encoding="utf-8")
    assert "3 formulas for three.csv" in text
    assert 'id="data"' not in text
    document = symbolnet.json("report", classifier_run, tables / "three.csv")
    assert document["bytes"] == page.stat().st_size > len(text)
    assert 'id="data"' in page.read_text(encoding="utf-8")
    RunFolder.open(classifier_run)  # it is still a run


def test_the_test_part_is_judged(symbolnet, parts_run: Path, tables: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    symbolnet.ok("report", parts_run, tables / "parts.npz", "--out", page, "--index", 0)
    text = page.read_text(encoding="utf-8")
    assert "the test part of" in text
    assert "30 rows:" in text
    assert "gluon" in text


def test_of_a_model_file(symbolnet, known: Path) -> None:
    symbolnet.ok("report", known)
    text = known.with_suffix(".html").read_text(encoding="utf-8")
    assert "<mn>2.72</mn>" in text
    assert "2.71828*x1*sin(x2)" in text


def test_what_is_wrong_is_told_in_a_line(symbolnet, classifier_run: Path, tables: Path, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    data = tables / "three.csv"
    refused = symbolnet.refused
    assert "no such run" in refused("report", tmp_path / "none")
    assert "give DATA as well" in refused("report", classifier_run, "--target", "kind", "--out", out)
    assert "is not a row" in refused("report", classifier_run, data, "--index", 99, "--out", out)
    assert "not a size" in refused("report", classifier_run, "--image", "big", "--out", out)
    assert "4 pixels and the model has 3 inputs" in refused("report", classifier_run, "--image", "2x2", "--out", out)
    assert "from 1 to 17" in refused("report", classifier_run, "--digits", 0, "--out", out)
    assert "no such file" in refused("report", classifier_run, tmp_path / "none.csv", "--out", out)
    assert not out.exists()


@pytest.mark.parametrize("size", ["1x3", "1X3", "3x1x1"])
def test_pixels(symbolnet, classifier_run: Path, tmp_path: Path, size: str) -> None:
    out = tmp_path / "page.html"
    symbolnet.ok("report", classifier_run, "--image", size, "--index", -1, "--out", out)
    assert "the pixels that the formulas use" in out.read_text(encoding="utf-8")
