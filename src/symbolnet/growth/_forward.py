"""Linear least squares with few of many columns: taken one after the other, or left out one after the other."""

__all__ = ["Choice", "backward", "forward"]

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
_INDEPENDENT = 1e-10
"""Share of its square that a column must keep beside those before it."""
_EXACT = 1e-24
"""Share of the target's square below which nothing is left to explain."""
_BETTER = 0.9
"""What an exchange must make of the squares that are left, so that exchanges come to an end."""


@dataclass(frozen=True)
class Choice:
    """A fit with some of the columns.

    Attributes
    ----------
    places : tuple of int
    const : float
    coefs : tuple of float
        In the order of `places`.
    loss : float
        Weighted sum of squares that is left.
    """

    places: tuple[int, ...]
    const: float
    coefs: tuple[float, ...]
    loss: float


def forward(columns: F64, target: F64, root: F64, steps: int) -> Iterator[Choice]:
    """One, two and more columns beside a constant: each time that which helps most, then the others once again.

    Parameters
    ----------
    columns : (columns, samples) array
    target, root : (samples,) arrays
        What is fitted, and the roots of the weights.
    steps : int
        Columns at most.
    """
    unit = _unit(columns * root)
    goal = target * root
    chosen: list[int] = []
    for _ in range(min(steps, len(columns), len(target) // 4)):
        place = _next(unit, goal, root, chosen)
        choice = None if place is None else _solved(columns, [*chosen, place], target, root)
        if choice is None:
            return
        for k in range(len(chosen)):  # what was right alone may be wrong in company
            rest = [place for j, place in enumerate(choice.places) if j != k]
            other = _next(unit, goal, root, rest)
            if other is None or other == choice.places[k]:
                continue
            exchanged = _solved(columns, [*rest, other], target, root)
            if exchanged is not None and exchanged.loss < _BETTER * choice.loss:
                choice = exchanged
                break
        chosen = list(choice.places)
        yield choice
        if choice.loss <= _EXACT * float(goal @ goal):
            return


def backward(columns: F64, target: F64, root: F64) -> Iterator[Choice]:
    """All columns beside a constant, then one less each time: that which is needed least."""
    kept = list(range(len(columns)))
    if len(kept) >= len(target) // 4:
        return
    while kept:
        choice = _solved(columns, kept, target, root)
        if choice is None:
            return
        yield choice
        matrix = _unit(np.stack([np.ones(len(target)), *columns[kept]]) * root)
        size = np.sqrt(((columns[kept] * root) ** 2).sum(axis=1))
        spread = np.diag(np.linalg.pinv(matrix @ matrix.T))[1:]
        kept.pop(int(np.argmin((np.array(choice.coefs) * size) ** 2 / np.maximum(spread, 1e-300))))


def _unit(columns: F64) -> F64:
    size = np.sqrt((columns**2).sum(axis=1, keepdims=True))
    return np.asarray(columns / np.where(size > 0, size, 1.0))


def _next(unit: F64, goal: F64, root: F64, chosen: list[int]) -> int | None:
    """The column that lowers the squares most beside the chosen ones."""
    basis = np.linalg.qr(np.stack([root, *unit[chosen]]).T)[0]
    left = goal - basis @ (basis.T @ goal)
    size = 1.0 - ((unit @ basis) ** 2).sum(axis=1)
    gain = (unit @ left) ** 2 / np.where(size > _INDEPENDENT, size, np.inf)
    gain[chosen] = 0.0
    place = int(np.argmax(gain))
    return place if gain[place] > 0 else None


def _solved(columns: F64, chosen: list[int], target: F64, root: F64) -> Choice | None:
    matrix = np.stack([np.ones(len(target)), *columns[chosen]]) * root
    size = np.sqrt((matrix**2).sum(axis=1))
    size[size == 0] = 1.0
    scaled = (matrix / size[:, None]).T
    if not (np.isfinite(scaled).all() and np.isfinite(size).all()):
        return None
    solution = np.linalg.lstsq(scaled, target * root, rcond=1e-13)[0] / size
    left = target * root - solution @ matrix
    const, *coefs = solution.tolist()
    loss = float(left @ left)
    return Choice(tuple(chosen), const, tuple(coefs), loss) if np.isfinite(loss) else None
