"""Making a model cheaper, one priced step at a time.

Every simplification is a constraint on the parameters, so the optimal-brain-surgeon formula (Hassibi & Stork 1993)
prices them all in one currency: the loss that it costs after the other constants have adapted, to second order, for
each node that it saves. The cheapest are made; constants are then refitted.
"""

__all__ = ["Move", "apply_moves", "moves", "reduce_once", "unit_places"]

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from symbolnet.budget._costs import cost, unit_cost
from symbolnet.budget._kinds import kind_of
from symbolnet.budget._model import Columns, Form, Model, Output, Unit, unit_values, values
from symbolnet.budget._refit import Quadratic, quadratic, refit
from symbolnet.budget._target import Target
from symbolnet.expression import NODES, Costs

F64 = NDArray[np.float64]
_MEASURED = 12
_LEAST_SAVED = 1e-9
"""Below this, what a move saves is rounding."""
_FAR, _MORE = 1.1, 5
"""A rise of the loss after which the refit goes on, and how often."""
MAX_SECOND_ORDER = 1500
"""With more parameters than this the matrix is not inverted; its diagonal prices the moves."""
_DAMPING = 1e-5
_TRUST = 0.01
"""Relative damping: how far the other constants are trusted to move to make up for what is removed."""


@dataclass(frozen=True)
class Move:
    """One simplification.

    Attributes
    ----------
    action : {"unit", "group", "member", "bias", "one"}
        Remove a unit, a group of a form, one member of a group, a bias, or fix a coefficient at one.
    output, unit, form, group, member : int
        Where; -1 where it does not apply.
    loss, saved : float
        The expected rise of the loss, and the cost (nodes) that it saves.
    """

    action: Literal["unit", "group", "member", "bias", "one"]
    output: int
    unit: int
    form: int
    group: int
    member: int
    loss: float
    saved: float

    @property
    def price(self) -> float:
        """Loss for each node saved."""
        return self.loss / self.saved


@dataclass(frozen=True)
class _Place:
    """Where a unit's numbers stand in the parameter vector."""

    output: int
    index: int
    start: int
    stop: int


def unit_places(model: Model) -> list[_Place]:
    """Units in the order of the Jacobian's rows."""
    places, p = [], 0
    for o, output in enumerate(model.outputs):
        p += 1
        for k, unit in enumerate(output.units):
            places.append(_Place(o, k, p, p + unit.size))
            p += unit.size
    return places


def _simplified(unit: Unit, action: str, form: int, group: int, member: int) -> Unit | None:
    """The unit after a move; None where nothing is left of it."""
    if action == "unit":
        return None
    if action == "one":
        return Unit(unit.kind, 1.0, False, unit.forms)
    old = unit.forms[form]
    groups, weights, bias = list(old.groups), old.weights, old.bias
    if action == "bias":
        bias = None
    elif action == "group" or len(groups[group]) == 1:
        del groups[group]
        weights = np.delete(weights, group)
    else:
        groups[group] = np.delete(groups[group], member)
    if not groups:
        return None
    forms = (*unit.forms[:form], Form(tuple(groups), weights, bias), *unit.forms[form + 1 :])
    return Unit(unit.kind, unit.coef, unit.free, forms)


class _Prices:
    """Expected losses under the quadratic model."""

    def __init__(self, at: Quadratic, places: list[_Place]) -> None:
        self.at, self.places = at, places
        size = len(at.gradient)
        self.inverse: F64 | None = None
        if 0 < size <= MAX_SECOND_ORDER:
            damped = at.matrix + np.diag(_TRUST * np.diag(at.matrix) + _DAMPING)
            self.inverse = np.asarray(np.linalg.inv(damped), dtype=np.float64)
        self.diagonal = np.maximum(np.diag(at.matrix), 1e-12)

    def shift(self, index: int, change: float) -> float:
        """The loss of moving one parameter by `change` while the others adapt."""
        if self.inverse is not None:
            return float(0.5 * change**2 / self.inverse[index, index])
        return float(self.at.gradient[index] * change + 0.5 * self.diagonal[index] * change**2)

    def adapt(self, index: int, change: float) -> F64:
        """How all parameters then move."""
        if self.inverse is None:
            step = np.zeros(len(self.diagonal))
            step[index] = change
            return step
        return np.asarray(self.inverse[:, index] * (change / self.inverse[index, index]))

    def removal(self, unit: int) -> tuple[float, F64]:
        """The loss of a unit's removal, and how the parameters of the others move to make up for it.

        The unit's own parameters cannot help, so their part of the inverse is taken out by a Schur complement.
        """
        place, at = self.places[unit], self.at
        loss = float(-at.unit_gradient[unit] + 0.5 * at.unit_curvature[unit])
        if self.inverse is None:
            return max(float(loss), 0.0), np.zeros(len(self.diagonal))
        cross = at.unit_cross[unit].copy()
        own = np.arange(place.start, place.stop)
        cross[own] = 0.0
        step = self.inverse @ cross
        if len(own):
            block = self.inverse[np.ix_(own, own)]
            step = step - self.inverse[:, own] @ np.linalg.solve(block, step[own])
        step[own] = 0.0
        return max(loss - 0.5 * float(np.dot(cross, step)), 0.0), step


def _raw_bias(form: Form, columns: Columns) -> float:
    """The form's constant in raw inputs, in units of the scaled form."""
    return (form.bias or 0.0) - form.at_mean(columns)


def moves(
    model: Model, at: Quadratic, columns: Columns, target: Target, costs: Costs = NODES
) -> tuple[list[Move], _Prices, list[_Place]]:
    """All simplifications of the model with their prices."""
    places = unit_places(model)
    prices = _Prices(at, places)
    slope, curvature = target.derivatives(at.jacobian.z)
    if target.softmax:
        curvature = curvature * (1 - curvature) * target.weight
    found: list[Move] = []

    def add(
        action: Literal["unit", "group", "member", "bias", "one"], u: int, f: int, g: int, m: int, loss: float
    ) -> None:
        place = places[u]
        unit = model.outputs[place.output].units[place.index]
        left = _simplified(unit, action, f, g, m)
        saved = unit_cost(unit, costs) - (0 if left is None else unit_cost(left, costs))
        if saved > _LEAST_SAVED:
            found.append(Move(action, place.output, place.index, f, g, m, max(loss, 1e-9), float(saved)))

    for u, place in enumerate(places):
        unit = model.outputs[place.output].units[place.index]
        add("unit", u, -1, -1, -1, prices.removal(u)[0])
        p = place.start
        if unit.free:
            if unit.coef > 0 and target.natural:
                add("one", u, -1, -1, -1, prices.shift(p, 1.0 - unit.coef))
            p += 1
        for f, form in enumerate(unit.forms):
            for g, group in enumerate(form.groups):
                if len(form.groups) > 1:
                    add("group", u, f, g, -1, prices.shift(p, -float(form.weights[g])))
                if len(group) > 1:
                    for m, loss in enumerate(_member_losses(unit, f, g, columns, slope, curvature, place.output)):
                        add("member", u, f, g, m, loss)
                p += 1
            if form.bias is not None:
                # In raw inputs the constant is b - Σ w·mean: to drop it is to move b by what is left.
                if unit.kind != "linear":
                    add("bias", u, f, -1, -1, prices.shift(p, -_raw_bias(form, columns)))
                p += 1
    return found, prices, places


def _member_losses(
    unit: Unit,
    f: int,
    g: int,
    columns: Columns,
    slope: NDArray[np.float32],
    curvature: NDArray[np.float32],
    output: int,
) -> F64:
    """What it costs to drop each member of a group, by the diagonal of the second-order expansion."""
    _, forms, _ = unit_values(unit, columns)
    inner = kind_of(unit.kind).slopes(*forms)[f] * np.float32(unit.coef)
    form = unit.forms[f]
    group = form.groups[g]
    x = columns.x[group]
    if unit.centred(form):
        x = x - columns.mean[group].astype(np.float32)[:, None]
    w, n = float(form.weights[g]), columns.n_samples
    first = x @ (slope[output] * inner) / n
    second = (x * x) @ (curvature[output] * inner * inner) / n
    return np.asarray(-w * first + 0.5 * w * w * second, dtype=np.float64)


def apply_moves(model: Model, chosen: list[Move], prices: _Prices, places: list[_Place], adapt: bool) -> Model:
    """Make the moves; with `adapt` the other constants move as the quadratic model says."""
    where = {(place.output, place.index): k for k, place in enumerate(places)}
    if adapt and prices.inverse is not None:
        step = np.zeros(model.size)
        for move in chosen:
            u = where[move.output, move.unit]
            unit = model.outputs[move.output].units[move.unit]
            if move.action == "unit":
                step += prices.removal(u)[1]
            elif move.action in ("group", "one"):
                index = places[u].start
                if move.action == "group":
                    index += int(unit.free) + sum(form.size for form in unit.forms[: move.form]) + move.group
                    change = -float(unit.forms[move.form].weights[move.group])
                else:
                    change = 1.0 - unit.coef
                step += prices.adapt(index, change)
        model = model.with_vector(model.vector() + step)
    outputs = []
    todo: dict[tuple[int, int], list[Move]] = {}
    for move in chosen:
        todo.setdefault((move.output, move.unit), []).append(move)
    for o, output in enumerate(model.outputs):
        units = []
        for k, unit in enumerate(output.units):
            new: Unit | None = unit
            # From the last to the first, so that positions stay true.
            for move in sorted(todo.get((o, k), []), key=lambda m: (m.form, m.group, m.member), reverse=True):
                if new is not None:
                    new = _simplified(new, move.action, move.form, move.group, move.member)
            if new is not None:
                units.append(new)
        outputs.append(Output(output.const, tuple(units)))
    return Model(tuple(outputs))


def reduce_once(
    model: Model,
    columns: Columns,
    target: Target,
    goal: float,
    most: float,
    trials: int,
    steps: int,
    costs: Costs = NODES,
) -> tuple[Model, float]:
    """Take one round of simplifications towards the cost `goal` and refit.

    Parameters
    ----------
    most : float
        Largest share of the cost to take at once.
    trials : int
        0: the cheapest moves by price, several at once. Otherwise the best of so many single moves, each refitted.
    steps : int
        Newton steps of the refit.
    costs : Costs
        What `goal` counts.

    Returns
    -------
    model, loss
    """
    with np.errstate(all="ignore"):
        at = quadratic(model, columns, target)
        if not (np.isfinite(at.matrix).all() and np.isfinite(at.gradient).all()):
            return _without_worst(model), float("inf")
        listed, prices, places = moves(model, at, columns, target, costs)
    if not listed:
        return Model(tuple(Output(o.const, ()) for o in model.outputs)), at.loss
    listed.sort(key=lambda move: move.price)
    start = cost(model, costs)
    if trials:
        best: tuple[float, Model, float] | None = None
        for move in listed[:trials]:
            tried = _gentler(model, [move], prices, places, columns, target)
            tried, loss, _ = refit(tried, columns, target, steps)
            price = (loss - at.loss) / max((start - cost(tried, costs)) * len(model.outputs), 0.1)
            if best is None or price < best[0]:
                best = (price, tried, loss)
        assert best is not None
        return best[1], best[2]
    listed = _measured(model, listed, prices, places, columns, target, at.loss)
    need = min(start - goal, most * start) * len(model.outputs)
    chosen, saved, touched = list[Move](), 0.0, dict[tuple[int, int], int]()
    for move in listed:
        key, quota = (move.output, move.unit), 1
        if move.action == "member":
            form = model.outputs[move.output].units[move.unit].forms[move.form]
            quota = max(1, sum(map(len, form.groups)) // 10)
            held = {m.action for m in chosen if (m.output, m.unit) == key}
            if held - {"member"} or any(
                (m.form, m.group) == (move.form, move.group) and len(form.groups[move.group]) <= touched.get(key, 0) + 1
                for m in chosen
                if (m.output, m.unit) == key
            ):
                continue
        if touched.get(key, 0) >= quota:
            continue
        touched[key] = touched.get(key, 0) + 1
        chosen.append(move)
        saved += move.saved
        if saved >= need:
            break
    reduced, new, _ = refit(_gentler(model, chosen, prices, places, columns, target), columns, target, steps)
    for _ in range(_MORE):
        # Far from the last optimum a few steps do not arrive.
        if not new > at.loss * _FAR:
            break
        reduced, new, _ = refit(reduced, columns, target, steps)
    return reduced, new


def _measured(
    model: Model,
    listed: list[Move],
    prices: _Prices,
    places: list[_Place],
    columns: Columns,
    target: Target,
    loss: float,
) -> list[Move]:
    """Price the cheapest removals of whole units by what they really cost.

    They are the farthest steps, where the quadratic model promises too much.
    """
    done = 0
    for k, move in enumerate(listed):
        if move.action == "unit" and done < _MEASURED:
            done += 1
            tried = _gentler(model, [move], prices, places, columns, target)
            with np.errstate(all="ignore"):
                real = target.value(values(tried, columns)) - loss
            listed[k] = replace(move, loss=max(move.loss, real))
    return sorted(listed, key=lambda move: move.price)


def _gentler(
    model: Model, chosen: list[Move], prices: _Prices, places: list[_Place], columns: Columns, target: Target
) -> Model:
    """With or without adaptation, whichever loses less: far steps may leave the quadratic model's reach."""
    tried = [apply_moves(model, chosen, prices, places, adapt) for adapt in (True, False)]
    with np.errstate(all="ignore"):
        losses = [target.value(values(each, columns)) for each in tried]
    return tried[int(losses[1] < losses[0])]


def _without_worst(model: Model) -> Model:
    """Drop the unit with the largest numbers, after an overflow."""
    places = unit_places(model)
    if not places:
        return Model(tuple(Output(0.0, ()) for _ in model.outputs))
    vector = np.nan_to_num(np.abs(model.vector()), nan=np.inf)
    worst = max(places, key=lambda place: float(vector[place.start : place.stop].max(initial=0.0)))
    return model.with_unit(worst.output, worst.index, None)
