"""Further costs that a scan keeps small beside the complexity."""

__all__ = ["COSTS", "costs_on"]

from collections.abc import Callable, Iterable
from typing import Any

COSTS = ("luts",)
"""What --objective takes."""

_MOST_ROWS = 2000
"""Rows that ranges are taken from; a cost is computed for every trial that ends."""


def costs_on(names: Iterable[str], X: Any) -> dict[str, Callable[[Any], float]]:
    """The functions of an `Expression` for costs of these names, on data X (samples, inputs)."""
    import numpy as np

    rows = np.unique(np.linspace(0, len(X) - 1, min(len(X), _MOST_ROWS)).astype(int))
    sample = np.asarray(X)[rows]
    return {name: _luts_on(sample) for name in names if name == "luts"}


def _luts_on(sample: Any) -> Callable[[Any], float]:
    """LUTs of an FPGA as `symbolnet export` guesses them, at the same bits for every formula: 6 an input and a table.

    Fewer bits may do for one formula and not for another; `symbolnet export --precision auto` finds out.
    """

    def luts(expression: Any) -> float:
        from symbolnet.hardware._cost import guess_luts
        from symbolnet.hardware._fused import lower_fused
        from symbolnet.hardware._precision import Precision, prepare

        if not expression.used_inputs:
            return 0.0  # constants are wires
        return float(round(guess_luts(lower_fused(*prepare(expression, sample, squares=False), Precision()))))

    return luts
