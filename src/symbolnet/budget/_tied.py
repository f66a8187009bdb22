"""Inputs of one scale, such as pixels: the members of a unit share one coefficient per sign.

A descent ends at each of a few budgets with as many units as that budget carries, and inputs are exchanged there. From
there surgery goes on to the next one, so that every budget between has its model too.
"""

__all__ = ["affordable", "anchors", "styles", "tied_front", "units_for"]

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import replace

import numpy as np

from symbolnet.budget._descent import Descent, Plan, descend, to_device
from symbolnet.budget._free import finish, ladder, working_rows
from symbolnet.budget._model import Model, cost, rates
from symbolnet.budget._records import Candidate, Split, candidate
from symbolnet.budget._surgery import reduce_once
from symbolnet.budget._swap import exchange
from symbolnet.expression import NODES, Costs

NODES_PER_UNIT = 25
"""Nodes that a unit should have to be worth its overhead; found on MNIST at 90 and at 300 nodes."""
SMALL = 3e7
"""Outputs × inputs × samples below which compiling costs more than computing."""
RATIOS = {False: 0.7, True: 0.5}
"""Each budget at which a descent ends, as a share of the one before, with many rows and with few."""
STEP = 0.88
"""Between these, each budget that has a model, as a share of the one before."""
ROUNDS = 500.0, 1, 6
"""Rounds of exchanges after a descent: the first number divided by the budget, within the others. Large models gain
little."""
LOWER = 2 / 3
"""Steps of the descents below the largest budget, as a share of that one's."""
FURTHER = 400
"""Steps of a descent from one budget to the next."""
_SHARE = 0.5
"""The share of a budget that the operator of one unit may cost."""
LEAST = 14.0
"""Below this budget surgery alone goes on."""
UNITS = ("tanh", "prod", "abs")
"""The units of a model: with many rows all together, with few rows each sort alone and the best by held-out loss."""


def styles(allowed: Collection[str], small: bool) -> tuple[tuple[str, ...], ...]:
    """Which units to try together, of those allowed."""
    if small:
        return tuple((kind,) for kind in UNITS if kind in allowed)
    mixed = tuple(kind for kind in UNITS if kind in allowed)
    return (mixed,) if mixed else ()


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
    own = rates(costs).kinds
    return tuple(kind for kind in style if own[kind] <= _SHARE * budget) or (min(style, key=own.__getitem__),)


def units_for(style: tuple[str, ...], budget: float, small: bool, costs: Costs = NODES) -> tuple[str, ...]:
    """As many units of a style as the budget carries; a product counts twice, as it has two forms."""
    own, usual = rates(costs).kinds, rates(NODES).kinds
    left, kinds = max(1.0, (budget / 32) ** 0.85 if small else min(budget / NODES_PER_UNIT, 9.6)), list[str]()
    while left >= 0.5 and len(kinds) < 12:
        kinds.append(style[len(kinds) % len(style)])
        dear = 1 + max(0.0, own[kinds[-1]] - usual[kinds[-1]]) / NODES_PER_UNIT
        left -= dear * (2 if kinds[-1] == "prod" else 1)
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
    allowed: tuple[tuple[str, ...], ...],
    small: bool,
    rng: np.random.Generator,
    callback: Callable[[Candidate], None],
) -> None:
    """Hand models of every budget below `max_complexity` to `callback`."""
    device = to_device(data)
    costs, rate = plan.costs, rates(plan.costs)
    budgets = anchors(max_complexity, (rate.factor + rate.variable) * len(data.std), RATIOS[small])

    def lists(budget: float) -> list[tuple[str, ...]]:
        return list(dict.fromkeys(units_for(affordable(s, budget, costs), budget, small, costs) for s in allowed))

    together = _union([kinds for budget in budgets for kinds in lists(budget)])
    # Compiling takes longer than small descents do: they share one program that has all units.
    shared = together if len(data.target.y) * len(data.std) * split.columns.n_samples < SMALL else None

    def run(budget: float, kinds: tuple[str, ...]) -> Candidate:
        steps = plan.steps if budget == budgets[0] else int(LOWER * plan.steps)
        drawn = replace(plan, kinds=kinds, budget=budget, steps=steps, l1=plan.l1 * min(1.0, 100 / budget))
        model = reduced(descend(data, drawn, int(rng.integers(2**31)), device, shared), budget)
        found = exchange(finish(model, split, rng), split, budget, rounds(budget), rng)
        found = finish(found.model, split, rng)
        callback(found)
        return found

    def reduced(model: Model, goal: float) -> Model:
        while cost(model, costs) > goal:
            columns, target = split.sample(rng, working_rows(model))
            model, _ = reduce_once(model, columns, target, goal, 0.05, 0, 2, costs)
        return model

    def further(model: Model, goal: float) -> Model:
        kinds = tuple(sorted({unit.kind for output in model.outputs for unit in output.units}))
        drawn = replace(plan, kinds=kinds, budget=goal, steps=FURTHER)
        return descend(data, drawn, int(rng.integers(2**31)), device, shared or mine, start=model)

    for k, budget in enumerate(budgets):
        best = min((run(budget, kinds) for kinds in lists(budget)), key=lambda found: found.loss)
        # The rungs below share the program that the descent was compiled for.
        mine = next(kinds for kinds in lists(budget) if _holds(kinds, best.model))
        below = budgets[k + 1] if k + 1 < len(budgets) else rate.least
        for goal in ladder(best.cost, STEP, rate.least):
            if below < goal < best.cost:
                model = further(best.model, goal) if goal > LEAST else best.model
                best = exchange(candidate(reduced(model, goal), split), split, goal, 1, rng)
                callback(best)


def _holds(kinds: tuple[str, ...], model: Model) -> bool:
    """Whether units of these kinds hold the model."""
    return all(not Counter(unit.kind for unit in output.units) - Counter(kinds) for output in model.outputs)
