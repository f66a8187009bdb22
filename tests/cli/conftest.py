"""The command line, called in this process, and runs to call it on."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sympy
from click.testing import CliRunner, Result

SMALL = ("--set", "max_iter=4", "--set", "n_unary=2", "--set", "n_binary=1", "--set", "unary_operators=tanh", "--quiet")


class CommandLine:
    """The command, run in this process as in a pipe."""

    def __call__(self, *words: object) -> Result:
        from symbolnet.cli._app import app

        return CliRunner().invoke(app, [str(word) for word in words])

    def ok(self, *words: object) -> Result:
        """The result of a call that succeeds."""
        result = self(*words)
        assert result.exit_code == 0, (result.stderr, result.exception)
        return result

    def json(self, *words: object) -> Any:
        """The document that stands alone on stdout; NaN and infinity are not JSON."""

        def refuse(constant: str) -> None:
            raise AssertionError(f"{constant} is not JSON")

        return json.loads(self.ok(*words, "--json").stdout, parse_constant=refuse)

    def refused(self, *words: object) -> str:
        """The one line that a wrong input ends with."""
        result = self(*words)
        assert result.exit_code == 2, (result.exit_code, result.stdout, result.stderr)
        assert result.stdout == ""
        lines = result.stderr.splitlines()
        assert len(lines) == 1, result.stderr
        assert lines[0].startswith("symbolnet: error: ")
        return lines[0].removeprefix("symbolnet: error: ")


@pytest.fixture
def symbolnet(monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line, 80 columns wide; a test that wants another width sets COLUMNS."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("SYMBOLNET_DEBUG", raising=False)
    return CommandLine()


@pytest.fixture(scope="session")
def small() -> tuple[str, ...]:
    """Settings of a training that takes a moment."""
    return SMALL


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of data: `three.csv` (classes a, b, c), `line.csv` (y = mass * pt), `parts.npz` (with a test part)."""
    folder = tmp_path_factory.mktemp("tables")
    X = np.random.default_rng(0).normal(size=(120, 3))
    frame = pd.DataFrame(X, columns=["mass", "pt", "eta"])
    labels = np.array(["a", "b", "c"])[np.digitize(X[:, 0], [-0.4, 0.4])]
    frame.assign(kind=labels).to_csv(folder / "three.csv", index=False)
    frame.assign(yield_=X[:, 0] * X[:, 1]).to_csv(folder / "line.csv", index=False)
    code = (X[:, 0] > 0).astype(int)
    np.savez(folder / "parts.npz", X_train=X[:90], y_train=code[:90], X_test=X[90:], y_test=code[90:],
             class_names=np.array(["quark", "gluon"]))  # fmt: skip
    return folder


@pytest.fixture(scope="session")
def classifier_run(tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _trained(tables / "three.csv", tmp_path_factory)


@pytest.fixture(scope="session")
def parts_run(tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _trained(tables / "parts.npz", tmp_path_factory)


def _trained(data: Path, factory: pytest.TempPathFactory) -> Path:
    from symbolnet.cli._app import app

    run = factory.mktemp("runs") / "run"
    result = CliRunner().invoke(app, ["fit", str(data), "--out", str(run), *SMALL])
    assert result.exit_code == 0, result.stderr
    return run


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A regressor's model file with known formulas: 0.25, and 2.71828*x1*sin(x2) + 0.5 with R² = 0.75."""
    from symbolnet import Expression, SymbolNetRegressor
    from symbolnet.estimators._models import Model
    from symbolnet.estimators._targets import number_targets

    x1, x2 = sympy.symbols("x1 x2")
    formulas = (sympy.Float("0.25"), sympy.Float("2.71828") * x1 * sympy.sin(x2) + sympy.Float("0.5"))
    models = [
        Model(Expression.from_sympy([f], ["x1", "x2"], ["y"]), loss, metric, epoch, 0, final)
        for f, loss, metric, epoch, final in zip(formulas, (1.0, 0.25), (0.0, 0.75), (0, 9), (False, True), strict=True)
    ]
    model = SymbolNetRegressor()
    model.n_features_in_, model.feature_names_in_ = 2, np.array(["x1", "x2"], dtype=object)
    model.models_, model._history, model._limit = tuple(models), {}, None
    model.targets_ = number_targets(np.array([0.0, 1.0]), "mse", "identity", standardize=False)
    model.sparsity_ = pd.DataFrame(
        {"trial": [0], "type": ["weight"], "target": [0.9], "reached": [0.91], "met": [True]}
    )
    model.n_iter_, model.stopped_ = 9, "max_iter"
    file = tmp_path_factory.mktemp("models") / "known.symbolnet"
    model.save(file)
    return file
