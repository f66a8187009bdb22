"""`symbolnet fit`: what it trains, writes and says, and every input that it refuses."""

import json
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import symbolnet as package


def test_the_results_are_a_table_formulas_and_a_folder(
    symbolnet: Any, tables: Path, tmp_path: Path, small: tuple[str, ...]
) -> None:
    run = tmp_path / "deep" / "run"
    result = symbolnet.ok("fit", tables / "three.csv", "--out", run, *small)
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["row", "complexity", "inputs", "accuracy", "loss", "score"]
    assert set(lines[1]) == {"─"}
    assert any(line.startswith("The 3 formulas of row ") for line in lines)
    assert [line[:6] for line in lines if line.startswith(("  a = ", "  b = ", "  c = "))] == [
        "  a = ",
        "  b = ",
        "  c = ",
    ]
    assert "\x1b" not in result.stdout
    assert [line for line in lines if len(line) > 80 and str(run) not in line] == []
    assert {file.name for file in run.iterdir()} >= {"config.json", "model.symbolnet", "equations.csv", "history.csv"}
    assert package.load(run).classes_.tolist() == ["a", "b", "c"]


def test_missed_sparsity_targets_are_one_plain_line(
    symbolnet: Any, tables: Path, tmp_path: Path, small: tuple[str, ...]
) -> None:
    result = symbolnet.ok(
        "fit", tables / "three.csv", "--out", tmp_path / "run", *small, "--set", "weight_sparsity=0.99"
    )
    (line,) = result.stderr.splitlines()
    assert line.startswith("symbolnet: warning: sparsity targets missed after 4 epochs: weight 0.")
    assert "of 0.99 (missed)" in result.stdout


def test_a_time_limit_too_short_for_a_formula_is_one_plain_line(symbolnet: Any, tables: Path, tmp_path: Path) -> None:
    words = ("--max-complexity", 5, "--set", "time_limit=1e-9", "--quiet")
    (line,) = symbolnet.ok("fit", tables / "line.csv", "--out", tmp_path / "run", *words).stderr.splitlines()
    assert line.startswith("symbolnet: warning: no formula of the inputs was found within time_limit=1e-09 s")


def test_json_stands_alone_and_says_the_same_as_the_folder(
    symbolnet: Any, tables: Path, tmp_path: Path, small: tuple[str, ...]
) -> None:
    told = symbolnet.json("fit", tables / "parts.npz", "--out", tmp_path / "run", *small)
    model = package.load(tmp_path / "run")
    assert told["task"] == "classification"
    assert (told["n_samples"], told["n_inputs"], told["n_iter"]) == (90, 3, 4)
    assert [row["complexity"] for row in told["models"]] == model.equations_["complexity"].tolist()
    assert told["models"][told["best_index"]]["chosen"] is True
    with np.load(tables / "parts.npz") as parts:
        assert told["test"]["accuracy"] == model.score(parts["X_test"], parts["y_test"])
    assert told["test"]["n_samples"] == 30


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("three.csv", "data: 120 rows, 3 inputs; task: classification of 'kind', 3 classes"),
        ("line.csv", "data: 120 rows, 3 inputs; task: regression of 'yield_'"),
        (
            "parts.npz",
            "data: 90 rows, 3 inputs; task: classification of 'y', 2 classes (--task regression for the other)",
        ),
    ],
)
def test_the_guess_of_the_task_is_told(tables: Path, file: str, line: str) -> None:
    from symbolnet.cli._data import guess_task, read_to_train
    from symbolnet.cli._training import _about

    data = read_to_train(str(tables / file), (), 2.0)
    assert _about(data, guess_task(data.y), guessed=True) == line


@pytest.mark.parametrize(
    ("y", "task"),
    [
        (np.array(["a", "b"]), "classification"),
        (np.array([True, False]), "classification"),
        (np.arange(10) % 3, "classification"),
        (np.arange(10.0) % 2, "classification"),
        (np.arange(50), "regression"),
        (np.arange(5), "regression"),
        (np.linspace(0, 1, 9), "regression"),
        (np.zeros((4, 2)), "regression"),
    ],
)
def test_guess_task(y: Any, task: str) -> None:
    from symbolnet.cli._data import guess_task

    assert guess_task(y) == task


def test_an_option_wins_over_a_setting_and_that_over_the_file(
    symbolnet: Any, tables: Path, tmp_path: Path, small: tuple[str, ...]
) -> None:
    config = tmp_path / "settings.toml"
    config.write_text('target = "kind"\nmax_iter = 9\nlearning_rate = 0.01\nmax_complexity = 9\n')
    words = ("--config", config, *small, "--set", "weight_sparsity=0.5", "--max-complexity", "40")
    symbolnet.ok("fit", tables / "three.csv", "--out", tmp_path / "run", *words)
    model = package.load(tmp_path / "run")
    assert (model.max_iter, model.learning_rate, model.max_complexity) == (4, 0.01, 40.0)
    assert model.unary_operators == ("tanh",)
    assert model.equations_["complexity"].max() <= 40


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("1e-3", 0.001),
        ("true", True),
        ("None", None),
        ("[1, 2]", [1, 2]),
        ("1, 2", (1, 2)),
        ("huber", "huber"),
    ],
)
def test_values_of_settings(text: str, value: Any) -> None:
    from symbolnet.cli._settings import from_options

    made = from_options([f"loss = {text}"], None, max_complexity=None, target=(), task=None, known=["loss"])
    assert made.parameters == {"loss": value}


def test_operators_may_be_listed_without_brackets() -> None:
    from symbolnet.cli._settings import from_options

    words = ["unary_operators=sin, cos", "binary_operators=*"]
    made = from_options(
        words, None, max_complexity=None, target=(), task=None, known=["unary_operators", "binary_operators"]
    )
    assert made.parameters == {"unary_operators": ["sin", "cos"], "binary_operators": ["*"]}


def test_a_parquet_file_beyond_the_limit_is_read_in_parts(
    symbolnet: Any, tmp_path: Path, small: tuple[str, ...]
) -> None:
    X = np.random.default_rng(1).normal(size=(300, 2))
    frame = pd.DataFrame(X, columns=["mass", "pt"]).assign(label=np.where(X[:, 0] > 0, "s", "b"))
    frame.iloc[::-1].to_parquet(tmp_path / "big.parquet", row_group_size=100)  # with the index as a column
    words = ("fit", tmp_path / "big.parquet", "--out", tmp_path / "run", "--memory-limit", "1e-9", *small[:-1])
    result = symbolnet.ok(*words)
    assert "data: 300 rows, read in parts, 2 inputs; task: classification of 'label', 2 classes" in result.stderr
    model = package.load(tmp_path / "run")
    assert model.feature_names_in_.tolist() == ["mass", "pt"]
    assert symbolnet.json("evaluate", tmp_path / "run", tmp_path / "big.parquet")["n_samples"] == 300


@pytest.mark.parametrize("streamed", [False, True])
def test_dates_are_classes_however_they_are_read(
    symbolnet: Any, tmp_path: Path, small: tuple[str, ...], streamed: bool
) -> None:
    X = np.random.default_rng(1).normal(size=(300, 2))
    days = np.array(["2020-01-01", "2021-06-01"], "M8[D]")[(X[:, 0] > 0).astype(int)]
    frame = pd.DataFrame(X, columns=["mass", "pt"]).assign(label=pd.Series(days).dt.date)
    frame.to_parquet(tmp_path / "d.parquet")
    limit = ("--memory-limit", "1e-9") if streamed else ()
    symbolnet.ok("fit", tmp_path / "d.parquet", "--out", tmp_path / "run", *limit, *small)
    assert package.load(tmp_path / "run").classes_.tolist() == ["2020-01-01", "2021-06-01"]
    np.savez(tmp_path / "d.npz", X=X, y=days)
    symbolnet.ok("fit", tmp_path / "d.npz", "--out", tmp_path / "other", *small)
    assert package.load(tmp_path / "other").classes_.tolist() == ["2020-01-01", "2021-06-01"]
    assert 0 <= symbolnet.json("evaluate", tmp_path / "other", tmp_path / "d.npz")["accuracy"] <= 1


def test_files_that_give_nothing_to_train_on_are_refused_read_in_parts_too(symbolnet: Any, tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1.0, np.nan], "y": [1.5, 2.5]})
    for name, table, message in (
        ("one", frame[:1], "one row is not enough to train on; give at least two"),
        ("alone", frame[["y"]], "no input columns beside the target y; give at least one"),
        ("hole", frame, "column 'a', row 2: missing value (NaN); fill it in or drop the row"),
    ):
        file = tmp_path / f"{name}.parquet"
        table.to_parquet(file)
        for limit in ((), ("--memory-limit", "1e-12")):
            line = symbolnet.refused("fit", file, "--out", tmp_path / "run", "--quiet", *limit)
            assert line == f"{file}: {message}"
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.full(30, b"a"), "y holds bytes; save text, y.astype(str), or numbers"),
        (np.ones(30) + 1j, "y has dtype complex128 and must hold numbers or text: convert it"),
    ],
)
def test_targets_that_are_neither_numbers_nor_text(symbolnet: Any, tmp_path: Path, y: Any, message: str) -> None:
    np.savez(tmp_path / "d.npz", X=np.ones((30, 2)), y=y)
    line = symbolnet.refused("fit", tmp_path / "d.npz", "--out", tmp_path / "run")
    assert line == f"{tmp_path / 'd.npz'}: {message}"


def test_an_operator_that_is_no_name_is_refused(symbolnet: Any, tables: Path, tmp_path: Path) -> None:
    words = ("fit", tables / "three.csv", "--out", tmp_path / "run", "--quiet", "--set", "unary_operators=[3]")
    for budget in ((), ("--max-complexity", 5)):
        assert symbolnet.refused(*words, *budget).startswith("operator 3 is not a name; give one of: identity, sin")


def test_an_operator_among_those_of_other_arity_is_refused(symbolnet: Any, tables: Path, tmp_path: Path) -> None:
    words = ("fit", tables / "three.csv", "--out", tmp_path / "run", "--set", "unary_operators=sin,max")
    for budget in ((), ("--max-complexity", 5)):
        assert "list it in binary_operators" in symbolnet.refused(*words, *budget)


def test_several_targets(symbolnet: Any, tables: Path, tmp_path: Path, small: tuple[str, ...]) -> None:
    words = ("--target", "pt", "--target", "yield_", "--out", tmp_path / "run", *small)
    symbolnet.ok("fit", tables / "line.csv", *words)
    assert symbolnet.ok("show", tmp_path / "run").stdout.splitlines()[0].startswith("pt = ")
    assert set(symbolnet.json("evaluate", tmp_path / "run", tables / "line.csv")) >= {"r2", "rmse", "mae"}


def test_the_default_targets_are_not_said_to_be_missed(
    symbolnet: Any, tables: Path, tmp_path: Path, small: tuple[str, ...]
) -> None:
    result = symbolnet.ok("fit", tables / "three.csv", "--out", tmp_path / "run", *small)
    assert result.stderr == ""
    assert "sparsity, with the default targets: weight 0." in result.stdout
    assert "missed" not in result.stdout


def test_a_suggested_command_takes_a_path_with_spaces(
    symbolnet: Any, tables: Path, tmp_path: Path, small: tuple[str, ...]
) -> None:
    run = tmp_path / "with space"
    lines = symbolnet.ok("fit", tables / "three.csv", "--out", run, *small).stdout.splitlines()
    lines += symbolnet.ok("pareto", run).stdout.splitlines()
    commands = [shlex.split(line.partition("symbolnet ")[2]) for line in lines if "symbolnet show" in line]
    assert [words[:2] for words in commands] == [["show", str(run)]] * 3
    (run / "model.symbolnet").unlink()
    again = symbolnet.refused("show", run).partition("symbolnet ")[2]
    assert shlex.split(again) == ["fit", "--out", str(run), "--resume"]


# --- a folder that holds a run ----------------------------------------------------------------------------------------


def test_a_finished_run_is_not_overwritten_unasked(
    symbolnet: Any, tables: Path, classifier_run: Path, small: tuple[str, ...]
) -> None:
    before = (classifier_run / "model.symbolnet").read_bytes()
    line = symbolnet.refused("fit", tables / "three.csv", "--out", classifier_run, *small[:-1])
    assert line.endswith(
        "holds a finished run; --resume goes on with it, --overwrite starts anew, or choose a new folder"
    )
    assert (classifier_run / "model.symbolnet").read_bytes() == before


def test_a_refused_overwrite_leaves_the_old_run(
    symbolnet: Any, tables: Path, tmp_path: Path, small: tuple[str, ...]
) -> None:
    run = tmp_path / "run"
    symbolnet.ok("fit", tables / "three.csv", "--out", run, *small)
    before = {file.name: file.read_bytes() for file in run.iterdir()}
    symbolnet.refused("fit", tables / "three.csv", "--out", run, *small, "--overwrite", "--set", "unary_operators=sine")
    assert {file.name: file.read_bytes() for file in run.iterdir()} == before
    symbolnet.ok("fit", tables / "three.csv", "--out", run, *small, "--overwrite", "--set", "random_state=5")
    assert {file.name for file in run.iterdir()} == set(before)
    assert (run / "model.symbolnet").read_bytes() != before["model.symbolnet"]


def test_resume_of_a_finished_run_repeats_its_results(symbolnet: Any, tables: Path, classifier_run: Path) -> None:
    again = symbolnet.ok("fit", "--out", classifier_run, "--resume")
    assert "the run has ended (max_iter); these are its results" in again.stderr
    chosen = package.load(classifier_run).best_index_
    assert f" {chosen}* " in again.stdout
    assert symbolnet.ok("fit", tables / "three.csv", "--out", classifier_run, "--resume").exit_code == 0


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            ["--set", "n_unary=9"],
            "the run began with n_unary=2, not 9; leave n_unary out, or start anew with --overwrite",
        ),
        (
            ["--set", "max_iter=3"],
            "the run began with max_iter=4, and 3 is less; give more, or start anew with --overwrite",
        ),
        (["--target", "pt"], "its target is ['kind'], not ['pt']; leave --target out, or start anew"),
        (["--task", "regression"], "its task is classification, not regression; leave --task out, or start anew"),
        (["--overwrite"], "--resume goes on with a run and --overwrite starts anew; give one of them"),
    ],
)
def test_a_resumed_run_keeps_its_settings(symbolnet: Any, classifier_run: Path, words: list[str], line: str) -> None:
    assert symbolnet.refused("fit", "--out", classifier_run, "--resume", *words).endswith(line)


def test_a_run_can_be_given_more_epochs(symbolnet: Any, tables: Path, tmp_path: Path, small: tuple[str, ...]) -> None:
    def final(run: Path) -> list[str]:
        model = package.load(run)
        row = next(k for k, kept in enumerate(model.models_) if kept.final)
        return model.expression(row).text()

    begun, whole = tmp_path / "begun", tmp_path / "whole"
    words = (*small, "--set", "weight_sparsity=0.9")
    told = symbolnet.ok("fit", tables / "three.csv", "--out", begun, *words).stderr
    assert "train longer (--resume --set max_iter=N)" in told
    assert (begun / "checkpoint.symbolnet").is_file()
    more = ("--resume", "--set", "max_iter=12", "--quiet")
    assert symbolnet.json("fit", "--out", begun, *more)["n_iter"] == 12
    symbolnet.ok("fit", tables / "three.csv", "--out", whole, *words, "--set", "max_iter=12")
    assert final(begun) == final(whole)
    first, second = (pd.read_csv(run / "history.csv") for run in (begun, whole))
    pd.testing.assert_frame_equal(first, second)
    assert "the run has ended" in symbolnet.ok("fit", "--out", begun, *more[:-1]).stderr


def test_a_run_that_is_to_have_more_epochs_has_not_ended(
    symbolnet: Any, tables: Path, tmp_path: Path, small: tuple[str, ...]
) -> None:
    from symbolnet.cli._runs import update_parameters

    symbolnet.ok("fit", tables / "three.csv", "--out", tmp_path / "run", *small)
    update_parameters(tmp_path / "run", {"max_iter": 8})  # what is left where the process is killed at once
    assert symbolnet.json("fit", "--out", tmp_path / "run", "--resume")["n_iter"] == 8


def test_a_resumed_run_keeps_its_data(symbolnet: Any, tables: Path, classifier_run: Path, tmp_path: Path) -> None:
    other = tmp_path / "three.csv"
    other.write_text((tables / "three.csv").read_text().replace("0.", "1.", 1))
    line = symbolnet.refused("fit", other, "--out", classifier_run, "--resume")
    assert "not the data that the run in" in line


def test_resume_needs_a_run(symbolnet: Any, tmp_path: Path) -> None:
    assert "no such run folder" in symbolnet.refused("fit", "--out", tmp_path / "run", "--resume")


# --- what is refused --------------------------------------------------------------------------------------------------


def _broken(folder: Path, kind: str) -> Path:
    X = np.random.default_rng(0).normal(size=(30, 2))
    frame = pd.DataFrame(X, columns=["mass", "pt"]).astype(object).assign(label=["s", "b", "b"] * 10)
    file = folder / f"{kind}.csv"
    if kind in ("nan", "inf", "text"):
        frame.loc[4, "pt"] = {"nan": None, "inf": np.inf, "text": "heavy"}[kind]
    elif kind == "one class":
        frame["label"] = "s"
    elif kind == "lengths":
        file = folder / "lengths.npz"
        np.savez(file, X=X, y=np.zeros(29))
        return file
    elif kind == "empty":
        file.touch()
        return file
    elif kind == "no rows":
        frame = frame.iloc[:0]
    elif kind == "truncated":
        file = folder / "truncated.npz"
        np.savez(file, X=X, y=X[:, 0])
        file.write_bytes(file.read_bytes()[:200])
        return file
    frame.to_csv(file, index=False)
    return file


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("nan", "column 'pt', row 5: missing value (NaN); fill it in or drop the row"),
        ("inf", "column 'pt', row 5: inf is not finite; fill it in or drop the row"),
        ("text", "column 'pt', row 5: 'heavy' is not a number; make the column numeric or drop it"),
        ("one class", "the target 'label' has only one class (s); give at least two"),
        ("lengths", "y has shape (29,) and X has 30 rows; give one target for each row"),
        ("empty", "the file is empty; give one with a header line and rows"),
        ("no rows", "no rows below the header line; give at least two"),
        ("truncated", "not an .npz archive, or cut short; write it with numpy.savez(file, X=X, y=y)"),
    ],
)
def test_bad_data(symbolnet: Any, tmp_path: Path, kind: str, line: str) -> None:
    file = _broken(tmp_path, kind)
    assert symbolnet.refused("fit", file, "--out", tmp_path / "run") == f"{file}: {line}"
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--target", "kin"], "no target column 'kin'; did you mean 'kind'?"),
        (["--set", "unary_operators=sine"], "unknown operator 'sine'; did you mean 'sin'?"),
        (["--set", "weight_sparsity=1.0"], "must be None or a float in the range [0.0, 1.0). Got 1.0 instead"),
        (["--set", "weight_sparsity=-0.1"], "must be None or a float in the range [0.0, 1.0). Got -0.1 instead"),
        (["--set", "max_itre=5"], "--set: unknown setting 'max_itre'; did you mean 'max_iter'?"),
        (["--set", "max_iter"], "--set max_iter: no '='; give name=value, for example max_iter=500"),
        (["--set", "max_iter=0"], "must be an int in the range [1, inf). Got 0 instead"),
        (["--set", "run_dir=x"], "--set: run_dir is set by the option --out"),
        (["--set", "random_state=true"], "random_state is True; a run needs a whole number to be repeatable"),
        (["--set", "learning_rate=nan"], "learning_rate is nan; give a finite number, or leave it out"),
        (["--set", "time_limit=inf"], "time_limit is inf; give a finite number, or leave it out"),
        (["--max-complexity", "nan"], "max_complexity is nan; give a finite number, or leave it out"),
        (["--max-complexity", "9", "--set", "unary_operators=sine"], "unknown operator 'sine'; did you mean 'sin'?"),
        (["--max-complexity", "0.5"], "max_complexity is 0.5; a constant costs 1 node, so give at least 1"),
        (["--set", "n_unary=3, 4"], "n_unary has 2 entries for n_layers=1; give one number, or one a layer"),
        (["--set", "loss=poisson"], "loss='poisson' is for counts; give a classifier cross_entropy, mse or huber"),
        (["--memory-limit", "-1"], "Invalid value for '--memory-limit': -1.0 is not in the range x>=0"),
        (["--memory-limit", "nan"], "Invalid value for '--memory-limit': nan is not a finite number"),
        (["--target", "kind", "--target", "kind"], "the target 'kind' is named twice; name each column once"),
        (["--set", "random_state=None"], "random_state is None; a run needs a whole number to be repeatable"),
        (["--max-complexity", "0"], "must be None or a float in the range (0.0, inf). Got 0.0 instead"),
        (["--task", "regression"], "the target 'kind' holds text ('"),
        (
            ["--config", "absent.toml"],
            "absent.toml: No such file or directory; give a TOML file with lines name = value",
        ),
    ],
)
def test_bad_settings(symbolnet: Any, tables: Path, tmp_path: Path, words: list[str], line: str) -> None:
    assert line in symbolnet.refused("fit", tables / "three.csv", "--out", tmp_path / "run", *words)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = = 3", "not TOML"),
        ("max_itre = 3", "unknown setting 'max_itre'; did you mean 'max_iter'?"),
        ("target = 3", "target is 3; give the name of a column, or a list of names"),
        ("task = 'rank'", "task is 'rank'; give classification, regression or auto"),
    ],
)
def test_bad_config_files(symbolnet: Any, tables: Path, tmp_path: Path, text: str, line: str) -> None:
    config = tmp_path / "settings.toml"
    config.write_text(text)
    told = symbolnet.refused("fit", tables / "three.csv", "--out", tmp_path / "run", "--config", config)
    assert told.startswith(f"{config}: ")
    assert line in told


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ("absent.csv", "absent.csv: no such file; give the path of an existing .csv file"),
        ("digts", "digts: no such file and no data set of that name; did you mean 'digits'?"),
        (
            "zzzzzzzz",
            "zzzzzzzz: no such file and no data set of that name; symbolnet datasets lists those that there are",
        ),
        ("folder/data.txt", "folder/data.txt: unknown kind of file '.txt'; known: .csv, .npz, .parquet"),
    ],
)
def test_data_that_is_not_there(symbolnet: Any, tmp_path: Path, data: str, line: str) -> None:
    assert symbolnet.refused("fit", data, "--out", tmp_path / "run") == line


def test_data_is_needed(symbolnet: Any, tmp_path: Path) -> None:
    assert symbolnet.refused("fit", "--out", tmp_path / "run").startswith("DATA is missing")


def test_folders_that_cannot_be_used(symbolnet: Any, tables: Path, tmp_path: Path, small: tuple[str, ...]) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").write_text("mine")
    data = tables / "three.csv"
    assert "cannot make the folder" in symbolnet.refused("fit", data, "--out", tmp_path / "file" / "run", *small)
    assert "a file, not a folder" in symbolnet.refused("fit", data, "--out", tmp_path / "file", *small)
    line = symbolnet.refused("fit", data, "--out", tmp_path / "full", "--overwrite", *small)
    assert "the folder is not empty and holds no run" in line
    assert [file.name for file in (tmp_path / "full").iterdir()] == ["thesis.tex"]


def test_a_full_disk_leaves_nothing_half_written(
    symbolnet: Any, tables: Path, tmp_path: Path, small: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("symbolnet.io._atomic.os.fsync", full)
    line = symbolnet.refused("fit", tables / "three.csv", "--out", tmp_path / "run", *small)
    assert "No space left on device" in line
    assert not (tmp_path / "run").exists()


def test_the_configuration_can_repeat_the_run(classifier_run: Path, tables: Path) -> None:
    config = json.loads((classifier_run / "config.json").read_text())["config"]
    assert config["data"] == str((tables / "three.csv").resolve())
    assert (config["target"], config["task"]) == (["kind"], "classification")
    assert config["parameters"]["random_state"] == 0
