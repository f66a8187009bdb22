"""What one search for one formula is given."""

__all__ = ["SearchSettings"]

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
