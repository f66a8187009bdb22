"""Random settings on hostile data: the final model and every metric are finite.

The data has values of 1e6 among normal ones (in the targets too), a constant column, two equal columns, one that is
constant but for one row, and one of 1e-6. A setting is the task, the layers, their nodes and operators, the loss, the
targets α, d, the learning rate up to 1, standardised or raw inputs, and the seed. Five settings in a row share the
architecture and the loss, which are what has to be compiled anew, and differ in everything else.

Looked at: every number of `equations_`, `history_` and `sparsity_`, the predictions of every row on the data and on
the data times 1000, the metrics of `evaluate`, and that the trained network itself is among the rows. A setting fails
as well if it raises anything.
"""

import argparse
import os
import tempfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks._bar import Bar, main, quiet

Array = NDArray[Any]
_ROWS, _INPUTS, _EACH = 200, 8, 5


def measure(options: argparse.Namespace) -> list[Bar]:
    n = 5 if options.quick else options.n
    failures = []
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache  # hundreds of programs that nobody runs again
        for index in range(n):
            wrong = _run(index)
            if wrong:
                failures.append(f"setting {index}: {wrong}")
    first = f"; {failures[0]}" if failures else ""
    return [
        Bar(
            "never NaN: random settings on hostile data",
            "final model and all metrics finite",
            f"{n - len(failures)} of {n} settings finite{first}",
            not failures,
            {"settings": n, "failed": len(failures)},
        )
    ]


def _run(index: int) -> str:
    """What is wrong with one setting, or nothing."""
    from symbolnet import SymbolNetClassifier, SymbolNetRegressor
    from symbolnet.estimators import evaluate

    shared, own = np.random.default_rng([index // _EACH, 3]), np.random.default_rng([index, 4])
    task = str(shared.choice(["two classes", "classes", "number", "numbers"]))
    parameters = _compiled(shared, task) | _free(own)
    X, y = _data(own, task)
    kind = SymbolNetClassifier if "classes" in task else SymbolNetRegressor
    if parameters["loss"] == "poisson":
        y = np.abs(y)
    model = kind(**parameters, random_state=index)
    try:
        with quiet():
            model.fit(X, y)
            return _not_finite(model, X, evaluate(model, X, y))
    except Exception as error:
        return f"{type(error).__name__}: {error} ({parameters})".replace("\n", " ")


def _not_finite(model: Any, X: Array, metrics: dict[str, Any]) -> str:
    for name in ("equations_", "history_", "sparsity_"):
        table = getattr(model, name).select_dtypes("number")
        wrong = [column for column in table if not np.isfinite(table[column]).all()]
        if wrong:
            return f"{name}: {', '.join(wrong)} not finite"
    if not model.equations_["final"].any():
        return "the trained network is not among the rows"
    for row in range(len(model.equations_)):
        for scale in (1.0, 1e3):
            values = [model.predict(scale * X, index=row)] if not hasattr(model, "classes_") else []
            values += [model.expression(row)(scale * X)]
            if hasattr(model, "classes_"):
                values += [model.predict_proba(scale * X, index=row)]
            if not all(np.isfinite(value).all() for value in values):
                return f"predictions of row {row} are not finite on the data times {scale:g}"
    numbers = [value for value in metrics.values() if isinstance(value, int | float)]
    return "" if np.isfinite(numbers).all() else f"evaluate gives {metrics}"


def _compiled(rng: np.random.Generator, task: str) -> dict[str, Any]:
    """What a compiled program depends on."""
    from symbolnet.operators import operator_names

    unary = list(operator_names(1))
    others = [name for name in operator_names() if name not in unary]
    n_layers = int(rng.choice([1, 2, 3], p=[0.5, 0.3, 0.2]))
    n_unary = [int(rng.integers(0, 4)) for _ in range(n_layers)]
    classes = "classes" in task
    losses = ["mse", "huber", "cross_entropy"] if classes else ["mse", "huber", "poisson"]
    return {
        "n_layers": n_layers,
        "n_unary": n_unary,
        "n_binary": [int(rng.integers(0 if u else 1, 3)) for u in n_unary],
        "unary_operators": rng.choice(unary, int(rng.integers(1, 4)), replace=False).tolist(),
        "binary_operators": rng.choice(others, int(rng.integers(1, 3)), replace=False).tolist(),
        "loss": str(rng.choice(losses)),
        "batch_size": 20,
        "max_iter": 10,
    }


def _free(rng: np.random.Generator) -> dict[str, Any]:
    targets = {f"{kind}_sparsity": float(rng.uniform(0, 0.99)) for kind in ("weight", "input", "unary", "binary")}
    return targets | {
        "sparsity_decay": float(10 ** rng.uniform(-3, 0.5)),
        "learning_rate": float(10 ** rng.uniform(-4, 0)),
        "standardize": bool(rng.random() < 0.7),
    }


def _data(rng: np.random.Generator, task: str) -> tuple[Array, Array]:
    X = rng.normal(size=(_ROWS, _INPUTS))
    signal = X[:, 0] * X[:, 1] + np.sin(X[:, 2])
    X[rng.random(X.shape) < 0.01] = 1e6
    X[:, 3] = 7.0
    X[:, 4] = X[:, 0]
    X[:, 5] = np.arange(_ROWS) == 3
    X[:, 6] *= 1e-6
    if task == "two classes":
        return X, (signal > 0).astype(int)
    if task == "classes":
        return X, np.digitize(signal, [-0.5, 0.5])
    signal[rng.random(_ROWS) < 0.01] = 1e6
    return X, signal if task == "number" else np.column_stack([signal, np.full(_ROWS, 3.0)])


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--n", type=int, default=200, help="settings")


if __name__ == "__main__":
    main(measure, _arguments)
