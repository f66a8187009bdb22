"""Formulas whose outermost part can be undone: laws of physics that a search term by term does not reach."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolnet.growth._fit import relative_loss, residual
from symbolnet.growth._functions import grammar
from symbolnet.growth._score import Scale, description
from symbolnet.growth._undone import _candidates, undone
from symbolnet.growth._values import make_rows, values

RULES = grammar(("sin", "exp", "sqrt", "log", "square", "tanh", "sigmoid"), ("+", "*", "/"))
LAWS: dict[str, Callable[[Any], Any]] = {
    "distance": lambda x: np.sqrt((x[0] - x[1]) ** 2 + (x[2] - x[3]) ** 2),
    "Lorentz": lambda x: x[0] * x[1] ** 2 / np.sqrt(49 - x[2] ** 2),
    "barometer": lambda x: x[0] * np.exp(-x[1] * x[2] / x[3]),
    "diode": lambda x: x[0] * (np.exp(x[1] / x[2]) - 1),
    "Bose": lambda x: 1 / (np.exp(x[0] * x[1] / x[2]) - 1),
    "Fermi": lambda x: 1 / (np.exp(x[0] * x[1] / x[2]) + 1),
    "magnet": lambda x: x[0] * x[1] * np.tanh(x[1] * x[2] / x[3] / 5),
    "logistic": lambda x: x[0] / (1 + np.exp(x[1] - x[2] * x[3] / 4)),
    "logarithm": lambda x: x[0] * np.log(x[1] ** 2 + x[2] * x[3] + 1),
    "square": lambda x: x[0] * (x[1] + 2 * x[2] * x[3]) ** 2,
    "difference": lambda x: x[0] * x[1] * (1 / x[2] - 1 / x[3]),
    "conduction": lambda x: x[0] * (x[1] - x[2]) * x[3] ** 2,
    "scattering": lambda x: x[0] ** 2 * x[1] ** 4 / (x[1] ** 2 - 36) ** 2,
    "resonance": lambda x: x[0] / (x[1] ** 2 + x[2] ** 2 + 0.5),
    "Doppler": lambda x: x[0] * np.sqrt((6 + x[1]) / (6 - x[1])),
}


@pytest.mark.parametrize("name", LAWS)
def test_a_law_is_found(name: str) -> None:
    rng = np.random.default_rng(0)
    x, more = rng.uniform(1, 5, (4, 500)), rng.uniform(1, 5, (4, 100))
    rows = make_rows(x, LAWS[name](x), np.ones(500))
    best = undone(rows, RULES, Scale(500, 4, 6, rows.floor), 60)[0]
    assert best.loss < rows.floor
    np.testing.assert_allclose(values(best.tree, more), LAWS[name](more), rtol=1e-7)


def test_a_law_is_found_under_noise_too() -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(1, 5, (4, 1000))
    y = LAWS["distance"](x)
    rows = make_rows(x, y + 0.01 * y.std() * rng.normal(size=1000), np.ones(1000))
    best = undone(rows, RULES, Scale(1000, 4, 6, rows.floor), 60)[0]
    assert best.loss < 1.2e-4
    assert np.mean((values(best.tree, x) - y) ** 2) < 2e-5 * y.var()


@settings(max_examples=30)
@given(seed=st.integers(0, 1000), n=st.integers(1, 60), scale=st.sampled_from([1e-100, 1.0, 1e100]))
def test_any_data_gives_finite_formulas_with_the_losses_they_claim(seed: int, n: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2, n)) * rng.choice([0.0, 1e-9, 1.0, 1e9], (2, 1))
    rows = make_rows(x, scale * rng.normal(size=n), rng.uniform(0, 1, n))
    lengths = []
    for fitted in undone(rows, RULES, Scale(n, 2, 6, rows.floor), 30):
        assert np.isfinite(values(fitted.tree, x)).all()
        assert np.isclose(fitted.loss, relative_loss(residual(fitted.tree, rows), rows))
        lengths.append(description(fitted.tree, fitted.loss, Scale(n, 2, 6, rows.floor)))
    assert lengths == sorted(lengths)


def test_only_functions_of_the_grammar_are_used() -> None:
    x = np.random.default_rng(0).uniform(1, 2, (2, 100))
    rows = make_rows(x, np.sqrt(x[0] + x[1]), np.ones(100))
    with np.errstate(all="ignore"):
        text = str([tree.key for tree, _ in _candidates(rows, grammar(("sin",), ("+", "*")), [])])
    assert not any(name in text for name in ("sqrt", "inverse", "exp", "log"))
    assert not list(_candidates(rows, grammar(("sin",), ("+",)), []))
