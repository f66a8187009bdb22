"""Any operator as a unit of a budgeted model: what follows from its record alone."""

__all__ = ["OPERATOR", "is_affine", "is_homogeneous", "is_odd", "own_cost", "uses_of_arguments", "values_and_slopes"]

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet.expression import Costs, Expression
from symbolnet.expression._affine import term
from symbolnet.expression._algebra import Algebra
from symbolnet.expression._graph import INPUT, children_of
from symbolnet.operators import Operator
from symbolnet.operators._formula import Add, Arg, Formula, Mul, Num

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
    """Whether a positive factor of all arguments leaves the operator, as it leaves Max; seen on random numbers."""
    return all(_scales(operator, factor) for factor in (0.3, 1.7))


def is_odd(operator: Operator) -> bool:
    """Whether a sign of all arguments leaves the operator, as it leaves sinh; seen on random numbers."""
    return _scales(operator, -1.0)


def _scales(operator: Operator, factor: float) -> bool:
    arguments = np.random.default_rng(0).uniform(-3, 3, (operator.arity, 200))
    value = operator.numpy(*arguments)
    return bool(np.allclose(operator.numpy(*(factor * arguments)), factor * value, rtol=1e-9, atol=1e-12))


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
