"""Fronts, budgets, hypervolumes and verdicts, against small cases worked out by hand."""

from typing import Any

import numpy as np
import pytest
import sympy

from symbolnet.expression import Expression
from symbolnet.reproduce import CONFIGS
from symbolnet.reproduce._results import collect
from symbolnet.reproduce._stage import StageResult
from symbolnet.reproduce._tables import Grid, spread, summary_table

CONFIG = CONFIGS["mnist"]  # reference: complexity 3000, accuracy 0.1; budgets 90, 150, 300


def _point(complexity: float, accuracy: float, **about: Any) -> dict[str, Any]:
    return {
        "complexity": complexity, "total_complexity": 10, "n_inputs": 1, "val_score": accuracy, "accuracy": accuracy,
        "auc": 0.9, "auc_per_class": [0.9] * 10, "front": True, **about,
    }  # fmt: skip


def _stage(method: str, seed: int, *points: dict[str, Any]) -> StageResult:
    formula = Expression.from_sympy([sympy.Symbol("x0")] * 10, ["x0"], list("0123456789"))
    return StageResult(method, seed, 2.0, points, dict.fromkeys(range(len(points)), formula))


def test_hypervolume_is_a_share_of_the_area_above_a_constant() -> None:
    # One model at 30 nodes, log10 = 1.477 of 3.477, that closes half of the gap between 0.1 and 1.
    results = collect(CONFIG, [_stage("symbolnet", 0, _point(30, 0.55))])
    expected = (np.log10(3000) - np.log10(30)) / np.log10(3000) * 0.5
    assert results.volumes["hypervolume"].tolist() == [pytest.approx(expected)]


def test_budgets_take_what_the_validation_rows_choose() -> None:
    stage = _stage(
        "eql", 0, _point(80, 0.7, val_score=0.9), _point(85, 0.8, val_score=0.6), _point(200, 0.9, val_score=0.95)
    )
    budgets = collect(CONFIG, [stage]).budgets.set_index("budget")
    assert budgets["accuracy"].to_dict() == {90: 0.7, 150: 0.7, 300: 0.9}
    dear = collect(CONFIG, [_stage("eql", 0, _point(400, 0.9))])
    assert dear.budgets["accuracy"].isna().all()
    assert "–" in summary_table(dear, [], "MNIST", "").markdown()


@pytest.mark.parametrize(
    ("ours", "theirs", "verdict"),
    [
        ((0.8, 0.81, 0.82), (0.7, 0.71, 0.72), "(Section V)): confirmed:"),
        ((0.7, 0.71, 0.72), (0.8, 0.81, 0.82), "not confirmed; it is the other way round:"),
        ((0.7, 0.8, 0.9), (0.75, 0.76, 0.77), "not confirmed; the seeds overlap:"),
        ((0.8,), (0.7,), "confirmed (of 1 seed only):"),
    ],
)
def test_a_claim_holds_only_if_every_seed_says_so(
    ours: tuple[float, ...], theirs: tuple[float, ...], verdict: str
) -> None:
    stages = [_stage("symbolnet", k, _point(30, value)) for k, value in enumerate(ours)]
    stages += [_stage("eql", k, _point(30, value)) for k, value in enumerate(theirs)]
    first, *rest = collect(CONFIG, stages).statements
    assert first.startswith("SymbolNet, the paper's objective has a larger hypervolume than EQL, three stages")
    assert verdict in first
    reached = "reached" if np.median(ours) >= 0.8 else "not reached"
    assert "Published: accuracy 0.8 at 90 (Table II)" in rest[0]
    assert rest[0].endswith(f": {reached}.")


def test_the_summary_marks_what_is_published() -> None:
    results = collect(CONFIG, [_stage("budget", k, _point(50, 0.8 + k / 100)) for k in range(3)])
    grid = summary_table(results, [], "MNIST", "A part only.")
    rows = {row[0]: row for row in grid.rows}
    assert rows["SymbolNet, max_complexity"][1] == "81.0 % (80.0–82.0)"
    assert rows["published: SymbolNet (Table II)"][1:4] == ("80.0 %", "–", "–")
    assert "A part only." in grid.caption


def test_the_table_model_is_the_best_within_the_papers_complexity() -> None:
    stages = [_stage("symbolnet", 0, _point(80, 0.7), _point(400, 0.9)), _stage("symbolnet", 1, _point(60, 0.75))]
    chosen = collect(CONFIG, stages).models["symbolnet"]
    assert (chosen.seed, chosen.point["complexity"]) == (1, 60)
    only_dear = collect(CONFIG, [_stage("eql", 0, _point(900, 0.9), _point(400, 0.8))]).models["eql"]
    assert only_dear.point["complexity"] == 400


def test_grids_in_three_forms() -> None:
    grid = Grid("50 % of a|b", ("method", "x_1 ≤ 2"), (("a|b", "1"), ("c, d", "2 %")))
    assert grid.markdown().splitlines()[2:] == [
        "| method | x_1 ≤ 2 |",
        "| --- | --- |",
        r"| a\|b | 1 |",
        "| c, d | 2 % |",
    ]
    assert grid.csv() == 'method,x_1 ≤ 2\na|b,1\n"c, d",2 %\n'
    assert r"method & x\_1 $\leq$ 2 \\" in grid.tex()
    assert r"2 \%" in grid.tex()


def test_spread() -> None:
    import pandas as pd

    assert spread(pd.Series([0.5]), "accuracy") == "50.0 %"
    assert spread(pd.Series([0.5, np.nan, 0.7]), "auc") == "0.600 (0.500–0.700; 1 of 3 none)"
    assert spread(pd.Series([np.nan]), "auc") == "–"
