"""A formula applied to arrays, or to SymPy expressions: the same walk over the tree, one set of primitives each."""

__all__ = ["apply_jax", "apply_numpy", "apply_sympy"]

import operator
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from symbolnet.operators._formula import Add, Arg, Call, Formula, Mul, Num, Pow
from symbolnet.operators._primitives import BOUND, PRIMITIVES, default_limit


def apply_numpy(formula: Formula, args: Sequence[Any]) -> Any:
    """Return the guarded value in float64."""
    import numpy as np

    from symbolnet.operators import _numpy

    given = [np.asarray(arg, dtype=np.float64) for arg in args]
    shape = np.broadcast_shapes(*(array.shape for array in given))
    arrays = [np.broadcast_to(array, shape or (1,)) for array in given]

    def call(name: str, parts: list[Any]) -> Any:
        return _numpy.function(name, [np.asarray(p, np.float64) for p in parts], PRIMITIVES[name].limit or 0.0)

    value = np.asarray(_walk(formula, arrays, _numpy.widest, _numpy.power, _numpy.product, call))
    return np.broadcast_to(value, shape or (1,)).reshape(shape)


def apply_jax(formula: Formula, args: Sequence[Any]) -> Any:
    """Return the guarded value on JAX arrays, in their float type."""
    import jax.numpy as jnp

    from symbolnet.operators import _jax

    def call(name: str, parts: list[Any]) -> Any:
        return _jax.function(name, [jnp.asarray(part) for part in parts], PRIMITIVES[name].limit)

    return _walk(formula, args, _jax.widest, _jax.power, _jax.product, call)


def apply_sympy(formula: Formula, args: Sequence[Any]) -> Any:
    """Return the plain mathematical form, simplified as SymPy does by itself."""
    import sympy

    def power(u: Any, exponent: float, _: float) -> Any:
        return u ** sympy.nsimplify(exponent)

    def product(factors: list[Any], _: float) -> Any:
        return sympy.Mul(*factors)

    def call(name: str, parts: list[Any]) -> Any:
        if name == "cond":
            return sympy.Piecewise((parts[1], parts[0] > 0), (parts[2], True))
        return getattr(sympy, PRIMITIVES[name].sympy)(*parts)

    return _walk(formula, args, lambda u, _: u, power, product, call)


def _walk(
    formula: Formula,
    args: Sequence[Any],
    term: Callable[[Any, float], Any],
    power: Callable[[Any, float, float], Any],
    product: Callable[[list[Any], float], Any],
    call: Callable[[str, list[Any]], Any],
) -> Any:
    def addend(node: Formula, terms: int) -> Any:
        match node:
            case Arg(index):
                return term(args[index], terms)
            case Mul((Num(number), Arg(index))):
                value = term(args[index], terms * max(1.0, abs(number)))
                return -value if number == -1 else number * value
        return walk(node)

    def walk(node: Formula) -> Any:
        match node:
            case Arg(index):
                return args[index]
            case Num(value):
                return int(value) if value == int(value) else value
            case Add(terms):
                parts = [addend(t, len(terms)) for t in terms]
                return reduce(operator.add, parts)
            case Mul(factors):
                numbers = [f.value for f in factors if isinstance(f, Num)]
                others = [walk(f) for f in factors if not isinstance(f, Num)]
                value = product(others, BOUND) if len(others) > 1 else others[0]
                for number in numbers:
                    value = -value if number == -1 else number * value
                return value
            case Pow(base, exponent):
                return power(walk(base), exponent, default_limit(exponent))
            case Call(name, parts):
                return call(name, [walk(p) for p in parts])

    return walk(formula)
