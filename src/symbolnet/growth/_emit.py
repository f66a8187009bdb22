"""From a grown formula to an `Expression`: constants made exact where the samples allow it, nodes counted."""

__all__ = ["emit", "polished"]

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from symbolnet.expression import Expression
from symbolnet.expression._affine import Affine, constant, total
from symbolnet.expression._algebra import Algebra
from symbolnet.growth._fit import Fitted, fit, relative_loss, residual
from symbolnet.growth._functions import Grammar
from symbolnet.growth._tree import Call, Factor, Sum, Term, vector_of, with_vector
from symbolnet.growth._units import Units
from symbolnet.growth._values import Rows, jacobian
from symbolnet.operators import get_operator
from symbolnet.operators._primitives import default_limit

_NEAR = 1e-6
"""Relative distance within which a constant becomes a whole number."""


def emit(
    trees: Sequence[Sum], rules: Grammar, inputs: Sequence[str], outputs: Sequence[str], units: Units | None = None
) -> Expression:
    """Write one formula an output as an `Expression`, like factors and equal coefficients collected.

    With `units` the trees are of inputs and outputs divided by them, and the formulas of these themselves.
    """
    algebra = Algebra()
    units = units or Units(np.ones(len(inputs)), np.ones(len(outputs)))
    nodes = [
        algebra.node(_sum(algebra, in_phase(tree, rules), units.inputs).scaled(size))
        for tree, size in zip(trees, units.outputs.tolist(), strict=True)
    ]
    algebra.require_finite("writing the formula")
    graph, places = algebra.freeze(nodes)
    plain = Expression(graph, places, tuple(inputs), tuple(outputs))
    short = plain.factored()
    return short if short.complexity < plain.complexity else plain


def in_phase(tree: Sum, rules: Grammar) -> Sum:
    """The formula with its waves written in functions that may be printed: sin(u) = cos(u - pi/2)."""
    terms = []
    for term in tree.terms:
        factors: list[Factor] = []
        for factor in term.factors:
            if isinstance(factor, Call):
                inner = in_phase(factor.inner, rules)
                name = factor.name
                if name in ("sin", "cos") and name not in rules.waves:
                    shift = -np.pi / 2 if name == "sin" else np.pi / 2
                    inner = Sum(inner.const + shift, True, inner.terms)
                    name = "cos" if name == "sin" else "sin"
                factor = Call(name, inner)
            factors.append(factor)
        terms.append(Term(term.coef, term.free, tuple(factors)))
    return Sum(tree.const, tree.free, tuple(terms))


def _sum(algebra: Algebra, tree: Sum, units: NDArray[np.float64]) -> Affine:
    return total([constant(tree.const), *(_term(algebra, term, units) for term in tree.terms)])


def _term(algebra: Algebra, term: Term, units: NDArray[np.float64]) -> Affine:
    parts = [_factor(algebra, factor, units) for factor in term.factors]
    product = parts[0] if len(parts) == 1 else algebra.times(parts)
    return product.scaled(term.coef)


def _factor(algebra: Algebra, factor: Factor, units: NDArray[np.float64]) -> Affine:
    if not isinstance(factor, Call):
        form = algebra.form(algebra.input(factor.column)).scaled(1 / float(units[factor.column]))
        return algebra.power(form, factor.exponent, default_limit(factor.exponent))
    inner = _sum(algebra, factor.inner, units)
    if factor.name == "group":
        return inner
    if factor.name == "inverse":
        return algebra.power(inner, -1.0, default_limit(-1.0))
    return algebra.lower(get_operator(factor.name).formula, [inner])


def polished(fitted: Fitted, rows: Rows, same: Callable[[Fitted], bool]) -> Fitted:
    """The formula fitted to the end, with exact whole numbers and equal coefficients where that changes nothing.

    Parameters
    ----------
    fitted : Fitted
    rows : Rows
    same : Fitted → bool
        Whether a formula that was changed a little is as good.
    """
    best = fit(fitted.tree, rows, 60, tolerance=1e-12)
    if best.loss > fitted.loss:
        best = fitted
    vector = vector_of(best.tree)
    if best.loss < rows.floor and len(vector):
        whole = np.round(vector)
        near = np.where(
            (np.abs(vector - whole) <= _NEAR * np.maximum(np.abs(whole), 1.0)) & (whole != 0), whole, vector
        )
        best = _if_same(best, near, rows, same)
    return _tied(best, rows, same)


def _if_same(best: Fitted, vector: NDArray[np.float64], rows: Rows, same: Callable[[Fitted], bool]) -> Fitted:
    tree = with_vector(best.tree, vector)
    changed = Fitted(tree, relative_loss(residual(tree, rows), rows))
    return changed if same(changed) else best


def _tied(best: Fitted, rows: Rows, same: Callable[[Fitted], bool]) -> Fitted:
    """Coefficients of outer terms that agree within their errors become equal: a sum can then be factored."""
    places, k = [], 1 if best.tree.free else 0
    for term in best.tree.terms:
        if term.free:
            places.append(k)
        k += int(term.free) + sum(len(vector_of(f.inner)) for f in term.factors if isinstance(f, Call))
    if len(places) < 2:
        return best
    vector = vector_of(best.tree)
    with np.errstate(all="ignore"):
        _, slopes = jacobian(best.tree, rows.x)
        matrix = np.stack(slopes) * rows.root
        if not np.isfinite(matrix).all():
            return best
        errors = np.sqrt(np.abs(np.diag(np.linalg.pinv(matrix @ matrix.T))) * best.loss * rows.total / rows.n)
    order = sorted(places, key=lambda place: abs(vector[place]))
    groups: list[list[int]] = [[order[0]]]
    for place in order[1:]:
        first = groups[-1][0]
        slack = 3.0 * float(np.hypot(errors[place], errors[first])) + 1e-7 * abs(vector[place])
        if abs(abs(vector[place]) - abs(vector[first])) <= slack:
            groups[-1].append(place)
        else:
            groups.append([place])
    for group in groups:
        if len(group) > 1:
            weight = 1.0 / np.maximum(errors[group], 1e-300) ** 2
            size = float(np.average(np.abs(vector[group]), weights=weight))
            tied = vector.copy()
            tied[group] = np.sign(vector[group]) * size
            changed = _if_same(best, tied, rows, same)
            if changed is not best:
                best, vector = changed, tied
    return best
