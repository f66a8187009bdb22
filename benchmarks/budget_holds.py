"""The promise of `max_complexity`: no formula of any fit exceeds it, whatever the data, the task and the seed.

Fits the estimators as a user would (`max_complexity` and `random_state`) to data sets of scikit-learn and to hostile
tables, at budgets from 5 to 1000, and counts each emitted formula anew with SymPy.
"""

import argparse
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks._bar import Bar, main, quiet


def measure(options: argparse.Namespace) -> list[Bar]:
    from symbolnet import SymbolNetClassifier, SymbolNetRegressor
    from symbolnet.expression import count_nodes

    rng = np.random.default_rng(options.seed)
    n_fits = 6 if options.quick else options.fits
    models = exceeded = wrong_count = bad = 0
    worst = 0.0
    names = list(_SETS)
    for k in range(n_fits):
        name = names[k % len(names)]
        X, y, classes = _SETS[name](rng)
        budget = float(np.round(np.exp(rng.uniform(np.log(5), np.log(1000))), 1))
        estimator = SymbolNetClassifier if classes else SymbolNetRegressor
        with quiet():
            fitted = estimator(max_complexity=budget, random_state=k, time_limit=options.seconds).fit(X, y)
        for row in range(len(fitted.equations_)):
            formula = fitted.expression(row)
            counted = float(np.mean([count_nodes(f) for f in formula.sympy()]))
            models += 1
            exceeded += counted > budget
            wrong_count += not np.isclose(counted, formula.complexity)
            worst = max(worst, counted / budget)
            bad += not np.isfinite(formula(X)).all()
        print(f"  {k + 1}/{n_fits} {name} within {budget}: {len(fitted.equations_)} models", flush=True)
    reached = exceeded == wrong_count == bad == 0
    return [
        Bar(
            "the budget holds",
            "no formula over its budget, over data sets, budgets 5 to 1000, seeds and tasks",
            f"{exceeded} of {models} models of {n_fits} fits over; fullest at {100 * worst:.1f} % of its budget; "
            f"{wrong_count} counted otherwise by SymPy; {bad} not finite on their data",
            reached,
            {"fits": n_fits, "models": models, "exceeded": exceeded},
        )
    ]


def _sklearn(loader: str, classes: bool) -> Any:
    def load(rng: np.random.Generator) -> tuple[NDArray[Any], NDArray[Any], bool]:
        import sklearn.datasets

        X, y = getattr(sklearn.datasets, loader)(return_X_y=True)
        rows = rng.permutation(len(X))[:600]
        return X[rows], y[rows], classes

    return load


def _hostile(rng: np.random.Generator) -> tuple[NDArray[Any], NDArray[Any], bool]:
    """Scales over twelve decades, outliers, constant and equal columns; two targets."""
    X = rng.normal(size=(120, 8)) * 10.0 ** rng.integers(-6, 7, 8)
    X[0] *= 1e6
    X[:, 1], X[:, 2] = 3.0, X[:, 3]
    return X, rng.normal(size=(120, 2)) * [1.0, 1e6] + X[:, :2] / np.abs(X[:, :2]).max(axis=0), False


def _pixels(rng: np.random.Generator) -> tuple[NDArray[Any], NDArray[Any], bool]:
    X = rng.integers(0, 256, (300, 100)).astype(np.uint8)
    return X, (X[:, :10].sum(axis=1) > X[:, 10:20].sum(axis=1)).astype(int), True


_SETS = {
    "iris": _sklearn("load_iris", True),
    "breast cancer": _sklearn("load_breast_cancer", True),
    "wine": _sklearn("load_wine", True),
    "digits": _sklearn("load_digits", True),
    "diabetes": _sklearn("load_diabetes", False),
    "linnerud": _sklearn("load_linnerud", False),
    "hostile table": _hostile,
    "random pixels": _pixels,
}


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fits", type=int, default=32)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=10.0, help="time limit of each fit")


if __name__ == "__main__":
    main(measure, _arguments)
