"""`--precision auto`: search, choose within the limits, and let Yosys confirm a limit on LUTs."""

__all__ = ["AutoResult", "auto_precision"]

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from symbolnet._errors import SymbolNetError
from symbolnet.expression import Expression
from symbolnet.hardware._export import export
from symbolnet.hardware._search import EFFORT, Candidate, Score, choose, search_precision
from symbolnet.hardware._synth import Synthesis, synthesise

_MOST_ROWS = 10_000
_MOST_SYNTHESES = 4
_FAR = 3.0
"""A limit so many times below the smallest guess is not worth asking Yosys about."""


@dataclass(frozen=True, eq=False)
class AutoResult:
    """What was chosen, and from what.

    Attributes
    ----------
    chosen : Candidate
    front : tuple of Candidate
    exact : float
        The score of the formula in floating point, on the same rows.
    synthesis : Synthesis or None
        Of the chosen one, where a limit on LUTs had to be confirmed.
    """

    chosen: Candidate
    front: tuple[Candidate, ...]
    exact: float
    synthesis: Synthesis | None


def sample_rows(count: int, most: int = _MOST_ROWS) -> np.ndarray:
    """Return the rows that precision is chosen on: all, or so many of them at random.

    Parameters
    ----------
    count : int
        Rows that there are.
    most : int

    Returns
    -------
    int array (rows,)
        Ascending; the same for the same numbers.
    """
    return np.arange(count) if count <= most else np.sort(np.random.default_rng(0).choice(count, most, replace=False))


def auto_precision(
    expression: Expression,
    X: ArrayLike,
    score: Score,
    *,
    clock_ns: float = 5.0,
    max_luts: float | None = None,
    max_latency_ns: float | None = None,
    effort: int = EFFORT,
    time_limit: float | None = None,
) -> AutoResult:
    """Return the precision that suits the limits.

    Parameters
    ----------
    expression : Expression
    X : array, (n_samples, n_inputs)
        Validation data.
    score : callable
        Of the outputs for X.
    clock_ns, max_luts, max_latency_ns : float, optional
        Without `max_luts`, the smallest circuit whose score is at most 0.005 below that of the formula.
    effort : int
        Precisions to evaluate.
    time_limit : float, optional
        Seconds of search.

    Raises
    ------
    SymbolNetError
        If nothing is within the limits.
    """
    exact = score(expression(np.asarray(X)))
    front = search_precision(expression, X, score, clock_ns=clock_ns, effort=effort, time_limit=time_limit)
    pick = partial(choose, exact=exact, max_latency_ns=max_latency_ns, clock_ns=clock_ns)
    if max_luts is None:
        return AutoResult(pick(front), front, exact, None)
    if min(c.lut for c in front) > _FAR * max_luts:
        pick(front, max_luts=max_luts)  # says what the least is
    left: Sequence[Candidate] = front
    allowed = 1.25 * max_luts  # guesses are rather high
    measured: list[int] = []
    for _ in range(_MOST_SYNTHESES):
        if not left:
            break
        candidate = pick(left, max_luts=max(allowed, min(c.lut for c in left)))
        with tempfile.TemporaryDirectory() as folder:
            bundle = export(expression, Path(folder) / "try", precision=candidate.program, clock_ns=clock_ns)
            found = synthesise(bundle, dsp=False)
        if found.lut <= max_luts:
            return AutoResult(candidate, front, exact, found)
        measured.append(found.lut)
        allowed = candidate.lut * max_luts / found.lut
        left = [c for c in left if c.lut < candidate.lut]
    raise SymbolNetError(
        f"--max-luts {max_luts:g}: the smallest circuit that was tried takes {min(measured, default=0)}; allow more, "
        "or choose a simpler row with --index"
    )
