"""Table IV on the digits, small: both circuits are made, verified and compared. It trains with HGQ2 (extra `hgq`)."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from symbolnet._errors import SymbolNetError
from symbolnet.reproduce import Table4Report, make_plan4, reproduce_table4
from symbolnet.reproduce._table4_page import COLUMNS
from symbolnet.reproduce._table4_plan import FIGURES
from symbolnet.reproduce._table4_stages import STAGES4, load_setting

Run = tuple[Path, Table4Report, list[str]]


@pytest.fixture(scope="session")
def table4_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    out = tmp_path_factory.mktemp("table4") / "out"
    lines: list[str] = []
    return out, reproduce_table4(make_plan4(quick=True), out, report=lines.append), lines


def test_both_circuits_are_exact_and_counted(table4_run: Run) -> None:
    _, report, _ = table4_run
    found = report.results["digits"]
    assert list(found) == list(STAGES4)
    for stage in ("formula-circuit", "network-circuit"):
        circuit = found[stage]
        assert circuit["mismatches"] == {"rtl": 0, "da4ml": 0, "c": 0, "verilator": 0, "icarus": 0}
        assert circuit["lut"] > 10
        assert circuit["ff"] > 10
        assert circuit["dsp"] == 0
        assert circuit["latency_ns"] == 5 * circuit["stages"] > 0
    assert found["network-circuit"]["keras_mismatches"] == 0
    assert found["network-circuit"]["keras_rows"] == 450
    assert found["network"]["da4ml_mismatches"] == 0  # HGQ2's own way to da4ml
    assert found["formula"]["complexity"] <= 15
    for metric in ("accuracy", "auc"):
        assert found["network-circuit"][metric] == found["network"][metric]


def test_the_network_is_pruned_and_of_six_bits(table4_run: Run) -> None:
    """Its accuracy again, from the stored integers, by NumPy in floats."""
    from symbolnet.io import read_archive

    out, report, _ = table4_run
    entry = make_plan4(quick=True).entries[0]
    _, arrays = read_archive(out / "models" / "digits-network.zip", kind="table4-network")
    weights = [arrays[f"weight{k}"] for k in range(2)]
    assert all(np.abs(weight * 2 + 1).max() <= 63 for weight in weights)  # -32 to 31
    for weight, least in zip(weights, (0.7, 0.5), strict=True):
        assert np.mean(weight == 0) >= least - 0.01
    assert report.results["digits"]["network"]["n_weights"] == sum(np.count_nonzero(weight) for weight in weights)
    task = load_setting(entry, out, None).small
    h = np.clip(np.floor(task.X_test / 16 * 64 + 0.5), 0, 63) / 64
    for k, weight in enumerate(weights):
        h = h @ (weight / 32) + arrays[f"bias{k}"] / 32
        h = np.clip(np.floor(np.maximum(h, 0) * 64 + 0.5), 0, 63) / 64 if k < 1 else h
    assert np.array_equal(h.astype(np.float32), arrays["scores"])
    assert np.mean(h.argmax(1) == task.y_test) == report.results["digits"]["network-circuit"]["accuracy"]


def test_the_folder_is_whole(table4_run: Run) -> None:
    out, report, lines = table4_run
    with (out / "tables" / "table4.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    assert tuple(rows[0]) == ("data", "figure", *COLUMNS)
    assert [row[1] for row in rows[1:]] == list(FIGURES.values())
    lut = next(row for row in rows if row[1] == "LUT")
    assert lut[2] == f"{report.results['digits']['formula-circuit']['lut']:,}"
    assert lut[4] == f"{report.results['digits']['network-circuit']['lut']:,}"
    assert lut[3] == lut[5] == "–"  # the paper has no digits
    assert (out / "tables" / "table4.tex").read_text(encoding="utf-8").startswith(r"\begin{table}")
    page = (out / "README.md").read_text(encoding="utf-8")
    assert page.startswith((out / "table4.md").read_text(encoding="utf-8"))
    assert "measures nothing" in page
    assert report.statements[0].removeprefix("digits: ") in page
    assert "nan" not in page.lower().split()
    settings = json.loads((out / "settings.json").read_text(encoding="utf-8"))
    assert {"hgq2", "keras", "jax", "da4ml", "yosys"} <= set(settings["versions"])
    assert settings["plan"]["entries"][0]["hgq"]["hidden"] == [8]
    for kind in ("formula", "network"):
        assert (out / "circuits" / f"digits-{kind}" / "rtl" / "formula.v").is_file()
    assert any("epoch 6 of 6: 70 % pruned" in line for line in lines)


def test_a_run_resumes_and_others_are_refused(table4_run: Run) -> None:
    out, report, _ = table4_run
    plan = make_plan4(quick=True)
    lines: list[str] = []
    again = reproduce_table4(plan, out, resume=True, report=lines.append)
    assert sum("there already" in line for line in lines) == len(STAGES4)
    assert again.statements == report.statements
    with pytest.raises(SymbolNetError, match="--resume goes on with it"):
        reproduce_table4(plan, out)
    other = replace(plan, entries=(replace(plan.entries[0], max_complexity=16),))
    with pytest.raises(SymbolNetError, match="belongs to a run with other settings"):
        reproduce_table4(other, out, resume=True)


def test_without_hgq2_nothing_is_begun(tmp_path: Path) -> None:
    with pytest.raises(SymbolNetError, match="cannot be run"):
        reproduce_table4(make_plan4(), tmp_path / "out", hgq_python=str(tmp_path / "nowhere"))
    assert not (tmp_path / "out").exists()


def test_the_published_figures_are_those_of_table_iv() -> None:
    """Lines of the table as the paper prints them: BRAM, DSP, FF, LUT, II, latency, relative accuracy."""
    printed = {
        "jets": ("4 28 2739 7691 1 55ns 94.7", "0 3 109 177 1 10ns 93.3"),
        "mnist": ("66 216 18379 29417 788 4.0µs 86.8", "0 160 6424 7592 1 125ns 85.3"),
        "svhn": ("62 77 16286 27407 1029 5.2µs 94.0", "0 38 1945 3029 1 195ns 94.5"),
    }
    for entry in make_plan4().entries:
        for row, line in zip((entry.network, entry.formula), printed[entry.name], strict=True):
            assert row is not None
            counts = row.bram, row.dsp, row.ff, row.lut, row.ii
            told = [*map(str, counts), row.latency.replace(" ", ""), f"{row.relative:.1f}"]
            assert " ".join(told) == line
