"""Constants next to whole numbers."""

import numpy as np
import sympy

from symbolnet import SymbolNetRegressor
from symbolnet.budget._polish import polished
from symbolnet.expression import Expression

x, y = sympy.symbols("x y")
X = np.random.default_rng(0).normal(size=(100, 2))


def _formula(tree: sympy.Expr) -> Expression:
    return Expression.from_sympy([tree], [x, y])


def _loss(target: np.ndarray):
    return lambda formula: float(np.mean((formula(X)[:, 0] - target) ** 2))


def test_what_is_whole_but_for_rounding_becomes_whole() -> None:
    fitted = _formula(0.99999998 * x - 2.0000001 * y + 3e-9)
    target = X[:, 0] - 2 * X[:, 1]
    assert polished(fitted, _loss(target), 5.0) == _formula(x - 2.0 * y)


def test_a_constant_that_counts_stays() -> None:
    fitted = _formula(1.003 * x + 0.005)
    assert polished(fitted, _loss(1.003 * X[:, 0] + 0.005), 1.0) == fitted


def test_noise_tells_what_counts() -> None:
    noisy = X[:, 0] + 0.1 * np.random.default_rng(1).normal(size=100)
    fitted = _formula(0.9999 * x)
    result = polished(fitted, _loss(noisy), 1.0)
    assert result in (fitted, _formula(x))
    assert _loss(noisy)(result) <= _loss(noisy)(fitted) * (1 + 1e-6) + 1e-9


def test_a_law_of_one_input_is_that_input() -> None:
    data = np.random.default_rng(0).normal(size=(60, 3))
    model = SymbolNetRegressor(9, loss="huber", random_state=0).fit(data, data[:, 0])
    assert model.expression().text() == ["x0"]
