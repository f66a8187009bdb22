"""`symbolnet demo`, cut short: what it prints, and that its checks are real."""

from typing import Any

import pytest

from symbolnet.cli import _demo


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_demo, "SETTINGS", {**_demo.SETTINGS, "n_unary": 3, "max_iter": 8, "weight_sparsity": 0.3})


@pytest.mark.usefixtures("short")
def test_the_demo_proves_what_it_says(symbolnet: Any) -> None:
    lines = symbolnet.ok("demo").stdout.splitlines()
    assert lines[0] == "SymbolNet: ten formulas that read handwritten digits"
    assert [line.split(" = ")[0].strip() for line in lines if line.startswith("  ") and " = " in line[:6]] == list(
        "0123456789"
    )
    (network,) = (line for line in lines if line.startswith("  formula = network "))
    assert "yes: they differ by at most" in network
    assert float(network.split()[-4]) < 1e-12
    (count,) = (line for line in lines if line.startswith("  complexity = SymPy's "))
    assert "yes: " in count
    assert lines[-1].startswith("  symbolnet show RUN")
    assert max(map(len, lines)) <= 80


@pytest.mark.usefixtures("short")
def test_a_formula_that_is_not_the_network_fails_the_demo(symbolnet: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import symbolnet.estimators as estimators

    real = estimators.network_values
    monkeypatch.setattr(estimators, "network_values", lambda *words, **named: real(*words, **named) + 1e-6)
    result = symbolnet("demo", "--json")
    assert result.exit_code == 1
    assert '"proven": false' in result.stdout
    assert "a check failed" in result.stderr


def test_an_occupied_folder_is_refused_before_the_training(symbolnet: Any, classifier_run: Any) -> None:
    assert symbolnet.refused("demo", "--out", classifier_run).endswith("holds a run already; choose a new folder")
