"""Of many formulas, the most accurate circuit of each within a budget of LUTs: what a fit by `max_luts` ends with.

Every formula gets a short search for its precision; those whose circuits are no better than that of a simpler one are
dropped, and the best few are searched at length. Then Yosys counts. A guess may be a third off, so the count of one
circuit tells how much the next may be guessed at, and up to `_MOST_COUNTS` circuits are counted for each formula.
Nothing is returned that Yosys counts above the budget.
"""

__all__ = ["Limits", "check_limits", "circuits_within"]

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.expression import Expression
from symbolnet.hardware._circuit import ESTIMATE, Circuit, count_luts
from symbolnet.hardware._emulate import emulate
from symbolnet.hardware._search import Candidate, Score, search_precision, with_stages
from symbolnet.hardware._trace import LEVEL_NS, da4ml

_QUICK, _LONG = 150, 1500
"""Precisions that the short and the long search of a formula evaluate."""
_QUICK_ROWS = 3000
_QUICK_SECONDS, _LONG_SECONDS = 15.0, 90.0
"""Bounds for formulas of hundreds of inputs; smaller ones end by the number of evaluations, alike on every machine."""
_MOST_LONG = 3
_MOST_ROWS = 10
_MOST_COUNTS = 4
_FULL = 0.93
"""A circuit that fills so much of the budget is not tried to be made larger."""
_OVER = 1.4
"""How far above the budget a guess may lie for its formula to be worth a longer search."""
_FAR = 3.0
"""A smallest circuit whose guess is so many times the budget is not worth a count."""


@dataclass(frozen=True)
class Limits:
    """What a circuit may take.

    Attributes
    ----------
    max_luts : float
        Without DSP blocks.
    clock_ns : float
        The period that the pipeline is cut for.
    max_latency_ns : float, optional
        Cycles times `clock_ns`.
    """

    max_luts: float
    clock_ns: float = 5.0
    max_latency_ns: float | None = None

    def fits_in_time(self, candidate: Candidate) -> bool:
        """Whether the cycles of a candidate, which must be known, are few enough."""
        return self.max_latency_ns is None or candidate.stages * self.clock_ns <= self.max_latency_ns * (1 + 1e-9)


def check_limits(limits: Limits) -> None:
    """Refuse limits that nothing can keep, before any work.

    Parameters
    ----------
    limits : Limits
        LUTs, and the clock and the latency in nanoseconds.

    Raises
    ------
    SymbolNetError
        If a limit is not a finite number above zero, the clock is shorter than a level of logic or longer than the
        whole circuit may take, or da4ml is absent.
    """
    for name in ("max_luts", "clock_ns", "max_latency_ns"):
        value = getattr(limits, name)
        if value is not None and not 0 < value < np.inf:
            raise SymbolNetError(f"{name} is {value:g}; give a finite number above 0")
    if limits.clock_ns < LEVEL_NS:
        raise SymbolNetError(
            f"clock_ns is {limits.clock_ns:g}, shorter than a level of logic; give {LEVEL_NS:g} or more"
        )
    if limits.max_latency_ns is not None and limits.max_latency_ns < limits.clock_ns:
        raise SymbolNetError(
            f"max_latency_ns is {limits.max_latency_ns:g}, less than one cycle of clock_ns={limits.clock_ns:g}; "
            "allow more, or a faster clock"
        )
    da4ml()


def circuits_within(
    formulas: Sequence[Expression],
    X: NDArray[np.generic],
    score_on: Callable[[NDArray[np.int64]], Score],
    limits: Limits,
    *,
    time_limit: float | None = None,
) -> tuple[tuple[Circuit | None, ...], float]:
    """Return a circuit within the limits for each formula, or None, and the LUTs of the smallest that was looked at.

    Parameters
    ----------
    formulas : sequence of Expression
        Of raw inputs, each with at least one, simplest first.
    X : array, (n_samples, n_inputs)
        Validation data.
    score_on : callable
        From row numbers of X to the score of outputs on these rows.
    limits : Limits
    time_limit : float, optional
        Seconds after which no further search of a precision begins; what was found is still counted.

    Raises
    ------
    SymbolNetError
        As for `check_limits`.
    """
    check_limits(limits)
    deadline = np.inf if time_limit is None else time.monotonic() + time_limit
    fronts = _quick_fronts(formulas, X, score_on, limits, deadline)
    least = min((front[0].lut for front in fronts.values()), default=np.inf)
    every = np.arange(len(X))
    score = score_on(every)
    kept = _worth_more(fronts, limits)
    for place in sorted(kept, key=lambda k: _best(fronts[k], _OVER * limits.max_luts), reverse=True)[:_MOST_LONG]:
        left = min(_LONG_SECONDS, deadline - time.monotonic())
        if left > 0:
            fronts[place] = search_precision(
                formulas[place], X, score, clock_ns=limits.clock_ns, effort=_LONG, time_limit=left, timed=False
            )
    found: list[Circuit | None] = [None] * len(formulas)
    for place in kept:
        front = [replace(c, score=score(emulate(c.program, X))) for c in fronts[place]]
        if limits.max_latency_ns is not None:
            front = [c for c in (with_stages(c, limits.clock_ns) for c in front) if limits.fits_in_time(c)]
        found[place], smallest = _confirmed(formulas[place], front, limits)
        least = min(least, smallest)
    return tuple(found), least


def _quick_fronts(
    formulas: Sequence[Expression],
    X: NDArray[np.generic],
    score_on: Callable[[NDArray[np.int64]], Score],
    limits: Limits,
    deadline: float,
) -> dict[int, tuple[Candidate, ...]]:
    """The front of a short search for each formula that has a hardware form."""
    rows = np.sort(np.random.default_rng(0).permutation(len(X))[:_QUICK_ROWS])
    score, part = score_on(rows), X[rows]
    fronts: dict[int, tuple[Candidate, ...]] = {}
    for place, formula in enumerate(formulas):
        left = min(_QUICK_SECONDS, deadline - time.monotonic())
        if left <= 0 and fronts:
            break
        try:
            fronts[place] = search_precision(
                formula, part, score, clock_ns=limits.clock_ns, effort=_QUICK, time_limit=max(left, 1.0), timed=False
            )
        except SymbolNetError:
            continue  # it has no hardware form: a table of an exploding function, say
    return fronts


def _best(front: Sequence[Candidate], max_luts: float) -> float:
    return max((c.score for c in front if c.lut <= max_luts), default=-np.inf)


def _worth_more(fronts: dict[int, tuple[Candidate, ...]], limits: Limits) -> list[int]:
    """The formulas whose circuits are better than those of all simpler ones, or that are the smallest."""
    kept, best = [], -np.inf
    for place, front in fronts.items():
        value = _best(front, _OVER * limits.max_luts)
        if value > best:
            kept.append(place)
            best = value
    places = np.linspace(0, len(kept) - 1, min(_MOST_ROWS, len(kept))).round().astype(int)
    return [kept[k] for k in places]


def _confirmed(formula: Expression, front: Sequence[Candidate], limits: Limits) -> tuple[Circuit | None, float]:
    """The most accurate candidate that Yosys counts within the budget, and the least that it counted."""
    best: Circuit | None = None
    least, allowed = np.inf, limits.max_luts
    left = list(front)
    for _ in range(_MOST_COUNTS):
        left = [c for c in left if best is None or c.score > best.score]
        small = [c for c in left if c.lut <= allowed]
        if not small:
            if best is not None or not left:
                break
            small = [c for c in [min(left, key=lambda c: c.lut)] if c.lut <= _FAR * limits.max_luts]
            if not small:
                break
        chosen = max(small, key=lambda c: (c.score, -c.lut))
        left.remove(chosen)
        counted = count_luts(formula, chosen.program, limits.clock_ns)
        luts, tool = counted if counted is not None else (math.ceil(chosen.lut), ESTIMATE)
        least = min(least, luts)
        if luts <= limits.max_luts:
            stages = with_stages(chosen, limits.clock_ns).stages
            best = Circuit(chosen.program, chosen.score, luts, tool, stages, limits.clock_ns)
            if counted is None or luts >= _FULL * limits.max_luts:
                break
        # What this formula's guesses are worth: the next is looked for where the count would just fill the budget.
        ratio = limits.max_luts / max(luts, 1)
        allowed = chosen.lut * ratio
    return best, least
