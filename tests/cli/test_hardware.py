"""`export`, `verify`, `synth`: from a model to a checked circuit, and every wrong turn on the way."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bundles import check_only, edit_json
from outside import needs_compiler, needs_simulators


@pytest.fixture
def data(tmp_path: Path) -> Path:
    X = np.random.default_rng(3).normal(size=(400, 2))
    file = tmp_path / "data.csv"
    y = 2.71828 * X[:, 0] * np.sin(X[:, 1]) + 0.5
    pd.DataFrame({"x2": X[:, 1], "x1": X[:, 0], "y": y}).to_csv(file, index=False)
    return file


@needs_simulators
def test_export_verify_synth(symbolnet: Any, known: Path, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "circuit"
    told = symbolnet.json("export", known, "--data", data, "--out", out, "--effort", 120)
    assert told["r2"] >= told["exact"] - 0.005
    assert told["front"][0]["lut"] < told["front"][-1]["lut"]
    assert told["stages"] >= 1
    # Icarus alone here: tests/hardware runs both simulators.
    check_only(out, "da4ml", "c", "icarus")
    found = symbolnet.json("verify", out, "--vectors", 300)
    assert found == {"vectors": 300, "mismatches": {"rtl": 0, "da4ml": 0, "c": 0, "icarus": 0}, "changed": []}
    counted = symbolnet.json("synth", out, "--no-dsp")
    assert set(counted) >= {"lut", "ff", "dsp", "bram", "stages", "latency_ns", "tool"}
    assert counted["latency"] == "cycles x assumed clock, not timing-closed"
    assert counted["dsp"] == 0 < counted["lut"]


def test_a_long_front_of_circuits_is_printed_in_part(
    symbolnet: Any, known: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("symbolnet.cli._export._MOST_ROWS", 4)
    words = ["export", known, "--data", data, "--to", "c", "--effort", 120, "--out"]
    front = symbolnet.json(*words, tmp_path / "a")["front"]
    lines = symbolnet.ok(*words, tmp_path / "b").stdout.splitlines()
    rows = lines[2 : lines.index("")]
    assert len(front) > 5 >= len(rows) >= 4
    assert sum("*" in row for row in rows) == 1
    assert [int(row.split()[0].rstrip("*")) for row in (rows[0], rows[-1])] == [front[0]["lut"], front[-1]["lut"]]
    assert f" {len(rows)} of {len(front)} circuits are shown; --json has all." in " ".join(lines)


def test_a_given_precision_is_judged(symbolnet: Any, known: Path, data: Path, tmp_path: Path) -> None:
    words = ["--data", data, "--to", "c", "--precision"]
    fine = symbolnet.json("export", known, *words, "ap_fixed<16,5>", "--out", tmp_path / "fine")
    coarse = symbolnet.json("export", known, *words, "ap_fixed<5,4>", "--out", tmp_path / "coarse")
    assert coarse["r2"] < 0.98 < 0.99 < fine["r2"] <= 1.0 == pytest.approx(fine["exact"])
    said = symbolnet.ok("export", known, *words, "ap_fixed<5,4>", "--out", tmp_path / "again")
    assert f"r2 of the circuit {coarse['r2']:.4f}, of the formula itself 1.0000." in said.stdout
    assert "warning: this format is too coarse for the formula" in said.stderr
    rows = pd.read_csv(data)[["x1", "x2"]]
    rows.to_csv(tmp_path / "inputs.csv", index=False)  # ranges alone
    told = symbolnet.json(
        "export", known, "--data", tmp_path / "inputs.csv", "--precision", "ap_fixed<12,4>", "--out", tmp_path / "d"
    )
    assert "r2" not in told


@needs_compiler
def test_differences_end_with_exit_code_1(symbolnet: Any, known: Path, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "c"
    printed = symbolnet.ok("export", known, "--data", data, "--to", "c", "--precision", "ap_fixed<10,4>", "--out", out)
    assert "symbolnet verify" in printed.stderr
    text = symbolnet.ok("verify", out).stdout
    assert "every bit is the emulator's" in text
    assert "Not as exported" not in text
    source = out / "c" / "formula.c"
    source.write_text(source.read_text().replace("y[0] = v", "y[0] = 1 - v"))
    result = symbolnet("verify", out, "--vectors", 50)
    assert result.exit_code == 1
    assert "50 vectors: the models differ\nNot as exported: c/formula.c" in result.stdout
    edit_json(out / "bundle.json", lambda manifest: manifest | {"clock_ns": None})
    assert "clock_ns of bundle.json is 'None'; export the formula anew" in symbolnet.refused("verify", out)


def test_export_of_an_hls4ml_project(symbolnet: Any, known: Path, data: Path, tmp_path: Path) -> None:
    """tests/hardware compiles such projects."""
    words = ["--precision", "ap_fixed<12,5>", "--to", "vitis", "--out", tmp_path / "p"]
    told = symbolnet.json("export", known, "--data", data, *words)
    assert told["inputs"] == ["ap_fixed<12,5>"] * 2
    assert "sin_lut0((result_t)(x[1]))" in (tmp_path / "p" / "hls4ml" / "firmware" / "formula.cpp").read_text()
    assert "holds no RTL" in symbolnet.refused("synth", tmp_path / "p")
    assert "has one format for everything" in symbolnet.refused(
        "export", known, "--to", "hls4ml", "--out", tmp_path / "q"
    )


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            ["--precision", "ap_fixed<8>"],
            "precision 'ap_fixed<8>' is not understood; write auto, or e.g. ap_fixed<12,8>",
        ),
        (["--to", "verlog"], "--to verlog: no such target; did you mean 'verilog'?"),
        (["--clock-ns", "0"], "--clock-ns 0 must be a positive number"),
        (["--precision", "ap_fixed<8,4>", "--max-luts", "9"], "leaves nothing to choose within limits"),
        (["--index", "0"], "the formula is a constant, so there is no circuit; choose another row with --index"),
        (["--precision", "ap_fixed<12,1>"], "is outside ap_fixed<12,1> in"),
        (["--max-luts", "3"], "--max-luts 3: the smallest circuit"),
        (["--max-latency-ns", "1"], "--max-latency-ns 1: the fastest circuit takes"),
    ],
)
def test_a_wrong_input_is_one_line(
    words: list[str], line: str, symbolnet: Any, known: Path, data: Path, tmp_path: Path
) -> None:
    assert line in symbolnet.refused("export", known, "--data", data, "--out", tmp_path / "out", "--effort", 60, *words)
    assert not (tmp_path / "out").exists()


def test_a_model_file_knows_no_data(symbolnet: Any, known: Path, tmp_path: Path) -> None:
    assert symbolnet.refused("export", known, "--out", tmp_path / "out").endswith("give --data DATA")
    symbolnet.ok("export", known, "--out", tmp_path / "out", "--precision", "ap_fixed<9,5>", "--to", "c")
    for verb in ("verify", "synth"):
        assert "no bundle" in symbolnet.refused(verb, tmp_path)


def test_a_fit_by_luts_brings_its_circuit(symbolnet: Any, known: Path, data: Path, tmp_path: Path) -> None:
    from dataclasses import replace

    from symbolnet import load
    from symbolnet.hardware import Circuit, Precision, lower

    model = load(known)
    row = model.best_index_
    X = pd.read_csv(data)[["x1", "x2"]].to_numpy()
    program = lower(model.expression(), X, precision=Precision(4, 4, 0, 4, 5))
    circuits = [Circuit(None, 0.0, 0, "no logic", 0, 4.0)] * len(model.models_)
    circuits[row] = Circuit(program, 0.75, 33, "Yosys 0.23", 2, 4.0)
    model.models_ = tuple(replace(m, circuit=c) for m, c in zip(model.models_, circuits, strict=True))
    model.save(tmp_path / "m")
    shown = symbolnet.ok("pareto", tmp_path / "m").stdout
    assert {"LUT", "ns", "33", "8", "0.7500"} <= set(shown.split())
    chosen = symbolnet.json("pareto", tmp_path / "m")["models"][row]
    assert (chosen["luts"], chosen["latency_ns"], chosen["circuit_r2"]) == (33, 8.0, 0.75)
    # It needs no data, and --clock-ns is that of the fit.
    printed = symbolnet.ok("export", tmp_path / "m", "--out", tmp_path / "c").stdout
    assert "The circuit that the fit chose: r2 0.7500, 33 LUT." in printed
    assert json.loads((tmp_path / "c" / "bundle.json").read_text())["clock_ns"] == 4.0
    told = symbolnet.json("export", tmp_path / "m", "--out", tmp_path / "d")
    assert (told["synthesised_lut"], told["r2"], told["inputs"]) == (33, 0.75, [str(f) for f in program.input_formats])
    told = symbolnet.json("export", tmp_path / "m", "--out", tmp_path / "f", "--clock-ns", 2)
    assert told["synthesised_lut"] is None  # Yosys counted the circuit that is cut for 4 ns
    line = symbolnet.refused("export", tmp_path / "m", "--out", tmp_path / "e", "--max-luts", 30)
    assert "does not know its data" in line


def test_fit_takes_limits_on_circuits(symbolnet: Any, data: Path, tmp_path: Path) -> None:
    words = ("fit", data, "--target", "y", "--quiet", "--set", "time_limit=1")
    result = symbolnet.ok(*words, "--out", tmp_path / "few", "--max-luts", 1, "--max-complexity", 5, "--clock-ns", 4)
    assert "symbolnet: warning: " in result.stderr
    assert "so a constant is all there is; allow more" in result.stderr
    line = symbolnet.refused(*words, "--out", tmp_path / "no", "--max-luts", 80, "--set", "weight_sparsity=0.5")
    assert line.startswith("max_luts searches by budget, weight_sparsity trains")
    line = symbolnet.refused(*words, "--out", tmp_path / "no", "--max-latency-ns", 20)
    assert line.startswith("max_latency_ns is given without max_luts")
    assert not (tmp_path / "no").exists()
