"""Constants that a fit left next to a whole number, made whole where the data agree."""

__all__ = ["polished"]

from collections.abc import Callable
from itertools import product

from symbolnet.expression import Expression

_TOLERANCES = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
_ROUNDING = 1e-9
"""Of the loss of the best constant: what a fit in single precision leaves of an exact law."""


def polished(formula: Expression, loss: Callable[[Expression], float], of_constants: float) -> Expression:
    """The formula with whole constants, if it then is simpler and no worse.

    Parameters
    ----------
    formula : Expression
    loss : Expression → float
    of_constants : float
        The loss of the best constants.
    """
    most = loss(formula) * (1 + 1e-6) + _ROUNDING * of_constants
    for tolerance, zero in product(_TOLERANCES, (True, False)):  # a coefficient of 1e-9 may be one of large inputs
        simpler = formula.with_whole_numbers(tolerance, zero=zero)
        if simpler.total_complexity < formula.total_complexity and loss(simpler) <= most:
            return simpler
    return formula
