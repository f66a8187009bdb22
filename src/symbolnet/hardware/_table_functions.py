"""The functions that an hls4ml project keeps as tables, in Python and in the C++ of the project: one entry, one bit.

Both are over the C library, and both have the guards of `symbolnet.operators`: a logarithm sees |u| of at least 1e-6, a
negative power keeps away from zero, a fractional one sees |u|.
"""

__all__ = ["TableFunction", "header", "power", "primitive"]

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from symbolnet.operators import _numpy
from symbolnet.operators._primitives import LOG_FLOOR


@dataclass(frozen=True)
class TableFunction:
    """A function of one number.

    Attributes
    ----------
    name : str
        In C++ and in messages.
    code : str
        In C++, of a double u.
    at : callable
        The same of a Python float; may overflow.
    array : callable
        The same by NumPy, to a few units in the last place, of an array.
    """

    name: str
    code: str
    at: Callable[[float], float] = field(compare=False)
    array: Callable[[NDArray[np.float64]], NDArray[np.float64]] = field(compare=False)


def primitive(name: str) -> TableFunction | None:
    """Return a primitive operator as a function of one number; None where it is none or has an exact form."""
    if name == "log":
        guarded = f"std::log(std::max(std::fabs(u), {LOG_FLOOR!r}))"
        return TableFunction(name, guarded, lambda u: math.log(max(abs(u), LOG_FLOOR)), _numpy.log)
    if name not in ("sin", "cos", "tan", "exp", "sinh", "cosh", "tanh"):
        return None
    return TableFunction(
        name, f"std::{name}(u)", getattr(math, name), lambda u: _numpy.function(name, [u], math.inf)
    )  # fmt: skip


def power(exponent: float, limit: float) -> TableFunction:
    """Return u**exponent with the guards of `symbolnet.operators`; the sign of limit is that of the value at zero."""
    sign = math.copysign(1.0, limit)
    edge = _numpy.power_edge(exponent, abs(limit)) if exponent < 0 else 0.0
    odd = exponent == int(exponent) and int(exponent) % 2 == 1
    name = f"power_{exponent!r}{'_m' if sign < 0 else ''}".replace("-", "m").replace(".", "p").replace("+", "")
    turned = f"({sign!r} * u < 0 ? {-sign!r} : {sign!r})" if odd else repr(sign)

    def at(u: float) -> float:
        size = float(max(abs(u), edge) ** exponent)
        return -sign * size if odd and sign * u < 0 else sign * size

    return TableFunction(
        name,
        f"{turned} * std::pow(std::max(std::fabs(u), {edge!r}), {exponent!r})",
        at,
        lambda u: _numpy.power(u, exponent, limit),
    )


def header(functions: Collection[TableFunction]) -> str:
    """Return the header of a project with these functions, and the exact ones of the arithmetic."""
    of = [f"template <class T> T {f.name}(T x) {{ const double u = x.to_double(); return T({f.code}); }}"
          for f in functions]  # fmt: skip
    return "\n".join([_HEAD, *of, _TAIL])


_HEAD = """// The functions of this project over the standard library: those that fill its tables, and exact ones.
// This is not the hls_math of Xilinx: the tables hold the same entries wherever they are compiled.
#ifndef FUNCTIONS_H_
#define FUNCTIONS_H_

#include <algorithm>
#include <cmath>

namespace functions {
"""
_TAIL = """
template <class T> T abs(T x) { return x < 0 ? T(-x) : x; }
template <class T> T max(T a, T b) { return a < b ? b : a; }
template <class T> T min(T a, T b) { return b < a ? b : a; }

} // namespace functions

#endif
"""
