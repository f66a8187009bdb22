"""`symbolnet scan` as a person types it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

RANGES = """
[space]
n_unary = [2, 3]
weight_sparsity = {low = 0.5, high = 0.9}
[settings]
n_binary = 1
max_iter = 4
batch_size = 32
unary_operators = ["sin", "tanh"]
"""
SMALL = ("--population", 2, "--queue", 4, "--quiet")


@pytest.fixture(scope="session")
def ranges(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("ranges") / "ranges.toml"
    file.write_text(RANGES)
    return file


@pytest.fixture(scope="session")
def scanned(tables: Path, ranges: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from click.testing import CliRunner

    from symbolnet.cli._app import app

    folder = tmp_path_factory.mktemp("scans") / "scan"
    words = ["scan", "run", tables / "three.csv", "--space", ranges, "--out", folder, "--trials", 8, *SMALL]
    words += ["--objective", "luts"]
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, result.stderr
    return folder


def test_status(symbolnet: Any, scanned: Path) -> None:
    document = symbolnet.json("scan", "status", scanned)
    assert document["done"] == document["n_trials"] == 8
    assert sum(document["trials"].values()) == 8
    assert document["run_by"] is None
    text = symbolnet.ok("scan", "status", scanned).stdout
    assert "8 of 8 trials have ended" in text
    assert document["objectives"] == ["accuracy", "complexity", "luts"]
    assert "front of accuracy, complexity, luts" in text


def test_the_front_is_a_table_with_its_models(symbolnet: Any, scanned: Path, tmp_path: Path) -> None:
    document = symbolnet.json("scan", "pareto", scanned, "--figure", tmp_path / "front.png")
    assert (tmp_path / "front.png").read_bytes().startswith(b"\x89PNG")
    models = document["models"]
    assert len(models) == document["front"] >= 1
    assert [m["complexity"] for m in models] == sorted(m["complexity"] for m in models)
    for model in models:
        shown = symbolnet.ok("show", model["model"]).stdout
        assert len(shown.splitlines()) == 3  # one formula a class
    text = symbolnet.ok("scan", "pareto", scanned).stdout
    assert all(len(line) <= 80 for line in text.splitlines() if "symbolnet" not in line and len(line.split()) != 1)
    assert "accuracy" in text


def test_a_trial_becomes_a_run_with_the_same_formulas(symbolnet: Any, scanned: Path, tmp_path: Path) -> None:
    index = symbolnet.json("scan", "pareto", scanned)["models"][-1]["index"]
    document = symbolnet.json("fit", "--from-scan", scanned, "--index", index, "--out", tmp_path / "run")
    assert document["same_formulas"] is True
    assert document["trial"] == index
    run = symbolnet.ok("show", tmp_path / "run").stdout
    kept = symbolnet.ok("show", scanned / "models" / f"{index:06d}.symbolnet").stdout
    assert run == kept
    assert "cannot" not in symbolnet.ok("evaluate", tmp_path / "run", json.loads(
        (tmp_path / "run" / "config.json").read_text())["config"]["data"]).stderr  # fmt: skip


def test_export(symbolnet: Any, scanned: Path, tmp_path: Path) -> None:
    symbolnet.ok("scan", "export", scanned, "--out", tmp_path / "all.csv")
    frame = pd.read_csv(tmp_path / "all.csv")
    assert sorted(frame["index"]) == list(range(8))
    assert {"accuracy", "complexity", "luts", "n_unary", "weight_sparsity", "seed", "equations"} <= set(frame.columns)
    assert all(frame["luts"][frame["state"] == "complete"] >= 0)
    symbolnet.ok("scan", "export", scanned, "--out", tmp_path / "front.json", "--front")
    records = json.loads((tmp_path / "front.json").read_text())
    assert all(record["pareto"] and record["settings"]["max_iter"] == 4 for record in records)


def test_more_trials_and_a_moved_file(symbolnet: Any, tables: Path, ranges: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved.csv"
    moved.write_bytes((tables / "three.csv").read_bytes())
    symbolnet.ok("scan", "run", moved, "--space", ranges, "--out", tmp_path / "scan", "--trials", 4, *SMALL)
    moved.rename(tmp_path / "again.csv")
    assert "no such file" in symbolnet.refused("scan", "resume", tmp_path / "scan", "--trials", 6, "--quiet")
    document = symbolnet.json(
        "scan", "resume", tmp_path / "scan", "--trials", 6, "--quiet", "--data", tmp_path / "again.csv"
    )
    assert document["done"] == 6
    other = tmp_path / "other.csv"
    other.write_text("\n".join((tables / "three.csv").read_text().splitlines()[:-1]) + "\n")
    assert "not the data" in symbolnet.refused("scan", "resume", tmp_path / "scan", "--data", other, "--quiet")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--preset", "mnits"), "did you mean 'mnist'"),
        (("--set", "n_unray=3"), "did you mean 'n_unary'"),
        (("--set", "random_state=3"), "unknown setting"),
        (("--space", "nowhere.toml"), "TOML"),
        (("--storage", "mysql://me:hush@host/db"), "postgresql://"),
        (("--trials", "0"), "--trials"),
        (("--dask", "tcp://127.0.0.1:1"), "no Dask scheduler"),
        (("--jobqueue", "slurm"), "--host"),
        (("--set", "max_iter=0"), "max_iter"),
        (("--seed", "-1"), "seed"),
    ],
)
def test_a_wrong_option_ends_in_a_line(
    symbolnet: Any, tables: Path, tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    line = symbolnet.refused("scan", "run", tables / "three.csv", "--out", tmp_path / "scan", "--quiet", *words)
    assert says in line
    assert "hush" not in line
    assert not (tmp_path / "scan").exists()


def test_folders_that_are_not_free(symbolnet: Any, tables: Path, scanned: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for folder, says in ((scanned, "scan resume"), (tmp_path, "not empty"), (tmp_path / "file", "a file")):
        assert says in symbolnet.refused("scan", "run", tables / "three.csv", "--out", folder, "--quiet")
    assert (tmp_path / "file").read_text() == "mine"
    assert "no scan in it" in symbolnet.refused("scan", "status", tmp_path)
    assert "scan" in symbolnet.refused("fit", tables / "three.csv", "--out", scanned, "--quiet")


def test_from_scan_takes_no_other_settings(symbolnet: Any, scanned: Path, tmp_path: Path) -> None:
    out = ("--out", tmp_path / "run")
    assert "--index" in symbolnet.refused("fit", "--from-scan", scanned, "--set", "max_iter=3", *out)
    assert "--from-scan" in symbolnet.refused("fit", "digits", "--index", 3, *out)
    assert "no formulas" in symbolnet.refused("fit", "--from-scan", scanned, "--index", 999, *out)
    assert not (tmp_path / "run").exists()


def test_kill_9_and_resume_gives_the_front_of_a_scan_never_killed(
    symbolnet: Any, tables: Path, ranges: Path, scanned: Path, tmp_path: Path
) -> None:
    words = ["scan", "run", tables / "three.csv", "--space", ranges, "--out", tmp_path / "scan", "--trials", 8, *SMALL]
    words += ["--objective", "luts"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        [sys.executable, "-m", "symbolnet", *map(str, words)], env=environment, stderr=subprocess.DEVNULL
    )
    log = tmp_path / "scan" / "results.log"
    deadline = time.monotonic() + 120
    while not log.exists() and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    symbolnet.ok("scan", "resume", tmp_path / "scan", "--quiet")
    killed, whole = (symbolnet.json("scan", "pareto", folder)["models"] for folder in (tmp_path / "scan", scanned))
    for models in (killed, whole):
        for model in models:
            del model["model"], model["seconds"]
    assert killed == whole


def test_luts_are_those_of_the_circuit_at_default_bits(scanned: Path, symbolnet: Any, tables: Path) -> None:
    """Yosys-free guess of the exported program, with ranges from the same rows."""
    from symbolnet import load
    from symbolnet.hardware import Precision, lower
    from symbolnet.hardware._cost import guess_luts

    X = pd.read_csv(tables / "three.csv").iloc[:, :-1].to_numpy()
    models = symbolnet.json("scan", "pareto", scanned)["models"]
    assert models
    for model in models:
        expression = load(model["model"]).expression()
        used = bool(expression.used_inputs)
        wanted = guess_luts(lower(expression, X, precision=Precision())) if used else 0.0
        assert model["luts"] == pytest.approx(wanted, abs=0.5)


def test_formulas_too_long_to_be_kept_are_in_the_models_or_a_reason_stands(
    symbolnet: Any, tables: Path, ranges: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("symbolnet.search._work._LONGEST_EQUATIONS", 0)
    folder, out = tmp_path / "scan", tmp_path / "all.json"
    symbolnet.ok("scan", "run", tables / "three.csv", "--space", ranges, "--out", folder, "--trials", 6, *SMALL)
    said = symbolnet.ok("scan", "export", folder, "--out", out).stderr
    records = [record for record in json.loads(out.read_text()) if record["state"] == "complete"]
    front, others = ([record for record in records if record["pareto"] is on] for on in (True, False))
    assert f"; {len(others)} without their formulas, see its column reason" in said
    for record in front:
        shown = symbolnet.ok("show", folder / "models" / f"{record['index']:06d}.symbolnet").stdout
        assert len(record["equations"]) == len(shown.splitlines()) == 3
        assert record["reason"] == ""
    assert others
    for record in others:
        assert record["equations"] is None
        assert f"not on the front; symbolnet fit --from-scan {folder} --index {record['index']}" in record["reason"]
    last = front[-1]["index"]
    (folder / "models" / f"{last:06d}.symbolnet").write_bytes(b"damaged")
    symbolnet.ok("scan", "export", folder, "--front", "--out", tmp_path / "front.csv")
    reasons = pd.read_csv(tmp_path / "front.csv").set_index("index")["reason"]
    assert "symbolnet fit --from-scan" in reasons[last]


def test_a_long_front_is_printed_in_part(
    symbolnet: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from symbolnet.search import Number, Plan, Space, front_rows, run_scan, start_scan
    from symbolnet.search._simulated import SimulatedExecutor

    names = ("weight_sparsity", "input_sparsity", "unary_sparsity", "binary_sparsity", "sparsity_decay")
    plan = Plan(Space({name: Number(0.01, 0.99) for name in names}, {}), "classification", sampler="random")
    study, kept = start_scan(tmp_path / "scan", plan, "data", 400)
    run_scan(study, SimulatedExecutor(1), kept)
    rows = front_rows(study)
    study.close()
    assert len(rows) > 20
    text = symbolnet.ok("scan", "pareto", kept.path).stdout
    lines = text.splitlines()
    printed = [int(line.split()[0]) for line in lines[2 : lines.index("")]]
    assert len(printed) == 20
    assert (printed[0], printed[-1]) == (rows[0].index, rows[-1].index)
    assert f"not shown: {len(rows) - 20} models between these, sparsity_decay\n" in text
    assert all(len(line) <= 80 for line in lines if "symbolnet" not in line)
    monkeypatch.setenv("COLUMNS", "200")
    assert "models between these\n" in symbolnet.ok("scan", "pareto", kept.path).stdout


@pytest.mark.parametrize("storage", [[], ["--storage", "own.journal"]])
def test_storage_or_models_that_are_gone_are_one_line(
    storage: list[str], symbolnet: Any, tables: Path, ranges: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["--space", ranges, "--out", "scan", "--trials", 4, *SMALL]
    symbolnet.ok("scan", "run", tables / "three.csv", *words, *storage)
    before = symbolnet.ok("scan", "pareto", "scan").stdout
    shutil.rmtree("scan/models")
    after = symbolnet.ok("scan", "pareto", "scan").stdout
    assert after.startswith(before.partition("formulas of")[0])
    assert ".symbolnet is missing\n" in after
    file = Path(storage[-1] if storage else "scan/study.db")
    for empty in (True, False):
        file.unlink()
        file.touch() if empty else None
        for verb in (["status"], ["pareto"], ["export", "--out", "all.csv"]):
            line = symbolnet.refused("scan", verb[0], "scan", *verb[1:])
            assert ("holds no study" if empty else "no such file") in line
            assert line.endswith("symbolnet scan resume rebuilds it from results.log of the scan's folder")
        symbolnet.ok("scan", "resume", "scan", "--quiet")
        assert symbolnet.ok("scan", "pareto", "scan").stdout == after
