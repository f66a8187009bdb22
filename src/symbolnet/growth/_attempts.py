"""Several searches for one formula: over the inputs that matter, from other samples, with fewer functions."""

__all__ = ["attempts"]

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from symbolnet.growth._functions import Grammar
from symbolnet.growth._score import Scale
from symbolnet.growth._search import Entry, Settings, search
from symbolnet.growth._tree import columns_of, renumbered
from symbolnet.growth._values import Rows

_LAW = 3e-5
"""Share of the variance below which what is left looks like a wrong form and not like noise."""
_SHORT = 30
"""Nodes up to which a formula without error is believed at once: a longer one may be an expansion of it."""
_ROUNDS, _SKIPPED = 3, 0.5
_AGAIN, _AGAIN_LONG, _AGAIN_LAW = 4, 8, 12
"""Searches after the first: where noise is left, where the formula is long as well, and where its form looks wrong."""


def attempts(
    rows: Rows,
    rules: Grammar,
    settings: Settings,
    scale: Scale,
    rng: np.random.Generator,
    stop: Callable[[Entry], bool],
    effort: float = 1.0,
) -> list[Entry]:
    """The archive of all searches, the shortest description first.

    A search that took a wrong turn covers it with corrections, and goes on for long without finding back. Beginning
    again costs less: only with the inputs of the best formula so far, without a random half of the proposals, and
    every other time without a random half of the functions.

    Parameters
    ----------
    rows : Rows
    rules : Grammar
    settings : Settings
        Those of the first search, if it is one over few inputs. The others are shorter.
    scale : Scale
        Of all inputs and functions: that a search sees fewer makes no choice cheaper.
    rng : numpy Generator
    stop : Entry → bool
        Called for every formula that is kept. A true result ends all searches.
    effort : float
        Multiplies the number of searches after the first.
    """
    archive: dict[object, Entry] = {}
    everything = tuple(range(len(rows.x)))
    stopped = False

    def one(inputs: tuple[int, ...], allowed: Grammar, settings: Settings) -> Entry:
        nonlocal stopped

        def seen(entry: Entry) -> bool:
            nonlocal stopped
            stopped = stop(entry) or stopped
            return stopped

        some = rows if inputs == everything else replace(rows, x=np.ascontiguousarray(rows.x[list(inputs)]))
        for entry in search(some, allowed, settings, scale, rng, seen):
            found = replace(entry, tree=renumbered(entry.tree, inputs))
            old = archive.get(found.tree.key)
            if old is None or found.loss < old.loss:
                archive[found.tree.key] = found
        return min(archive.values(), key=lambda e: (e.length, e.nodes))

    again = replace(settings, rounds=min(settings.rounds, _ROUNDS))
    few = len(everything) <= settings.few_inputs
    best, inputs = one(everything, rules, settings if few else again), everything
    for attempt in itertools.count():
        used = tuple(sorted(columns_of(best.tree)))
        found = best.loss < rows.floor and best.nodes <= _SHORT
        if stopped or found or not used or attempt >= effort * _again(best):
            break
        if len(used) < len(inputs):
            inputs = used
            best = one(inputs, rules, again)
        else:
            best = one(inputs, _fewer(rules, rng) if attempt % 2 else rules, replace(again, skipped=_SKIPPED))
    return sorted(archive.values(), key=lambda e: (e.length, e.nodes))


def _again(best: Entry) -> int:
    """How many searches may follow the first, by what the best formula so far is."""
    if best.loss < _LAW:
        return _AGAIN_LAW
    return _AGAIN_LONG if best.nodes > _SHORT else _AGAIN


def _fewer(rules: Grammar, rng: np.random.Generator) -> Grammar:
    """The grammar with each function kept or not, by chance."""
    kept = tuple(name for name in rules.functions if rng.random() < 0.5)
    return replace(rules, functions=kept)
