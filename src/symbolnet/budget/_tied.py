"""Inputs of one scale, such as pixels: the members of a unit share one coefficient per sign.

A descent ends at each of a few budgets, each half of the one before, with as many units as that budget carries. From
there surgery goes on to the next one, so that every budget between has its model too.
"""

__all__ = ["anchors", "tied_front", "units_for"]

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from symbolnet.budget._descent import Descent, Plan, descend, to_device
from symbolnet.budget._free import finish, ladder, working_rows
from symbolnet.budget._model import Model, Output, cost
from symbolnet.budget._records import Candidate, Split
from symbolnet.budget._surgery import reduce_once

NODES_PER_UNIT = 25
"""Nodes that a unit should have to be worth its overhead; found on MNIST at 90 and at 300 nodes."""
SMALL = 3e7
"""Outputs × inputs × samples below which compiling costs more than computing."""
LEAST = 14.0
"""Below this budget surgery alone goes on."""
STYLES: dict[str, tuple[str, ...]] = {
    "mixed": ("tanh", "prod", "abs"),
    "tanh": ("tanh",),
    "prod": ("prod",),
}


def anchors(max_complexity: float, dense: float) -> list[float]:
    """The budgets at which a descent ends: the largest, and its halves."""
    steps, at = [], min(max_complexity, 0.7 * dense)
    while at >= LEAST:
        steps.append(at)
        at /= 2
    return steps or [max(min(max_complexity, 2 * LEAST), LEAST)]


def units_for(style: tuple[str, ...], budget: float, small: bool) -> tuple[str, ...]:
    """As many units of a style as the budget carries; a product counts twice, as it has two forms."""
    left, kinds = max(1.0, (budget / 32) ** 0.85 if small else min(budget / NODES_PER_UNIT, 9.6)), list[str]()
    while left >= 0.5 and len(kinds) < 12:
        kinds.append(style[len(kinds) % len(style)])
        left -= 2 if kinds[-1] == "prod" else 1
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
    styles: tuple[str, ...],
    rng: np.random.Generator,
    callback: Callable[[Candidate], None],
) -> None:
    """Hand models of every budget below `max_complexity` to `callback`."""
    device = to_device(data)
    small = len(styles) > 1  # few rows: fewer units, and a choice of styles
    budgets = anchors(max_complexity, 3.0 * len(data.std))
    together = _union([units_for(STYLES[style], budget, small) for style in styles for budget in budgets])
    # Compiling takes longer than small descents do: they share one program that has all units.
    shared = together if len(data.target.y) * len(data.std) * split.columns.n_samples < SMALL else None

    def run(budget: float, style: str) -> Candidate:
        kinds = units_for(STYLES[style], budget, small)
        drawn = replace(plan, kinds=kinds, budget=budget, l1=plan.l1 * min(1.0, 100 / budget))
        found = finish(descend(data, drawn, int(rng.integers(2**31)), device, shared), split, rng)
        callback(found)
        return found

    model = Model(tuple(Output(0.0, ()) for _ in data.target.y))
    for k, budget in enumerate(budgets):
        model = min((run(budget, style) for style in styles), key=lambda found: found.loss).model
        below = budgets[k + 1] if k + 1 < len(budgets) else 2.0
        for goal in ladder(cost(model)):
            if goal < below:
                break
            while cost(model) > goal:
                columns, target = split.sample(rng, working_rows(model))
                model, _ = reduce_once(model, columns, target, goal, 0.05, 0, 2)
            callback(finish(model, split, rng))
