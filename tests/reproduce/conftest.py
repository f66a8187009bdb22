"""One small experiment from beginning to end, shared by the tests that look at its folder."""

from dataclasses import replace
from pathlib import Path

import pytest

from symbolnet.reproduce import Plan, RunReport, make_plan, reproduce


@pytest.fixture(scope="session")
def small_plan() -> Plan:
    """The quick plan of the digits, smaller still: it shows the parts at work and not what they can do."""
    quick = make_plan("digits", quick=True, peers=("gplearn",))
    return replace(
        quick, widths=(((4, 2),),), trials=2, epochs=8, strengths=(1e-4, 1e-3), thresholds=(1e-2,), budget_seconds=2.0,
        max_complexity=20, example_epochs=6, dense_epochs=6,
    )  # fmt: skip


@pytest.fixture(scope="session")
def small_run(small_plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RunReport]:
    out = tmp_path_factory.mktemp("reproduce") / "digits"
    return out, reproduce(small_plan, out)
