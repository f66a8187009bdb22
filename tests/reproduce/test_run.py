"""The experiment on the digits, small: the folder is whole, its numbers are its formulas', and it resumes."""

import json
from dataclasses import replace
from pathlib import Path

import matplotlib.image
import numpy as np
import pandas as pd
import pytest

from symbolnet._errors import ModelFileError, SymbolNetError
from symbolnet.reproduce import METHODS, Plan, RunReport, reproduce
from symbolnet.reproduce._data import load_data
from symbolnet.reproduce._results import QUICK
from symbolnet.reproduce._run import STAGES
from symbolnet.reproduce._stage import StageResult, read_stage

Run = tuple[Path, RunReport]
FIGURES = (
    "fig4_decay_factor", "fig6_inputs", "fig7_training_curves", "fig8_fronts", "fig9_roc_budget", "fig9_roc_symbolnet",
    "confusion_budget", "confusion_symbolnet", "survivors_budget", "survivors_symbolnet",
)  # fmt: skip


def _stages(out: Path) -> dict[str, StageResult]:
    files = sorted((out / STAGES).iterdir())
    from symbolnet.io import read_archive

    return {file.stem: read_stage(file, read_archive(file)[0]["fingerprint"]) for file in files}


def test_the_folder_is_whole(small_run: Run) -> None:
    out, report = small_run
    assert set(_stages(out)) == {"example", "dense", "symbolnet-0", "eql-0", "budget-0", "gplearn-0"}
    assert report.left_out == ()
    for name in FIGURES:
        image = matplotlib.image.imread(out / "figures" / f"{name}.png")
        assert min(image.shape[:2]) > 150
        assert image[..., :3].std() > 0.01  # not a blank page
        assert (out / "figures" / f"{name}.pdf").read_bytes().startswith(b"%PDF")
    for table in ("summary", *(f"formulas_{method}" for method in ("symbolnet", "budget", "eql", "gplearn"))):
        forms = {
            form: (out / "tables" / f"{table}.{form}").read_text(encoding="utf-8") for form in ("tex", "md", "csv")
        }
        assert forms["tex"].startswith(r"\begin{table}")
        assert forms["tex"].rstrip().endswith(r"\end{table}")
        assert all(len(text) > 80 for text in forms.values())
    assert not list(out.rglob("*.part"))


def test_the_page_links_to_what_exists_and_says_what_is_cut(small_run: Run, small_plan: Plan) -> None:
    import re

    out, report = small_run
    text = (out / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert links
    for link in links:
        assert (out / link).exists(), link
    assert report.statements == (QUICK,)
    assert not re.search("confirmed|reached|1 seeds", text)
    for cut in (*small_plan.cuts, *report.statements):
        assert cut in text
    assert "nan" not in text.lower().split()


def test_settings_tell_plan_versions_data_and_machine(small_run: Run, small_plan: Plan) -> None:
    out, _ = small_run
    settings = json.loads((out / "settings.json").read_text(encoding="utf-8"))
    assert settings["plan"]["epochs"] == small_plan.epochs
    assert settings["data"]["name"] == "digits"
    assert settings["data"]["rows_to_judge_on"] == 450
    assert {"python", "jax", "symbolnet", "gplearn"} <= set(settings["versions"])
    assert {"cores", "processor"} <= set(settings["machine"])
    assert {stage["stage"] for stage in settings["stages"]} == {
        "example",
        "dense",
        "symbolnet",
        "eql",
        "budget",
        "gplearn",
    }


def test_every_number_is_its_formulas(small_run: Run, small_plan: Plan) -> None:
    """Accuracy and complexity of the models on the fronts, computed again from the stored formulas."""
    out, _ = small_run
    task = load_data(small_plan).task
    Z = task.scaled(task.X_test)
    models = pd.read_csv(out / "numbers" / "models.csv")
    checked = 0
    for stage in _stages(out).values():
        if stage.method not in METHODS:
            continue
        rows = models[models["method"] == stage.method].reset_index(drop=True)
        assert len(rows) == len(stage.points)
        for place, expression in stage.expressions.items():
            values = expression(task.X_test if stage.points[place].get("raw") else Z)
            assert np.mean(values.argmax(axis=1) == task.y_test) == pytest.approx(rows.loc[place, "accuracy"])
            assert sum(expression.complexities) / 10 == pytest.approx(rows.loc[place, "complexity"])
            checked += 1
    assert checked >= 4


def test_the_front_in_the_table_of_models_is_the_front(small_run: Run) -> None:
    models = pd.read_csv(small_run[0] / "numbers" / "models.csv")
    for (_, _), rows in models.groupby(["method", "seed"]):
        for row in rows.itertuples():
            beaten = (
                (rows["complexity"] <= row.complexity)
                & (rows["val_score"] >= row.val_score)
                & ((rows["complexity"] < row.complexity) | (rows["val_score"] > row.val_score))
            ).any()
            if row.front:
                assert not beaten


def test_the_example_has_the_curves_of_fig_7(small_run: Run, small_plan: Plan) -> None:
    curves = pd.read_csv(small_run[0] / "numbers" / "fig7_training_curves.csv")
    assert len(curves) == small_plan.example_epochs
    assert {"loss_error", "loss_sparse_weight", "mean_threshold_input", "sparsity_unary", "val_metric"} <= set(curves)


def test_a_run_resumes_from_its_stages(small_run: Run, small_plan: Plan) -> None:
    out, _ = small_run
    before = {file.name: file.read_bytes() for file in (out / STAGES).iterdir()}
    (out / STAGES / "dense.zip").unlink()
    lines: list[str] = []
    reproduce(small_plan, out, resume=True, report=lines.append)
    assert sum("there already" in line for line in lines) == len(before) - 1
    after = {file.name: file.read_bytes() for file in (out / STAGES).iterdir()}
    assert after.keys() == before.keys()
    assert all(after[name] == before[name] for name in before if name != "dense.zip")
    again = read_stage(out / STAGES / "dense.zip", _fingerprint(out))
    assert again.points[0]["accuracy"] > 0.3


def _fingerprint(out: Path) -> str:
    from symbolnet.io import read_archive

    return str(read_archive(out / STAGES / "example.zip")[0]["fingerprint"])


def test_a_used_folder_or_another_plan_is_refused(small_run: Run, small_plan: Plan, tmp_path: Path) -> None:
    out, _ = small_run
    with pytest.raises(SymbolNetError, match="holds a run already; --resume goes on with it"):
        reproduce(small_plan, out)
    with pytest.raises(ModelFileError, match="other settings"):
        reproduce(replace(small_plan, epochs=9), out, resume=True)
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(SymbolNetError, match="is not empty; choose a new folder"):
        reproduce(small_plan, tmp_path)
    with pytest.raises(SymbolNetError, match="a file, not a folder"):
        reproduce(small_plan, tmp_path / "mine.txt")


def test_what_the_time_does_not_allow_is_left_out_and_said(small_run: Run, small_plan: Plan, tmp_path: Path) -> None:
    """Stages of a first seed are there and took longer than the limit: those of a second seed are left out."""
    import shutil

    out, _ = small_run
    plan = replace(small_plan, seeds=(0, 1), minutes=0.001)
    from symbolnet.reproduce._run import _fingerprint as of_plan
    from symbolnet.reproduce._stage import write_stage

    copy = tmp_path / "two"
    shutil.copytree(out, copy)
    mark = of_plan(plan, load_data(plan))
    for name, stage in _stages(out).items():
        write_stage(copy / STAGES / f"{name}.zip", stage, mark)
    report = reproduce(plan, copy, resume=True)
    assert set(report.left_out) == {f"{METHODS[m]}, seed 1" for m in ("symbolnet", "eql", "budget", "gplearn")}
    page = (copy / "README.md").read_text(encoding="utf-8")
    assert f"{METHODS['eql']}, seed 1: no time was left for it" in page
