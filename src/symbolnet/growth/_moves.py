"""From one formula to larger ones: terms added, multiplied, replaced, or put inside a function."""

__all__ = ["grown"]

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symbolnet.growth._dictionary import Columns, join, remembered
from symbolnet.growth._functions import Grammar, function
from symbolnet.growth._screen import Model, Proposal, Static, best_columns, model_state
from symbolnet.growth._tree import Call, Factor, Power, Sum, Term, calls_of, columns_of, depth, make_sum, make_term
from symbolnet.growth._values import Rows, product_value, values

F64 = NDArray[np.float64]
Path = tuple[tuple[int, int], ...]
_DEEPEST = 3


@dataclass(frozen=True, eq=False)
class Site:
    """A sum inside a formula and the derivative of the output by it."""

    path: Path
    slope: F64
    inner: Sum
    fixed: bool


def grown(
    tree: Sum,
    rows: Rows,
    wide: Static,
    narrow: Static,
    rules: Grammar,
    *,
    pool: Sequence[Call],
    everything: bool,
    keep: int,
) -> list[tuple[float, Sum, bool]]:
    """Larger formulas with the loss expected of each, best first within each kind of move.

    Parameters
    ----------
    tree : Sum
        With fitted constants.
    rows : Rows
    wide, narrow : Static
        The dictionary over all inputs, and over those that take part already.
    rules : Grammar
    pool : sequence of Call
        Functions of one input that helped before, which may enter arguments.
    everything : bool
        Whether products with all inputs are scanned, or only with those that take part already.
    keep : int
        How many of each kind.
    """
    state = model_state(tree, rows)
    if state is None:
        return []
    table = wide if everything else narrow
    found: list[tuple[float, Sum, bool]] = []

    def add(proposals: Sequence[Proposal], path: Path = (), remove: Sequence[int] = (), sure: bool = False) -> None:
        for proposal in proposals:
            larger = insert(tree, path, proposal, remove)
            if larger is not None and not any(map(_undoes_itself, calls_of(larger))):
                found.append((proposal.loss, larger, sure or proposal.sure))

    root = rows.root
    add(best_columns(state, rows, table.pairs, table.pair_value, table.powers, keep, table.norms, "pairs"))
    add(best_columns(state, rows, table.bases, table.base_value, table.powers, keep, table.norms, "powers"))
    each = 2 if len(tree.terms) <= 1 else 0
    functions = table.functions
    add(best_columns(state, rows, table.bases, table.base_value, functions, keep, table.norms, "functions", each))
    composite = _composites(tree, rows, narrow, rules, pool)
    add(best_columns(state, rows, narrow.bases, narrow.base_value, composite, keep, each=each))
    singles = table.both
    with np.errstate(all="ignore"):
        if rules.products:
            add(_products(state, tree, rows, singles, keep))
        for k, term in enumerate(tree.terms):
            rest = model_state(tree, rows, (k,))
            if rest is None:
                continue
            bases = [term.factors] if rules.products else []
            bases += [term.factors[:j] + term.factors[j + 1 :] for j in range(len(term.factors))]
            if not rules.products:
                bases = [base for base in bases if not base]
            elif len(term.factors) > 1:
                add(best_columns(rest, rows, [()], root[None], singles, 2), remove=(k,), sure=True)
            values_ = [product_value(base, rows.x) * root if base else root for base in bases]
            for j, factor in enumerate(term.factors):
                if isinstance(factor, Call) and len(factor.inner.terms) == 1:
                    base = term.factors[:j] + term.factors[j + 1 :]
                    weight = (product_value(base, rows.x) if base else 1.0) * root
                    columns = remembered(factor.inner.terms[0].factors, rows.x, rules, narrow.memory)
                    for name in columns.names:
                        if name != factor.name:
                            others = _only(columns, name)
                            add(best_columns(rest, rows, [base], weight[None], others, 1), remove=(k,), sure=True)
            if values_:
                both = join([singles, composite], rows.n)
                add(best_columns(rest, rows, bases, np.stack(values_), both, keep), remove=(k,))
        for together in _same_inputs(tree):
            rest = model_state(tree, rows, together)
            if rest is not None:
                add(best_columns(rest, rows, [()], root[None], singles, 3), remove=together, sure=True)
                add(best_columns(rest, rows, narrow.bases, narrow.base_value, composite, 1), remove=together, sure=True)
        for site in _sites(tree, rows.x, np.ones(rows.n), (), 0):
            bases = [(), *(t.factors for t in site.inner.terms if rules.products)]
            values_ = [site.slope * root * (product_value(base, rows.x) if base else 1.0) for base in bases]
            add(best_columns(state, rows, bases, np.stack(values_), singles, keep), site.path)
            if not site.inner.free and not site.fixed:
                found.append((np.inf, _with_constant(tree, site.path), True))
    return found


def _undoes_itself(call: Call) -> bool:
    """A logarithm of a product of exponentials, or an exponential of a logarithm: sums and products in disguise."""
    if call.name not in ("log", "exp") or len(call.inner.terms) != 1:
        return False
    other = {"log": "exp", "exp": "log"}[call.name]
    names = {factor.name if isinstance(factor, Call) else "" for factor in call.inner.terms[0].factors}
    return names == {other} and not call.inner.free


def _same_inputs(tree: Sum) -> list[tuple[int, ...]]:
    """Terms of the same inputs, or some of them: several that stand for one, which could take their place."""
    inputs = [columns_of(Sum(0.0, False, (term,))) for term in tree.terms]
    found = {tuple(k for k, other in enumerate(inputs) if other <= columns): None for columns in inputs}
    return [places for places in found if len(places) > 1]


def _only(columns: Columns, name: str) -> Columns:
    """The columns of one function."""
    index = columns.names[name]
    partner = np.where(columns.partner[index] >= 0, columns.partner[index] - index[0], -1)
    return Columns([columns.factors[k] for k in index.tolist()], columns.value[index], partner)


def _products(state: Model, tree: Sum, rows: Rows, singles: Columns, keep: int) -> list[Proposal]:
    """Terms of the formula, and their functions, times something: what (1 + x2)*sin(x1) needs after sin(x1)."""
    bases = {term.key: term.factors for term in tree.terms if any(isinstance(f, Call) for f in term.factors)}
    bases |= {call.key: (call,) for term in tree.terms for call in term.factors if isinstance(call, Call)}
    if not bases:
        return []
    weights = np.stack([product_value(base, rows.x) * rows.root for base in bases.values()])
    return best_columns(state, rows, list(bases.values()), weights, singles, keep)


def _composites(tree: Sum, rows: Rows, narrow: Static, rules: Grammar, pool: Sequence[Call]) -> Columns:
    """Functions of products and quotients of the inputs and functions that take part."""
    calls = [call for call in calls_of(tree) if depth(Sum(0.0, False, (Term(1.0, False, (call,)),))) < _DEEPEST]
    unique = list({call.key: call for call in [*calls[:3], *pool]}.values())
    inputs = [factors[0] for factors in narrow.powers.factors if _is_input(factors[0])][:8]
    atoms: list[Factor] = [*inputs, *unique]
    arguments: dict[object, tuple[Factor, ...]] = {call.key: (call,) for call in unique}
    if rules.products:
        for i, left in enumerate(atoms):
            for right in atoms[i + 1 :]:
                _take(arguments, (left, right))
                for over, under in ((left, right), (right, left)):
                    if rules.division and isinstance(under, Power):
                        _take(arguments, (over, Power(under.column, -1.0)))
    parts = [remembered(argument, rows.x, rules, narrow.memory, few=True) for argument in arguments.values()]
    return join(parts, rows.n)


def _take(arguments: dict[object, tuple[Factor, ...]], factors: tuple[Factor, ...]) -> None:
    term = make_term(1.0, True, factors)
    if term is not None:
        arguments[term.shape] = term.factors


def _is_input(factor: Factor) -> bool:
    return isinstance(factor, Power) and factor.exponent == 1.0


def _sites(tree: Sum, x: F64, slope: F64, path: Path, level: int) -> Iterator[Site]:
    """Every sum inside a function or a product, with the derivative of the output by it."""
    for k, term in enumerate(tree.terms):
        for j, factor in enumerate(term.factors):
            if not isinstance(factor, Call) or level >= _DEEPEST:
                continue
            others = term.factors[:j] + term.factors[j + 1 :]
            outer = slope * term.coef * (product_value(others, x) if others else 1.0)
            u = values(factor.inner, x)
            f = function(factor.name)
            here = outer * f.slope(u, f.value(u))
            place = (*path, (k, j))
            yield Site(place, here, factor.inner, f.shifted)
            yield from _sites(factor.inner, x, here, place, level + 1)


def insert(tree: Sum, path: Path, proposal: Proposal, remove: Sequence[int] = ()) -> Sum | None:
    """The formula with a new term in the sum at `path`; the outer terms in `remove` go."""
    term = make_term(proposal.coef, True, proposal.factors)
    if term is None or not np.isfinite(proposal.coef):
        return None
    if not path:
        kept = [other for k, other in enumerate(tree.terms) if k not in remove]
        return make_sum(tree.const, tree.free, [*kept, term])
    return replace_inner(tree, path, lambda inner: make_sum(inner.const, inner.free, [*inner.terms, term]))


def replace_inner(tree: Sum, path: Path, change: Callable[[Sum], Sum]) -> Sum:
    """The formula with the sum at `path` changed."""
    if not path:
        return change(tree)
    (k, j), rest = path[0], path[1:]
    term = tree.terms[k]
    call = term.factors[j]
    assert isinstance(call, Call)
    factors = list(term.factors)
    factors[j] = Call(call.name, replace_inner(call.inner, rest, change))
    new = make_term(term.coef, term.free, factors)
    assert new is not None
    return make_sum(tree.const, tree.free, [*tree.terms[:k], new, *tree.terms[k + 1 :]])


def _with_constant(tree: Sum, path: Path) -> Sum:
    return replace_inner(tree, path, lambda inner: make_sum(inner.const, True, inner.terms))
