"""The functions that everything else is made of, and the guard that each of them carries.

Sums, products and constant powers are algebra; the functions here are the rest. Every other operator (`gauss`,
`sigmoid`, `/`, ...) is a formula over these, so a guard is stated once and holds in training, in NumPy and JAX
evaluation of an expression and in emitted Python and C code. The guards:

- The output of every function, product and power saturates at ±limit, `BOUND` = 1e12 unless said otherwise.
  The argument is clipped where the limit is reached, before the function is taken, so that a gradient is never inf·0.
- A negative power u**-n sees sign(u)·max(|u|, `DIVISION_FLOOR`), with sign(0) = +1; its limit is therefore 1e-3**-n.
- tan has the limit 1/`DIVISION_FLOOR`: it is a division by a cosine that may vanish.
- log(u) sees max(|u|, `LOG_FLOOR`); a fractional power sees |u|.
- sin, cos and tan in JAX's float32 see at most 2**24 in magnitude, from where a float32 has no phase any more.
- A condition a > 0 selects hard; its gradient is that of a sigmoid of slope `SURROGATE_SLOPE` (the paper's kappa).

The plain mathematical form, which SymPy, LaTeX and text show, is equal wherever no guard is active.
"""

__all__ = [
    "BOUND",
    "DIVISION_FLOOR",
    "FACTOR_BOUND",
    "LOG_FLOOR",
    "PRIMITIVES",
    "ROOT_FLOOR",
    "SINGLE_FACTOR_BOUND",
    "SURROGATE_SLOPE",
    "Primitive",
    "default_limit",
]

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

BOUND = 1e12
"""The largest magnitude that an operator returns."""

FACTOR_BOUND = 1e150
"""Factors are clipped here before they are multiplied: 1e150 squared is still finite in float64."""

SINGLE_FACTOR_BOUND = 1e18
"""The same in float32. A formula of metres and coulombs has factors beyond it, so float64 has its own."""

DIVISION_FLOOR = 1e-3
"""The smallest magnitude of a denominator, theta of Sahoo et al. 2018 (arXiv:1806.07259)."""

LOG_FLOOR = 1e-6
"""The smallest argument of a logarithm."""

ROOT_FLOOR = 1e-6
"""Below this, the gradient of a root is the one at this point; the root itself is exact."""

SURROGATE_SLOPE = 5.0
"""kappa of the surrogate gradient of a step, as in the paper's Section III.B."""


@dataclass(frozen=True)
class Primitive:
    """One primitive function; the JAX, NumPy and C forms have the same name in `_jax`, `_numpy` and the code printers.

    Attributes
    ----------
    name : str
    arity : int or None
        None: any number of arguments, at least one.
    sympy : str
        The class in SymPy; also the name in text.
    latex : str
        The macro.
    limit : float or None
        The magnitude at which the output saturates; None where it is bounded by itself.
    parity : {"odd", "even"} or None
        Lets a minus sign be taken out of the argument.
    extra_nodes : int
        Nodes in the SymPy tree beyond the function and its arguments.
    """

    name: str
    arity: int | None
    sympy: str
    latex: str
    limit: float | None = None
    parity: Literal["odd", "even"] | None = None
    extra_nodes: int = 0


_ALL = (
    Primitive("sin", 1, "sin", r"\sin", parity="odd"),
    Primitive("cos", 1, "cos", r"\cos", parity="even"),
    Primitive("tan", 1, "tan", r"\tan", limit=1 / DIVISION_FLOOR, parity="odd"),
    Primitive("exp", 1, "exp", r"\exp", limit=BOUND),
    Primitive("sinh", 1, "sinh", r"\sinh", limit=BOUND, parity="odd"),
    Primitive("cosh", 1, "cosh", r"\cosh", limit=BOUND, parity="even"),
    Primitive("tanh", 1, "tanh", r"\tanh", parity="odd"),
    Primitive("log", 1, "log", r"\log"),
    Primitive("abs", 1, "Abs", r"\left|", limit=BOUND, parity="even"),
    Primitive("max", None, "Max", r"\max", limit=BOUND),
    Primitive("min", None, "Min", r"\min", limit=BOUND),
    # Piecewise, two ExprCondPair, StrictGreaterThan, 0 and True: six, of which one is the function itself.
    Primitive("cond", 3, "Piecewise", r"\begin{cases}", limit=BOUND, extra_nodes=5),
)

PRIMITIVES: Mapping[str, Primitive] = MappingProxyType({p.name: p for p in _ALL})


def default_limit(exponent: float) -> float:
    """Return the saturation of a power: `BOUND`, for a negative exponent at most ``DIVISION_FLOOR**exponent``."""
    if exponent >= 0:
        return BOUND
    return BOUND if exponent < -4 else min(BOUND, DIVISION_FLOOR**exponent)
