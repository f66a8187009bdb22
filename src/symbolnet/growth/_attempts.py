"""Several searches for one formula: over the inputs that matter, from other samples, with fewer functions."""

__all__ = ["attempts"]

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from symbolnet.growth._fit import Fits, Fitted
from symbolnet.growth._functions import Grammar
from symbolnet.growth._identities import normal
from symbolnet.growth._score import Scale
from symbolnet.growth._search import Entry, Settings, entry_of, search
from symbolnet.growth._simplify import simplify
from symbolnet.growth._tree import columns_of, renumbered
from symbolnet.growth._undone import undone
from symbolnet.growth._values import Rows

_LAW = 3e-5
"""Share of the variance below which what is left looks like a wrong form and not like noise."""
_SHORT = 30
"""Nodes up to which a formula without error is believed at once: a longer one may be an expansion of it."""
_FIRST, _ROUNDS, _SKIPPED = 1, 3, 0.5
_UNDONE = 8
"""Inputs up to which outermost parts are undone."""
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

    A short search comes first, then formulas whose outermost part can be undone, then the search in full. A search
    that took a wrong turn covers it with corrections, and goes on for long without finding back. Beginning again costs
    less: only with the inputs of the best formula so far, without a random half of the proposals, and every other time
    without a random half of the functions.

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

    def best() -> Entry:
        return min(archive.values(), key=lambda e: (e.length, e.nodes))

    def seen(entry: Entry) -> bool:
        nonlocal stopped
        stopped = stop(entry) or stopped
        return stopped

    def keep(entry: Entry, inputs: tuple[int, ...]) -> None:
        found = replace(entry, tree=renumbered(entry.tree, inputs))
        old = archive.get(found.tree.key)
        if old is None or found.loss < old.loss:
            archive[found.tree.key] = found

    def some(inputs: tuple[int, ...]) -> Rows:
        return rows if inputs == everything else replace(rows, x=np.ascontiguousarray(rows.x[list(inputs)]))

    def one(inputs: tuple[int, ...], allowed: Grammar, settings: Settings, rng: np.random.Generator = rng) -> None:
        for entry in search(some(inputs), allowed, settings, scale, rng, seen):
            keep(entry, inputs)

    def undo(inputs: tuple[int, ...]) -> None:
        """Of the formulas whose outermost part was undone, what is left after making them simpler."""
        part = some(inputs)
        known = Fits(part)
        for fitted in undone(part, rules, scale, settings.most_nodes):
            fits = [Fitted(normal(fitted.tree, rules), fitted.loss)]
            fits.append(simplify(fits[0], known, rules, scale, fits.append))
            for entry in (entry_of(each, scale) for each in fits):
                keep(entry, inputs)
                seen(entry)

    def done() -> bool:
        return stopped or (best().loss < rows.floor and best().nodes <= _SHORT)

    again = replace(settings, rounds=min(settings.rounds, _ROUNDS))
    few = len(everything) <= settings.few_inputs
    inputs = everything
    if few:
        one(inputs, rules, replace(settings, rounds=_FIRST), np.random.default_rng(0))
        if not done():
            undo(inputs)
    if not few or not done():
        one(inputs, rules, settings if few else again)
    for attempt in itertools.count():
        used = tuple(sorted(columns_of(best().tree)))
        if done() or not used or attempt >= effort * _again(best()):
            break
        if len(used) < len(inputs):
            inputs = used
            if not few and len(inputs) <= _UNDONE:
                undo(inputs)
            if not done():
                one(inputs, rules, again)
        else:
            one(inputs, _fewer(rules, rng) if attempt % 2 else rules, replace(again, skipped=_SKIPPED))
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
