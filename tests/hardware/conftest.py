"""Formulas that the hardware tests build: the paper's Table I, and random ones with all operators."""

from collections.abc import Callable

import numpy as np
import pytest
import sympy

from symbolnet.expression import Expression

TABLE_I = (
    "-0.041*M*C1 + 0.53*tanh(0.6*M - 0.38*C1) + 0.24",
    "0.073*M*C1 - 0.38*tanh(0.63*m) + 0.15",
    "0.2*sin(1.2*M) + 0.43*sin(0.49*C2) - 0.2*tanh(0.6*M - 0.38*C1) + 0.24",
    "-0.099*sin(0.73*M) + 0.84*exp(-46.0*(m + 0.14*C1 + 0.27*C2)**2) + 0.044",
    "0.43*exp(-6.9*C2**2)",
)


@pytest.fixture(scope="session")
def table_i() -> Expression:
    return Expression.from_sympy([sympy.sympify(text) for text in TABLE_I], ["M", "C1", "m", "C2"])


@pytest.fixture(scope="session")
def standard_normal() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(4000, 4))


def _piecewise(test: sympy.Expr, positive: sympy.Expr, otherwise: sympy.Expr) -> sympy.Expr:
    """b where a > 0, else c, as it stands: SymPy would turn the condition round."""
    from sympy.functions.elementary.piecewise import ExprCondPair

    branches = (positive, sympy.Gt(test, 0, evaluate=False)), (otherwise, sympy.true)
    return sympy.Basic.__new__(sympy.Piecewise, *(sympy.Basic.__new__(ExprCondPair, *pair) for pair in branches))


def _formula(rng: np.random.Generator, depth: int, symbols: list[sympy.Symbol]) -> sympy.Expr:
    """A random formula that meets every kind of node."""
    number = lambda: round(float(rng.normal()), 2) or 0.5  # noqa: E731
    if depth == 0:
        return symbols[rng.integers(len(symbols))]
    a, b, c = (_formula(rng, depth - 1, symbols) for _ in range(3))
    kind = rng.integers(10)
    if kind < 4:
        return sympy.Add(*(number() * part for part in (a, b, c)[: rng.integers(2, 4)]), number())
    if kind < 6:
        return number() * a * b
    if kind == 6:
        return sympy.Max(a, b) if rng.random() < 0.5 else sympy.Min(a, number() * b)
    if kind == 7:
        return _piecewise(a, b, c)
    function = [sympy.sin, sympy.tanh, sympy.cos, lambda u: sympy.exp(-(u**2)), sympy.Abs][rng.integers(5)]
    return number() * function(number() * a + number() * b)


@pytest.fixture(scope="session")
def random_formula() -> Callable[..., Expression]:
    def make(seed: int, n_inputs: int = 3, n_outputs: int = 2) -> Expression:
        rng = np.random.default_rng([seed, 5])
        symbols = list(sympy.symbols(f"x0:{n_inputs}"))
        outputs = []
        while len(outputs) < n_outputs:
            formula = _formula(rng, int(rng.integers(1, 3)), symbols)
            if formula.free_symbols and not formula.has(sympy.Integral):
                outputs.append(formula)
        return Expression.from_sympy(outputs, [str(symbol) for symbol in symbols])

    return make
