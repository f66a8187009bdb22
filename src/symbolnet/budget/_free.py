"""Inputs of unlike scales: every connection has a coefficient of its own; a dense start, then surgery to a constant."""

__all__ = ["constants_only", "finish", "free_front", "ladder", "working_rows"]

from collections.abc import Callable, Collection

import numpy as np

from symbolnet.budget._costs import cost, rates
from symbolnet.budget._model import Model, Output
from symbolnet.budget._records import Candidate, Split, candidate
from symbolnet.budget._refit import refit
from symbolnet.budget._regrow import regrow
from symbolnet.budget._surgery import reduce_once

_FINE = 150
"""Below this total cost single moves are tried one by one."""

_STEP = 0.88
"""Each budget that has a model, as a share of the one before."""
_ROUNDS = 160.0, 20.0
"""Rounds of regrowth times budget, at the largest budget and below it; small models take less time."""


def ladder(highest: float, ratio: float = 0.92, least: float = 2.0) -> list[float]:
    """The costs at which a model of the front is kept, from `highest` down to `least`, each `ratio` of the one before.

    A constant must cost at most `least`.
    """
    steps, at = [], float(highest)
    while at >= least:
        steps.append(at)
        at = min(at * ratio, at - 0.8)
    return steps


def working_rows(model: Model) -> int:
    """Rows for a refit on the way: enough for the parameters, few enough that the Jacobian stays small."""
    return int(np.clip(6e6 / max(model.size, 1), 8000, 20_000))


def finish(model: Model, split: Split, rng: np.random.Generator) -> Candidate:
    """Refit all constants on as many rows as fit, and measure on the held-out rows."""
    columns, target = split.sample(rng, int(np.clip(1e7 / max(model.size, 1), 20_000, 50_000)))
    best = candidate(model, split)
    refitted = candidate(refit(model, columns, target, 6)[0], split)
    return min(refitted, best, key=lambda c: c.loss)


def constants_only(model: Model, split: Split) -> Candidate:
    """The best constants, which cost one node each."""
    constants = Model(tuple(Output(output.const, ()) for output in model.outputs))
    return candidate(refit(constants, split.columns, split.target, 20)[0], split)


def free_front(
    start: Model,
    split: Split,
    max_complexity: float,
    kinds: Collection[str],
    rng: np.random.Generator,
    callback: Callable[[Candidate], None],
    effort: float = 1.0,
) -> None:
    """Reduce `start` step by step; hand every model of the ladder, regrown and refitted, to `callback`.

    Parameters
    ----------
    kinds : collection of str
        Units that may come back.
    effort : float
        Multiplies the single moves tried and the rounds of regrowth; 0: no regrowth.
    """
    model = start
    outputs, trials = len(model.outputs), max(1, round(8 * min(1.0, effort or 1.0)))
    columns, target = split.sample(rng, working_rows(model))
    model, _, _ = refit(model, columns, target, 4)
    costs, least = split.costs, rates(split.costs).least
    highest = max(cost(model, costs), least)
    top = min(max_complexity, highest)
    above = [goal for goal in ladder(highest, least=least) if goal > top]
    for goal in above + ladder(top, _STEP, least):
        while (now := cost(model, costs)) > goal:
            fine = now * outputs <= _FINE
            columns, target = split.sample(rng, 10_000 if fine else working_rows(model))
            most = 0.04 if now < 1.5 * max_complexity else 0.1
            model, _ = reduce_once(model, columns, target, goal, most, trials if fine else 0, 3, costs)
        if goal <= top:
            rounds = round(effort * np.clip(_ROUNDS[goal < top] / max(goal, 1.0), 1, 10))
            regrown = regrow(candidate(model, split), split, goal, rounds, kinds, rng)
            done = finish(regrown.model, split, rng)
            model = done.model
            callback(done)
