"""The search for the formulas of one output: grow, fit, simplify, keep what a description would keep."""

__all__ = ["Entry", "Settings", "entry_of", "search"]

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet.growth._dictionary import Columns
from symbolnet.growth._fit import Fits, Fitted, fit
from symbolnet.growth._functions import Grammar
from symbolnet.growth._identities import normal
from symbolnet.growth._moves import grown
from symbolnet.growth._score import Scale, code_length, cost, description
from symbolnet.growth._screen import Static, static
from symbolnet.growth._simplify import simplify
from symbolnet.growth._tree import Call, Sum, calls_of, columns_of, depth
from symbolnet.growth._values import Rows

F64 = NDArray[np.float64]


_SMALL, _POOL, _TRIES = 10, 5, 4
SHARES = (1.0, 0.2, 0.04)
"""Formulas are grown in turn that are best when errors count in full, and in part, so that short ones have a turn."""


@dataclass(frozen=True, eq=False)
class Entry:
    """A fitted formula of the archive."""

    tree: Sum
    loss: float
    length: float
    nodes: int


def entry_of(fitted: Fitted, scale: Scale) -> Entry:
    """The formula with its length and nodes."""
    tree, loss = fitted.tree, fitted.loss
    return Entry(tree, loss, description(tree, loss, scale), cost(tree))


@dataclass(frozen=True)
class Settings:
    """How hard to search.

    Attributes
    ----------
    most_nodes : float
        Formulas above this are not grown further.
    rounds : int
    width : int
        Formulas grown a round.
    patience : int
        Rounds without a shorter description before the search ends.
    screened, quick : int
        Samples of the scans and of first fits.
    fits, full : int
        Proposals that are fitted to some samples, and of these to all, for each formula that is grown.
    few_inputs : int
        Up to so many, every scan goes over all inputs.
    skipped : float
        Share of the proposals that are left out by chance, so that another search goes another way.
    """

    most_nodes: float
    rounds: int = 30
    width: int = 3
    patience: int = 3
    screened: int = 1000
    quick: int = 300
    fits: int = 16
    full: int = 5
    few_inputs: int = 6
    skipped: float = 0.0


def search(
    rows: Rows,
    rules: Grammar,
    settings: Settings,
    scale: Scale,
    rng: np.random.Generator,
    stop: Callable[[Entry], bool],
) -> list[Entry]:
    """The archive of all formulas that were fitted to all rows."""
    order = rng.permutation(rows.n)
    screened = rows.some(np.sort(order[: settings.screened])) if rows.n > settings.screened else rows
    quick = rows.some(np.sort(order[: settings.quick])) if rows.n > settings.quick else rows
    archive: dict[object, Entry] = {}
    fits = Fits(rows)
    tried: dict[object, int] = {}
    expanded: set[object] = set()
    stopped = False

    def keep(fitted: Fitted) -> None:
        nonlocal stopped
        tree = fitted.tree
        if not np.isfinite(fitted.loss):
            return
        entry = entry_of(fitted, scale)
        old = archive.get(tree.key)
        if old is None or entry.loss < old.loss:
            archive[tree.key] = entry
            stopped = stop(entry) or stopped

    memory: dict[Any, Columns] = {}
    wide = static(screened, range(len(rows.x)), rules, memory)
    tables: dict[tuple[int, ...], Static] = {}
    recent: list[int] = []

    def table(tree: Sum) -> Static:
        inputs = tuple(sorted(columns_of(tree) | set(recent[: settings.few_inputs])))
        if inputs not in tables:
            tables[inputs] = static(screened, inputs, rules, memory)
        return tables[inputs]

    def pool() -> list[Call]:
        """The functions of one input that served small formulas best."""
        found: dict[object, Call] = {}
        small = sorted((e for e in archive.values() if e.nodes <= _SMALL), key=lambda e: (e.loss, e.nodes))
        for entry in small:
            for call in calls_of(entry.tree):
                if depth(call.inner) == 0 and len(columns_of(call.inner)) == 1 and call.name != "inverse":
                    found.setdefault((call.name, *columns_of(call.inner)), call)
        return list(found.values())[:_POOL]

    def expand(entry: Entry, everything: bool, share: float) -> None:
        narrow = table(entry.tree)
        options = grown(entry.tree, screened, wide, narrow, rules, pool=pool(), everything=everything, keep=6)
        ranked: list[tuple[float, Sum]] = []
        surely: list[Sum] = []
        for loss, tree, sure in options:
            # A structure is tried again from other starting constants, but not for ever.
            if tried.get(tree.key, 0) >= _TRIES or cost(tree) > 1.3 * settings.most_nodes + 6:
                continue
            if settings.skipped and rng.random() < settings.skipped:
                continue
            tried[tree.key] = tried.get(tree.key, 0) + 1
            if sure:
                surely.append(tree)
                continue
            guess = min(loss, entry.loss) if np.isfinite(loss) else entry.loss
            ranked.append(
                (
                    0.5 * share * rows.n * float(np.log(guess + 1e-4 * entry.loss + 1e-14)) + code_length(tree, scale),
                    tree,
                )
            )
        ranked.sort(key=lambda pair: pair[0])
        if everything and len(rows.x) > settings.few_inputs:
            counts: dict[int, int] = {}
            for place, (_, tree) in enumerate(ranked[:30]):
                for column in columns_of(tree) - columns_of(entry.tree):
                    counts[column] = counts.get(column, 0) + 30 - place
            recent[:] = [c for c, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
        first = [
            fit(tree, quick, 6, tolerance=1e-3) for tree in [*(tree for _, tree in ranked[: settings.fits]), *surely]
        ]
        first.sort(key=lambda f: description(f.tree, f.loss, scale, share))
        for fitted in first[: settings.full]:
            full = fit(fitted.tree, rows, 15)
            full = Fitted(normal(full.tree, rules), full.loss)
            keep(full)
            if full.loss < entry.loss:
                small = simplify(full, fits, rules, scale, keep, share=share)
                keep(small)
            if stopped:
                return

    root = fit(Sum(float(np.average(rows.y, weights=rows.root**2)), True, ()), rows, 2)
    keep(root)
    if len(rows.x) <= settings.few_inputs:
        recent[:] = range(len(rows.x))
    else:
        first = archive[root.tree.key]
        expand(first, True, 1.0)
    best, waited = np.inf, 0
    for _ in range(settings.rounds):
        for share in SHARES:
            waiting = [e for e in archive.values() if e.tree.key not in expanded]
            if stopped or not waiting or min(e.loss for e in archive.values()) < rows.floor:
                break
            entry = min(waiting, key=lambda e: (description(e.tree, e.loss, scale, share), e.nodes))
            expanded.add(entry.tree.key)
            expand(entry, share == 1.0 or len(expanded) < 4, share)
        else:
            shortest = min(e.length for e in archive.values())
            waited = 0 if shortest < best - 1.0 else waited + 1
            best = min(best, shortest)
            if waited < settings.patience:
                continue
        break
    return sorted(archive.values(), key=lambda e: (e.length, e.nodes))
