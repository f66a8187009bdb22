"""The formulas that grow: sums of terms, a term a coefficient times factors, a factor a power or a function of a sum.

A structure and its constants are one immutable record. The key of a part leaves the values of free constants out, so
that two fits of one structure have one key; terms and factors stand in the order of their keys.
"""

__all__ = [
    "Call",
    "Factor",
    "Power",
    "Sum",
    "Term",
    "calls_of",
    "columns_of",
    "depth",
    "make_sum",
    "make_term",
    "over_first",
    "renumbered",
    "size",
    "vector_of",
    "with_vector",
]

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Key = tuple[Any, ...]
F64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Power:
    """Input `column` to a fixed exponent."""

    column: int
    exponent: float

    @cached_property
    def key(self) -> Key:
        return (0, self.column, self.exponent)


@dataclass(frozen=True, eq=False)
class Call:
    """The function `name` of a sum; "group" is the sum itself, as a factor of a product."""

    name: str
    inner: "Sum"

    @cached_property
    def key(self) -> Key:
        return (1, self.name, self.inner.key)


Factor = Power | Call


@dataclass(frozen=True, eq=False)
class Term:
    """coef · product of factors; a coefficient that is not free keeps its value in every fit."""

    coef: float
    free: bool
    factors: tuple[Factor, ...]

    @cached_property
    def key(self) -> Key:
        return (self.free, 0.0 if self.free else self.coef, tuple(factor.key for factor in self.factors))

    @cached_property
    def shape(self) -> Key:
        """The key of the factors alone."""
        return tuple(factor.key for factor in self.factors)


@dataclass(frozen=True, eq=False)
class Sum:
    """const + terms; a constant that is not free keeps its value, mostly zero."""

    const: float
    free: bool
    terms: tuple[Term, ...]

    @cached_property
    def key(self) -> Key:
        return (self.free, 0.0 if self.free else self.const, tuple(term.key for term in self.terms))


def make_term(coef: float, free: bool, factors: Iterable[Factor]) -> Term | None:
    """A term with powers of one input merged and factors in order; None where nothing is left but the coefficient."""
    powers: dict[int, float] = {}
    calls: list[Call] = []
    parts = list(factors)
    while parts:
        factor = parts.pop(0)
        if isinstance(factor, Call) and factor.name == "group" and _lone(factor.inner):
            coef, free = coef * factor.inner.terms[0].coef, free or factor.inner.terms[0].free
            parts += factor.inner.terms[0].factors
        elif isinstance(factor, Power):
            powers[factor.column] = powers.get(factor.column, 0.0) + factor.exponent
        else:
            calls.append(factor)
    kept: list[Factor] = [Power(column, exponent) for column, exponent in powers.items() if exponent]
    kept += calls
    return Term(float(coef), free, tuple(sorted(kept, key=lambda factor: factor.key))) if kept else None


def _lone(inner: Sum) -> bool:
    return len(inner.terms) == 1 and not inner.free and inner.const == 0.0


def make_sum(const: float, free: bool, terms: Iterable[Term]) -> Sum:
    """A sum with bare groups opened, like terms merged where no constants inside could differ, terms in order."""
    merged: dict[Key, Term] = {}
    kept: list[Term] = []
    opened: list[Term] = []
    for term in terms:
        only = term.factors[0]
        if len(term.factors) == 1 and isinstance(only, Call) and only.name == "group":
            free = free or only.inner.free or only.inner.const != 0.0
            const += term.coef * only.inner.const
            opened += [Term(term.coef * part.coef, term.free or part.free, part.factors) for part in only.inner.terms]
        else:
            opened.append(term)
    for term in opened:
        if any(isinstance(factor, Call) for factor in term.factors):
            kept.append(term)
        elif term.shape in merged:
            merged[term.shape] = Term(merged[term.shape].coef + term.coef, True, term.factors)
        else:
            merged[term.shape] = term
    return Sum(float(const), free, tuple(sorted([*merged.values(), *kept], key=lambda term: term.key)))


def over_first(tree: Sum) -> tuple[float, Sum]:
    """The first coefficient, and the sum divided by it: a scale that may leave a function is fixed at one inside."""
    first = tree.terms[0].coef
    rest = (Term(term.coef / first, True, term.factors) for term in tree.terms[1:])
    return first, Sum(tree.const / first, tree.free, (Term(1.0, False, tree.terms[0].factors), *rest))


def vector_of(tree: Sum) -> F64:
    """The free constants, in the order in which `with_vector` takes them."""
    values: list[float] = []
    _collect(tree, values)
    return np.array(values)


def _collect(tree: Sum, values: list[float]) -> None:
    if tree.free:
        values.append(tree.const)
    for term in tree.terms:
        if term.free:
            values.append(term.coef)
        for factor in term.factors:
            if isinstance(factor, Call):
                _collect(factor.inner, values)


def size(tree: Sum) -> int:
    """The number of free constants."""
    return len(vector_of(tree))


def with_vector(tree: Sum, vector: Sequence[float] | F64) -> Sum:
    """The structure with other constants."""
    return _placed(tree, iter(np.asarray(vector).tolist()))


def _placed(tree: Sum, values: Iterator[float]) -> Sum:
    const = next(values) if tree.free else tree.const
    terms = []
    for term in tree.terms:
        coef = next(values) if term.free else term.coef
        factors: list[Factor] = [
            Call(factor.name, _placed(factor.inner, values)) if isinstance(factor, Call) else factor
            for factor in term.factors
        ]
        terms.append(Term(coef, term.free, tuple(factors)))
    return Sum(const, tree.free, tuple(terms))


def columns_of(tree: Sum) -> set[int]:
    """The inputs that occur."""
    found: set[int] = set()
    for term in tree.terms:
        for factor in term.factors:
            found |= {factor.column} if isinstance(factor, Power) else columns_of(factor.inner)
    return found


def calls_of(tree: Sum) -> list[Call]:
    """Every function that occurs, outer ones first; groups are looked through."""
    found: list[Call] = []
    for term in tree.terms:
        for factor in term.factors:
            if isinstance(factor, Call):
                if factor.name != "group":
                    found.append(factor)
                found += calls_of(factor.inner)
    return found


def depth(tree: Sum) -> int:
    """How deep functions are nested."""
    inner = [depth(f.inner) + (f.name != "group") for t in tree.terms for f in t.factors if isinstance(f, Call)]
    return max(inner, default=0)


def renumbered(tree: Sum, columns: Sequence[int]) -> Sum:
    """The formula with column columns[k] where it has k."""

    def factor(part: Factor) -> Factor:
        if isinstance(part, Power):
            return Power(columns[part.column], part.exponent)
        return Call(part.name, renumbered(part.inner, columns))

    terms = tuple(Term(term.coef, term.free, tuple(map(factor, term.factors))) for term in tree.terms)
    return Sum(tree.const, tree.free, terms)
