"""Ctrl-C ends training at the next safe point instead of in the middle of an update."""

__all__ = ["interruptible"]

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Within the context, the first SIGINT only sets a flag, which the yielded function returns; a second one raises.

    Python delivers signals to the main thread only, so in other threads nothing is changed.
    """
    caught = False

    def handler(_signum: int, _frame: FrameType | None) -> None:
        nonlocal caught
        if caught:
            raise KeyboardInterrupt
        caught = True

    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    previous = signal.signal(signal.SIGINT, handler)
    try:
        yield lambda: caught
    finally:
        signal.signal(signal.SIGINT, previous)
