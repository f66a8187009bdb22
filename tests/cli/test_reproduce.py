"""`symbolnet reproduce`: what is refused before anything runs, and what a run prints."""

from pathlib import Path
from typing import Any

import pytest
from outside import needs_simulators

from symbolnet.reproduce import RunReport, Table4Report, make_plan, make_plan4


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("digitz",), "unknown experiment 'digitz'; did you mean 'digits'?"),
        (("jets", "--minutes", "0.5"), "0.5 minutes are too short for jets; give at least 2, or --quick"),
        (("jets", "--minutes", "5", "--hours", "1"), "both --minutes and --hours are given; give one of them"),
        (("table4", "--seeds", "2"), "--seeds does not belong to table4; leave it out, or give --quick"),
        (("jets", "--hgq-python", "p"), "--hgq-python belongs to table4; leave it out for jets"),
        pytest.param(
            ("table4", "--hgq-python", "/p"),
            "--hgq-python /p: cannot be run (No such file or directory); give a Python",
            marks=needs_simulators,
        ),
    ],
)
def test_wrong_input_ends_in_one_line(symbolnet: Any, tmp_path: Path, words: tuple[str, ...], line: str) -> None:
    assert symbolnet.refused("reproduce", *words, "--out", tmp_path / "out") == line
    assert not (tmp_path / "out").exists()


def test_a_folder_with_something_in_it_is_refused(symbolnet: Any, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("x")
    assert "is not empty" in symbolnet("reproduce", "digits", "--quick", "--out", tmp_path).stderr
    assert sorted(file.name for file in tmp_path.iterdir()) == ["thesis.tex"]


def test_options_reach_the_run_and_its_report_is_printed(
    symbolnet: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, Any] = {}

    def run(plan: Any, out: Path, *, resume: bool, report: Any) -> RunReport:
        seen.update(plan=plan, out=out, resume=resume)
        report("[1/2] a stage")
        return RunReport(out, 61.0, ("gplearn, seed 1",), ("A beats B.",))

    monkeypatch.setattr("symbolnet.reproduce.reproduce", run)
    document = symbolnet.json("reproduce", "JETS", "--hours", "0.25", "--seeds", "2", "--resume", "--out", tmp_path)
    assert seen["resume"]
    assert seen["plan"] == make_plan("jets", minutes=15, seeds=2)
    assert document["left_out"] == ["gplearn, seed 1"]
    assert document["statements"] == ["A beats B."]
    assert any("epochs" in cut for cut in document["cuts"])
    printed = symbolnet.ok("reproduce", "digits", "--quick", "--out", tmp_path)
    assert "A beats B." in printed.stdout
    assert "[1/2] a stage" in printed.stderr
    assert "cut: a quick run" in printed.stderr
    assert seen["plan"] == make_plan("digits", quick=True)


def test_table4_has_a_run_of_its_own(symbolnet: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    def run(plan: Any, out: Path, *, resume: bool, hgq_python: str | None, report: Any) -> Table4Report:
        seen.update(plan=plan, resume=resume, hgq_python=hgq_python)
        report("[1/5] a stage")
        return Table4Report(out, 61.0, ("Formulas take less.",), {"jets": {}})

    monkeypatch.setattr("symbolnet.reproduce.reproduce_table4", run)
    printed = symbolnet.ok("reproduce", "TABLE4", "--resume", "--hgq-python", "p", "--out", tmp_path)
    assert seen == {"plan": make_plan4(), "resume": True, "hgq_python": "p"}
    assert "Formulas take less." in printed.stdout
    assert "[1/5] a stage" in printed.stderr
    document = symbolnet.json("reproduce", "table4", "--quick", "--out", tmp_path)
    assert document == {"experiment": "table4", "out": str(tmp_path), "seconds": 61.0, "results": {"jets": {}}}
    assert seen["plan"] == make_plan4(quick=True)
