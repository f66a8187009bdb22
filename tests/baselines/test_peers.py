"""Genetic programming: formulas that are read right, counted by our counter, and within what was asked for."""

import sys
import types
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sympy

from symbolnet._errors import SymbolNetError, UnknownNameError
from symbolnet.baselines import PEERS, PeerSettings, Task, fit_peer
from symbolnet.baselines._one_vs_rest import Found, class_problems, combine, found
from symbolnet.baselines._reader import read_formula
from symbolnet.expression import Expression

UNARY = ("sin", "cos", "exp", "gauss", "tanh")
X0, X1 = sympy.symbols("mass pt")
NAMES = {"X0": X0, "X1": X1}


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("(0.5 + ((-1.25) * sin(X1)))", 0.5 - 1.25 * sympy.sin(X1)),
        ("mul(add(X0, 2), neg(X1))", -(X0 + 2) * X1),
        ("((X0 ^ 2) - square(X1))", X0**2 - X1**2),
        ("gauss(div(X0, 2.0))", sympy.exp(-((X0 / 2.0) ** 2))),
    ],
)
def test_formulas_are_read_as_they_are_meant(text: str, formula: Any) -> None:
    assert sympy.simplify(read_formula(text, NAMES) - formula) == 0


def test_nested_exponentials_are_read() -> None:
    """SymPy itself expands such products while it builds them, and does not end."""
    text = "X0"
    for k in range(12):
        text = f"mul(mul(0.1, sinh(add({text}, exp(X{k % 2})))), add(X1, cosh(mul(X0, gauss(X1)))))"
    X = np.array([[-0.9, -0.4], [-0.5, -0.8]])
    value = X[:, 0]
    for k in range(12):
        value = 0.1 * np.sinh(value + np.exp(X[:, k % 2])) * (X[:, 1] + np.cosh(X[:, 0] * np.exp(-(X[:, 1] ** 2))))
    formula = Expression.from_sympy([read_formula(text, NAMES)], ["mass", "pt"])
    np.testing.assert_allclose(formula(X)[:, 0], value, rtol=1e-9)


@pytest.mark.parametrize(
    "text",
    [
        "X2 + 1",
        "X0 ^ X1",
        "__import__('os')",
        "X0 if X1 else 0",
        "sin(X0, X1)",
        "(X0",
        "X0.real",
        "exec(X0)",
        "sin(X0, b=1)",
        "'a'",
    ],
)
def test_nothing_else_is_read(text: str) -> None:
    with pytest.raises(SymbolNetError):
        read_formula(text, NAMES)


def test_a_class_problem_keeps_the_inputs_that_matter(three_classes: Task) -> None:
    first, *_ = class_problems(three_classes, max_inputs=2, max_rows=100, random_state=0)
    assert [symbol.name for symbol in first.symbols] == ["mass", "pt"]
    assert first.X.shape == (100, 2)
    assert set(first.y) == {0.0, 1.0}


def test_found_counts_as_sympy_counts(three_classes: Task) -> None:
    problem = class_problems(three_classes, max_inputs=3, max_rows=100, random_state=0)[0]
    formula = 0.5 * sympy.sin(2.0 * X0) + X1**2
    entry = found(problem, formula)
    assert entry is not None
    assert entry.complexity == sum(1 for _ in sympy.preorder_traversal(formula))
    values = 0.5 * np.sin(2 * problem.X[:, 0]) + problem.X[:, 1] ** 2
    assert entry.error == pytest.approx(np.mean((values - problem.y) ** 2))
    assert found(problem, sympy.zoo) is None
    assert found(problem, sympy.gamma(X0)) is None


def test_combinations_take_the_best_within_each_limit(three_classes: Task) -> None:
    cheap, dear = Found(X0, 1, 0.2), Found(sympy.sin(X0), 2, 0.1)
    expressions = combine(three_classes, [[cheap, dear], [cheap], []])
    assert [e.complexities for e in expressions] == [(1, 1, 1), (2, 1, 1)]
    share = float(three_classes.encode(three_classes.y).mean(axis=0)[2])
    assert expressions[1](np.zeros((1, 4)))[0, 2] == pytest.approx(share)


@pytest.mark.parametrize("name", ["pyoperon", "gplearn"])
def test_a_peer_finds_a_classifier(name: str, two_classes: Task) -> None:
    settings = PeerSettings(1.0, UNARY, max_inputs=4, max_rows=200, max_length=20)
    expressions = fit_peer(name, two_classes, settings)
    assert all(isinstance(e, Expression) and e.n_outputs == 1 for e in expressions)
    assert [e.complexity for e in expressions] == sorted(e.complexity for e in expressions)
    right = [
        np.mean((e(two_classes.scaled(two_classes.X_test))[:, 0] > 0.5) == two_classes.y_test) for e in expressions
    ]
    assert max(right) > 0.8  # a half by guessing


def test_pysr_is_driven_as_it_documents(monkeypatch: pytest.MonkeyPatch, two_classes: Task) -> None:
    """A stand-in with PySR's interface, since PySR itself needs Julia."""
    asked: dict[str, Any] = {}

    class PySRRegressor:
        def __init__(self, **options: Any) -> None:
            asked.update(options)

        def fit(self, X: Any, y: Any, variable_names: list[str]) -> None:
            assert X.shape == (len(y), len(variable_names))
            v0 = sympy.Symbol(variable_names[0], real=True)
            self.equations_ = pd.DataFrame({"sympy_format": [sympy.Float(0.5), v0 + 0.1, sympy.exp(-(v0**2))]})

    module = types.ModuleType("pysr")
    module.__dict__.update(PySRRegressor=PySRRegressor, __spec__=types.SimpleNamespace())
    monkeypatch.setitem(sys.modules, "pysr", module)
    expressions = fit_peer("pysr", two_classes, PeerSettings(3.0, UNARY, max_inputs=2))
    assert asked["timeout_in_seconds"] == 3.0
    assert "gauss(x) = exp(-x^2)" in asked["unary_operators"]
    assert expressions
    assert set(expressions[-1].used_inputs) <= {0, 1}


def test_errors(monkeypatch: pytest.MonkeyPatch, two_classes: Task) -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'gplearn'"):
        fit_peer("gplean", two_classes, PeerSettings(1.0, UNARY))
    with pytest.raises(SymbolNetError, match="seconds is 0"):
        fit_peer("gplearn", two_classes, PeerSettings(0.0, UNARY))
    monkeypatch.setattr("symbolnet.baselines._peers.find_spec", lambda _: None)
    for name, peer in PEERS.items():
        with pytest.raises(SymbolNetError, match=r"is not installed; pip install"):
            fit_peer(name, two_classes, PeerSettings(1.0, UNARY))
        assert "pip install" in peer.install
