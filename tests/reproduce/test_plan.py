"""Plans: inside the paper's ranges, and honest about what is cut."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolnet._errors import SymbolNetError, UnknownNameError
from symbolnet.baselines import installed_peers
from symbolnet.reproduce import CONFIGS, FULL_MINUTES, make_plan
from symbolnet.reproduce._methods import draw_trials

# Section IV.C of the paper: u, b, then the four targets.
RANGES: dict[str, tuple[tuple[float, float], ...]] = {
    "jets": ((2, 30), (2, 30), (0.6, 0.99), (0.4, 0.9), (0.2, 0.5), (0.2, 0.5)),
    "mnist": ((2, 20), (2, 20), (0.7, 0.999), (0.6, 0.99), (0.2, 0.5), (0.2, 0.5)),
    "svhn": ((2, 20), (2, 10), (0.8, 0.999), (0.8, 0.999), (0.2, 0.5), (0.2, 0.5)),
}


@pytest.mark.parametrize("name", RANGES)
def test_the_scan_stays_inside_the_papers_ranges(name: str) -> None:
    config = CONFIGS[name]
    u_range, b_range, *targets = RANGES[name]
    for layers in config.widths:
        assert len(layers) in ((1,) if name == "svhn" else (1, 2))
        for u, b in layers:
            assert u_range[0] <= u <= u_range[1]
            assert b_range[0] <= b <= b_range[1]
    assert [config.weight, config.input, config.unary, config.binary] == targets
    for value in (*config.strengths, *config.thresholds):
        assert 1e-4 <= value <= 1e-1
    assert (min(config.strengths), max(config.strengths)) == (1e-4, 1e-1)
    assert (min(config.thresholds), max(config.thresholds)) == (1e-4, 1e-1)


@pytest.mark.parametrize("name", CONFIGS)
def test_drawn_targets_fill_the_ranges_evenly(name: str) -> None:
    config = CONFIGS[name]
    trials = draw_trials(config, 16, [0, 1])
    for kind in ("weight", "input", "unary", "binary"):
        low, high = getattr(config, kind)
        values = np.sort([getattr(trial, kind) for trial in trials])
        assert low <= values[0] <= values[-1] <= high
        spread = np.log(1 - values[::-1]) if kind in ("weight", "input") else values
        edges = np.linspace(*((np.log(1 - high), np.log(1 - low)) if kind in ("weight", "input") else (low, high)), 17)
        np.testing.assert_array_equal(np.histogram(spread, edges)[0], 1)  # one in each sixteenth
    assert len({trial.seed for trial in trials}) == 16
    assert draw_trials(config, 16, [0, 1]) == trials != draw_trials(config, 16, [1, 1])


@given(st.sampled_from(sorted(CONFIGS)), st.floats(2, 600))
def test_less_time_never_buys_more(name: str, minutes: float) -> None:
    plan, full = make_plan(name, minutes=minutes), make_plan(name)
    work = plan.trials * plan.epochs / (full.trials * full.epochs)
    assert work == pytest.approx(minutes / FULL_MINUTES, rel=0.2, abs=0.06)
    assert plan.trials % 2 == 0
    if minutes < FULL_MINUTES * 0.97:
        assert any("epochs" in cut or "trials" in cut for cut in plan.cuts)


def test_the_full_plan_cuts_nothing_that_is_installed() -> None:
    for cut in make_plan("mnist").cuts:
        assert "not installed" in cut
    assert make_plan("mnist", quick=True).cuts[0].startswith("a quick run")
    assert make_plan("jets", peers=()).peers == ()
    assert make_plan("jets").peers == installed_peers()


@pytest.mark.parametrize(
    ("options", "kind", "match"),
    [
        ({"name": "jet"}, UnknownNameError, "did you mean 'jets'"),
        ({"name": "jets", "minutes": 0.5}, SymbolNetError, "too short for jets; give at least 2"),
        ({"name": "jets", "seeds": 0}, SymbolNetError, "at least 1"),
        ({"name": "jets", "peers": ("psr",)}, UnknownNameError, "did you mean 'pysr'"),
    ],
)
def test_errors(options: dict[str, Any], kind: type[Exception], match: str) -> None:
    with pytest.raises(kind, match=match):
        make_plan(**options)
