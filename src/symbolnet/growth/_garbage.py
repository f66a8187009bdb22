"""Fewer garbage collections while formulas grow: a search makes millions of small records, and none in a cycle."""

__all__ = ["fewer_collections"]

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_NEW_OBJECTS = 50_000
"""Objects between two collections of the youngest generation; CPython's own number is 700 to 2,000."""
_lock = Lock()
_inside = 0
_before = gc.get_threshold()


@contextmanager
def fewer_collections() -> Iterator[None]:
    """Raise the garbage collector's first threshold; the last of several threads to leave puts it back."""
    global _inside, _before
    with _lock:
        if _inside == 0:
            _before = gc.get_threshold()
            if 0 < _before[0] < _NEW_OBJECTS:
                gc.set_threshold(_NEW_OBJECTS, *_before[1:])
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                gc.set_threshold(*_before)
