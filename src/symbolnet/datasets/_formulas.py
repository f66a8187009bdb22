"""Twelve regression problems of known form, from the papers that made them standard.

`eql_f1` to `eql_f4` are F-1 to F-4 of the equation learner (Martius and Lampert, arXiv:1610.02995; Sahoo, Lampert and
Martius, arXiv:1806.07259): inputs uniform in [-1, 1]. The Feynman problems carry their number in the Feynman Symbolic
Regression Database (Udrescu and Tegmark, arXiv:1905.11481) and its sampling ranges.
"""

__all__ = ["FormulaProblem", "make_problem", "problem", "problem_names"]

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy import cos, exp, pi, sin, sqrt
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError, UnknownNameError, did_you_mean
from symbolnet.datasets._record import Dataset

Array = NDArray[np.float64]


@dataclass(frozen=True)
class FormulaProblem:
    """A function to find again.

    Attributes
    ----------
    name : str
    formula : str
        As SymPy reads it.
    inputs : tuple of str
    low, high : tuple of float
        Each input is drawn uniformly from [low, high].
    function : callable
        The formula, on one column an input.
    source : str
    """

    name: str
    formula: str
    inputs: tuple[str, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    function: Callable[..., Any]
    source: str

    def __call__(self, X: Array) -> Array:
        """The formula's value, (rows,), at inputs X, (rows, inputs or more); further columns do not count."""
        values: Array = self.function(*X.T[: len(self.inputs)])
        return values


def _eql(name: str, formula: str, function: Callable[..., Any]) -> FormulaProblem:
    return FormulaProblem(name, formula, ("x1", "x2", "x3", "x4"), (-1.0,) * 4, (1.0,) * 4, function, "EQL")


def _feynman(
    number: str, formula: str, inputs: str, function: Callable[..., Any], low: float = 1.0, high: float = 5.0
) -> FormulaProblem:
    names = tuple(inputs.split())
    lows = tuple(0.0 if name == "theta" and number == "I.18.12" else low for name in names)
    source = f"Feynman Symbolic Regression Database, {number}"
    return FormulaProblem(
        f"feynman_{number.replace('.', '_')}", formula, names, lows, (high,) * len(names), function, source
    )


_PROBLEMS = (
    _eql(
        "eql_f1",
        "(sin(pi*x1) + sin(2*pi*x2 + pi/8) + x2 - x3*x4)/3",
        lambda x1, x2, x3, x4: (sin(pi * x1) + sin(2 * pi * x2 + pi / 8) + x2 - x3 * x4) / 3,
    ),
    _eql(
        "eql_f2",
        "(sin(pi*x1) + x2*cos(2*pi*x1 + pi/4) + x3 - x4**2)/3",
        lambda x1, x2, x3, x4: (sin(pi * x1) + x2 * cos(2 * pi * x1 + pi / 4) + x3 - x4**2) / 3,
    ),
    _eql(
        "eql_f3",
        "((1 + x2)*sin(pi*x1) + x2*x3*x4)/3",
        lambda x1, x2, x3, x4: ((1 + x2) * sin(pi * x1) + x2 * x3 * x4) / 3,
    ),
    _eql(
        "eql_f4",
        "(sin(pi*x1) + cos(2*x2*sin(pi*x1)) + x2*x3*x4)/2",
        lambda x1, x2, x3, x4: (sin(pi * x1) + cos(2 * x2 * sin(pi * x1)) + x2 * x3 * x4) / 2,
    ),
    _feynman("I.6.20a", "exp(-theta**2/2)/sqrt(2*pi)", "theta", lambda t: exp(-(t**2) / 2) / sqrt(2 * pi), high=3.0),
    _feynman(
        "I.6.20",
        "exp(-(theta/sigma)**2/2)/(sqrt(2*pi)*sigma)",
        "sigma theta",
        lambda s, t: exp(-((t / s) ** 2) / 2) / (sqrt(2 * pi) * s),
        high=3.0,
    ),
    _feynman(
        "I.12.11",
        "q*(Ef + B*v*sin(theta))",
        "q Ef B v theta",
        lambda q, field, b, v, theta: q * (field + b * v * sin(theta)),
    ),
    _feynman("I.14.4", "k*x**2/2", "k x", lambda k, x: k * x**2 / 2),
    _feynman("I.18.12", "r*F*sin(theta)", "r F theta", lambda r, f, theta: r * f * sin(theta)),
    _feynman("I.25.13", "q/C", "q C", lambda q, c: q / c),
    _feynman("I.34.8", "q*v*B/p", "q v B p", lambda q, v, b, p: q * v * b / p),
    _feynman("II.34.2a", "q*v/(2*pi*r)", "q v r", lambda q, v, r: q * v / (2 * pi * r)),
)
_BY_NAME = {problem.name.lower(): problem for problem in _PROBLEMS}


def problem_names() -> tuple[str, ...]:
    """The names of the twelve problems."""
    return tuple(problem.name for problem in _PROBLEMS)


def problem(name: str) -> FormulaProblem:
    """The problem of that name.

    Parameters
    ----------
    name : str
        One of `problem_names()`, in any case.

    Returns
    -------
    FormulaProblem

    Raises
    ------
    UnknownNameError
        If there is none, with the closest name.
    """
    try:
        return _BY_NAME[name.lower()]
    except KeyError:
        raise UnknownNameError(f"unknown problem {name!r}; {did_you_mean(name, problem_names())}") from None


def make_problem(
    name: str,
    n_train: int = 1000,
    n_test: int = 1000,
    *,
    noise: float = 0.0,
    useless_inputs: int = 0,
    random_state: int = 0,
) -> Dataset:
    """Draw data from a problem of known form.

    Parameters
    ----------
    name : str
        One of `problem_names()`.
    n_train, n_test : int
        Rows.
    noise : float
        Standard deviation of normal noise on `y_train`, in units of the standard deviation of the clean `y_train`.
        The test targets are clean.
    useless_inputs : int
        Inputs u1, u2, ... that y does not depend on, after the true ones, from the same ranges.
    random_state : int
        The same number gives the same rows; neither `noise` nor `useless_inputs` changes the true inputs.

    Raises
    ------
    SymbolNetError
        If the name is unknown or a number is out of range.
    """
    chosen = problem(name)
    if n_train < 2 or n_test < 0 or useless_inputs < 0 or not 0 <= noise < np.inf:
        raise SymbolNetError(
            f"n_train={n_train}, n_test={n_test}, useless_inputs={useless_inputs}, noise={noise}; "
            "give n_train of 2 or more and the others not negative"
        )
    parts = []
    for part, rows in enumerate((n_train, n_test)):
        true = _draw(chosen, rows, len(chosen.inputs), [random_state, part, 0])
        useless = _draw(chosen, rows, useless_inputs, [random_state, part, 1])
        parts.append(np.hstack([true, useless]))
    y_train, y_test = chosen(parts[0]), chosen(parts[1])
    if noise:
        rng = np.random.default_rng([random_state, 0, 2])
        y_train = y_train + rng.normal(scale=noise * np.std(y_train), size=n_train)
    return Dataset(
        name=chosen.name,
        task="regression",
        X_train=parts[0],
        y_train=y_train,
        X_test=parts[1],
        y_test=y_test,
        feature_names=chosen.inputs + tuple(f"u{k}" for k in range(1, useless_inputs + 1)),
        class_names=None,
        description=f"y = {chosen.formula}",
        source=chosen.source,
        licence="public domain",
        formula=chosen.formula,
    )


def _draw(chosen: FormulaProblem, rows: int, columns: int, seed: list[int]) -> Array:
    """Uniform columns; those past the problem's own inputs take the ranges of these in turn."""
    low, high = np.resize(chosen.low, columns), np.resize(chosen.high, columns)
    return np.random.default_rng(seed).uniform(low, high, size=(rows, columns))
