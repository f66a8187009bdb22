"""The functions that may stand in a formula: value and slope, with the guards of `symbolnet.operators`."""

__all__ = ["Function", "Grammar", "function", "grammar"]

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet.operators import Operator, get_operator
from symbolnet.operators._builtin import BUILTIN
from symbolnet.operators._primitives import BOUND, DIVISION_FLOOR, LOG_FLOOR

Floats = NDArray[Any]  # of either precision: columns are scanned in single precision
_LOG_BOUND = float(np.log(BOUND))
_GROUPED = {"cos": "sin"}  # one scan of phases serves both


@dataclass(frozen=True, eq=False)
class Function:
    """One function of one argument.

    Attributes
    ----------
    name : str
    value : u → f(u)
    slope : u, f(u) → f'(u)
    nodes : int
        What it adds to the count of its argument's nodes.
    scaled : bool
        Whether a factor of the argument may leave the function, so that the first coefficient inside is fixed at one.
    shifted : bool
        Whether a constant added to the argument is a factor outside, and so is never free inside.
    wave : bool
        Whether it is periodic.
    """

    name: str
    value: Callable[[Floats], Floats]
    slope: Callable[[Floats, Floats], Floats]
    nodes: int
    scaled: bool = False
    shifted: bool = False
    wave: bool = False


@dataclass(frozen=True)
class Grammar:
    """What formulas may be made of.

    Attributes
    ----------
    functions : tuple of str
        Unary functions to scan; sin stands for cos too.
    waves : frozenset of str
        Those of sin and cos that may be printed.
    products, division : bool
        Whether factors may be multiplied, and divided by.
    exponents : tuple of float
        Exponents that an input may have, other than one.
    """

    functions: tuple[str, ...]
    waves: frozenset[str]
    products: bool
    division: bool
    exponents: tuple[float, ...]


def _floored(u: Floats) -> Floats:
    return np.where(u < 0, -1.0, 1.0) * np.maximum(np.abs(u), DIVISION_FLOOR)


def _inverse(u: Floats) -> Floats:
    return np.asarray(1.0 / _floored(u))


def _inverse_slope(u: Floats, f: Floats) -> Floats:
    return np.where(np.abs(u) > DIVISION_FLOOR, -f * f, 0.0)


def _exp(u: Floats) -> Floats:
    return np.asarray(np.exp(np.minimum(u, _LOG_BOUND)))


def _gauss(u: Floats) -> Floats:
    return np.asarray(np.exp(-np.minimum(u * u, 700.0)))


def _log(u: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(np.abs(u), LOG_FLOOR)))


def _sigmoid(u: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(u, -27.0, 700.0))))


_KNOWN = {
    f.name: f
    for f in (
        Function("group", lambda u: u, lambda u, _f: np.ones_like(u), 0, scaled=True),
        Function("inverse", _inverse, _inverse_slope, 2, scaled=True),
        Function("sin", np.sin, lambda u, _f: np.cos(u), 1, wave=True),
        Function("cos", np.cos, lambda u, _f: -np.sin(u), 1, wave=True),
        Function("exp", _exp, lambda u, f: np.where(u < _LOG_BOUND, f, 0.0), 1, shifted=True),
        Function("gauss", _gauss, lambda u, f: -2.0 * u * f, 5),
        Function("tanh", np.tanh, lambda _u, f: 1.0 - f * f, 1),
        Function("square", lambda u: u * u, lambda u, _f: 2.0 * u, 2, scaled=True),
        Function("cube", lambda u: u * u * u, lambda u, _f: 3.0 * u * u, 2, scaled=True),
        Function("log", _log, lambda u, _f: np.where(np.abs(u) > LOG_FLOOR, _inverse(u), 0.0), 2, scaled=True),
        Function(
            "sqrt",
            lambda u: np.sqrt(np.abs(u)),
            lambda u, f: 0.5 * np.sign(u) / np.maximum(f, 1e-3),
            3,
            scaled=True,
        ),
        Function("abs", np.abs, lambda u, _f: np.sign(u), 1, scaled=True),
        Function("relu", lambda u: np.maximum(u, 0.0), lambda u, _f: (u > 0).astype(np.float64), 2),
        Function("sigmoid", _sigmoid, lambda _u, f: f * (1.0 - f), 8),
    )
}
_NOT_SCANNED = {"identity", "group"}


def function(name: str) -> Function:
    """The function called `name`; one that is not in the table here is an operator, its slope by differences."""
    return _KNOWN.get(name) or _of_operator(get_operator(name))


@lru_cache(maxsize=256)
def _of_operator(operator: Operator) -> Function:
    """By the operator, not by its name, which may be registered anew."""

    def value(u: Floats) -> Floats:
        return np.asarray(operator.numpy(u), dtype=np.float64)

    def slope(u: Floats, _f: Floats) -> Floats:
        step = 1e-6 * (1.0 + np.abs(u))
        return (value(u + step) - value(u - step)) / (2.0 * step)

    return Function(operator.name, value, slope, int(operator.costs["nodes"]))


def grammar(unary: Sequence[str], binary: Sequence[str]) -> Grammar:
    """What the operators that a user named allow; one that replaces a built-in operator is not known here."""
    names = [op.name for op in map(get_operator, unary) if op is BUILTIN.get(op.name, op)]
    pairs = {op.name for op in map(get_operator, binary) if op is BUILTIN.get(op.name, op)}
    products, division = "*" in pairs, "/" in pairs
    exponents: list[float] = []
    if products or "square" in names:
        exponents.append(2.0)
    if products or "cube" in names:
        exponents.append(3.0)
    if division:
        exponents += [-1.0, -2.0] if products or "square" in names else [-1.0]
    if "sqrt" in names:
        exponents.append(0.5)
    scanned = dict.fromkeys(_GROUPED.get(name, name) for name in names if name not in _NOT_SCANNED)
    return Grammar(tuple(scanned), frozenset({"sin", "cos"} & set(names)), products, division, tuple(exponents))
