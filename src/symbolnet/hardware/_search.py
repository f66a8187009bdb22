"""How many bits where: a front of quality against LUTs, found by taking bits away one by one from a rich precision.

Quality is measured with the exact emulator on the user's validation data, LUTs are guessed from the program. At each
step the bit goes whose loss of quality is smallest for the LUTs that it saves. A saving is measured again only when its
turn comes, since most of them change little from step to step. Every precision on the way counts for the front, whose
neighbours are then tried for as long as there is time.
"""

__all__ = ["EFFORT", "TOLERANCE", "Candidate", "choose", "search_precision", "with_stages"]

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.expression import Expression
from symbolnet.expression._graph import INPUT, PROD, SUM
from symbolnet.hardware._cost import guess_luts
from symbolnet.hardware._emulate import emulate_integers, quantise_inputs
from symbolnet.hardware._fused import lower_fused
from symbolnet.hardware._lower import check_alive, check_saturation
from symbolnet.hardware._precision import Precision, prepare
from symbolnet.hardware._program import Program
from symbolnet.hardware._structure import Structure
from symbolnet.hardware._trace import trace

Score = Callable[[NDArray[np.float64]], float]
"""Outputs (n_samples, n_outputs) to a number that is larger the better they are."""

_LEAST = {"input": 2, "index": 3, "coefficient": -3, "factor": 2, "output": 3}
_MOST = {"input": 12, "index": 9, "coefficient": 4, "factor": 10, "output": 14}
_GOLDEN = 0.618033988749895
_RICH = Precision(input=9, index=9, coefficient=2, factor=7, output=11)
EFFORT = 2500
"""Precisions that a search evaluates."""
TOLERANCE = 0.005
"""What a circuit may be worse than its formula, in accuracy or R²."""
_DESCENTS = 0.6
"""The share of them that taking away bits may use; the rest goes to neighbours of the front."""
_MOST_ITEMS = 80
"""With more inputs and sums than this, bits are taken from all of a kind at once."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """One precision.

    Attributes
    ----------
    precision : Precision
    program : Program
    score : float
        On the validation data.
    lut : float
        Guessed.
    ff, stages : int
        Registers and clock cycles as da4ml cuts the pipeline; zero while they are not known.
    """

    precision: Precision
    program: Program
    score: float
    lut: float
    ff: int = 0
    stages: int = 0


def search_precision(
    expression: Expression,
    X: ArrayLike,
    score: Score,
    *,
    clock_ns: float = 5.0,
    effort: int = EFFORT,
    time_limit: float | None = None,
    rich: Precision = _RICH,
    timed: bool = True,
) -> tuple[Candidate, ...]:
    """Return the front, smallest circuit first.

    Parameters
    ----------
    expression : Expression
        Of raw inputs.
    X : array, (n_samples, n_inputs)
        Validation data; 5,000 to 20,000 rows are enough.
    score : callable
        Of the outputs for X.
    clock_ns : float
        What the pipeline is cut for.
    effort : int
        Precisions to evaluate, some 10 ms each for a formula of ten terms.
    time_limit : float, optional
        In seconds; what has been found until then is returned. The result then depends on the machine.
    rich : Precision
        Where the search begins.
    timed : bool
        Whether the pipeline of every circuit of the front is cut, which gives `Candidate.ff` and `Candidate.stages`.

    Raises
    ------
    SymbolNetError
        If the formula has no hardware form at any precision that was tried.
    """
    samples = np.asarray(X)
    products = bool((expression.graph.kind == PROD).any())
    searches = [_Search(expression, samples, score, squares) for squares in (False, True)[: 1 + products]]
    work = _Work(searches, effort, np.inf if time_limit is None else time.monotonic() + time_limit)
    starts = [(search, start) for search in searches for start in (rich, _lower_by(rich, 2))]
    for place, (search, start) in enumerate(starts):
        squares = bool(search is searches[-1] and products)
        search.descend(start.with_(squares=squares), work.part(_DESCENTS / (len(starts) - place)))
    if not any(search.seen for search in searches):
        searches[0].evaluate(rich, refuse=True)
    _improve(searches, work)
    front = _front_of(searches)
    return tuple(with_stages(candidate, clock_ns) for candidate in front) if timed else front


def _front_of(searches: Sequence["_Search"]) -> tuple[Candidate, ...]:
    return _front([candidate for search in searches for candidate in search.seen.values()])


@dataclass(frozen=True, eq=False)
class _Work:
    """How long to go on: until so many precisions were evaluated, or a moment has come."""

    searches: Sequence["_Search"]
    effort: int
    deadline: float

    @property
    def left(self) -> bool:
        return self._done() < self.effort and time.monotonic() < self.deadline

    def part(self, share: float) -> "_Work":
        """A share of what is left."""
        done, now = self._done(), time.monotonic()
        end = now + share * (self.deadline - now) if np.isfinite(self.deadline) else np.inf
        return _Work(self.searches, done + int(share * (self.effort - done)), end)

    def _done(self) -> int:
        return sum(search.tried for search in self.searches)


def _improve(searches: Sequence["_Search"], work: _Work) -> None:
    """Try one bit more and one bit less of everything around the points of the front."""
    visited: set[int] = set()
    while work.left:
        left = [candidate for candidate in _front_of(searches) if id(candidate) not in visited]
        if not left:
            return
        # The golden ratio spreads the visits evenly over the front, however it grows.
        chosen = left[int(len(left) * (_GOLDEN * len(visited) % 1.0))]
        visited.add(id(chosen))
        search = searches[int(chosen.precision.squares)]
        for item in search.items:
            for bits in (-1, 1):
                if work.left:
                    search.changed(chosen.precision, item, bits)


def with_stages(candidate: Candidate, clock_ns: float) -> Candidate:
    """Return the candidate with the registers and clock cycles that da4ml cuts its pipeline into."""
    logic = trace(candidate.program, clock_ns)
    return replace(candidate, ff=int(logic.pipeline.reg_bits), stages=logic.stages)


def _lower_by(precision: Precision, bits: int) -> Precision:
    return precision.with_(
        input=precision.input - bits, index=precision.index - bits, factor=precision.factor - bits,
        output=precision.output - bits, coefficient=precision.coefficient - bits,
    )  # fmt: skip


class _Search:
    def __init__(self, expression: Expression, X: NDArray[np.generic], score: Score, squares: bool) -> None:
        self.X, self.score = X, score
        self.expression, self.structure, self.ranges = prepare(expression, X, squares)
        self.items = _items(self.structure)
        self.seen: dict[str, Candidate] = {}
        self.tried = 0

    def evaluate(self, precision: Precision, *, refuse: bool = False) -> Candidate | None:
        """Return the candidate of a precision, or None where the formula does not fit it."""
        key = repr(sorted(precision.to_json().items(), key=str))
        if key not in self.seen:
            self.tried += 1
            try:
                program = lower_fused(self.expression, self.structure, self.ranges, precision)
                check_alive(program)
                check_saturation(program, self.X)
            except SymbolNetError:
                if refuse:
                    raise
                return None
            steps = np.array([form.step for form in program.output_formats])
            values = emulate_integers(program, quantise_inputs(program, self.X)) * steps
            self.seen[key] = Candidate(precision, program, self.score(values), guess_luts(program))
        return self.seen[key]

    def descend(self, start: Precision, work: _Work) -> None:
        """Take bits away one by one until the score has no more to lose."""
        current = self.evaluate(start)
        if current is None:
            return
        worst = current.score - 0.3 * abs(current.score)
        # By item: the score lost for a LUT saved, as far as known; what was never measured comes first.
        prices: dict[tuple[str, int], float] = dict.fromkeys(self.items, -np.inf)
        found: dict[tuple[str, int], Candidate] = {}
        while prices and work.left and current.score > worst:
            item = min(prices, key=lambda k: prices[k])
            if item in found:  # the cheapest, and measured from here
                current, found = found[item], {}
                continue
            candidate = self.changed(current.precision, item, -1)
            if candidate is None:
                del prices[item]
                continue
            found[item] = candidate
            prices[item] = _price(current, candidate)

    def changed(self, precision: Precision, item: tuple[str, int], by: int) -> Candidate | None:
        """Return the candidate with so many bits more of one item, or None where that is out of range."""
        kind, place = item
        bits = (precision.bits(kind, place) if place >= 0 else int(getattr(precision, kind))) + by
        if not _LEAST[kind] <= bits <= _MOST[kind]:
            return None
        changed = precision.with_(**{kind: bits}) if place < 0 else precision.with_special(f"{kind}:{place}", bits)
        return self.evaluate(changed)


def _price(before: Candidate, after: Candidate) -> float:
    """Loss of score for a LUT saved; what saves nothing is taken only where it costs nothing either."""
    saved, lost = before.lut - after.lut, before.score - after.score
    if lost <= 0:
        return -1.0 + lost - 1e-6 * saved if saved >= 0 else 1e-9 * -saved
    return lost / max(saved, 0.1)


def _items(structure: Structure) -> list[tuple[str, int]]:
    """What can lose bits: kind and place, or -1 for all of a kind."""
    kind, value = structure.graph.kind, structure.graph.value
    bases = {term.base for terms in structure.joins.values() for term in terms} | set(structure.base) - {-1}
    inputs = sorted(base for base in bases if kind[base] == INPUT)
    linear = sorted({t.base for terms in structure.joins.values() for t in terms if t.linear and t.base >= 0})
    found = [("input", int(value[base])) for base in inputs]
    found += [("index", base) for base in structure.readers if base >= 0]
    found += [("coefficient", base) for base in linear]
    found += [("factor", base) for base in structure.joins if kind[base] != SUM]
    if len(found) > _MOST_ITEMS:
        has_products = any(kind[base] == PROD for base in structure.joins)
        found = [(name, -1) for name in ("input", "index", "coefficient", *(("factor",) if has_products else ()))]
    return [*found, ("output", -1)]


def _front(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    front: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda c: (c.lut, -c.score)):
        if not front or candidate.score > front[-1].score:
            front.append(candidate)
    return tuple(front)


def choose(
    front: Sequence[Candidate],
    exact: float,
    *,
    max_luts: float | None = None,
    max_latency_ns: float | None = None,
    clock_ns: float = 5.0,
    tolerance: float = TOLERANCE,
) -> Candidate:
    """Return the best candidate within the limits; without a limit on LUTs, the smallest that is good enough.

    Parameters
    ----------
    front : sequence of Candidate
    exact : float
        The score of the formula in floating point.
    max_luts, max_latency_ns : float, optional
    clock_ns : float
    tolerance : float
        Good enough is `exact` less this.

    Raises
    ------
    SymbolNetError
        If nothing is within the limits; the line says what comes nearest.
    """
    in_time = [c for c in front if max_latency_ns is None or c.stages * clock_ns <= max_latency_ns]
    if not in_time:
        least = min(c.stages for c in front) * clock_ns
        raise SymbolNetError(
            f"--max-latency-ns {max_latency_ns:g}: the fastest circuit takes {least:g} ns at a clock of {clock_ns:g} "
            "ns; allow more, or choose a simpler row with --index"
        )
    if max_luts is None:
        good = [c for c in in_time if c.score >= exact - tolerance]
        return min(good, key=lambda c: c.lut) if good else max(in_time, key=lambda c: c.score)
    small = [c for c in in_time if c.lut <= max_luts]
    if not small:
        least_lut = min(c.lut for c in in_time)
        raise SymbolNetError(
            f"--max-luts {max_luts:g}: the smallest circuit takes about {least_lut:.0f}; allow more, or choose a "
            "simpler row with --index"
        )
    return max(small, key=lambda c: (c.score, -c.lut))
