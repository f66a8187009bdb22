"""From the stages to numbers: all models, fronts, what each budget buys, hypervolumes, and what follows from them."""

__all__ = ["Results", "TableModel", "collect"]

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from symbolnet.expression import Expression
from symbolnet.network import FrozenNetwork
from symbolnet.pareto import hypervolume
from symbolnet.reproduce._configs import Config
from symbolnet.reproduce._plan import METHODS
from symbolnet.reproduce._stage import StageResult


@dataclass(frozen=True, eq=False)
class TableModel:
    """The model of one method that the tables show.

    Attributes
    ----------
    method : str
    seed : int
    point : Series
        Its row in `Results.points`.
    expression : Expression
    network : FrozenNetwork or None
    raw : bool
        Whether the formulas are of the raw inputs rather than the scaled ones.
    logits : bool
        Whether they are log-odds.
    """

    method: str
    seed: int
    point: pd.Series
    expression: Expression
    network: FrozenNetwork | None
    raw: bool
    logits: bool


@dataclass(frozen=True, eq=False)
class Results:
    """Everything that tables and figures are made from.

    Attributes
    ----------
    config : Config
    points : DataFrame
        One row a model of a scan.
    budgets : DataFrame
        One row a method, seed and budget: the metric of the model that the validation rows choose within the budget.
    volumes : DataFrame
        One row a method and seed: the hypervolume of its front.
    models : mapping of method to TableModel
    seconds : DataFrame
        One row a stage.
    statements : tuple of str
        The ordering of the methods, in words.
    """

    config: Config
    points: pd.DataFrame
    budgets: pd.DataFrame
    volumes: pd.DataFrame
    models: dict[str, TableModel]
    seconds: pd.DataFrame
    statements: tuple[str, ...]

    @property
    def fronts(self) -> pd.DataFrame:
        """The models of each method and seed that no other of the same beats on the validation rows."""
        return self.points[self.points["front"]]

    @property
    def methods(self) -> list[str]:
        """The methods that have models, in the order of `METHODS`."""
        present = set(self.points["method"])
        return [method for method in METHODS if method in present]


def collect(config: Config, results: Sequence[StageResult], *, quick: bool = False) -> Results:
    """Join the stages of all methods and seeds; those of a quick run are judged by nothing."""
    scans = [result for result in results if result.method in METHODS]
    rows = [
        {"method": result.method, "seed": result.seed, "place": k, **point}
        for result in scans
        for k, point in enumerate(result.points)
    ]
    points = pd.DataFrame(rows)
    seconds = pd.DataFrame(
        [
            {"stage": result.method, "seed": result.seed, "seconds": round(result.seconds, 1), **_plain(result)}
            for result in results
        ]
    )
    budgets, volumes = _budgets(config, points), _volumes(config, points)
    models = {}
    for method in METHODS:
        model = _table_model(config, [result for result in scans if result.method == method], points)
        if model is not None:
            models[method] = model
    statements = (QUICK,) if quick else _statements(config, volumes, budgets)
    return Results(config, points, budgets, volumes, models, seconds, statements)


def _plain(result: StageResult) -> dict[str, object]:
    return {name: value for name, value in result.notes.items() if name in ("stopped", "asked_seconds", "fit_seconds")}


def _budgets(config: Config, points: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for (method, seed), models in points.groupby(["method", "seed"], sort=False):
        for budget in config.budgets:
            within = models[models["complexity"] <= budget]
            best = within.loc[within["val_score"].idxmax()] if len(within) else None
            rows.append(
                {
                    "method": method,
                    "seed": seed,
                    "budget": budget,
                    "complexity": None if best is None else float(best["complexity"]),
                    "accuracy": None if best is None else float(best["accuracy"]),
                    "auc": None if best is None else float(best["auc"]),
                }
            )
    return pd.DataFrame(rows)


def _volumes(config: Config, points: pd.DataFrame) -> pd.DataFrame:
    """Hypervolume of each front on the test rows, as a share of the area between the reference and a perfect model.

    Complexity counts in its logarithm, from one node to the reference: the fronts span three powers of ten.
    """
    worst_cost, constant = np.log10(config.reference[0]), config.reference[1]
    rows = []
    for (method, seed), models in points[points["front"]].groupby(["method", "seed"], sort=False):
        cost = np.log10(models["complexity"].to_numpy(float))
        value = hypervolume(cost, 1 - models[config.metric].to_numpy(float), (worst_cost, 1 - constant))
        rows.append({"method": method, "seed": seed, "hypervolume": value / (worst_cost * (1 - constant))})
    return pd.DataFrame(rows)


def _table_model(config: Config, results: Sequence[StageResult], points: pd.DataFrame) -> TableModel | None:
    """The best on the validation rows within the complexity of the paper's table, of all seeds.

    Where none is so simple, the simplest that is better than a constant.
    """
    if not results:
        return None
    method = results[0].method
    rows = points[(points["method"] == method) & points["front"]]
    within = rows[rows["complexity"] <= config.table_at]
    useful = rows[rows[config.metric] > config.reference[1] + 0.05]
    if len(within) and within["val_score"].max() > rows["val_score"].min():
        point = within.loc[within["val_score"].idxmax()]
    elif len(useful):
        point = useful.loc[useful["complexity"].idxmin()]
    else:
        point = rows.loc[rows["val_score"].idxmax()]
    result = next(result for result in results if result.seed == point["seed"])
    place = int(point["place"])
    return TableModel(
        method,
        result.seed,
        point,
        result.expressions[place],
        result.networks.get(place),
        bool(result.points[place].get("raw", False)),
        bool(result.points[place].get("logits", False)),
    )


QUICK = (
    "This was a quick run: it shows that everything works and measures nothing, so no method is compared with another "
    "or with the paper."
)
_CLAIMS = (
    ("symbolnet", "eql", "the paper's claim (Section V)"),
    ("budget", "symbolnet", "claimed of this package"),
    ("budget", "eql", "claimed of this package"),
    ("budget", "pyoperon", "claimed of this package, at equal time"),
    ("budget", "gplearn", "claimed of this package, at equal time"),
    ("budget", "pysr", "claimed of this package, at equal time"),
)


def _statements(config: Config, volumes: pd.DataFrame, budgets: pd.DataFrame) -> tuple[str, ...]:
    """One sentence a claim: confirmed if every seed of the one beats every seed of the other."""
    of = {method: group["hypervolume"].to_numpy(float) for method, group in volumes.groupby("method")}
    lines = []
    for better, worse, whose in _CLAIMS:
        if better in of and worse in of:
            a, b = of[better], of[worse]
            if a.min() > b.max():
                verdict = "confirmed"
            elif b.min() > a.max():
                verdict = "not confirmed; it is the other way round"
            else:
                verdict = "not confirmed; the seeds overlap"
            if min(len(a), len(b)) < 3:
                verdict += f" (of {min(len(a), len(b))} seed{'s' if min(len(a), len(b)) > 1 else ''} only)"
            lines.append(
                f"{METHODS[better]} has a larger hypervolume than {METHODS[worse]} ({whose}): {verdict}: "
                f"{_range(a)} against {_range(b)}."
            )
    for line in config.published:
        if line.complexity is None:
            continue
        for method in ("symbolnet", "budget"):
            rows = budgets[(budgets["method"] == method) & (budgets["budget"] == line.complexity)]
            values = rows[config.metric].dropna().to_numpy(float)
            if len(values):
                verdict = "reached" if np.median(values) >= line.value else "not reached"
                lines.append(
                    f"Published: {config.metric} {line.value:g} at {line.complexity:g} ({line.where}). "
                    f"{METHODS[method]} here: {_range(values)} within {line.complexity:g}: {verdict}."
                )
    return tuple(lines)


def _range(values: NDArray[np.float64]) -> str:
    if len(values) == 1:
        return f"{values[0]:.3f}"
    return f"{np.median(values):.3f} ({values.min():.3f} to {values.max():.3f})"
