"""The units that a budgeted model is built of: each with its value, its slope and the nodes that it prints as.

The usual ones are written out, since factors and signs may leave them. Any other operator, a user's own included, is a
unit too (`_operator_kinds.py`); it takes its forms as they are.
"""

__all__ = ["KINDS", "Kind", "jax_unit", "kind_of", "kinds_for"]

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet.budget._operator_kinds import (
    OPERATOR,
    hidden_factors,
    is_affine,
    is_homogeneous,
    is_odd,
    own_cost,
    uses_of_arguments,
    values_and_slopes,
)
from symbolnet.expression import Costs
from symbolnet.operators import Operator, get_operator
from symbolnet.operators._builtin import BUILTIN

Array = NDArray[np.floating[Any]]
FLOOR = 1e-3
"""The least magnitude of a denominator, the guard that `symbolnet.operators` puts on negative powers."""


@dataclass(frozen=True)
class Kind:
    """One sort of unit: an operator applied to one or two affine forms.

    Attributes
    ----------
    name : str
    n_forms : int
        Affine forms that it takes; the formula holds the k-th `uses[k]` times.
    parts : tuple of str
        SymPy nodes of the operator alone, without its coefficient and its forms, by the names of `Costs`.
    scaled : bool
        Whether a factor of a form may leave the operator (|c·u| = |c|·|u|), so that one coefficient inside is saved.
        The unit's own coefficient is then ±1 in the model, as the forms carry its magnitude.
    inner : bool
        Whether a factor of the form is free inside, as that of exp(-c·u**2) is.
    odd : bool
        Whether a sign may leave the operator.
    evaluate : (u, ...) → value
    slopes : (u, ...) → tuple of the partial derivatives
    operators : tuple of str
        The names of `symbolnet.operators`, any of which allows this unit.
    uses : tuple of int
    record : Operator or None
        The operator that the unit is, if it is not one of those below.
    homogeneous : bool
        Whether a positive factor of all forms leaves the operator. Then the unit's own coefficient is ±1 in the model,
        and the forms carry its magnitude.
    """

    name: str
    n_forms: int
    parts: tuple[str, ...]
    scaled: bool
    inner: bool
    odd: bool
    evaluate: Callable[..., Array]
    slopes: Callable[..., tuple[Array, ...]]
    operators: tuple[str, ...]
    uses: tuple[int, ...] = (1, 1)
    record: Operator | None = None
    homogeneous: bool = False

    def cost(self, costs: Costs) -> float:
        """What the operator alone costs; for relu, which a negative factor turns from Max to Min, the dearer one."""
        if self.record is not None:
            factor = costs["*"] + costs["constant"]
            return own_cost(self.record, costs) + hidden_factors(self.record) * factor
        own = sum(costs[part] for part in self.parts)
        return own + max(0.0, costs["min"] - costs["max"]) if self.name == "relu" else own


def _inverse(u: Array) -> Array:
    return np.where(u < 0, -1.0, 1.0).astype(u.dtype) / np.maximum(np.abs(u), FLOOR)


def _ratio_slopes(u: Array, v: Array) -> tuple[Array, ...]:
    w = _inverse(v)
    return w, np.where(np.abs(v) > FLOOR, -u * w * w, 0).astype(u.dtype)


def _gauss(u: Array) -> Array:
    return np.exp(-np.minimum(u * u, 80.0))


_ALL = (
    Kind("linear", 1, (), False, False, True, lambda u: u, lambda u: (np.ones_like(u),), ("+", "-", "identity")),
    Kind("tanh", 1, ("tanh",), False, False, True, np.tanh, lambda u: (1 - np.tanh(u) ** 2,), ("tanh",)),
    Kind("sin", 1, ("sin",), False, False, True, np.sin, lambda u: (np.cos(u),), ("sin", "cos")),
    Kind("gauss", 1, ("exp", "*", "constant", "square", "constant"), False, True, False, _gauss,
         lambda u: (-2 * u * _gauss(u),), ("gauss",)),
    Kind("exp", 1, ("exp",), False, False, False, lambda u: np.exp(np.clip(u, -30, 30)),
         lambda u: (np.exp(np.clip(u, -30, 30)),), ("exp",)),
    Kind("abs", 1, ("abs",), True, False, False, np.abs, lambda u: (np.sign(u),), ("abs",)),
    Kind("relu", 1, ("max", "constant"), True, False, False, lambda u: np.maximum(u, 0),
         lambda u: ((u > 0).astype(u.dtype),), ("relu",)),
    Kind("square", 1, ("square", "constant"), True, False, False, lambda u: u * u,
         lambda u: (2 * u,), ("square", "*")),
    Kind("prod", 2, (), True, False, True, lambda u, v: u * v, lambda u, v: (v, u), ("*",)),
    Kind("ratio", 2, ("/", "constant"), True, False, True, lambda u, v: u * _inverse(v),
         _ratio_slopes, ("/",)),
)  # fmt: skip

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _ALL})


def kind_of(name: str) -> Kind:
    """The kind of a unit: one of `KINDS`, or that of an operator, whose name follows `OPERATOR`."""
    if name in KINDS:
        return KINDS[name]
    return _of_operator(get_operator(name.removeprefix(OPERATOR)))


@lru_cache(maxsize=128)
def _of_operator(operator: Operator) -> Kind:
    evaluate, slopes = values_and_slopes(operator)
    return Kind(
        name=OPERATOR + operator.name,
        n_forms=operator.arity,
        parts=(),
        scaled=False,
        inner=False,
        # A sign may leave an operator of one argument only: of more, all forms would have to change.
        odd=operator.arity == 1 and is_odd(operator),
        evaluate=evaluate,
        slopes=slopes,
        operators=(operator.name,),
        uses=uses_of_arguments(operator),
        record=operator,
        homogeneous=is_homogeneous(operator),
    )


def kinds_for(operators: Sequence[str] | None) -> frozenset[str]:
    """The units that a search may use: all of `KINDS` without `operators`, else those that they allow.

    Sums are always allowed, as a formula is one.
    """
    if operators is None:
        return frozenset(KINDS)
    names = {get_operator(name).name for name in operators}
    own = {name for name in names if get_operator(name) is not BUILTIN.get(name)}  # registered, or replaced
    usual = {kind.name for kind in _ALL if (names - own) & set(kind.operators)}
    covered = {name for kind in _ALL for name in kind.operators}
    others = {OPERATOR + name for name in own | (names - covered) if not is_affine(get_operator(name))}
    return frozenset({"linear"} | usual | others)


def jax_unit(name: str, forms: Sequence[Any]) -> Any:
    """The unit's value in JAX, for gradient descent."""
    import jax.numpy as jnp

    record = kind_of(name).record
    if record is not None:
        return record.jax(*forms)
    u = forms[0]
    if name == "linear":
        return u
    if name == "gauss":
        return jnp.exp(-jnp.minimum(u * u, 80.0))
    if name == "exp":
        return jnp.exp(jnp.clip(u, -30.0, 30.0))
    if name == "relu":
        return jnp.maximum(u, 0.0)
    if name == "square":
        return u * u
    if name == "prod":
        return u * forms[1]
    if name == "ratio":
        v = forms[1]
        return u * jnp.where(v < 0, -1.0, 1.0) / jnp.maximum(jnp.abs(v), FLOOR)
    return {"tanh": jnp.tanh, "sin": jnp.sin, "abs": jnp.abs}[name](u)
