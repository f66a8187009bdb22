"""What a formula costs: nodes, and nats of a description of its structure and its errors."""

__all__ = ["Scale", "code_length", "cost", "description"]

from dataclasses import dataclass
from functools import cached_property
from math import inf, isfinite, log

from symbolnet.growth._functions import function
from symbolnet.growth._tree import Call, Factor, Sum, Term


@dataclass(frozen=True)
class Scale:
    """What a part of a description costs, in nats.

    Attributes
    ----------
    samples : int
    inputs, functions : int
        How many there are to choose from.
    floor : float
        Errors below this share of the variance are all the same.
    """

    samples: int
    inputs: int
    functions: int
    floor: float = 1e-14

    @cached_property
    def constant(self) -> float:
        """Nats of a free constant."""
        return 0.5 * log(max(self.samples, 8))

    @cached_property
    def function(self) -> float:
        """Nats of the choice of a function."""
        return 1.0 + log(self.functions + 1)

    @cached_property
    def input(self) -> float:
        """Nats of the choice of an input."""
        return 1.0 + log(self.inputs)


def code_length(tree: Sum, scale: Scale) -> float:
    """Nats of the structure: a choice for every input and function, half a logarithm of the samples a constant."""
    total = scale.constant if tree.free else 0.0
    for term in tree.terms:
        total += 0.7 + (scale.constant if term.free else 0.0)
        for factor in term.factors:
            if isinstance(factor, Call):
                total += scale.function + code_length(factor.inner, scale)
            else:
                total += scale.input + (1.0 if factor.exponent != 1.0 else 0.0)
    return total


def description(tree: Sum, loss: float, scale: Scale, share: float = 1.0) -> float:
    """The description length of the samples: structure, constants and errors (minimum description length).

    A `share` below one counts the errors as if there were only so many samples: short formulas then win.
    """
    if not isfinite(loss):
        return inf
    return 0.5 * share * scale.samples * log(loss + 0.3 * scale.floor) + code_length(tree, scale)


def cost(tree: Sum) -> int:
    """Nodes of the formula as it will be printed, about: the printed formula is counted again."""
    total, parts = 0, 0
    if tree.free or tree.const != 0.0:
        total, parts = 1, 1
    for term in tree.terms:
        parts += 1
        total += _term(term)
    return max(total + (parts > 1), 1)


def _term(term: Term) -> int:
    nodes = sum(_factor(factor) for factor in term.factors)
    product = len(term.factors) > 1
    bare = not term.free and term.coef == 1.0
    return nodes + (1 if product else 0) + (0 if bare else 1 if product else 2)


def _factor(factor: Factor) -> int:
    if not isinstance(factor, Call):
        return 1 if factor.exponent == 1.0 else 3 if factor.exponent == int(factor.exponent) else 4
    inner = cost(factor.inner)
    if factor.name == "gauss":
        first = factor.inner.terms[0]
        inner -= 0 if not first.free else 1 if len(first.factors) > 1 else 2
        inner += 0
    return inner + function(factor.name).nodes
