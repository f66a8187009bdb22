"""Any operator as a unit of a budgeted model: what follows from its record alone."""

__all__ = [
    "OPERATOR",
    "hidden_factors",
    "is_affine",
    "is_homogeneous",
    "is_odd",
    "own_cost",
    "uses_of_arguments",
    "values_and_slopes",
]

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet.expression import Costs, Expression
from symbolnet.expression._affine import term
from symbolnet.expression._algebra import Algebra
from symbolnet.expression._graph import INPUT, children_of
from symbolnet.operators import Operator
from symbolnet.operators._formula import Add, Arg, Call, Formula, Mul, Num, Pow
from symbolnet.operators._primitives import PRIMITIVES

Array = NDArray[np.floating[Any]]
OPERATOR = "operator "
"""What the kind of such a unit is called begins so; no kind of `KINDS` does."""


def is_affine(operator: Operator) -> bool:
    """Whether the operator only adds up its arguments, so that sums do its work already."""

    def affine(node: Formula) -> bool:
        match node:
            case Arg() | Num():
                return True
            case Add(terms):
                return all(map(affine, terms))
            case Mul(factors):
                others = [factor for factor in factors if not isinstance(factor, Num)]
                return len(others) <= 1 and all(map(affine, others))
        return False

    return affine(operator.formula)


def is_homogeneous(operator: Operator) -> bool:
    """Whether a positive factor of all arguments leaves the operator, as it leaves Max and sqrt(x**2 + y**2)."""
    try:
        return _degree(operator.formula) == 1.0
    except _MixedError:
        return False


def is_odd(operator: Operator) -> bool:
    """Whether a sign of all arguments leaves the operator, as it leaves sinh."""
    try:
        return _parity(operator.formula) == -1
    except _MixedError:
        return False


def hidden_factors(operator: Operator) -> int:
    """How many factors may leave parts of the formula, beyond the one that leaves it as a whole.

    The sign of sin(-2*x) leaves the sine, and the constant of exp(x + 1) the exponential; each costs a factor there.
    """

    def count(node: Formula, outermost: bool) -> int:
        match node:
            case Arg() | Num():
                return 0
            case Add(parts) | Mul(parts):
                return sum(count(part, False) for part in parts)
            case Pow(base, exponent):
                return (exponent % 2 == 1 and not outermost) + count(base, False)
            case Call(name, parts):
                pulled = name in ("exp", "abs") or PRIMITIVES[name].parity == "odd"
                return (pulled and not outermost) + sum(count(part, False) for part in parts)

    return count(operator.formula, True)


class _MixedError(Exception):
    """A formula has no degree, or no parity."""


def _same(values: Iterable[float | None]) -> float | None:
    """The one value that all parts have; None where every part is zero, which has any."""
    known = {value for value in values if value is not None}
    if len(known) > 1:
        raise _MixedError
    return next(iter(known), None)


def _degree(node: Formula) -> float | None:
    """N where f(c*u, c*v, ...) = c**n * f(u, v, ...) for positive c; None for zero, which is of every degree."""
    match node:
        case Arg():
            return 1.0
        case Num(value):
            return 0.0 if value else None
        case Add(parts):
            return _same(map(_degree, parts))
        case Mul(parts):
            degrees = [_degree(part) for part in parts]
            return None if None in degrees else sum(degree for degree in degrees if degree is not None)
        case Pow(base, exponent):
            degree = _degree(base)
            return None if degree is None else degree * exponent
        case Call("abs" | "max" | "min", parts):
            return _same(map(_degree, parts))
        case Call("cond", (test, first, second)):
            _degree(test)  # of any degree: only its sign matters
            return _same(map(_degree, (first, second)))
        case Call(_, parts):
            if _same(map(_degree, parts)) not in (0.0, None):
                raise _MixedError
            return 0.0


def _parity(node: Formula) -> float | None:
    """1 where f(-u, -v, ...) = f(u, v, ...), -1 where it is -f(u, v, ...); None for zero, which is both."""
    match node:
        case Arg():
            return -1.0
        case Num(value):
            return 1.0 if value else None
        case Add(parts):
            return _same(map(_parity, parts))
        case Mul(parts):
            signs = [_parity(part) for part in parts]
            return None if None in signs else float(np.prod([sign for sign in signs if sign is not None]))
        case Pow(base, exponent):
            sign = _parity(base)
            return sign if sign == -1.0 and exponent % 2 == 1 else 1.0
        case Call(name, parts):
            sign = _same(map(_parity, parts))
            if sign != -1.0 or PRIMITIVES[name].parity == "even" or name == "log":  # a logarithm sees |u|
                return 1.0
            if PRIMITIVES[name].parity == "odd":
                return -1.0
            raise _MixedError


@lru_cache(maxsize=128)
def _alone(operator: Operator) -> Expression:
    """The operator of inputs of its own."""
    algebra = Algebra()
    arguments = [term(algebra.input(k)) for k in range(operator.arity)]
    graph, outputs = algebra.freeze([algebra.node(algebra.lower(operator.formula, arguments))])
    return Expression(graph, outputs, tuple(f"x{k}" for k in range(operator.arity)), ("y",))


def uses_of_arguments(operator: Operator) -> tuple[int, ...]:
    """How often the formula holds each argument: x/(1 + Abs(x)) holds its one twice."""
    graph = _alone(operator).graph
    paths = [0] * len(graph)
    paths[int(_alone(operator).outputs[0])] = 1
    children = children_of(graph)
    for node in reversed(range(len(graph))):
        for child in children[node]:
            paths[child] += paths[node]
    held = {int(graph.value[k]): paths[k] for k in range(len(graph)) if graph.kind[k] == INPUT}
    return tuple(held.get(k, 0) for k in range(operator.arity))


@lru_cache(maxsize=256)
def own_cost(operator: Operator, costs: Costs) -> float:
    """What the operator costs beside its arguments."""
    return _alone(operator).cost(costs) - sum(uses_of_arguments(operator)) * costs["variable"]


def values_and_slopes(operator: Operator) -> tuple[Callable[..., Array], Callable[..., tuple[Array, ...]]]:
    """(u, ...) → value, and (u, ...) → partial derivatives, both of the form that training has, in float32."""
    import jax
    import jax.numpy as jnp

    value = jax.jit(operator.jax)
    every = tuple(range(operator.arity))
    # Elementwise: the gradient of the sum holds the derivative of each element.
    slope = jax.jit(jax.grad(lambda *u: jnp.sum(operator.jax(*u)), argnums=every))

    def single(u: tuple[Array, ...]) -> list[Array]:
        return [np.asarray(each, np.float32) for each in u]

    def evaluate(*u: Array) -> Array:
        return np.asarray(value(*single(u)))

    def slopes(*u: Array) -> tuple[Array, ...]:
        return tuple(np.asarray(each) for each in slope(*single(u)))

    return evaluate, slopes
