"""Circuits within a budget of LUTs: what synthesis counts never exceeds it, and a hopeless budget gives none."""

from collections.abc import Callable

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolnet import SymbolNetError
from symbolnet.expression import Expression
from symbolnet.hardware import (
    ESTIMATE,
    Circuit,
    Limits,
    check_limits,
    circuit_from_json,
    circuits_within,
    classification_score,
    emulate,
    export,
    lower,
    regression_score,
    synthesise,
)

X = np.random.default_rng(2).normal(size=(600, 3))


def _formulas() -> list[Expression]:
    x, y, z = sympy.symbols("x y z")
    short = sympy.tanh(0.9 * x - 0.7 * y)
    return [Expression.from_sympy([text], ["x", "y", "z"]) for text in (short, short + 0.4 * sympy.sin(1.3 * z))]


def _fidelity(rows: np.ndarray) -> Callable[[np.ndarray], float]:
    return regression_score(_formulas()[-1](X[rows]))


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    import symbolnet.hardware._within as within

    monkeypatch.setattr(within, "_QUICK", 30)
    monkeypatch.setattr(within, "_LONG", 40)
    monkeypatch.setattr(within, "_MOST_COUNTS", 2)


@pytest.fixture
def guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of Yosys, a count that is a third above the guess."""
    import symbolnet.hardware._within as within
    from symbolnet.hardware._cost import guess_luts

    monkeypatch.setattr(within, "count_luts", lambda _, program, __: (int(1.33 * guess_luts(program)) + 1, "a guess"))


@given(luts=st.integers(10, 60), clock=st.sampled_from([2.0, 5.0]))
@settings(max_examples=2)
def test_what_yosys_counts_is_within_the_budget(luts: int, clock: float) -> None:
    import tempfile

    found, least = circuits_within(_formulas(), X, _fidelity, Limits(luts, clock))
    assert least > 0
    assert [c is not None for c in found].count(True) >= (luts >= 45)
    for formula, circuit in zip(_formulas(), found, strict=True):
        if circuit is None:
            continue
        assert circuit.program is not None
        assert circuit.luts <= luts
        assert circuit.score == _fidelity(np.arange(len(X)))(emulate(circuit.program, X))
        with tempfile.TemporaryDirectory() as folder:
            counted = synthesise(export(formula, f"{folder}/b", precision=circuit.program, clock_ns=clock), dsp=False)
        assert (counted.lut, counted.stages, counted.tool) == (circuit.luts, circuit.stages, circuit.counted_by)
        assert circuit.latency_ns == counted.latency_ns


@pytest.mark.usefixtures("guessed")
def test_more_luts_are_never_worse() -> None:
    best = [
        max(c.score for c in circuits_within(_formulas(), X, _fidelity, Limits(luts))[0] if c is not None)
        for luts in (30, 60, 150)
    ]
    assert best == sorted(best)
    assert best[-1] > best[0]


@pytest.mark.usefixtures("guessed")
def test_latency_is_bounded() -> None:
    every, _ = circuits_within(_formulas(), X, _fidelity, Limits(100, 2.0))
    longest = max(c.latency_ns for c in every if c is not None)
    assert longest > 2.0
    found, _ = circuits_within(_formulas(), X, _fidelity, Limits(100, 2.0, 2.0))
    assert all(c is None or c.latency_ns <= 2.0 for c in found)


@pytest.mark.usefixtures("guessed")
def test_no_circuit_fits_a_hopeless_budget() -> None:
    found, least = circuits_within(_formulas(), X, _fidelity, Limits(1))
    assert found == (None, None)
    assert 1 < least < 60


def test_without_yosys_the_estimate_is_labelled_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    import symbolnet.hardware._within as within

    monkeypatch.setattr(within, "count_luts", lambda *_: None)
    found, _ = circuits_within(_formulas(), X, _fidelity, Limits(50))
    kept = [c for c in found if c is not None]
    assert kept
    assert all(c.counted_by == ESTIMATE and c.luts <= 50 for c in kept)


@pytest.mark.usefixtures("guessed")
def test_a_formula_without_hardware_form_is_left_out() -> None:
    x = sympy.Symbol("x")
    wild = Expression.from_sympy([sympy.exp(40 * x)], ["x", "y", "z"])
    found, _ = circuits_within([_formulas()[0], wild], X, _fidelity, Limits(100))
    assert found[0] is not None


def test_a_circuit_comes_back_from_json() -> None:
    program = lower(_formulas()[1], X)
    circuit = Circuit(program, 0.5, 12, "Yosys 0.23", 2, 5.0)
    again = circuit_from_json(circuit.to_json())
    assert again.program is not None
    assert (emulate(again.program, X) == emulate(program, X)).all()
    assert (again.score, again.luts, again.counted_by, again.latency_ns) == (0.5, 12, "Yosys 0.23", 10.0)


@pytest.mark.parametrize(
    ("limits", "line"),
    [
        (Limits(np.inf), "max_luts is inf; give a finite number above 0"),
        (Limits(10, 0.5), "clock_ns is 0.5, shorter than a level of logic; give 1 or more"),
        (Limits(10, 5.0, 4.0), "max_latency_ns is 4, less than one cycle of clock_ns=5"),
    ],
)
def test_limits_that_nothing_can_keep(limits: Limits, line: str) -> None:
    with pytest.raises(SymbolNetError) as caught:
        check_limits(limits)
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


def test_weights_count_as_repetition() -> None:
    rng = np.random.default_rng(0)
    weight = rng.integers(0, 4, 50)
    again = np.repeat(np.arange(50), weight)
    values, y, labels = rng.normal(size=(50, 2)), rng.normal(size=(50, 2)), rng.integers(0, 2, 50)
    for make, target in ((regression_score, y), (lambda t, **k: classification_score(t, [0, 1], **k), labels)):
        assert make(target, weight=weight)(values) == pytest.approx(make(target[again])(values[again]))


def test_inputs_of_one_coefficient_are_added_first() -> None:
    from symbolnet.hardware._groups import with_groups

    symbols = sympy.symbols("x0:12")
    inner = 0.3 * sum(symbols[:5]) - 0.3 * symbols[5] + 0.7 * sum(symbols[6:9]) + 0.11 * symbols[9] + 2 * symbols[10]
    formula = Expression.from_sympy([sympy.tanh(inner)], [str(s) for s in symbols])
    grouped = with_groups(formula)
    data = np.random.default_rng(1).integers(0, 4, (300, 12)).astype(float)
    assert np.abs(grouped(data) - formula(data)).max() < 1e-12
    assert len(grouped.graph.kind) == len(formula.graph.kind) + 2
    few = Expression.from_sympy([sympy.tanh(0.3 * symbols[0] + 0.3 * symbols[1])], [str(s) for s in symbols])
    assert len(with_groups(few).graph.kind) == len(few.graph.kind)
