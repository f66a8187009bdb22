"""The record that holds every form of one operator."""

__all__ = ["Operator"]

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from symbolnet.operators._formula import Formula, count_formula_nodes
from symbolnet.operators._interpret import apply_jax, apply_numpy, apply_sympy


@dataclass(frozen=True)
class Operator:
    """One operator: its formula, and all that follows from it.

    Attributes
    ----------
    name : str
        What the user types.
    arity : int
        The number of arguments.
    text : str
        The formula as one line, over `arguments`.
    arguments : tuple of str
    formula : Formula
        The tree of guarded primitives that `text` means. Expressions, printers, code and complexity use it.
    domain : str
        A sentence that says what the guard does.
    penalty : callable or None
        Of the same arguments as `jax`: a non-negative elementwise term, zero inside the operator's domain, whose
        gradient pushes the argument back into it; add its mean to the loss while training.
    custom_jax : callable or None
        A hand-written replacement of the derived JAX form. It must have the same values.
    costs : mapping
        Cost of one application by preset. ``"nodes"`` is always there: the nodes it adds to a SymPy tree.
    """

    name: str
    arity: int
    text: str
    arguments: tuple[str, ...]
    formula: Formula = field(repr=False)
    domain: str = ""
    penalty: Callable[..., Any] | None = field(default=None, repr=False)
    custom_jax: Callable[..., Any] | None = field(default=None, repr=False)
    costs: Mapping[str, float] = field(default_factory=dict, repr=False, hash=False)

    def __post_init__(self) -> None:
        costs = {"nodes": float(count_formula_nodes(self.formula)), **self.costs}
        object.__setattr__(self, "costs", MappingProxyType(costs))

    def jax(self, *args: Any) -> Any:
        """Evaluate elementwise on JAX arrays; values and gradients are finite for every finite argument."""
        self._check(len(args))
        return self.custom_jax(*args) if self.custom_jax is not None else apply_jax(self.formula, args)

    def numpy(self, *args: Any) -> Any:
        """Evaluate on NumPy arrays in float64; this is the reference."""
        self._check(len(args))
        return apply_numpy(self.formula, args)

    def sympy(self, *args: Any) -> Any:
        """Return the plain mathematical form of SymPy arguments; equal to the others where no guard is active."""
        self._check(len(args))
        return apply_sympy(self.formula, args)

    def _check(self, given: int) -> None:
        if given != self.arity:
            raise TypeError(f"operator {self.name!r} takes {self.arity} argument(s), not {given}")
