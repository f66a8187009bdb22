"""`pareto`, `show`, `evaluate`, `predict`: what is printed for a model that is known, and for trained ones."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sympy

import symbolnet as package

FRONT = """\
row   complexity   inputs       R²   loss    score   formula
──────────────────────────────────────────────────────────────────────────
  0          1.0        0   0.0000      1   0.0000   0.25
 1*          7.0        2   0.7500   0.25   0.2310   2.72*x1*sin(x2) + 0.5

* the chosen row. Loss and metric on the validation samples.
the formulas of a row: symbolnet show known.symbolnet --index ROW
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    X = np.random.default_rng(3).normal(size=(50, 2))
    file = tmp_path / "data.csv"
    y = 2.71828 * X[:, 0] * np.sin(X[:, 1]) + 0.5
    pd.DataFrame({"other": 1.0, "x2": X[:, 1], "x1": X[:, 0], "y": y}).to_csv(file, index=False)
    return file


def test_the_front(symbolnet: Any, known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(known.parent)
    assert symbolnet.ok("pareto", known.name).stdout == FRONT


def test_a_long_formula_is_cut_in_the_table_and_a_number_never(
    symbolnet: Any, known: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    lines = symbolnet.ok("pareto", known).stdout.splitlines()
    assert lines[3].endswith("   2.72*x1*sin(x2)…")
    assert lines[3].split()[:6] == ["1*", "7.0", "2", "0.7500", "0.25", "0.2310"]


def test_the_front_as_json(symbolnet: Any, known: Path) -> None:
    told = symbolnet.json("pareto", known)
    assert (told["task"], told["metric"], told["outputs"], told["best_index"]) == ("regression", "r2", ["y"], 1)
    assert [(row["index"], row["complexity"], row["r2"]) for row in told["models"]] == [(0, 1.0, 0.0), (1, 7.0, 0.75)]
    assert told["models"][1]["equations"] == ["2.718*x1*sin(x2) + 0.5"]


def test_the_front_as_a_figure(symbolnet: Any, known: Path, tmp_path: Path) -> None:
    symbolnet.ok("pareto", known, "--figure", tmp_path / "front.svg")
    assert (tmp_path / "front.svg").read_text().lstrip().startswith("<?xml")
    line = symbolnet.refused("pareto", known, "--figure", tmp_path / "front.doc")
    assert line.endswith("unknown kind of figure '.doc'; known: .png, .pdf, .svg")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], "y = 2.71828*x1*sin(x2) + 0.5\n"),
        (["--index", "0"], "y = 0.25\n"),
        (["--digits", "2"], "y = 2.7*x1*sin(x2) + 0.5\n"),
        (["--bits", "1"], "y = 2.0*x1*sin(x2) + 0.5\n"),
        (["--format", "latex", "--digits", "3"], "2.72 x_{1} \\sin\\left(x_{2}\\right) + 0.5\n"),
    ],
)
def test_show(symbolnet: Any, known: Path, words: list[str], text: str) -> None:
    assert symbolnet.ok("show", known, *words).stdout == text


def test_shown_sympy_is_the_formula(symbolnet: Any, known: Path) -> None:
    text = symbolnet.ok("show", known, "--format", "sympy").stdout
    x1, x2 = sympy.symbols("x1 x2")
    assert sympy.simplify(sympy.sympify(text) - (2.71828 * x1 * sympy.sin(x2) + 0.5)) == 0


def test_shown_python_is_a_module_that_computes_the_formula(symbolnet: Any, known: Path, tmp_path: Path) -> None:
    import importlib.util

    file = tmp_path / "shown_formula.py"
    file.write_text(symbolnet.ok("show", known, "--format", "python").stdout)
    spec = importlib.util.spec_from_file_location("shown_formula", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    X = np.random.default_rng(0).normal(size=(20, 2))
    np.testing.assert_array_equal(module.formula(X), package.load(known).expression()(X))
    assert "void formula(const double *x, double *y)" in symbolnet.ok("show", known, "--format", "c").stdout


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--index", "2"], "index 2 is not a row of equations_; give 0 to 1"),
        (["--digits", "0"], "digits=0 must be a whole number from 1 to 17"),
        (["--digits", "3", "--bits", "3"], "give one of them"),
        (["--format", "pascal"], "'pascal' is not one of"),
    ],
)
def test_show_refuses(symbolnet: Any, known: Path, words: list[str], line: str) -> None:
    assert line in symbolnet.refused("show", known, *words)


@pytest.mark.parametrize("verb", ["show", "pareto"])
def test_files_that_are_no_models(symbolnet: Any, known: Path, tables: Path, tmp_path: Path, verb: str) -> None:
    cut = tmp_path / "cut.symbolnet"
    cut.write_bytes(known.read_bytes()[:400])
    assert "damaged" in symbolnet.refused(verb, cut)
    assert "damaged or not a symbolnet file" in symbolnet.refused(verb, tables / "three.csv")
    assert "no such run" in symbolnet.refused(verb, tmp_path / "absent")
    assert "not a run folder" in symbolnet.refused(verb, tmp_path)


def test_evaluate_finds_columns_by_name(symbolnet: Any, known: Path, data: Path) -> None:
    told = symbolnet.json("evaluate", known, data)
    assert told["r2"] == pytest.approx(1.0)
    assert told["rmse"] < 1e-12
    assert (told["mean_complexity"], told["n_inputs"], told["n_samples"], told["part"]) == (7.0, 2, 50, "all")


def test_evaluate_before_and_after_rounding(symbolnet: Any, known: Path, data: Path) -> None:
    told = symbolnet.json("evaluate", known, data, "--digits", "1")
    assert told["rounded"]["digits"] == 1
    assert told["rounded"]["rmse"] > 0.01 > told["rmse"]
    lines = symbolnet.ok("evaluate", known, data, "--bits", "2").stdout.splitlines()
    assert lines[0].split() == ["exact", "2", "bits"]
    assert lines[2].split()[0:2] == ["R²", "1.0000"]


def test_evaluate_a_classifier(symbolnet: Any, classifier_run: Path, tables: Path) -> None:
    told = symbolnet.json("evaluate", classifier_run, tables / "three.csv")
    frame = pd.read_csv(tables / "three.csv")
    model = package.load(classifier_run)
    assert told["accuracy"] == model.score(frame[["mass", "pt", "eta"]], frame["kind"])
    assert told["auc"] == pytest.approx(np.mean(list(told["auc_per_class"].values())))
    assert list(told["auc_per_class"]) == ["a", "b", "c"]
    assert "AUC of class b" in symbolnet.ok("evaluate", classifier_run, tables / "three.csv").stdout


def test_what_the_data_do_not_define_is_null(
    symbolnet: Any, classifier_run: Path, tables: Path, tmp_path: Path
) -> None:
    frame = pd.read_csv(tables / "three.csv")
    frame[frame["kind"] == "a"].to_csv(tmp_path / "a.csv", index=False)
    told = symbolnet.json("evaluate", classifier_run, tmp_path / "a.csv")
    assert told["auc"] is None
    assert "undefined" in symbolnet.ok("evaluate", classifier_run, tmp_path / "a.csv").stdout


def test_the_test_part_is_taken_where_there_is_one(symbolnet: Any, parts_run: Path, tables: Path) -> None:
    parts = tables / "parts.npz"
    assert symbolnet.json("evaluate", parts_run, parts)["n_samples"] == 30
    assert symbolnet.json("evaluate", parts_run, parts, "--part", "train")["n_samples"] == 90
    assert "30 samples of the test part" in symbolnet.ok("evaluate", parts_run, parts).stdout
    assert "has no test part" in symbolnet.refused("evaluate", parts_run, tables / "three.csv", "--part", "test")


def test_classes_have_the_names_of_the_data_set(symbolnet: Any, parts_run: Path) -> None:
    result = symbolnet.ok("show", parts_run)
    assert result.stdout.startswith("gluon = ")
    assert "Class gluon where the value is above 0.5" in result.stderr


def test_predictions_do_not_replace_their_data(
    symbolnet: Any, classifier_run: Path, tables: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data.csv"
    data.write_bytes((tables / "three.csv").read_bytes())
    assert "is the data itself" in symbolnet.refused("predict", classifier_run, data, "--out", data)
    assert data.read_bytes() == (tables / "three.csv").read_bytes()


@pytest.mark.parametrize("suffix", ["csv", "parquet", "npy"])
def test_predict(symbolnet: Any, classifier_run: Path, tables: Path, tmp_path: Path, suffix: str) -> None:
    frame = pd.read_csv(tables / "three.csv")
    expected = package.load(classifier_run).predict(frame[["mass", "pt", "eta"]])
    out = tmp_path / f"out.{suffix}"
    result = symbolnet.ok("predict", classifier_run, tables / "three.csv", "--out", out)
    assert result.stdout == ""
    assert result.stderr == f"120 predictions in {out}\n"
    found = np.load(out) if suffix == "npy" else getattr(pd, f"read_{suffix}")(out)["prediction"].to_numpy()
    assert found.tolist() == expected.tolist()


def test_predict_probabilities(symbolnet: Any, classifier_run: Path, tables: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(tables / "three.csv")
    expected = package.load(classifier_run).predict_proba(frame[["mass", "pt", "eta"]])
    words = ("predict", classifier_run, tables / "three.csv", "--proba", "--out")
    symbolnet.ok(*words, tmp_path / "p.csv")
    columns = [f"probability_{label}" for label in "abc"]
    np.testing.assert_allclose(pd.read_csv(tmp_path / "p.csv")[columns], expected)
    symbolnet.ok(*words, tmp_path / "p.npy")
    np.testing.assert_array_equal(np.load(tmp_path / "p.npy"), expected)


def test_predict_needs_no_target(symbolnet: Any, classifier_run: Path, tables: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(tables / "three.csv").drop(columns="kind")
    frame[["eta", "mass", "pt"]].to_csv(tmp_path / "new.csv", index=False)
    symbolnet.ok("predict", classifier_run, tmp_path / "new.csv", "--out", tmp_path / "p.npy")
    expected = package.load(classifier_run).predict(frame[["mass", "pt", "eta"]])
    assert np.load(tmp_path / "p.npy").tolist() == expected.tolist()


def test_predict_refuses(symbolnet: Any, known: Path, classifier_run: Path, data: Path, tmp_path: Path) -> None:
    line = symbolnet.refused("predict", known, data, "--out", tmp_path / "p.csv", "--proba")
    assert line == "--proba: the model is a regressor and has no probabilities; leave --proba out"
    line = symbolnet.refused("predict", known, data, "--out", tmp_path / "p.txt")
    assert line.endswith("unknown kind of file '.txt'; known: .csv, .parquet, .npy")
    assert "cannot write" in symbolnet.refused("predict", known, data, "--out", tmp_path / "absent" / "p.csv")
    assert "no input column 'mass'" in symbolnet.refused("predict", classifier_run, data, "--out", tmp_path / "p.csv")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["data.csv"]


def test_evaluate_refuses(
    symbolnet: Any, known: Path, classifier_run: Path, tables: Path, tmp_path: Path, data: Path
) -> None:
    assert "64 inputs and the model was fitted on 2" in symbolnet.refused("evaluate", known, "digits")
    frame = pd.read_csv(tables / "three.csv")
    frame.assign(kind="z").to_csv(tmp_path / "z.csv", index=False)
    line = symbolnet.refused("evaluate", classifier_run, tmp_path / "z.csv")
    file = tmp_path / "z.csv"
    assert line == f"{file}: y has the class 'z' that the model does not know; its classes are a, b, c"
    file = tmp_path / "two.csv"
    pd.DataFrame({"x1": [0.0, 1.0], "x2": [1.0, 2.0], "y": [1.0, 2.0], "z": "t"}).to_csv(file, index=False)
    words = ("evaluate", known, file, "--target", "y", "--target")
    assert symbolnet.refused(*words, "x1").startswith(f"{file}: y has 2 targets for each row and the model has 1")
    assert symbolnet.refused("evaluate", known, file, "--target", "z").startswith(f"{file}: y holds text ('t')")
    assert symbolnet.refused(*words, "y") == "the target 'y' is named twice; name each column once"
    frame.drop(columns="kind").to_csv(tmp_path / "none.csv", index=False)
    assert "no target column 'kind'" in symbolnet.refused("evaluate", classifier_run, tmp_path / "none.csv")
