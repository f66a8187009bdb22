"""Inputs of one scale, such as pixels: the members of a unit share one coefficient per sign.

A descent ends at each of a few budgets with as many units as that budget carries, and inputs are exchanged there. From
there surgery goes on to the next one, so that every budget between has its model too.
"""

__all__ = ["affordable", "anchors", "styles", "tied_front", "units_for"]

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace

import numpy as np

from symbolnet.budget._costs import cost, rates
from symbolnet.budget._descent import Descent, Plan, descend, to_device
from symbolnet.budget._free import finish, ladder, working_rows
from symbolnet.budget._kinds import KINDS, kind_of
from symbolnet.budget._model import Model
from symbolnet.budget._records import Candidate, Split, candidate
from symbolnet.budget._surgery import reduce_once
from symbolnet.budget._swap import exchange
from symbolnet.expression import NODES, Costs

NODES_PER_UNIT = 25
"""Nodes that a unit should have to be worth its overhead; found on MNIST at 90 and at 300 nodes."""
COMPILING = 3e7
"""Outputs × inputs × samples below which compiling costs more than computing."""
RATIOS = {False: 0.7, True: 0.5}
"""Each budget at which a descent ends, as a share of the one before, with many rows and with few."""
FINE = 150.0
"""From an anchor of so many nodes on, where a model takes a second or two on MNIST, more of them are made."""
STEP = {False: 0.88, True: 0.94}
"""Between anchors, each budget that has a model, as a share of the one before: above `FINE` and below."""
EXCHANGED = {False: 1, True: 3}
"""Rounds of exchanges between anchors, above `FINE` and below."""
ROUNDS = 500.0, 1, 6
"""Rounds of exchanges after a descent: the first number divided by the budget, within the others. Large models gain
little."""
LOWER = 2 / 3
"""Steps of the descents below the largest budget, as a share of that one's."""
FURTHER = 400
"""Steps of a descent from one budget to the next."""
_SHARE = 0.5
"""The share of a budget that the operator of one unit may cost."""
COMPARED = 2
"""Anchors over which sorts of units are compared."""
LEAST = 14.0
"""Below this budget surgery alone goes on."""
SORTS = (("tanh", "prod", "abs"), ("prod", "abs"))
"""The units of a model. With few rows each sort is tried: where a sign means nothing, as that of a contrast in
photographs, tanh only fits accidents."""


def styles(allowed: Collection[str], small: bool) -> tuple[tuple[str, ...], ...]:
    """The sorts of units to try, of those allowed; the first one only where there are many rows.

    Operators beyond `KINDS` are in only if the user named them, so each sort has them.
    """
    named = tuple(sorted(kind for kind in allowed if kind not in KINDS))
    sorts = [named + tuple(kind for kind in sort if kind in allowed) for sort in SORTS]
    return tuple(dict.fromkeys(sort for sort in sorts if sort))[: 2 if small else 1]


def anchors(max_complexity: float, dense: float, ratio: float) -> list[float]:
    """The budgets at which a descent ends, from the largest down."""
    steps, at = [], min(max_complexity, 0.7 * dense)
    while at >= LEAST:
        steps.append(at)
        at *= ratio
    return steps or [max(min(max_complexity, 2 * LEAST), LEAST)]


def rounds(budget: float) -> int:
    """Rounds of exchanges at a budget."""
    whole, least, most = ROUNDS
    return int(np.clip(whole / budget, least, most))


def affordable(style: tuple[str, ...], budget: float, costs: Costs) -> tuple[str, ...]:
    """The units of a style that leave room for inputs at this budget; the cheapest one if none does."""
    own = rates(costs).own
    return tuple(kind for kind in style if own(kind) <= _SHARE * budget) or (min(style, key=own),)


def units_for(style: tuple[str, ...], budget: float, small: bool, costs: Costs = NODES) -> tuple[str, ...]:
    """As many units of a style as the budget carries; a product counts twice, as it has two forms."""
    own, usual = rates(costs).own, rates(NODES).own
    left, kinds = max(1.0, (budget / 32) ** 0.85 if small else min(budget / NODES_PER_UNIT, 9.6)), list[str]()
    while left >= 0.5 and len(kinds) < 12:
        kinds.append(style[len(kinds) % len(style)])
        dear = 1 + max(0.0, own(kinds[-1]) - usual(kinds[-1])) / NODES_PER_UNIT
        left -= dear * kind_of(kinds[-1]).n_forms
    return tuple(kinds)


def _union(lists: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The least units that hold each of the lists."""
    most: Counter[str] = Counter()
    for units in lists:
        most |= Counter(units)
    return tuple(most.elements())


def tied_front(
    data: Descent,
    split: Split,
    plan: Plan,
    max_complexity: float,
    sorts: tuple[tuple[str, ...], ...],
    small: bool,
    rng: np.random.Generator,
    callback: Callable[[Candidate], None],
) -> list[Candidate]:
    """Hand models of every budget below `max_complexity` to `callback`.

    Of several sorts of units one is chosen, for every two anchors, by the mean loss over all budgets of theirs: one
    model of each says little where few rows are held out. The others' models are returned; they must not come back
    into the front, where the luckiest on the held-out rows would be picked.
    """
    device = to_device(data)
    costs, rate = plan.costs, rates(plan.costs)
    budgets = anchors(max_complexity, (rate.factor + rate.variable) * len(data.std), RATIOS[small])

    def units(sort: tuple[str, ...], budget: float) -> tuple[str, ...]:
        return units_for(affordable(sort, budget, costs), budget, small, costs)

    together = _union([units(sort, budget) for budget in budgets for sort in sorts])
    # Compiling takes longer than small descents do: they share one program that has all units.
    shared = together if len(data.target.y) * len(data.std) * split.columns.n_samples < COMPILING else None

    def reduced(model: Model, goal: float) -> Model:
        while cost(model, costs) > goal:
            columns, target = split.sample(rng, working_rows(model))
            model, _ = reduce_once(model, columns, target, goal, 0.05, 0, 2, costs)
        return model

    def from_dense(budget: float, kinds: tuple[str, ...]) -> Candidate:
        steps = plan.steps if budget == budgets[0] else int(LOWER * plan.steps)
        drawn = replace(plan, kinds=kinds, budget=budget, steps=steps, l1=plan.l1 * min(1.0, 100 / budget))
        model = reduced(descend(data, drawn, int(rng.integers(2**31)), device, shared), budget)
        found = exchange(finish(model, split, rng), split, budget, rounds(budget), rng)
        return finish(found.model, split, rng)

    def further(model: Model, goal: float, program: tuple[str, ...]) -> Model:
        kinds = tuple(sorted({unit.kind for output in model.outputs for unit in output.units}))
        drawn = replace(plan, kinds=kinds, budget=goal, steps=FURTHER)
        return descend(data, drawn, int(rng.integers(2**31)), device, program, start=model)

    def segment(sort: tuple[str, ...], k: int) -> Iterator[Candidate]:
        """The model of an anchor and those of the budgets down to the next one."""
        kinds = units(sort, budgets[k])
        best = from_dense(budgets[k], kinds)
        fine = best.cost <= FINE
        yield best
        below = budgets[k + 1] if k + 1 < len(budgets) else rate.least
        for goal in ladder(best.cost, STEP[fine], rate.least):
            if below < goal < best.cost:
                # The descents share the program that the one of the anchor was compiled for.
                model = further(best.model, goal, shared or kinds) if goal > LEAST else best.model
                best = exchange(candidate(reduced(model, goal), split), split, goal, EXCHANGED[fine], rng)
                yield best

    def handed(sort: tuple[str, ...], stages: Iterable[int]) -> list[Candidate]:
        found: list[Candidate] = []
        for stage in stages:
            for each in segment(sort, stage):
                callback(each)
                found.append(each)
        return found

    left_out: list[Candidate] = []
    for k in range(0, len(budgets), COMPARED):
        stages = range(k, min(k + COMPARED, len(budgets)))
        _, *others = sorted((handed(sort, stages) for sort in sorts), key=_mean_loss)
        left_out += [each for found in others for each in found]
    return left_out


def _mean_loss(found: list[Candidate]) -> float:
    return float(np.mean([each.loss for each in found]))
