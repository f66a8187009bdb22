"""Wrong inputs: the command line ends with exit code 2 and one line, the estimators raise a ValueError of one line,
and nothing is half-written.

Each case runs the command `symbolnet` (in this process) or an estimator on an input with one fault. A case fails if
the exit code or the exception is another, if the message is not one line, or if it leaves a file behind.
"""

import argparse
import contextlib
import io
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._bar import Bar, main, quiet


def measure(options: argparse.Namespace) -> list[Bar]:
    with tempfile.TemporaryDirectory() as name, quiet():
        folder = Path(name)
        command_line, estimators = _command_line(folder), _estimators()
        if options.quick:
            command_line, estimators = dict([*command_line.items()][:3]), dict([*estimators.items()][:3])
        faults = {case: _run(arguments, folder, options) for case, arguments in command_line.items()}
        faults |= {case: _raises(case, call, options) for case, call in estimators.items()}
    wrong = [f"{case} ({fault})" for case, fault in faults.items() if fault]
    total = len(command_line) + len(estimators)
    failing = f"; not so: {'; '.join(wrong)}" if wrong else ""
    return [
        Bar(
            "bad input",
            "exit code 2 or ValueError, one line with the remedy, nothing half-written",
            f"{total - len(wrong)} of {total} cases, {len(command_line)} by command line, {len(estimators)} by "
            f"estimator{failing}",
            not wrong,
            {"cases": total, "wrong": len(wrong)},
        )
    ]


def _run(arguments: list[str], folder: Path, options: argparse.Namespace) -> str:
    """What is wrong with how the command fails, or nothing."""
    from symbolnet.cli import main as symbolnet

    before = _files(folder)
    out, err = io.StringIO(), io.StringIO()
    code: Any = None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            symbolnet(arguments)
        except SystemExit as end:
            code = end.code
    message = err.getvalue().strip()
    if options.show:
        print(f"symbolnet {' '.join(arguments)}\n  exit code {code}: {message}".replace(f"{folder}/", ""))
    if code != 2:
        return f"exit code {code}"
    if len(message.splitlines()) != 1:
        return f"{len(message.splitlines())} lines"
    return "" if _files(folder) == before else "files left behind"


def _raises(case: str, call: Callable[[], Any], options: argparse.Namespace) -> str:
    try:
        call()
    except ValueError as error:
        if options.show:
            print(f"{case}\n  {error}")
        return "" if len(str(error).splitlines()) == 1 else f"{len(str(error).splitlines())} lines"
    except Exception as error:
        return type(error).__name__
    return "no error"


def _files(folder: Path) -> set[tuple[str, int]]:
    return {(str(file), file.stat().st_mtime_ns) for file in folder.rglob("*") if file.is_file()}


def _command_line(folder: Path) -> dict[str, list[str]]:
    """The arguments of each case; writes the inputs into `folder`."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 3)), np.arange(60) % 2

    def csv(name: str, rows: list[list[Any]], header: str = "a,b,c,label") -> str:
        file = folder / name
        file.write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n")
        return str(file)

    good = [[*x, label] for x, label in zip(X.tolist(), y.tolist(), strict=True)]
    fine = csv("fine.csv", good)
    (folder / "empty.csv").write_bytes(b"")
    np.savez(folder / "long.npz", X=X, y=y[:-1])
    whole = folder / "whole.npz"
    np.savez(whole, X=X, y=y)
    (folder / "cut.npz").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    np.savez(folder / "objects.npz", X=np.array([[{}]], dtype=object), y=np.zeros(1))
    model = folder / "model.symbolnet"
    _save_model(model, X, y)
    (folder / "cut.symbolnet").write_bytes(model.read_bytes()[: model.stat().st_size // 2])
    _make_hostile(model, folder / "hostile.symbolnet")
    (folder / "foreign.symbolnet").write_bytes(b"\x80\x04\x95\x10" * 20)
    out = str(folder / "run")

    def fit(data: str, *more: str) -> list[str]:
        return ["fit", data, "--out", out, "--quiet", *more]

    def file(name: str) -> str:
        return str(folder / name)

    return {
        "NaN": fit(csv("nan.csv", [*good, ["nan", 0, 0, 1]])),
        "infinity": fit(csv("inf.csv", [*good, ["inf", 0, 0, 1]])),
        "text": fit(csv("text.csv", [*good, ["blue", 0, 0, 1]])),
        "one class": fit(csv("one.csv", [[*row[:3], "x"] for row in good])),
        "y of wrong length": fit(file("long.npz")),
        "empty file": fit(file("empty.csv")),
        "header only": fit(csv("header.csv", [])),
        "truncated data": fit(file("cut.npz")),
        "pickled objects in the data": fit(file("objects.npz")),
        "missing file": fit(file("none.csv")),
        "unknown kind of file": fit(file("model.symbolnet")),
        "unknown data set": fit("minst"),
        "missing target column": fit(fine, "--target", "lable"),
        "unknown operator": fit(fine, "--set", "unary_operators=sinn"),
        "unknown loss": fit(fine, "--set", "loss=mes"),
        "unknown setting": fit(fine, "--set", "learning_rat=0.1"),
        "sparsity of 1.5": fit(fine, "--set", "weight_sparsity=1.5"),
        "sparsity of 1": fit(fine, "--set", "input_sparsity=1"),
        "empty layer": fit(fine, "--set", "n_unary=0", "--set", "n_binary=0"),
        "complexity of 0": fit(fine, "--max-complexity", "0"),
        "nothing to resume": ["fit", "--out", out, "--resume"],
        "truncated model": ["predict", file("cut.symbolnet"), fine, "--out", file("p.csv")],
        "model with a pickled object": ["show", file("hostile.symbolnet")],
        "foreign file as model": ["show", file("foreign.symbolnet")],
        "missing model": ["pareto", file("nowhere")],
        "row that is not there": ["show", str(model), "--index", "99"],
        "missing input column": ["predict", str(model), csv("ab.csv", [[1, 2]], "a,b"), "--out", file("p.csv")],
        "unknown command": ["fti"],
    }


def _make_hostile(model: Path, file: Path) -> None:
    """A copy of a model file in which the first array is a pickled object."""
    pickled = io.BytesIO()
    np.save(pickled, np.array([{"not": "a number"}], dtype=object), allow_pickle=True)
    with zipfile.ZipFile(model) as source, zipfile.ZipFile(file, "w") as copy:
        first = next(name for name in source.namelist() if name.endswith(".npy"))
        for name in source.namelist():
            copy.writestr(name, pickled.getvalue() if name == first else source.read(name))


def _save_model(file: Path, X: Any, y: Any) -> None:
    import pandas as pd

    from symbolnet import SymbolNetClassifier

    model = SymbolNetClassifier(n_unary=1, n_binary=1, max_iter=1, random_state=0)
    model.fit(pd.DataFrame(X, columns=["a", "b", "c"]), y).save(file)


def _estimators() -> dict[str, Callable[[], Any]]:
    from symbolnet import SymbolNetClassifier, SymbolNetRegressor

    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 3)), np.arange(60) % 2

    def spoiled(value: Any) -> Any:
        Z = X.astype(object) if isinstance(value, str) else X.copy()
        Z[3, 1] = value
        return Z

    def fit(X: Any, y: Any, **parameters: Any) -> Callable[[], Any]:
        return lambda: SymbolNetClassifier(max_iter=1, **parameters).fit(X, y)

    return {
        "estimator: NaN": fit(spoiled(np.nan), y),
        "estimator: infinity": fit(spoiled(np.inf), y),
        "estimator: text": fit(spoiled("blue"), y),
        "estimator: one class": fit(X, np.zeros(60)),
        "estimator: y of wrong length": fit(X, y[:-1]),
        "estimator: no rows": fit(X[:0], y[:0]),
        "estimator: text as a number": lambda: SymbolNetRegressor(max_iter=1).fit(X, np.array(["a"] * 60)),
        "estimator: unknown operator": fit(X, y, unary_operators=["sinn"]),
        "estimator: binary operator among the unary": fit(X, y, unary_operators=["*"]),
        "estimator: sparsity of 1": fit(X, y, weight_sparsity=1.0),
        "estimator: negative sparsity": fit(X, y, input_sparsity=-0.1),
        "estimator: unknown loss": fit(X, y, loss="mes"),
        "estimator: list of wrong length": fit(X, y, n_layers=2, n_unary=[1]),
        "estimator: weights of zero": lambda: SymbolNetClassifier(max_iter=1).fit(X, y, sample_weight=np.zeros(60)),
    }


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--show", action="store_true", help="print every case and its message")


if __name__ == "__main__":
    main(measure, _arguments)
