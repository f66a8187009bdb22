"""Formulas found by undoing their outermost part: where y = b·f(g), what is searched is g = f⁻¹(y/b).

A sum of several inputs inside a function leaves no clear trace while it is not complete: no single term of
(x1 - x2)² + (x3 - x4)² helps much under a root. Undone, the problem is linear: the square of y is a sum of products of
inputs, and least squares finds them. All b that are products of few powers and all f that the grammar allows are
tried.
"""

__all__ = ["undone"]

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symbolnet.growth._fit import Fitted, fit
from symbolnet.growth._forward import Choice, backward, forward
from symbolnet.growth._functions import Grammar, function
from symbolnet.growth._products import Products, products
from symbolnet.growth._quotients import quotient
from symbolnet.growth._score import Scale, cost, description
from symbolnet.growth._tree import Call, Factor, Power, Sum, Term, make_sum, make_term, over_first
from symbolnet.growth._values import Rows, product_value

F64 = NDArray[np.float64]
Factors = tuple[Factor, ...]
_FEWEST, _ROWS, _STEPS = 20, 300, 6
_FEW_INPUTS = 4
"""Up to so many, b may be a product of two powers, of more a product of two inputs."""
_WHOLE, _STEEPEST = 0.25, 5
"""How near to a whole number an exponent must come that a regression of logarithms finds; the largest one."""
_SEARCHED, _FITTED, _KEPT = 4, 12, 4
"""Undone targets of each function that are searched to the end; formulas fitted to some samples, of these to all."""
_NOTHING = 1e-7
"""Share of the largest term below which one is left out: rounding, in a sum that is exact without it."""
_STEEP = 10.0
"""The weight of a sample is at most the square of so many times the median: noise where f is steep would decide all."""


_SCALE: dict[str, Callable[[float], float]] = {
    "group": lambda a: a,
    "square": lambda a: a * a,
    "sqrt": lambda a: abs(a) ** 0.5,
    "inverse": lambda a: 1.0 / a,
}
"""What a factor of the argument is outside."""


@dataclass(frozen=True)
class Outer:
    """A function that may be outermost.

    Attributes
    ----------
    calls : tuple of str
        What it is made of, the outer one first.
    undo, slope : u → g, u → du/dg
    shift : float
        Constant beside the second call, inside the first.
    signed : bool
        Whether u may be of either sign.
    """

    calls: tuple[str, ...]
    undo: Callable[[F64], F64]
    slope: Callable[[F64], F64]
    shift: float = 0.0
    signed: bool = False


def _outers(rules: Grammar) -> Iterator[Outer]:
    root, exp = "sqrt" in rules.functions, "exp" in rules.functions
    if rules.products:
        yield Outer(("group",), lambda u: u, np.ones_like, signed=True)
    if 2.0 in rules.exponents:
        yield Outer(("square",), np.sqrt, lambda u: 2.0 * np.sqrt(u))
    if root:
        yield Outer(("sqrt",), np.square, lambda u: 0.5 / u)
    if exp:
        yield Outer(("exp",), np.log, lambda u: u)
    if exp and rules.products:
        yield Outer(("group", "exp"), np.log1p, lambda u: 1.0 + u, -1.0)
    if "tanh" in rules.functions:
        yield Outer(("tanh",), np.arctanh, lambda u: 1.0 - u * u, signed=True)
    if "sigmoid" in rules.functions:
        yield Outer(("sigmoid",), lambda u: np.log(u / (1.0 - u)), lambda u: u * (1.0 - u))
    if "log" in rules.functions and rules.products:
        yield Outer(("group", "log"), np.exp, lambda u: np.exp(-u), signed=True)
    if rules.division:
        yield Outer(("inverse",), np.reciprocal, lambda u: -u * u)
    if rules.division and root:
        yield Outer(("inverse", "sqrt"), lambda u: 1.0 / (u * u), lambda u: -0.5 * u * u * u)
    if rules.division and exp:
        yield Outer(("inverse", "exp"), lambda u: np.log1p(1.0 / u), lambda u: -u * (u + 1.0), -1.0)
        yield Outer(("inverse", "exp"), lambda u: np.log(1.0 / u - 1.0), lambda u: -u * (1.0 - u), 1.0)


@dataclass(frozen=True, eq=False)
class Inner:
    """What is left to find: g of y = sign·b·f(g), with the roots of its weights."""

    sign: float
    factors: Factors
    outer: Outer
    g: F64
    root: F64


def undone(rows: Rows, rules: Grammar, scale: Scale, most: float) -> list[Fitted]:
    """Formulas b·f(g) fitted to all rows, the shortest description first; empty where the grammar has no such f.

    Parameters
    ----------
    rows : Rows
        Of few inputs.
    rules : Grammar
    scale : Scale
    most : float
        Nodes that a formula may have.
    """
    if rows.n < _FEWEST:
        return []
    order = np.random.default_rng(0).permutation(rows.n)[:_ROWS]
    some = rows.some(np.sort(order))
    found: dict[object, tuple[float, Sum]] = {}
    with np.errstate(all="ignore"):
        for tree, loss in _candidates(some, rules, _parts(_power_law(rows, rows.y, _WHOLE))):
            if cost(tree) <= 1.3 * most + 6:
                length = description(tree, loss, scale)
                if tree.key not in found or length < found[tree.key][0]:
                    found[tree.key] = length, tree
        best = sorted(found.values(), key=lambda pair: pair[0])[:_FITTED]
        quick = sorted((fit(tree, some, 8) for _, tree in best), key=lambda f: description(f.tree, f.loss, scale))
        full = [fit(fitted.tree, rows, 15) for fitted in quick[:_KEPT]]
    return sorted((f for f in full if np.isfinite(f.loss)), key=lambda f: description(f.tree, f.loss, scale))


def _parts(law: Factors) -> list[Factors]:
    """A power law, and what it is without one or two of its factors."""
    counts = range(max(len(law) - 2, 2), len(law) + 1)
    return [part for count in counts for part in itertools.combinations(law, count)]


def _candidates(rows: Rows, rules: Grammar, laws: list[Factors]) -> Iterator[tuple[Sum, float]]:
    """Formulas with the relative loss that is expected of each."""
    inners = list(_inners(rows, rules, laws))
    every = products(rows, rules)
    simple = every.some([k for k, factors in enumerate(every.factors) if _quadratic(factors)])
    if rules.division and rules.products:
        term = quotient(rows.x, rows.y)
        if term is not None:
            yield make_sum(0.0, False, [term]), 0.0
        for inner in inners:
            if inner.outer.calls in (("sqrt",), ("square",)) and inner.factors in ((), *laws):
                term = quotient(rows.x, inner.g)
                if term is not None:
                    yield from _formula(inner, 0.0, [term], 0.0)
    for inner in inners:
        product = _power_law(rows, inner.g)
        if len(product) > 1:
            value = product_value(product, rows.x)
            coef = float(value @ inner.g / (value @ value))
            left = inner.root * (inner.g - coef * value)
            yield from _formula(inner, 0.0, [Term(coef, True, product)], float(left @ left) / rows.total)

    def chosen(inner: Inner, choice: Choice, columns: Products) -> Iterator[tuple[Sum, float]]:
        coefs, part = np.array(choice.coefs), columns.some(choice.places)
        weight = np.abs(coefs) * np.std(part.value, axis=1)
        heavy = np.flatnonzero(weight > _NOTHING * weight.max())
        terms = [Term(float(coefs[k]), True, part.factors[k]) for k in heavy]
        return _formula(inner, choice.const, terms, choice.loss / rows.total)

    for inner in _promising(inners, lambda i: _last(forward(every.value, i.g, i.root, 2))):
        for choice in forward(every.value, inner.g, inner.root, _STEPS):
            yield from chosen(inner, choice, every)
    for inner in _promising(inners, lambda i: next(backward(simple.value, i.g, i.root), None)):
        for choice in backward(simple.value, inner.g, inner.root):
            yield from chosen(inner, choice, simple)


def _promising(inners: list[Inner], look: Callable[[Inner], Choice | None]) -> list[Inner]:
    """Those of each function that a short look explains best."""
    looks = [(choice.loss, k) for k, choice in enumerate(map(look, inners)) if choice is not None]
    found: dict[Outer, list[Inner]] = {}
    for _, k in sorted(looks):
        found.setdefault(inners[k].outer, []).append(inners[k])
    return [inner for same in found.values() for inner in same[:_SEARCHED]]


def _last(choices: Iterator[Choice]) -> Choice | None:
    return next(iter(list(choices)[-1:]), None)


def _inners(rows: Rows, rules: Grammar, laws: list[Factors]) -> Iterator[Inner]:
    outers = list(_outers(rules))
    for factors, base in _bases(rows, rules, laws):
        u = rows.y / base
        if not np.isfinite(u).all():
            continue
        for outer in outers:
            sign = -1.0 if u.max() < 0 and not outer.signed else 1.0
            if not outer.signed and (sign * u).min() <= 0:
                continue
            g = outer.undo(sign * u)
            root = rows.root * np.abs(base * outer.slope(sign * u))
            root = np.minimum(root, _STEEP * np.median(root[rows.root > 0]))
            if np.isfinite(g).all() and np.isfinite(root).all() and np.ptp(g) > 0:
                yield Inner(sign, factors, outer, g, root)


def _bases(rows: Rows, rules: Grammar, laws: list[Factors]) -> Iterator[tuple[Factors, F64]]:
    """What may stand before f: nothing, a power of an input, of few inputs a product of two, the power laws."""
    yield (), np.ones(rows.n)
    if not rules.products:
        return
    exponents = [e for e in (1.0, *rules.exponents) if e == int(e) and abs(e) <= 2]
    singles = [Power(k, e) for k in range(len(rows.x)) for e in exponents if np.abs(rows.x[k]).min() > 0]
    plain = singles if len(rows.x) <= _FEW_INPUTS else [power for power in singles if power.exponent == 1.0]
    pairs = [pair for pair in itertools.combinations(plain, 2) if pair[0].column != pair[1].column]
    for factors in [*((power,) for power in singles), *pairs, *laws]:
        yield factors, product_value(factors, rows.x)


def _quadratic(factors: Factors) -> bool:
    exponents = [factor.exponent for factor in factors if isinstance(factor, Power)]
    return set(exponents) <= {1.0, 2.0} and sum(exponents) <= 2


def _formula(inner: Inner, const: float, terms: list[Term], loss: float) -> Iterator[tuple[Sum, float]]:
    """sign·b·f(const + terms) as a formula, scales outside where the function lets them through."""
    if not terms or not np.isfinite(loss) or any(term.coef == 0 for term in terms):
        return
    *outside, name = inner.outer.calls
    argument = make_sum(const, const != 0.0, terms)
    scale, shift = 1.0, inner.outer.shift
    if function(name).shifted:
        scale, argument = float(np.exp(np.clip(argument.const, -300, 300))), Sum(0.0, False, argument.terms)
    elif name == "log":
        first, argument = over_first(argument)
        shift = float(np.log(abs(first)))
    elif function(name).scaled:
        first, argument = over_first(argument)
        scale = _SCALE[name](first)
    call = Call(name, argument)
    for outer in reversed(outside):
        shift /= scale
        call = Call(outer, Sum(shift, shift != 0.0, (Term(1.0, False, (call,)),)))
        scale = 1 / scale if outer == "inverse" else scale
    term = make_term(inner.sign * scale, True, [*inner.factors, call])
    if term is not None and np.isfinite(scale):
        yield make_sum(0.0, False, [term]), loss


def _power_law(rows: Rows, g: F64, whole: float = 0.5) -> tuple[Power, ...]:
    """The powers of inputs of a product like g; those whose exponents are so near to whole numbers."""
    inputs = np.flatnonzero(rows.x.min(axis=1) > 0)
    if not (len(inputs) and np.abs(g).min() > 0):
        return ()
    matrix = np.concatenate([np.ones((1, rows.n)), np.log(rows.x[inputs])]).T
    exponents = np.linalg.lstsq(matrix, np.log(np.abs(g)), rcond=None)[0][1:]
    near = np.where(np.abs(exponents - np.round(exponents)) <= whole, np.round(exponents), 0.0)
    return tuple(Power(int(k), float(e)) for k, e in zip(inputs, near, strict=True) if 0 < abs(e) <= _STEEPEST)
