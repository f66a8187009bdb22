"""Other forms of the same function: phases, squares, common factors, products multiplied out."""

__all__ = [
    "completed_squares",
    "dissolved",
    "everywhere",
    "factored",
    "joined_waves",
    "lone",
    "normal",
    "opened",
    "out_of_roots",
    "shortened",
    "waves_in_phase",
]

from collections.abc import Callable, Iterator

import numpy as np

from symbolnet.growth._functions import Grammar
from symbolnet.growth._score import cost
from symbolnet.growth._tree import Call, Factor, Power, Sum, Term, make_sum, make_term, over_first, vector_of

_ODD, _EVEN = {"sin", "tanh", "sinh", "tan", "cube"}, {"gauss", "cos", "square", "cosh", "abs"}


def normal(tree: Sum, rules: Grammar) -> Sum:
    """The same function with phases in (-pi, pi], first coefficients of odd and even functions positive."""
    terms: list[Term] = []
    const = tree.const
    for term in tree.terms:
        coef = term.coef
        factors: list[Factor] = []
        for factor in term.factors:
            if not isinstance(factor, Call):
                factors.append(factor)
                continue
            inner = normal(factor.inner, rules)
            name = factor.name
            may = name in _EVEN or (name in _ODD and term.free)
            if may and inner.terms and inner.terms[0].coef < 0 and _flippable(inner):
                inner = _negative(inner)
                coef = -coef if name in _ODD else coef
            if name in ("sin", "cos") and inner.free:
                phase = float(np.mod(inner.const + np.pi, 2 * np.pi) - np.pi)
                if term.free and abs(phase) > 0.75 * np.pi:
                    phase -= np.copysign(np.pi, phase)
                    coef = -coef
                inner = Sum(phase, True, inner.terms)
            factors.append(Call(name, inner))
        terms.append(Term(coef, term.free, tuple(factors)))
    return Sum(const, tree.free, tuple(terms))


def lone(inner: Sum) -> bool:
    return len(inner.terms) == 1 and not inner.free and inner.const == 0.0


def _flippable(inner: Sum) -> bool:
    return all(term.free for term in inner.terms)


def _negative(inner: Sum) -> Sum:
    return Sum(-inner.const, inner.free, tuple(Term(-t.coef, t.free, t.factors) for t in inner.terms))


def everywhere(tree: Sum, change: Callable[[Sum, bool], Iterator[Sum]], outer: bool = True) -> Iterator[Sum]:
    """Apply `change` to every sum in the formula, one at a time."""
    yield from change(tree, outer)
    for k, term in enumerate(tree.terms):
        for j, factor in enumerate(term.factors):
            if not isinstance(factor, Call):
                continue
            for inner in everywhere(factor.inner, change, False):
                rest = term.factors[:j] + term.factors[j + 1 :]
                if not inner.terms:
                    continue
                new = dissolved(term, factor.name, inner, rest)
                if new is not None:
                    yield make_sum(tree.const, tree.free, [*tree.terms[:k], new, *tree.terms[k + 1 :]])


def dissolved(term: Term, name: str, inner: Sum, rest: tuple[Factor, ...]) -> Term | None:
    """The term with a new inner sum; a group of one term becomes its factors."""
    only = inner.terms[0]
    if lone(inner):
        if name == "group":
            return make_term(term.coef * only.coef, True, [*rest, *only.factors])
        if name == "inverse" and all(isinstance(f, Power) for f in only.factors):
            powers = [Power(f.column, -f.exponent) for f in only.factors if isinstance(f, Power)]
            return make_term(term.coef / (only.coef or 1.0), True, [*rest, *powers])
    return make_term(term.coef, term.free, [*rest, Call(name, inner)])


def waves_in_phase(tree: Sum, rules: Grammar) -> Iterator[Sum]:
    """The formula with the phase of one wave a multiple of a quarter period."""

    def change(part: Sum, _outer: bool) -> Iterator[Sum]:
        for k, term in enumerate(part.terms):
            for j, factor in enumerate(term.factors):
                if not (isinstance(factor, Call) and factor.name in ("sin", "cos") and factor.inner.free):
                    continue
                shift = factor.inner.const + (np.pi / 2 if factor.name == "cos" else 0.0)
                quarter = round(shift / (np.pi / 2)) % 4
                name = "cos" if quarter % 2 else "sin"
                if name not in rules.waves:
                    continue
                sign = -1.0 if quarter in (2, 3) else 1.0
                inner = Sum(0.0, False, factor.inner.terms)
                rest = term.factors[:j] + term.factors[j + 1 :]
                new = make_term(sign * term.coef, term.free or sign < 0, [*rest, Call(name, inner)])
                if new is not None:
                    yield make_sum(part.const, part.free, [*part.terms[:k], new, *part.terms[k + 1 :]])

    return everywhere(tree, change)


def joined_waves(tree: Sum, rules: Grammar) -> Iterator[Sum]:
    """The formula with a product of two waves of the same inputs as one wave of the sum of their arguments."""

    def change(part: Sum, _outer: bool) -> Iterator[Sum]:
        for k, term in enumerate(part.terms):
            waves = [f for f in term.factors if isinstance(f, Call) and f.name in rules.waves]
            for i, first in enumerate(waves):
                for second in waves[i + 1 :]:
                    if [t.shape for t in first.inner.terms] != [t.shape for t in second.inner.terms]:
                        continue
                    pairs = zip(first.inner.terms, second.inner.terms, strict=True)
                    # sin(a)*sin(b) = (cos(a - b) - cos(a + b))/2, and -cos(u) = sin(u - pi/2)
                    phase = sum(f.inner.const + (np.pi / 2 if f.name == "cos" else 0.0) for f in (first, second))
                    twice = Sum(
                        phase - np.pi / 2, True, tuple(Term(a.coef + b.coef, True, a.factors) for a, b in pairs)
                    )
                    rest = [f for f in term.factors if f is not first and f is not second]
                    new = make_term(term.coef / 2, True, [*rest, Call("sin", twice)])
                    if new is not None:
                        yield make_sum(part.const, part.free, [*part.terms[:k], new, *part.terms[k + 1 :]])

    return everywhere(tree, change) if "sin" in rules.waves else iter(())


def completed_squares(tree: Sum, rules: Grammar) -> Iterator[Sum]:
    """The formula with a² + 2ab + b² written as the square of a sum, where the coefficients are nearly so."""

    def change(part: Sum, _outer: bool) -> Iterator[Sum]:
        roots = [(k, root) for k, term in enumerate(part.terms) if (root := _root(term)) is not None]
        places = {term.shape: k for k, term in enumerate(part.terms)}
        for i, (first, a) in enumerate(roots):
            for second, b in roots[i + 1 :]:
                both = make_term(1.0, True, [*a, *b])
                middle = places.get(both.shape) if both is not None else None
                if middle not in (None, first, second):
                    yield from joined(part, (first, second, middle), a, b, part.terms[second].coef)
            middle = places.get(tuple(factor.key for factor in a))
            if part.free and middle is not None:
                yield from joined(part, (first, middle), a, (), part.const)

    def joined(
        part: Sum, places: tuple[int, ...], a: tuple[Factor, ...], b: tuple[Factor, ...], other: float
    ) -> Iterator[Sum]:
        coef, mixed = part.terms[places[0]].coef, part.terms[places[-1]].coef
        if not (coef * other > 0 and 0.8 < mixed**2 / (4 * coef * other) < 1.25):
            return
        ratio = mixed / (2 * coef)
        inside = [Term(1.0, True, a), *([Term(ratio, True, b)] if b else [])]
        scale, inner = over_first(make_sum(0.0 if b else ratio, not b, inside))
        new = make_term(coef * scale**2, True, [Call("square", inner)])
        others = [term for k, term in enumerate(part.terms) if k not in places]
        if new is not None:
            yield make_sum(part.const if b else 0.0, part.free and bool(b), [*others, new])

    return everywhere(tree, change) if 2.0 in rules.exponents else iter(())


def _root(term: Term) -> tuple[Factor, ...] | None:
    """The factors whose square a term is, but for its coefficient."""
    halves = [Power(f.column, f.exponent / 2) for f in term.factors if isinstance(f, Power) and f.exponent % 2 == 0]
    return tuple(halves) if len(halves) == len(term.factors) else None


def out_of_roots(tree: Sum) -> Iterator[Sum]:
    """The formula with a square taken out of one root: sqrt(x²*u) as x*sqrt(u), the same where x is positive."""

    def change(part: Sum, _outer: bool) -> Iterator[Sum]:
        for k, term in enumerate(part.terms):
            for j, factor in enumerate(term.factors):
                if not (isinstance(factor, Call) and factor.name == "sqrt" and lone(factor.inner)):
                    continue
                inside = factor.inner.terms[0]
                even = [f for f in inside.factors if isinstance(f, Power) and f.exponent % 2 == 0]
                left = make_term(inside.coef, inside.free, [f for f in inside.factors if f not in even])
                if not even or left is None:
                    continue
                rest = term.factors[:j] + term.factors[j + 1 :]
                halves = [Power(f.column, f.exponent / 2) for f in even]
                root = Call("sqrt", make_sum(0.0, False, [left]))
                new = make_term(term.coef, term.free, [*rest, *halves, root])
                if new is not None:
                    yield make_sum(part.const, part.free, [*part.terms[:k], new, *part.terms[k + 1 :]])

    return everywhere(tree, change)


def opened(tree: Sum) -> Iterator[Sum]:
    """The formula with one product of a sum multiplied out."""

    def change(part: Sum, _outer: bool) -> Iterator[Sum]:
        for k, term in enumerate(part.terms):
            for j, factor in enumerate(term.factors):
                if not (isinstance(factor, Call) and factor.name == "group"):
                    continue
                rest = term.factors[:j] + term.factors[j + 1 :]
                const, free, terms = part.const, part.free, list(part.terms[:k] + part.terms[k + 1 :])
                inside = [(t.coef, t.factors) for t in factor.inner.terms]
                if factor.inner.free or factor.inner.const:
                    inside.append((factor.inner.const, ()))
                for coef, factors in inside:
                    new = make_term(term.coef * coef, True, [*rest, *factors])
                    if new is None:
                        const, free = const + term.coef * coef, True
                    else:
                        terms.append(new)
                yield make_sum(const, free, terms)

    return everywhere(tree, change)


def factored(tree: Sum, *, exact: bool = False) -> Iterator[Sum]:
    """The formula with a factor that several terms share taken out.

    Functions are shared that differ in their constants alone, which then have to be fitted again, unless `exact`.
    """

    def name_of(factor: Factor) -> object:
        return (factor.key, tuple(vector_of(factor.inner)) if exact and isinstance(factor, Call) else ())

    def change(part: Sum, _outer: bool) -> Iterator[Sum]:
        owners: dict[object, list[int]] = {}
        for k, term in enumerate(part.terms):
            for name in dict.fromkeys(map(name_of, term.factors)):
                owners.setdefault(name, []).append(k)
        for key, places in owners.items():
            if len(places) < 2:
                continue
            shared: list[Factor] = []
            parts: list[Term] = []
            const, has_const = 0.0, False
            for k in places:
                term = part.terms[k]
                place = next(j for j, factor in enumerate(term.factors) if name_of(factor) == key)
                shared.append(term.factors[place])
                rest = term.factors[:place] + term.factors[place + 1 :]
                if rest:
                    parts.append(Term(term.coef, True, rest))
                else:
                    const, has_const = const + term.coef, True
            if not parts or parts[0].coef == 0:
                continue
            parts.sort(key=lambda term: term.key)
            scale = parts[0].coef
            inside = [Term(1.0, False, parts[0].factors)]
            inside += [Term(term.coef / scale, True, term.factors) for term in parts[1:]]
            group = Call("group", make_sum(const / scale, has_const, inside))
            new = make_term(scale, True, [shared[0], group])
            others = [term for k, term in enumerate(part.terms) if k not in places]
            if new is not None:
                yield make_sum(part.const, part.free, [*others, new])

    return everywhere(tree, change)


def shortened(tree: Sum) -> Sum:
    """The same function in fewer nodes, if taking common factors out of sums saves any."""
    while True:
        best = min(factored(tree, exact=True), key=cost, default=tree)
        if cost(best) >= cost(tree):
            return tree
        tree = best
