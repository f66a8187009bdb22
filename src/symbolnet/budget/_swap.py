"""Pruned inputs that come back: the members of a model's groups exchanged for inputs that fit better.

A gradient descent under a falling budget decides early, when most connections still stand, which inputs stay. Here the
decision is taken again at the end: for each form the loss is expanded to second order in every input that could join
and in every one that could leave. The best exchanges are computed exactly, and made where the loss falls.
"""

__all__ = ["exchange"]

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symbolnet.budget._costs import cost, rates, unit_cost
from symbolnet.budget._kinds import kind_of
from symbolnet.budget._model import Columns, Form, Model, Unit, unit_values, values
from symbolnet.budget._records import Candidate, Split, candidate
from symbolnet.budget._refit import refit
from symbolnet.budget._target import Target
from symbolnet.expression import Costs

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
_WIDTH = 12
"""Inputs that could join and members that could leave, of which all pairs are priced."""
_EXACT = 4
"""Pairs of a form whose loss is computed exactly."""
_ROWS_PER_NODE, _ROWS = 15, (6000, 30_000)
"""Rows to judge by: with too few, the exchanges fit their noise."""
_EVERY = 2
"""Of these rows, the share that exchanges are priced on before the best are computed on all."""
_LEAST_GAIN = 2e-5
"""Relative fall of the loss below which an exchange is not made."""


@dataclass(frozen=True, eq=False)
class _Rows:
    """The samples of a search, and the inputs about their means at those that exchanges are priced on."""

    columns: Columns
    centred: F32
    squares: dict[bool, F32]
    target: Target

    @classmethod
    def of(cls, columns: Columns, target: Target) -> "_Rows":
        """Precompute what every exchange needs."""
        centred = columns.x - columns.mean[:, None].astype(np.float32)
        return cls(columns, centred[:, ::_EVERY].copy(), {}, target)

    def moments(self, centre: bool) -> tuple[F32, F32]:
        """Inputs and their squares, about the mean or not."""
        x = self.centred if centre else self.columns.x[:, ::_EVERY]
        if centre not in self.squares:
            self.squares[centre] = np.square(x)
        return x, self.squares[centre]


@dataclass(frozen=True)
class _Change:
    """Members that join and leave one form: (group, input) pairs."""

    joins: tuple[tuple[int, int], ...]
    leaves: tuple[tuple[int, int], ...]


def _changed(unit: Unit, f: int, change: _Change) -> Unit | None:
    """The unit after the change; None where a group would be left empty."""
    form = unit.forms[f]
    groups = list(form.groups)
    for g, i in change.leaves:
        groups[g] = groups[g][groups[g] != i]
    for g, i in change.joins:
        groups[g] = np.append(groups[g], i)
    if any(len(group) == 0 for group in groups):
        return None
    forms = (*unit.forms[:f], Form(tuple(groups), form.weights, form.bias), *unit.forms[f + 1 :])
    return Unit(unit.kind, unit.coef, unit.free, forms)


def _places(model: Model, turn: int) -> Iterator[tuple[int, int, int]]:
    """The turn-th form of every output as (output, unit, form), around its end."""
    for o, output in enumerate(model.outputs):
        forms = [(k, f) for k, unit in enumerate(output.units) for f in range(len(unit.forms))]
        if forms:
            yield (o, *forms[turn % len(forms)])


class _Pricing:
    """Losses of all joins and leaves of one form, to second order."""

    def __init__(self, unit: Unit, f: int, rows: _Rows, slope: F32, curvature: F32) -> None:
        form = unit.forms[f]
        self.form, self.unit, self.f = form, unit, f
        _, inside, _ = unit_values(unit, rows.columns)
        inner = kind_of(unit.kind).slopes(*inside)[f] * np.float32(unit.coef)
        self.x = rows.moments(unit.centred(form))[0]
        self.slope = (slope * inner)[::_EVERY] / self.x.shape[1]
        self.curvature = (curvature * inner * inner)[::_EVERY] / self.x.shape[1]

    def prices(self, first: F32, second: F32) -> tuple[list[tuple[float, int, int]], list[tuple[float, int, int]]]:
        """The best joins and the cheapest leaves as (loss, group, input), from Σ slope·x and Σ curvature·x²."""
        member = np.zeros(len(first), bool)
        for group in self.form.groups:
            member[group] = True
        joins: list[tuple[float, int, int]] = []
        leaves: list[tuple[float, int, int]] = []
        for g, (group, w) in enumerate(zip(self.form.groups, self.form.weights.tolist(), strict=True)):
            loss = w * first + 0.5 * w * w * second
            loss[member] = np.inf
            best = np.argpartition(loss, min(_WIDTH, len(loss) - 1))[:_WIDTH].tolist()
            joins += [(float(loss[i]), g, i) for i in best if not member[i]]
            gone = -w * first[group] + 0.5 * w * w * second[group]
            leaves += [(float(v), g, int(i)) for v, i in zip(gone, group, strict=True)]
        return sorted(joins)[:_WIDTH], sorted(leaves)[:_WIDTH]

    def pairs(self, joins: list[tuple[float, int, int]], leaves: list[tuple[float, int, int]]) -> list[_Change]:
        """The most promising exchanges, with the correlation of the two inputs taken into account."""
        if not joins or not leaves:
            return []
        w = self.form.weights.astype(np.float32)
        come = self.x[[i for _, _, i in joins]] * w[[g for _, g, _ in joins]][:, None]
        go = self.x[[i for _, _, i in leaves]] * w[[g for _, g, _ in leaves]][:, None]
        both = np.array([v for v, _, _ in joins])[:, None] + np.array([v for v, _, _ in leaves])[None, :]
        both = both - (come * self.curvature) @ go.T
        order = np.argsort(both, axis=None)[:_EXACT]
        return [
            _Change((joins[k // len(leaves)][1:],), (leaves[k % len(leaves)][1:],))
            for k in order.tolist()
            if both.flat[k] < 0
        ]


def _moments(found: list[_Pricing], rows: _Rows) -> tuple[F32, F32]:
    """Σ slope·x and Σ curvature·x² of every form in every input, (forms, inputs), as two matrix products."""
    first = np.empty((len(found), len(rows.columns.x)), np.float32)
    second = np.empty_like(first)
    for centred in (False, True):
        mine = [k for k, p in enumerate(found) if p.unit.centred(p.form) == centred]
        if mine:
            x, square = rows.moments(centred)
            first[mine] = np.stack([found[k].slope for k in mine]) @ x.T
            second[mine] = np.stack([found[k].curvature for k in mine]) @ square.T
    return first, second


def _one(model: Model, turn: int, rows: _Rows, room: float, exchange: bool, costs: Costs) -> Model:
    """Change the turn-th form of every output where that lowers the loss."""
    target, z = rows.target, values(model, rows.columns)
    slope, curvature = target.derivatives(z)
    if target.softmax:
        curvature = curvature * (1 - curvature) * target.weight
    places = list(_places(model, turn))
    found = [_Pricing(model.outputs[o].units[k], f, rows, slope[o], curvature[o]) for o, k, f in places]
    first, second = _moments(found, rows)
    start = target.value(z)
    chosen: list[tuple[float, int, int, Unit, F32]] = []
    for (o, k, f), pricing, a, b in zip(places, found, first, second, strict=True):
        joins, leaves = pricing.prices(a, b)
        changes = pricing.pairs(joins, leaves) if exchange else [_Change((j[1:],), ()) for j in joins[:_EXACT]]
        unit = model.outputs[o].units[k]
        before = np.float32(unit.coef) * unit_values(unit, rows.columns)[0]
        best: tuple[float, int, int, Unit, F32] | None = None
        for change in changes:
            new = _changed(unit, f, change)
            if new is None or unit_cost(new, costs) - unit_cost(unit, costs) > room:
                continue
            row = z[o] - before + np.float32(new.coef) * unit_values(new, rows.columns)[0]
            tried = z.copy()
            tried[o] = row
            loss = target.value(tried)
            if loss < start * (1 - _LEAST_GAIN) and (best is None or loss < best[0]):
                best = (loss, o, k, new, row)
        if best is not None:
            chosen.append(best)
    # The exchanges of several outputs were priced one by one: fewer are made where together they lose.
    chosen.sort(key=lambda c: c[0])
    while chosen:
        used, made, tried = 0.0, [], z.copy()
        for c in chosen:
            extra = unit_cost(c[3], costs) - unit_cost(model.outputs[c[1]].units[c[2]], costs)
            if used + extra <= room:
                used += extra
                made.append(c)
                tried[c[1]] = c[4]
        if made and target.value(tried) < start:
            for _, o, k, new, _ in made:
                model = model.with_unit(o, k, new)
            return model
        chosen = chosen[: len(chosen) // 2]
    return model


def _turns(model: Model) -> int:
    return max(sum(len(unit.forms) for unit in output.units) for output in model.outputs)


def _room(model: Model, budget: float, costs: Costs) -> float:
    return (budget - cost(model, costs)) * len(model.outputs) + 1e-9


def exchange(start: Candidate, split: Split, budget: float, rounds: int, rng: np.random.Generator) -> Candidate:
    """Improve a model of grouped inputs at constant cost.

    Parameters
    ----------
    budget : float
        Mean nodes that the model may reach; it is filled up to there.
    rounds : int
        How often every form is looked at, on fresh rows each time.

    Returns
    -------
    Candidate
        The better of start and end, by the held-out rows.
    """
    model = start.model
    for _ in range(rounds if any(output.units for output in model.outputs) else 0):
        size = int(np.clip(_ROWS_PER_NODE * cost(model, split.costs) * len(model.outputs), *_ROWS))
        columns, target = split.sample(rng, size)
        rows = _Rows.of(columns, target)
        model = _fill(model, rows, budget, split.costs)
        for turn in range(_turns(model)):
            model = _one(model, turn, rows, _room(model, budget, split.costs), True, split.costs)
        model, _, _ = refit(model, columns, target, 2)
    return min(candidate(model, split), start, key=lambda c: c.loss)


def _fill(model: Model, rows: _Rows, budget: float, costs: Costs) -> Model:
    """Let inputs join while the budget has room and the loss falls."""
    idle = turn = 0
    least = rates(costs).variable
    while (room := _room(model, budget, costs)) >= least and idle < _turns(model):
        new = _one(model, turn, rows, room, False, costs)
        idle = idle + 1 if new is model else 0
        model, turn = new, turn + 1
    return model
