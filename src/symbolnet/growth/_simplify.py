"""From one formula to smaller ones: parts dropped, constants made exact, common factors taken out."""

__all__ = ["normal", "reduced", "shortened", "simplify"]

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from symbolnet.growth._fit import Fitted, fit
from symbolnet.growth._functions import Grammar
from symbolnet.growth._score import Scale, code_length, cost, description
from symbolnet.growth._tree import Call, Factor, Power, Sum, Term, make_sum, make_term, over_first
from symbolnet.growth._values import Rows

F64 = NDArray[np.float64]
Place = tuple[tuple[int, int], ...]
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


def _flippable(inner: Sum) -> bool:
    return all(term.free for term in inner.terms)


def _negative(inner: Sum) -> Sum:
    return Sum(-inner.const, inner.free, tuple(Term(-t.coef, t.free, t.factors) for t in inner.terms))


Change = Callable[[Sum], Sum | None]


def _everywhere(tree: Sum, change: Callable[[Sum, bool], Iterator[Sum]], outer: bool = True) -> Iterator[Sum]:
    """Apply `change` to every sum in the formula, one at a time."""
    yield from change(tree, outer)
    for k, term in enumerate(tree.terms):
        for j, factor in enumerate(term.factors):
            if not isinstance(factor, Call):
                continue
            for inner in _everywhere(factor.inner, change, False):
                rest = term.factors[:j] + term.factors[j + 1 :]
                if not inner.terms:
                    continue
                new = _dissolved(term, factor.name, inner, rest)
                if new is not None:
                    yield make_sum(tree.const, tree.free, [*tree.terms[:k], new, *tree.terms[k + 1 :]])


def _dissolved(term: Term, name: str, inner: Sum, rest: tuple[Factor, ...]) -> Term | None:
    """The term with a new inner sum; a group of one term becomes its factors."""
    only = inner.terms[0]
    if len(inner.terms) == 1 and not inner.free and inner.const == 0.0:
        if name == "group":
            return make_term(term.coef * only.coef, True, [*rest, *only.factors])
        if name == "inverse" and all(isinstance(f, Power) for f in only.factors):
            powers = [Power(f.column, -f.exponent) for f in only.factors if isinstance(f, Power)]
            return make_term(term.coef / (only.coef or 1.0), True, [*rest, *powers])
    return make_term(term.coef, term.free, [*rest, Call(name, inner)])


def _dropped_terms(tree: Sum, outer: bool) -> Iterator[Sum]:
    if len(tree.terms) < (1 if outer else 2):
        return
    for k in range(len(tree.terms)):
        kept = Sum(tree.const, tree.free or (outer and len(tree.terms) == 1), tree.terms[:k] + tree.terms[k + 1 :])
        if kept.terms and not tree.terms[k].free and not outer and kept.terms[0].coef:
            kept = over_first(kept)[1]  # the first coefficient inside stays one
        yield kept


def _dropped_constants(tree: Sum, _outer: bool) -> Iterator[Sum]:
    if tree.free and tree.terms:
        yield Sum(0.0, False, tree.terms)


def _unit_coefficients(tree: Sum, _outer: bool) -> Iterator[Sum]:
    for k, term in enumerate(tree.terms):
        if term.free and 0.7 < term.coef < 1.4:
            yield make_sum(
                tree.const, tree.free, [*tree.terms[:k], Term(1.0, False, term.factors), *tree.terms[k + 1 :]]
            )


def _smaller_products(tree: Sum, _outer: bool) -> Iterator[Sum]:
    for k, term in enumerate(tree.terms):
        for j, factor in enumerate(term.factors):
            rest = term.factors[:j] + term.factors[j + 1 :]
            options: list[tuple[Factor, ...]] = [rest] if rest else []
            if isinstance(factor, Power) and factor.exponent in (2.0, 3.0):
                options.append((*rest, Power(factor.column, factor.exponent - 1)))
            elif isinstance(factor, Power) and factor.exponent == -2.0:
                options.append((*rest, Power(factor.column, -1.0)))
            for option in options:
                new = make_term(term.coef, term.free, option)
                if new is not None:
                    yield make_sum(tree.const, tree.free, [*tree.terms[:k], new, *tree.terms[k + 1 :]])


def _linear_parts(tree: Sum, outer: bool) -> Iterator[Sum]:
    """A function replaced by its argument: what a sine of small numbers is."""
    for k, term in enumerate(tree.terms):
        for j, factor in enumerate(term.factors):
            if not isinstance(factor, Call) or factor.name in ("group", "inverse"):
                continue
            rest = term.factors[:j] + term.factors[j + 1 :]
            only = factor.inner.terms[0]
            if len(factor.inner.terms) == 1 and not factor.inner.free and factor.inner.const == 0.0:
                new = make_term(term.coef * only.coef, True, [*rest, *only.factors])
                if new is not None:
                    yield make_sum(tree.const, tree.free, [*tree.terms[:k], new, *tree.terms[k + 1 :]])
            elif only.coef != 0.0:
                inside = [Term(1.0, False, only.factors)]
                inside += [Term(t.coef / only.coef, True, t.factors) for t in factor.inner.terms[1:]]
                group = make_sum(factor.inner.const / only.coef, True, inside)
                new = make_term(term.coef * only.coef, True, [*rest, Call("group", group)])
                if new is not None and (rest or not outer):
                    yield make_sum(tree.const, tree.free, [*tree.terms[:k], new, *tree.terms[k + 1 :]])


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

    return _everywhere(tree, change)


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

    return _everywhere(tree, change) if "sin" in rules.waves else iter(())


def factored(tree: Sum) -> Iterator[Sum]:
    """The formula with a factor that several terms share taken out."""

    def change(part: Sum, _outer: bool) -> Iterator[Sum]:
        owners: dict[object, list[int]] = {}
        for k, term in enumerate(part.terms):
            for name in dict.fromkeys(factor.key for factor in term.factors):
                owners.setdefault(name, []).append(k)
        for key, places in owners.items():
            if len(places) < 2:
                continue
            shared: list[Factor] = []
            parts: list[Term] = []
            const, has_const = 0.0, False
            for k in places:
                term = part.terms[k]
                place = next(j for j, factor in enumerate(term.factors) if factor.key == key)
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

    return _everywhere(tree, change)


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

    return _everywhere(tree, change) if 2.0 in rules.exponents else iter(())


def _root(term: Term) -> tuple[Factor, ...] | None:
    """The factors whose square a term is, but for its coefficient."""
    halves = [Power(f.column, f.exponent / 2) for f in term.factors if isinstance(f, Power) and f.exponent % 2 == 0]
    return tuple(halves) if len(halves) == len(term.factors) else None


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

    return _everywhere(tree, change)


def shortened(tree: Sum) -> Sum:
    """The same function in fewer nodes, if taking common factors out of sums saves any."""
    while True:
        best = min(factored(tree), key=cost, default=tree)
        if cost(best) >= cost(tree):
            return tree
        tree = best


def reduced(tree: Sum, rules: Grammar) -> list[Sum]:
    """All smaller formulas that are one change away, each once."""
    found: dict[object, Sum] = {}
    for change in (_dropped_terms, _dropped_constants, _unit_coefficients, _smaller_products, _linear_parts):
        for smaller in _everywhere(tree, change):
            found.setdefault(smaller.key, smaller)
    for smaller in (
        *waves_in_phase(tree, rules),
        *joined_waves(tree, rules),
        *completed_squares(tree, rules),
        *factored(tree),
        *opened(tree),
    ):
        found.setdefault(smaller.key, smaller)
    found.pop(tree.key, None)
    return list(found.values())


def simplify(
    start: Fitted, rows: Rows, rules: Grammar, scale: Scale, keep: Callable[[Fitted], None], *, share: float = 1.0
) -> Fitted:
    """Make the formula smaller as long as its description becomes shorter.

    Parameters
    ----------
    start : Fitted
    rows : Rows
    rules : Grammar
    scale : Scale
    keep : Fitted → None
        Called with every formula that was fitted on the way.
    share : float
        As in `description`.
    """
    best = start
    best_length = description(best.tree, best.loss, scale, share)
    for _ in range(30):
        options = [(tree, code_length(tree, scale)) for tree in reduced(best.tree, rules)]
        now = code_length(best.tree, scale)
        ranked = []
        for tree, code in options:
            if cost(tree) > cost(best.tree) or code > now + 2.0:
                continue
            quick = fit(tree, rows, 2)
            ranked.append((description(quick.tree, quick.loss, scale, share), cost(tree), quick))
        ranked.sort(key=lambda entry: entry[:2])
        improved = False
        for length, _, quick in ranked[:4]:
            if length > best_length + 60.0 and quick.loss > 30 * best.loss + 1e-9:
                break
            full = fit(quick.tree, rows, 12)
            keep(full)
            length = description(full.tree, full.loss, scale, share)
            if length < best_length - 1e-9 or (length < best_length + 1e-6 and cost(full.tree) < cost(best.tree)):
                best, best_length, improved = Fitted(normal(full.tree, rules), full.loss), length, True
                break
        if not improved:
            break
    return best
