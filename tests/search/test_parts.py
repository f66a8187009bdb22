"""Spaces, presets, fronts, the second record, hopeless trials: each against what it promises."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolnet import SymbolNetError
from symbolnet.pareto import pareto_mask
from symbolnet.search import PRESETS, Choice, Number, Plan, Space, preset
from symbolnet.search._cells import cells_of, levels_of
from symbolnet.search._folder import ScanFolder
from symbolnet.search._front import Front
from symbolnet.search._hopeless import Rivals, expected_size
from symbolnet.search._log import ResultLog
from symbolnet.search._propose import Known, propose
from symbolnet.search._records import Result, TrialSpec
from symbolnet.search._schedule import job_of


@pytest.mark.parametrize(
    ("name", "ranges"),
    [
        ("jets", {"n_unary": (2, 30), "n_binary": (2, 30), "weight_sparsity": (0.6, 0.99),
                  "input_sparsity": (0.4, 0.9)}),
        ("mnist", {"n_unary": (2, 20), "n_binary": (2, 20), "weight_sparsity": (0.7, 0.999),
                   "input_sparsity": (0.6, 0.99)}),
        ("svhn", {"n_unary": (2, 20), "n_binary": (2, 10), "weight_sparsity": (0.8, 0.999),
                  "input_sparsity": (0.8, 0.999)}),
    ],
)  # fmt: skip
def test_presets_have_the_ranges_of_the_paper(name: str, ranges: dict[str, tuple[float, float]]) -> None:
    """Section IV.C of the paper."""
    space = preset(name)
    found = {k: (p.low, p.high) for k, p in space.parameters.items() if isinstance(p, Number)}
    assert found == ranges | {"unary_sparsity": (0.2, 0.5), "binary_sparsity": (0.2, 0.5)}
    assert (space.parameters.get("n_layers") == Choice((1, 2))) == (name != "svhn")


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_a_space_survives_json(name: str) -> None:
    import json

    space = preset(name)
    assert Space.from_json(json.loads(json.dumps(space.to_json()))) == space


@pytest.mark.parametrize("sampler", ["nsga2", "tpe", "random"])
def test_proposals_lie_in_the_space_and_depend_on_nothing_but_what_was_told(space: Space, sampler: str) -> None:
    plan = Plan(space, "regression", sampler=sampler)
    rng = np.random.default_rng(0)
    first = propose(plan, 0, [4, 4], [])
    known = [Known(p, (float(rng.random()), float(rng.integers(5, 90)))) for job in first for p in job]
    second = propose(plan, 2, [4, 3], known)
    assert second == propose(plan, 2, [4, 3], known)
    assert second != propose(plan, 3, [4, 3], known)
    for trial in (t for job in second for t in job):
        assert 2 <= trial["n_unary"] <= 4
        assert 0.5 <= trial["weight_sparsity"] <= 0.9
        assert 1e-3 <= trial["learning_rate"] <= 1e-2
    assert [len(job) for job in second] == [4, 3]


def test_a_grid_has_every_combination_once() -> None:
    space = Space(
        {"n_unary": Choice((2, 3)), "weight_sparsity": Number(0.5, 0.9, points=3), "n_layers": Choice((1, 2))}
    )
    grid = space.grid()
    assert len(grid) == 12 == len({tuple(sorted(p.items())) for p in grid})
    assert {p["weight_sparsity"] for p in grid} == {0.5, 0.7, 0.9}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[space]\nn_unray = [1]", "did you mean 'n_unary'"),
        ("[space]\nn_unary = {low = 5, high = 2}", "the lower first"),
        ("[space]\nn_unary = {low = 1.5, high = 2}", "whole numbers"),
        ("[space]\nlearning_rate = {low = 0, high = 1, log = true}", "positive"),
        ("[space]\nlearning_rate = {low = 1}", "give a list"),
        ("[space]\nlearning_rate = []", "no values"),
        ("[space]\nlearning_rate = {low = 1, high = 2, step = 3}", "unknown key 'step'"),
        ("[space]\nrandom_state = [1, 2]", "the scan sets itself"),
        ("[settings]\nn_unary = 3", "varies nothing"),
        ("[spaec]\nn_unary = [3]", "unknown entry"),
        ("space = 3", "tables"),
        ("[space", "not TOML"),
    ],
)
def test_wrong_ranges_end_in_a_line(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "ranges.toml"
    file.write_text(text)
    with pytest.raises(SymbolNetError, match=says) as caught:
        Space.from_toml(file)
    assert "\n" not in str(caught.value)


@given(
    st.lists(st.tuples(st.integers(2, 30), st.integers(2, 10)), min_size=1, max_size=20),
    st.integers(1, 6),
    st.integers(0, 1),
)
def test_cells_hold_every_trial_in_arrays_that_are_large_enough(
    sizes: list[tuple[int, int]], width: int, number: int
) -> None:
    space = Space({"n_unary": Number(2, 30, whole=True), "n_binary": Choice((2, 10, 7, 3, 4, 5, 6, 8, 9))})
    assert levels_of(space) == {"n_unary": [15, 30], "n_binary": [10]}
    plan = Plan(space, "classification", width=width)
    trials = tuple(TrialSpec(40 + k, k, k, {"n_unary": u, "n_binary": b}) for k, (u, b) in enumerate(sizes))
    cells = cells_of(job_of(plan, number, trials))
    assert sorted(spec.index for cell in cells for spec in cell.trials) == [spec.index for spec in trials]
    assert len(cells) == 1 or min(len(cell.trials) for cell in cells) >= width, "no place stays empty from the start"
    for cell in cells:
        assert cell.nodes["n_unary"] in (15, 30)
        assert cell.nodes["n_binary"] == 10
        assert all(spec.params[name] <= n for spec in cell.trials for name, n in cell.nodes.items())
        assert [spec.place for spec in cell.trials] == sorted(spec.place for spec in cell.trials)
        assert cell.padded == any(spec.params != cell.nodes for spec in cell.trials)
    if width == 1:
        assert all((spec.params["n_unary"] > 15) == (c.nodes["n_unary"] == 30) for c in cells for spec in c.trials)


POINTS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=30)


@given(POINTS, st.randoms())
def test_the_front_is_that_of_all_trials_in_any_order(points: list[tuple[int, int]], random: Any) -> None:
    mask = pareto_mask([cost for _, cost in points], [-metric for metric, _ in points])
    wanted = set(np.flatnonzero(mask).tolist())
    order = list(range(len(points)))
    random.shuffle(order)
    front = Front()
    for index in order:
        entered = front.would_enter(index, points[index])
        assert front.offer(index, points[index]) == entered
    assert set(front.members) == wanted


@given(st.lists(st.dictionaries(st.text(max_size=5), st.integers()), max_size=6), st.integers(0, 400))
def test_a_record_that_was_cut_short_loses_its_last_line_only(tmp_path_factory: Any, records: Any, cut: int) -> None:
    log = ResultLog(tmp_path_factory.mktemp("log") / "results.log")
    ends = [0]
    for record in records:
        log.append([record])
        ends.append(log.path.stat().st_size)
    size = min(cut, ends[-1])
    log.path.touch()
    log.path.write_bytes(log.path.read_bytes()[:size])
    # A line whose end alone is missing is whole.
    kept = sum(end - 1 <= size for end in ends[1:])
    assert log.read() == records[:kept]
    log.append([{"next": 1}])
    assert log.read() == [*records[:kept], {"next": 1}]


def test_noise_in_the_record_is_no_record(tmp_path: Path) -> None:
    log = ResultLog(tmp_path / "results.log")
    log.append([{"a": 1}, {"a": 2}])
    content = bytearray(log.path.read_bytes())
    content[content.index(b"1")] = ord("7")
    log.path.write_bytes(bytes(content) + b"\xff\xfe garbage\n")
    assert log.read() == [{"a": 2}]


def test_a_trial_behind_a_third_of_the_others_is_hopeless() -> None:
    rivals = Rivals(100)
    for index, (loss, size) in enumerate([(0.1, 20), (0.2, 10), (0.3, 30), (0.25, 30)]):
        if index < 3:  # four have to be there
            assert rivals.verdict(index, 20, loss, size) is None
        else:
            verdict = rivals.verdict(index, 20, loss, size)
            assert verdict is not None
            assert (verdict.state, "2 of 4 trials" in verdict.reason) == ("pruned", True)
    assert rivals.verdict(9, 19, 0.9, 90) is None, "not compared before a fifth of its epochs"
    assert rivals.verdict(9, 20, 0.9, 90) is not None
    assert rivals.verdict(10, 20, 0.9, 5) is None, "nothing beats the sparsest"
    assert rivals.verdict(11, 20, 0.05, 90) is None, "nothing beats the most accurate"
    assert rivals.verdict(0, 30, 0.9, 90) is None, "the first at its next age"
    assert Rivals(100, enabled=False).verdict(9, 20, 0.9, 90) is None


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=5, max_size=20))
def test_no_trial_is_stopped_that_nothing_beats(points: list[tuple[int, int]]) -> None:
    rivals = Rivals(10)
    for index, (loss, size) in enumerate(points):
        verdict = rivals.verdict(index, 2, float(loss), float(size))
        before = points[:index]
        if not any(a <= loss and b <= size for a, b in before):
            assert verdict is None
        if verdict is not None:
            assert index >= 3


def test_the_size_of_a_trial_is_between_what_it_has_and_what_it_is_to_have() -> None:
    assert expected_size(400.0, 25.0) == 100.0
    assert expected_size(0.0, 25.0) == 0.0


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_fails_the_trial(loss: float) -> None:
    for age in (50, 100):
        verdict = Rivals(100, enabled=False).verdict(0, age, loss, 0.5)
        assert verdict is not None
        assert (verdict.state, "not finite" in verdict.reason) == ("failed", True)
        assert Rivals(100).verdict(0, age, 0.5, loss) == verdict, "nor a size: it would lie on no front at all"


def test_a_result_that_is_not_finite_cannot_be_told() -> None:
    with pytest.raises(SymbolNetError, match="not finite"):
        Result(3, "complete", metric=math.nan, complexity=5.0)


def test_the_command_that_goes_on_takes_a_folder_with_spaces(tmp_path: Path) -> None:
    folder = ScanFolder(tmp_path / "my scan")
    folder.path.mkdir()
    folder.config_path.touch()
    with pytest.raises(SymbolNetError, match="symbolnet scan resume '.*my scan' goes on with it"):
        folder.check_free()
