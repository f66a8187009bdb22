"""`grow_front`: formulas grown term by term, the front of loss against complexity."""

__all__ = ["GrownFormula", "grow_front", "merge_fronts"]

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.expression import Expression
from symbolnet.growth._attempts import attempts
from symbolnet.growth._emit import emit, polished
from symbolnet.growth._fit import Fitted, relative_loss, residual
from symbolnet.growth._functions import Grammar, grammar
from symbolnet.growth._garbage import fewer_collections
from symbolnet.growth._identities import out_of_roots, shortened
from symbolnet.growth._projected import Searched, projected
from symbolnet.growth._score import Scale, cost, description
from symbolnet.growth._search import Entry, Settings
from symbolnet.growth._select import strongest_inputs
from symbolnet.growth._small_effects import with_small_effects
from symbolnet.growth._tree import Sum, renumbered
from symbolnet.growth._units import Units
from symbolnet.growth._values import make_rows, varying

F64 = NDArray[np.float64]
_MOST_ROWS, _MOST_INPUTS = 2000, 60
_SIGNIFICANT = 3.0
"""Standard errors of a difference between two formulas, sample by sample, above which it is not chance."""
_WHOLE = 1e-6
"""Relative distance within which a constant of an exact formula becomes a whole number."""
_TIE = 4.0
"""Nats that making coefficients equal may cost."""


@dataclass(frozen=True, eq=False)
class GrownFormula:
    """One model of the front.

    Attributes
    ----------
    expression : Expression
        Formulas of the raw inputs.
    complexity : float
        Mean nodes per formula, counted on the expression.
    loss : float
        Weighted mean squared error on the rows to choose by.
    exact : bool
        Whether the error on the rows to fit is what rounding leaves: the formula explains everything.
    """

    expression: Expression
    complexity: float
    loss: float
    exact: bool


def grow_front(
    X: NDArray[Any],
    y: NDArray[Any],
    sample_weight: NDArray[Any] | None = None,
    *,
    max_complexity: float,
    unary: Sequence[str] = ("sin", "cos", "gauss", "tanh"),
    binary: Sequence[str] = ("+", "*"),
    random_state: int = 0,
    effort: float = 1.0,
    input_names: Sequence[str] | None = None,
    output_names: Sequence[str] | None = None,
    rows: tuple[NDArray[Any], NDArray[Any]] | None = None,
    callback: Callable[[float, float], bool | None] | None = None,
) -> tuple[GrownFormula, ...]:
    """Grow formulas by least squares, and return the front up to `max_complexity`.

    Each step of the front shortens the description of the samples (structure, constants and errors), so that
    what noise alone explains does not enter, and the last formula is the one to believe.

    Parameters
    ----------
    X : (samples, inputs) array of finite numbers
    y : (samples,) or (samples, outputs) array of finite numbers
    sample_weight : (samples,) array, optional
    max_complexity : float
        Mean nodes per formula that none exceeds, at least 1.
    unary, binary : sequence of str
        Names of `symbolnet.operators`. Sums are always possible; "*" allows products, "/" quotients. sin and cos are
        one family; "square", "cube", "sqrt" and "/" also give powers of inputs.
    random_state : int
    effort : float
        Multiplies the number of rounds and of fits.
    input_names, output_names : sequences of str, optional
    rows : (rows to fit, rows to choose by), optional
        All rows for both if not given.
    callback : (complexity, loss) → bool, optional
        Called for every formula that is kept. A true result ends the search with what there is.

    Returns
    -------
    tuple of GrownFormula
        By ascending complexity and descending loss; never empty, since a constant costs one node.

    Raises
    ------
    SymbolNetError
        If `max_complexity` is below one.
    """
    if not max_complexity >= 1:
        raise SymbolNetError(f"max_complexity is {max_complexity}; a constant costs 1 node, so give at least 1")
    X = np.asarray(X, dtype=np.float64)
    target = np.asarray(y, dtype=np.float64)
    target = target[:, None] if target.ndim == 1 else target
    n, d = X.shape
    weight = np.ones(n) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    fit_rows, held_rows = (np.arange(n), np.arange(n)) if rows is None else rows
    inputs = tuple(input_names) if input_names is not None else tuple(f"x{k}" for k in range(d))
    outputs = tuple(output_names) if output_names is not None else tuple(f"y{k}" for k in range(target.shape[1]))
    rules = grammar(unary, binary)
    seeds: list[int] = np.random.default_rng(random_state).integers(2**31, size=(target.shape[1],)).tolist()
    held_weight = weight[held_rows]
    held_weight = held_weight / held_weight.mean() if held_weight.sum() > 0 else np.ones(len(held_rows))
    units = Units.of(X, target)
    x, y = X / units.inputs, target / units.outputs
    fronts = []
    for k, seed in enumerate(seeds):
        job = Output(x, y[:, k], weight, fit_rows, held_rows, held_weight, rules, inputs, outputs[k], units.output(k))
        fronts.append(job.front(max_complexity * (len(seeds) if len(seeds) > 1 else 1), seed, effort, callback))
    if len(fronts) == 1:
        return tuple(formula for formula, _ in fronts[0])
    return _combined(
        fronts, max_complexity, rules, inputs, outputs, X[held_rows], target[held_rows], held_weight, units
    )


@dataclass(frozen=True, eq=False)
class Output:
    """One output's part of the work; X and y are in `units`."""

    X: F64
    y: F64
    weight: F64
    fit_rows: NDArray[Any]
    held_rows: NDArray[Any]
    held_weight: F64
    rules: Grammar
    inputs: tuple[str, ...]
    name: str
    units: Units

    def front(
        self, most: float, seed: int, effort: float, callback: Callable[[float, float], bool | None] | None
    ) -> list[tuple[GrownFormula, Sum]]:
        """The front of this output, with the structure of each formula."""
        rng = np.random.default_rng(seed)
        index = np.asarray(self.fit_rows)
        if len(index) > _MOST_ROWS:
            index = np.sort(rng.choice(index, _MOST_ROWS, replace=False))
        x = np.ascontiguousarray(self.X[index].T)
        everything = make_rows(x, self.y[index], self.weight[index])
        usable = np.flatnonzero(varying(x) & (np.abs(x).max(axis=1) < 1e9))
        spread = everything.total > 1e-20 * float(np.sum(everything.root**2 * everything.y**2))
        if most < 3 or len(usable) == 0 or len(index) < 5 or not spread:
            mean = float(np.average(everything.y, weights=everything.root**2))
            return self.judged([Fitted(Sum(mean, True, ()), 1.0)], most, everything.floor)
        if len(usable) > _MOST_INPUTS:
            usable = strongest_inputs(everything, usable, _MOST_INPUTS)
        some = replace(everything, x=np.ascontiguousarray(x[usable]))

        def stop(entry: Entry) -> bool:
            return callback is not None and bool(callback(float(entry.nodes), entry.loss))

        settings = Settings(
            most_nodes=min(most, 120.0),
            rounds=max(2, round(6 * effort)),
            patience=3 if effort >= 0.5 else 2,
            fits=max(4, round(16 * min(effort, 2.0))),
        )
        scale = Scale(some.n, max(2, len(usable)), max(2, len(self.rules.functions)), some.floor)
        # What overflows is left out where it is compared.
        with np.errstate(all="ignore"), fewer_collections():
            plain = Searched(attempts(some, self.rules, settings, scale, rng, stop, effort), some, scale)
            known = plain.best(settings.most_nodes)
            searched = projected(plain, self.rules, settings, rng, lambda: stop(known), effort)
            done = [self.finished(entry, searched) for entry in _steps(searched, most)]
            if searched is not plain:
                done = [Fitted(f.tree, relative_loss(residual(f.tree, some), some)) for f in done]
            elif done[-1].loss > scale.floor:
                done += with_small_effects(done[-1].tree, some, most)
        return self.judged([Fitted(renumbered(f.tree, usable.tolist()), f.loss) for f in done], most, some.floor)

    def finished(self, entry: Entry, searched: Searched) -> Fitted:
        """The formula fitted to the end, its constants exact where the description does not suffer."""
        rows, scale = searched.rows, searched.scale
        start = Fitted(entry.tree, entry.loss)
        limit = description(entry.tree, entry.loss, scale) + _TIE

        def same(changed: Fitted) -> bool:
            return description(changed.tree, changed.loss, scale) <= limit

        tree = shortened(polished(start, rows, same).tree)
        done = Fitted(tree, relative_loss(residual(tree, rows), rows))
        for other in out_of_roots(tree):
            changed = Fitted(other, relative_loss(residual(other, rows), rows))
            if cost(other) < cost(done.tree) and same(changed):
                done = changed
        return done

    def judged(self, formulas: list[Fitted], most: float, floor: float) -> list[tuple[GrownFormula, Sum]]:
        """The formulas as printed, counted, with their losses on the rows to choose by; only those that are a front.

        A larger formula has the shorter description on the rows to fit. Where chance alone makes a smaller one the
        better on the fewer rows to choose by, the smaller one leaves.
        """
        front: list[tuple[GrownFormula, Sum, F64]] = []
        X, y = self.X[self.held_rows] * self.units.inputs, self.y[self.held_rows] * self.units.outputs

        def squares(expression: Expression) -> F64:
            with np.errstate(all="ignore"):
                return np.asarray(self.held_weight * (expression(X)[:, 0] - y) ** 2)

        for fitted in formulas:
            expression = emit([fitted.tree], self.rules, self.inputs, (self.name,), self.units)
            errors = squares(expression)
            if fitted.loss < floor and not self.units.trivial:
                # What is whole in the units of the data was not in those of the search.
                whole = expression.with_whole_numbers(_WHOLE, zero=False)
                if (changed := squares(whole)).mean() <= errors.mean() + floor * float(y.var()):
                    expression, errors = whole, changed
            loss = float(np.mean(errors))
            if expression.complexity > most or not np.isfinite(loss):
                continue
            while front and (front[-1][0].complexity >= expression.complexity or front[-1][0].loss <= loss):
                worse = errors - front[-1][2]
                if worse.mean() > _SIGNIFICANT * worse.std() / np.sqrt(len(worse)):
                    break
                front.pop()
            else:
                formula = GrownFormula(expression, expression.complexity, loss, fitted.loss < floor)
                front.append((formula, fitted.tree, errors))
        return [(formula, tree) for formula, tree, _ in front]


def _steps(searched: Searched, most: float) -> list[Entry]:
    """By ascending nodes, each formula whose description is shorter than those of all smaller ones."""
    kept: list[Entry] = []
    best = np.inf
    for entry in sorted(searched.archive, key=lambda e: (e.nodes, e.length)):
        if entry.nodes <= most + 4 and (length := searched.length(entry)) < best:
            kept.append(entry)
            best = length
    return kept


def _combined(
    fronts: list[list[tuple[GrownFormula, Sum]]],
    most: float,
    rules: Grammar,
    inputs: tuple[str, ...],
    outputs: tuple[str, ...],
    held_X: F64,
    held_y: F64,
    held_weight: F64,
    units: Units,
) -> tuple[GrownFormula, ...]:
    """One front from those of several outputs: from the simplest of each, the step that gains most per node is next."""
    spread = np.maximum(held_y.var(axis=0), 1e-300)
    places = [0] * len(fronts)
    result: list[GrownFormula] = []
    while True:
        trees = [front[place][1] for front, place in zip(fronts, places, strict=True)]
        expression = emit(trees, rules, inputs, outputs, units)
        if expression.complexity <= most:
            with np.errstate(all="ignore"):
                wrong = ((expression(held_X) - held_y) ** 2).mean(axis=1)
            loss = float(np.mean(held_weight * wrong))
            exact = all(front[place][0].exact for front, place in zip(fronts, places, strict=True))
            if np.isfinite(loss) and (not result or loss < result[-1].loss):
                result.append(GrownFormula(expression, expression.complexity, loss, exact))
        options = []
        for k, (front, place) in enumerate(zip(fronts, places, strict=True)):
            now = front[place][0]
            for further in range(place + 1, len(front)):
                then = front[further][0]
                price = then.complexity - now.complexity
                room = sum(f[p][0].complexity for f, p in zip(fronts, places, strict=True)) + price
                if room <= most * len(fronts):
                    options.append(((now.loss - then.loss) / float(spread[k]) / price, k, further))
        if not options:
            return tuple(result)
        _, k, further = max(options, key=lambda option: (option[0], -option[1], -option[2]))
        places[k] = further


def merge_fronts(
    first: Sequence[tuple[Expression, float]],
    second: Sequence[tuple[Expression, float]],
    X: NDArray[Any],
    y: NDArray[Any],
    weight: NDArray[Any] | None = None,
) -> list[Expression]:
    """One front from two: a formula of the second enters only where it is better by more than chance.

    Parameters
    ----------
    first, second : sequences of (expression, complexity)
    X, y, weight : the rows to choose by
        y is (samples, outputs).

    Returns
    -------
    list of Expression
        By ascending complexity. A formula of `second` has a mean error that is lower than that of every simpler one
        by three standard errors of the difference, sample by sample, or whose logarithm is by six.
    """
    w = np.ones(len(X)) if weight is None else np.asarray(weight, dtype=np.float64)
    w = w / w.mean() if w.sum() > 0 else np.ones(len(X))
    pool = [(complexity, 0, e) for e, complexity in first] + [(complexity, 1, e) for e, complexity in second]
    kept: list[Expression] = []
    best: F64 | None = None
    # In a unit of y's size, whose fourth power may be beyond float64; a power of two changes no digit.
    y = np.asarray(y, dtype=np.float64)
    unit = float(np.ldexp(0.5, np.frexp(np.abs(y).max(initial=0.0))[1]))
    for _, origin, expression in sorted(pool, key=lambda entry: entry[:2]):
        with np.errstate(all="ignore"):
            errors = w * (((expression(X) - y) / unit) ** 2).mean(axis=1)
        if not np.isfinite(errors).all():
            continue
        if best is not None and not (best.mean() > errors.mean() and (not origin or _better(best, errors))):
            continue
        best = errors
        kept.append(expression)
    return kept


def _better(old: F64, new: F64) -> bool:
    """Whether errors are lower by more than chance, in their mean or in their logarithm.

    The mean of a few rows has the heavy tail of the old errors in it, which may keep even an exact law out.
    """

    def significant(gain: F64, errors: float) -> bool:
        return bool(gain.mean() > errors * float(gain.std()) / np.sqrt(len(gain)))

    least = 1e-12 * float(old.mean()) + np.finfo(np.float64).tiny
    return significant(old - new, _SIGNIFICANT) or significant(np.log((old + least) / (new + least)), 2 * _SIGNIFICANT)
