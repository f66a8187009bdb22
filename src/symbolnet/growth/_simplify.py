"""From one formula to smaller ones: parts dropped, constants made exact, other forms of the same function."""

__all__ = ["reduced", "simplify"]

from collections.abc import Callable, Iterator

from symbolnet.growth._fit import Fits, Fitted
from symbolnet.growth._functions import Grammar
from symbolnet.growth._identities import (
    completed_squares,
    everywhere,
    factored,
    joined_waves,
    lone,
    normal,
    opened,
    out_of_roots,
    waves_in_phase,
)
from symbolnet.growth._score import Scale, code_length, cost, description
from symbolnet.growth._tree import Call, Factor, Power, Sum, Term, make_sum, make_term, over_first


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
            if lone(factor.inner):
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


def reduced(tree: Sum, rules: Grammar) -> list[Sum]:
    """All smaller formulas that are one change away, each once."""
    found: dict[object, Sum] = {}
    for change in (_dropped_terms, _dropped_constants, _unit_coefficients, _smaller_products, _linear_parts):
        for smaller in everywhere(tree, change):
            found.setdefault(smaller.key, smaller)
    for smaller in (
        *waves_in_phase(tree, rules),
        *joined_waves(tree, rules),
        *completed_squares(tree, rules),
        *factored(tree),
        *opened(tree),
        *out_of_roots(tree),
    ):
        found.setdefault(smaller.key, smaller)
    found.pop(tree.key, None)
    return list(found.values())


def simplify(
    start: Fitted, fits: Fits, rules: Grammar, scale: Scale, keep: Callable[[Fitted], None], *, share: float = 1.0
) -> Fitted:
    """Make the formula smaller as long as its description becomes shorter.

    Parameters
    ----------
    start : Fitted
    fits : Fits
        To the samples; one for all formulas of a search.
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
            quick = fits.fit(tree, 2)
            ranked.append((description(quick.tree, quick.loss, scale, share), cost(tree), quick))
        ranked.sort(key=lambda entry: entry[:2])
        improved = False
        for length, _, quick in ranked[:4]:
            if length > best_length + 60.0 and quick.loss > 30 * best.loss + 1e-9:
                break
            full = fits.fit(quick.tree, 12)
            keep(full)
            length = description(full.tree, full.loss, scale, share)
            if length < best_length - 1e-9 or (length < best_length + 1e-6 and cost(full.tree) < cost(best.tree)):
                best, best_length, improved = Fitted(normal(full.tree, rules), full.loss), length, True
                break
        if not improved:
            break
    return best
