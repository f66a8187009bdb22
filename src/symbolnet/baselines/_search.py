"""What one search for one formula is given."""

__all__ = ["SearchSettings", "cores"]

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class SearchSettings:
    """Time and limits of one search.

    Attributes
    ----------
    seconds : float
    unary_operators : tuple of str
    max_length : int
    random_state : int
    """

    seconds: float
    unary_operators: tuple[str, ...]
    max_length: int
    random_state: int


def cores() -> int:
    """The processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
