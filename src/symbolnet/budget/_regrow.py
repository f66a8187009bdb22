"""Pruned parts that come back where every input has a coefficient of its own.

Every unit and every connection that the model lacks is priced at once: how much the loss would fall, to second order
and with all present constants adapting, if it came in with its best coefficient. The best per node come in together,
beyond the budget; everything then competes again on the way back down. What survives is kept if it is better.
"""

__all__ = ["regrow"]

from collections.abc import Callable, Collection

import numpy as np
from numpy.typing import NDArray

from symbolnet.budget._costs import cost, rates
from symbolnet.budget._kinds import kind_of
from symbolnet.budget._model import Form, Model, Output, Unit, unit_values
from symbolnet.budget._new_units import Addition, NewUnits
from symbolnet.budget._records import Candidate, Split, candidate
from symbolnet.budget._refit import quadratic, refit
from symbolnet.budget._surgery import reduce_once
from symbolnet.budget._target import Target

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
_ROWS = 10_000
_PRICED = 4000
"""Rows on which additions are priced."""
_INPUTS = 24
"""Inputs that new units are made of: those that promise most by themselves."""
_LEAST = 1e-2
"""What an addition that costs nothing is taken to cost."""
_FINE = 150
"""Total cost below which single moves are tried one by one near the budget."""
_OVER = 1.3
"""How far beyond the budget the model may grow."""


def regrow(
    start: Candidate,
    split: Split,
    budget: float,
    rounds: int,
    kinds: Collection[str],
    rng: np.random.Generator,
    trials: int = 4,
) -> Candidate:
    """Grow beyond the budget and come back, `rounds` times; the best model by the rows fitted.

    Returns
    -------
    Candidate
        Within `budget`; `start` if nothing was better on the held-out rows.
    """
    costs = split.costs
    columns, target = split.sample(rng, _ROWS)
    priced = np.arange(0, columns.n_samples, max(1, columns.n_samples // _PRICED))
    goal, units = target.rows(priced), NewUnits(columns.rows(priced), kinds, costs)
    best, loss, _ = refit(start.model, columns, target, 3)
    for _ in range(rounds):
        grown = _grow(best, goal, units, _OVER * budget, rng)
        grown, _, _ = refit(grown, columns, target, 4)
        while cost(grown, costs) > budget:
            near = cost(grown, costs) < 1.15 * budget
            fine = near and len(grown.outputs) * cost(grown, costs) <= _FINE
            grown, _ = reduce_once(
                grown, columns, target, budget, 0.04 if near else 0.08, trials if fine else 0, 2, costs
            )
        grown, new, _ = refit(grown, columns, target, 3)
        if new < loss * (1 - 1e-5):
            best, loss = grown, new
    return min(candidate(best, split), start, key=lambda c: c.loss)


def _grow(model: Model, goal: Target, new: NewUnits, limit: float, rng: np.random.Generator) -> Model:
    """Add the most promising parts up to the cost `limit`; chance decides between those that promise alike."""
    part, costs = new.columns, new.costs
    with np.errstate(all="ignore"):
        at = quadratic(model, part, goal, units=False)
        if not (np.isfinite(at.matrix).all() and np.isfinite(at.gradient).all()):
            return model
        slope, curvature = goal.derivatives(at.jacobian.z)
    inverse = np.linalg.inv(at.matrix + np.diag(0.01 * np.diag(at.matrix) + 1e-5))
    room = (limit - cost(model, costs)) * len(model.outputs)
    offers: list[tuple[float, float, int, Addition]] = []
    for o, output in enumerate(model.outputs):
        weight = goal.weight
        pull = -curvature[at.jacobian.output] * curvature[o] * weight if goal.softmax else np.zeros((model.size, 1))
        own = curvature[o] * weight if goal.softmax else curvature[o]
        mine = at.jacobian.output == o
        weighted = at.jacobian.rows * (pull + mine[:, None] * own)
        second = curvature[o] * (1 - curvature[o]) * weight if goal.softmax else curvature[o]
        features, additions = _additions(output, new, slope[o])
        n = part.n_samples
        gradient = features @ slope[o] / n
        cross = (features @ weighted.T / n).astype(np.float64)
        squares = np.square(features)
        bend = squares @ second / n - ((cross @ inverse) * cross).sum(axis=1)
        # What the present constants can do by themselves is not offered again.
        gradient = gradient - cross @ (inverse @ at.gradient)
        bend = np.maximum(bend, 1e-3 * squares.mean(axis=1) * second.mean() + 1e-12)
        gain = 0.5 * gradient**2 / bend
        luck = np.exp(0.4 * rng.normal(size=len(gain)))
        for k, addition in enumerate(additions):
            worth = float(gain[k] * luck[k]) / max(addition.nodes, _LEAST)
            offers.append((worth, float(-gradient[k] / bend[k]), o, addition))
    offers.sort(key=lambda offer: -offer[0])
    outputs, taken, least = list(model.outputs), dict[int, int](), rates(costs).factor + rates(costs).variable
    per_output = max(1, int(np.ceil(room / len(model.outputs) / 8)))
    for _, coefficient, o, addition in offers:
        if room < least:
            break
        if taken.get(o, 0) >= per_output or addition.nodes > room:
            continue
        outputs[o] = addition.make(outputs[o], coefficient)
        taken[o] = taken.get(o, 0) + 1
        room -= addition.nodes
    return Model(tuple(outputs))


def _additions(output: Output, new: NewUnits, slope: F32) -> tuple[F32, list[Addition]]:
    """Everything that one output could gain: (additions, samples) values at coefficient one, and the additions."""
    found: list[tuple[F32, Addition]] = []
    columns, rate = new.columns, rates(new.costs)
    promise = np.abs(new.x @ slope) / np.maximum(new.spread, 1e-6)
    inputs = np.flatnonzero(new.spread > 0)
    inputs = inputs[np.argsort(-promise[inputs], kind="stable")][:_INPUTS].tolist()

    for k, unit in enumerate(output.units):
        if unit.kind == "linear":
            continue
        _, forms, _ = unit_values(unit, columns)
        inner = kind_of(unit.kind).slopes(*forms)
        for f, form in enumerate(unit.forms):
            held = {int(i) for group in form.groups for i in group}
            for i in inputs:
                if i not in held:
                    member = new.x[i] if unit.centred(form) else columns.x[i]
                    values = np.float32(unit.coef) * inner[f] * member
                    found.append((values, Addition(rate.factor + rate.variable, _connect(k, f, i))))
    for i in inputs:
        found += new.of(i)
        found += [new.of_both(i, j) for j in inputs if j >= i and new.multiplies(i, j)]
    found += new.of_several(inputs)
    if not found:
        return np.empty((0, columns.n_samples), np.float32), []
    return np.stack([values for values, _ in found]), [addition for _, addition in found]


def _connect(k: int, f: int, i: int) -> Callable[[Output, float], Output]:
    def make(output: Output, coefficient: float) -> Output:
        unit = output.units[k]
        form = unit.forms[f]
        wider = Form((*form.groups, np.array([i])), np.append(form.weights, coefficient), form.bias)
        new = Unit(unit.kind, unit.coef, unit.free, (*unit.forms[:f], wider, *unit.forms[f + 1 :]))
        return Output(output.const, (*output.units[:k], new, *output.units[k + 1 :]))

    return make
