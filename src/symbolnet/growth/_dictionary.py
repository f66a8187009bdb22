"""The dictionary that a search scans: functions of one argument on a grid of their constants, as columns of values."""

__all__ = ["Columns", "functions_of", "join", "monomials", "remembered", "univariate"]

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet.growth._functions import Grammar, function
from symbolnet.growth._tree import Call, Factor, Power, Sum, Term
from symbolnet.growth._values import power, product_value

F64 = NDArray[np.float64]
F32 = NDArray[np.float32]
_WAVES, _WAVE_STEP = 18, 0.8 * np.pi
_LARGEST = 1e9
"""Columns with larger values are left out: products of them would saturate."""


@dataclass(frozen=True, eq=False)
class Columns:
    """Candidate factors with their values.

    Attributes
    ----------
    factors : list of tuple of Factor
        What each column is, with the constants that it was computed for.
    value : float32 array, (columns, samples)
    partner : int64 array, (columns,)
        The column a quarter of a period on, of a wave; -1 elsewhere. Of such a pair only the first has a partner.
    """

    factors: list[tuple[Factor, ...]]
    value: F32
    partner: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.factors)

    @cached_property
    def unit(self) -> F32:
        """The columns at most one in magnitude, so that no square overflows in single precision."""
        top = np.abs(self.value).max(axis=1, initial=0.0, keepdims=True)
        return np.asarray(self.value / np.where(top > 0, top, np.float32(1)), dtype=np.float32)

    @cached_property
    def names(self) -> dict[str, NDArray[np.int64]]:
        """The columns of each function."""
        found: dict[str, list[int]] = {}
        for k, factors in enumerate(self.factors):
            first = factors[0]
            found.setdefault(first.name if isinstance(first, Call) else "", []).append(k)
        return {name: np.array(places, dtype=np.int64) for name, places in found.items()}


def join(parts: Sequence[Columns], n: int) -> Columns:
    """Several sets as one."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return Columns([], np.zeros((0, n), np.float32), np.zeros(0, np.int64))
    offset, partners = 0, []
    for part in parts:
        partners.append(np.where(part.partner >= 0, part.partner + offset, -1))
        offset += len(part)
    factors = [factor for part in parts for factor in part.factors]
    return Columns(factors, np.concatenate([part.value for part in parts]), np.concatenate(partners))


@dataclass(frozen=True)
class Spread:
    """Where the values of an argument lie."""

    mean: float
    std: float
    rms: float
    low: float
    high: float

    @staticmethod
    def of(u: F64) -> "Spread":
        """The spread of values u."""
        return Spread(float(u.mean()), float(u.std()), float(np.sqrt(np.mean(u * u))), float(u.min()), float(u.max()))


def grid(name: str, spread: Spread) -> list[tuple[float, float, bool]]:
    """Starting constants (w, b, whether b is free) of f(w·u + b), from the spread of the argument u."""
    mean, std, rms, low, high = spread.mean, spread.std, spread.rms, spread.low, spread.high
    span = high - low
    if not (np.isfinite(span) and span > 0 and std > 0):
        return []
    if name == "sin":
        steps = [k * _WAVE_STEP / span for k in range(1, _WAVES + 1)]
        return [(w, b, True) for w in steps for b in (0.0, np.pi / 2)]
    if name == "exp":
        return [(sign * w / std, 0.0, False) for w in (0.4, 1.0, 2.5) for sign in (-1.0, 1.0)]
    if name == "gauss":
        found = [(w / rms, 0.0, False) for w in (0.4, 0.8, 1.6)]
        return found + [(w / std, -w * (mean / std + c), True) for w in (0.5, 1.2) for c in (-1.2, 0.0, 1.2)]
    if name in ("tanh", "sigmoid"):
        found = [(w / std, 0.0, False) for w in (0.7, 2.0)]
        return found + [(w / std, -w * (mean / std + c), True) for w in (0.7, 2.0) for c in (-1.0, 0.0, 1.0)]
    if name in ("sqrt", "log"):
        return [(1.0, 0.0, False)]
    if name == "inverse":
        shifts = [-low + d * span for d in (0.1, 0.5, 2.0)] + [-high - d * span for d in (0.1, 0.5, 2.0)]
        return [(1.0, b, True) for b in shifts]
    if name in ("abs", "relu"):
        knots = [(1.0, -(mean + c * std), True) for c in (-1.0, 0.0, 1.0)] + [(1.0, 0.0, False)]
        return knots + ([(-w, -b, free) for w, b, free in knots] if name == "relu" else [])
    if name in ("square", "cube"):
        return []
    found = [(w / std, 0.0, False) for w in (0.5, 1.5)]
    return found + [(w / std, -w * mean / std, True) for w in (0.5, 1.5)]


def one_argument(
    argument: tuple[Factor, ...], u: F64, names: Iterable[str], *, few: bool = False
) -> tuple[list[tuple[Factor, ...]], list[F32], list[int]]:
    """Every function on its grid applied to one product of factors with values u: factors, values, partners.

    Arguments are rounded to single precision, in which the columns are compared.
    """
    factors: list[tuple[Factor, ...]] = []
    columns: list[F32] = []
    partner: list[int] = []
    spread = Spread.of(u)
    for name in names:
        f = function(name)
        points = grid(name, spread)
        if few and f.wave:
            points = points[:20]
        if not points:
            continue
        w, b = np.array([point[:2] for point in points]).T
        with np.errstate(all="ignore"):
            inner = w[:, None] * u + b[:, None]
            if f.wave:  # whole periods leave first: of a large argument single precision has no phase
                inner -= 2 * np.pi * np.rint(inner / (2 * np.pi))
            block = np.asarray(f.value(inner.astype(np.float32)), dtype=np.float32)
            usable = np.abs(block).max(axis=1) < _LARGEST
        columns += list(block[usable])
        for k in np.flatnonzero(usable).tolist():
            scale, shift, free = points[k]
            partner.append(len(factors) + 1 if f.wave and shift == 0.0 else -1)
            term = Term(scale, not f.scaled, argument)
            factors.append((Call(name, Sum(shift, free and not f.shifted, (term,))),))
    return factors, columns, partner


def univariate(x: F64, inputs: Sequence[int], rules: Grammar, memory: dict[Any, Columns]) -> Columns:
    """Functions of every single input."""
    return join([remembered((Power(i, 1.0),), x, rules, memory) for i in inputs], x.shape[1])


def remembered(
    argument: tuple[Factor, ...], x: F64, rules: Grammar, memory: dict[Any, Columns], *, few: bool = False
) -> Columns:
    """As `functions_of`, kept in `memory` where there is no constant in the argument."""
    if not all(isinstance(factor, Power) for factor in argument):
        return functions_of(argument, x, rules, few=few)
    key = (few, *(factor.key for factor in argument))
    if key not in memory:
        memory[key] = functions_of(argument, x, rules, few=few)
    return memory[key]


def functions_of(argument: tuple[Factor, ...], x: F64, rules: Grammar, *, few: bool = False) -> Columns:
    """Every function of the grammar on its grid applied to one product of factors."""
    with np.errstate(all="ignore"):
        u = product_value(argument, x)
    if not np.abs(u).max(initial=0.0) < _LARGEST:
        return join([], x.shape[1])
    names = [*rules.functions, *(["inverse"] if rules.division else [])]
    factors, columns, partner = one_argument(argument, u, names, few=few)
    value = np.array(columns, dtype=np.float32).reshape(len(columns), x.shape[1])
    return Columns(factors, value, np.array(partner, dtype=np.int64))


def monomials(x: F64, inputs: Sequence[int], rules: Grammar, *, exponents: Sequence[float] | None = None) -> Columns:
    """Every input to every exponent that the grammar allows, itself included."""
    factors: list[tuple[Factor, ...]] = []
    columns: list[F64] = []
    for i in inputs:
        for exponent in (1.0, *rules.exponents) if exponents is None else exponents:
            if exponent != int(exponent) and x[i].min(initial=0.0) < 0:
                continue
            with np.errstate(all="ignore"):
                column = power(x[i], exponent)
            if np.abs(column).max(initial=0.0) < _LARGEST:
                factors.append((Power(int(i), float(exponent)),))
                columns.append(column)
    value = np.array(columns, dtype=np.float32).reshape(len(columns), x.shape[1])
    return Columns(factors, value, np.full(len(columns), -1, dtype=np.int64))
