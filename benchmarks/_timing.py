"""Seconds of a call, with a pause before it."""

__all__ = ["timed"]

import time
from collections.abc import Callable

_PAUSE = 0.2
"""Longer than the threads of OpenBLAS and XLA spin before they sleep."""


def timed(call: Callable[[], object], repeat: int = 1) -> float:
    """Seconds of `repeat` calls, when no thread of another library waits for work any more."""
    time.sleep(_PAUSE)
    started = time.perf_counter()
    for _ in range(repeat):
        call()
    return time.perf_counter() - started
