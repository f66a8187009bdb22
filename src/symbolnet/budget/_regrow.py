"""Pruned parts that come back where every input has a coefficient of its own.

Every unit and every connection that the model lacks is priced at once: how much the loss would fall, to second order
and with all present constants adapting, if it came in with its best coefficient. The best per node come in together,
beyond the budget; everything then competes again on the way back down. What survives is kept if it is better.
"""

__all__ = ["regrow"]

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symbolnet.budget._kinds import KINDS
from symbolnet.budget._model import Columns, Form, Model, Output, Unit, cost, rates, unit_cost, unit_values
from symbolnet.budget._records import Candidate, Split, candidate
from symbolnet.budget._refit import quadratic, refit
from symbolnet.budget._surgery import reduce_once
from symbolnet.budget._target import Target
from symbolnet.expression import Costs

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
_ROWS = 10_000
_PRICED = 4000
"""Rows on which additions are priced."""
_INPUTS = 24
"""Inputs that new units are made of: those that promise most by themselves."""
_PLACES = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Quantiles of an input where a bend or a bump is offered."""
_SHARP = {"tanh": (1.0, 3.0), "gauss": (1.0, 2.5), "relu": (1.0,), "abs": (1.0,)}
"""Factors of a standardised input inside a new unit."""
_LEAST = 1e-2
"""What an addition that costs nothing is taken to cost."""
_FINE = 150
"""Total cost below which single moves are tried one by one near the budget."""
_OVER = 1.3
"""How far beyond the budget the model may grow."""


@dataclass(frozen=True, eq=False)
class _Addition:
    """A new unit of one output, or a new connection of one form, as a function of its coefficient."""

    output: int
    nodes: float
    make: Callable[[Output, float], Output]


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
    best, loss, _ = refit(start.model, columns, target, 3)
    for _ in range(rounds):
        grown = _grow(best, columns, target, _OVER * budget, kinds, rng, costs)
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


def _grow(
    model: Model,
    columns: Columns,
    target: Target,
    limit: float,
    kinds: Collection[str],
    rng: np.random.Generator,
    costs: Costs,
) -> Model:
    """Add the most promising parts up to the cost `limit`; chance decides between those that promise alike."""
    every = max(1, columns.n_samples // _PRICED)
    rows = np.arange(0, columns.n_samples, every)
    part, goal = columns.rows(rows), target.rows(rows)
    with np.errstate(all="ignore"):
        at = quadratic(model, part, goal, units=False)
        if not (np.isfinite(at.matrix).all() and np.isfinite(at.gradient).all()):
            return model
        slope, curvature = goal.derivatives(at.jacobian.z)
    inverse = np.linalg.inv(at.matrix + np.diag(0.01 * np.diag(at.matrix) + 1e-5))
    room = (limit - cost(model, costs)) * len(model.outputs)
    offers: list[tuple[float, float, _Addition]] = []
    for o, output in enumerate(model.outputs):
        weight = goal.weight
        pull = -curvature[at.jacobian.output] * curvature[o] * weight if goal.softmax else np.zeros((model.size, 1))
        own = curvature[o] * weight if goal.softmax else curvature[o]
        mine = at.jacobian.output == o
        weighted = at.jacobian.rows * (pull + mine[:, None] * own)
        second = curvature[o] * (1 - curvature[o]) * weight if goal.softmax else curvature[o]
        features, additions = _additions(o, output, part, slope[o], kinds, costs)
        n = part.n_samples
        gradient = features @ slope[o] / n
        cross = (features @ weighted.T / n).astype(np.float64)
        bend = np.square(features) @ second / n - np.einsum("kp,pq,kq->k", cross, inverse, cross)
        # What the present constants can do by themselves is not offered again.
        gradient = gradient - cross @ (inverse @ at.gradient)
        bend = np.maximum(bend, 1e-3 * np.square(features).mean(axis=1) * second.mean() + 1e-12)
        gain = 0.5 * gradient**2 / bend
        luck = np.exp(0.4 * rng.normal(size=len(gain)))
        for k, addition in enumerate(additions):
            offers.append(
                (float(gain[k] * luck[k]) / max(addition.nodes, _LEAST), float(-gradient[k] / bend[k]), addition)
            )
    offers.sort(key=lambda offer: -offer[0])
    outputs, taken, least = list(model.outputs), dict[int, int](), rates(costs).factor + rates(costs).variable
    per_output = max(1, int(np.ceil(room / len(model.outputs) / 8)))
    for _, coefficient, addition in offers:
        if room < least:
            break
        if taken.get(addition.output, 0) >= per_output or addition.nodes > room:
            continue
        outputs[addition.output] = addition.make(outputs[addition.output], coefficient)
        taken[addition.output] = taken.get(addition.output, 0) + 1
        room -= addition.nodes
    return Model(tuple(outputs))


def _additions(
    o: int, output: Output, columns: Columns, slope: F32, kinds: Collection[str], costs: Costs
) -> tuple[F32, list[_Addition]]:
    """Everything that one output could gain: (additions, samples) values at coefficient one, and the additions."""
    rows: list[F32] = []
    found: list[_Addition] = []
    x = columns.x - columns.mean[:, None].astype(np.float32)
    spread = x.std(axis=1)
    promise = np.abs(x @ slope) / np.maximum(spread, 1e-6)
    connection = rates(costs).factor + rates(costs).variable
    inputs = np.flatnonzero(spread > 0)
    inputs = inputs[np.argsort(-promise[inputs], kind="stable")][:_INPUTS].tolist()

    for k, unit in enumerate(output.units):
        _, forms, _ = unit_values(unit, columns)
        inner = KINDS[unit.kind].slopes(*forms)
        for f, form in enumerate(unit.forms):
            if unit.kind == "linear":
                continue
            held = {int(i) for group in form.groups for i in group}
            for i in inputs:
                if i not in held:
                    member = x[i] if unit.centred(form) else columns.x[i]
                    rows.append(np.float32(unit.coef) * inner[f] * member)
                    found.append(_Addition(o, connection, _connect(k, f, i)))
    for i in inputs:
        if "linear" in kinds:
            rows.append(x[i])
            found.append(_new(o, "linear", (Form((np.array([i]),), np.ones(1), None),), costs))
        for kind, sharpness in _SHARP.items():
            if kind in kinds:
                for place in np.quantile(x[i], _PLACES):
                    for a in sharpness:
                        w = a / float(spread[i])
                        form = Form((np.array([i]),), np.array([w]), -w * float(place))
                        rows.append(KINDS[kind].evaluate(np.float32(w) * (x[i] - np.float32(place))).astype(np.float32))
                        found.append(_new(o, kind, (form,), costs))
        if "prod" in kinds or "square" in kinds:
            for j in inputs:
                if j >= i and (kind := "square" if i == j else "prod") in kinds:
                    pair = tuple(Form((np.array([m]),), np.ones(1), None) for m in ({i} if i == j else (i, j)))
                    rows.append(columns.x[i] * columns.x[j])
                    found.append(_new(o, kind, pair, costs))
    return np.stack(rows) if rows else np.empty((0, columns.n_samples), np.float32), found


def _connect(k: int, f: int, i: int) -> Callable[[Output, float], Output]:
    def make(output: Output, coefficient: float) -> Output:
        unit = output.units[k]
        form = unit.forms[f]
        wider = Form((*form.groups, np.array([i])), np.append(form.weights, coefficient), form.bias)
        new = Unit(unit.kind, unit.coef, unit.free, (*unit.forms[:f], wider, *unit.forms[f + 1 :]))
        return Output(output.const, (*output.units[:k], new, *output.units[k + 1 :]))

    return make


def _new(o: int, kind: str, forms: tuple[Form, ...], costs: Costs) -> _Addition:
    def unit(c: float) -> Unit:
        if kind == "linear":
            return Unit(kind, 1.0, False, (Form(forms[0].groups, forms[0].weights * c, None),))
        if not KINDS[kind].scaled:
            return Unit(kind, c, True, forms)
        size = abs(c) ** (0.5 if len(forms) == 2 or kind == "square" else 1.0)
        sign = float(np.sign(c)) or 1.0
        first = size * (sign if kind == "prod" else 1.0)
        scaled = tuple(
            Form(form.groups, form.weights * s, None if form.bias is None else form.bias * s)
            for form, s in zip(forms, (first, size), strict=False)
        )
        return Unit(kind, 1.0 if kind == "prod" else sign, False, scaled)

    def make(output: Output, coefficient: float) -> Output:
        return Output(output.const, (*output.units, unit(coefficient)))

    return _Addition(o, unit_cost(unit(1.0), costs), make)
