"""What a structured model costs: the nodes that `_emit.py` writes, or what `Costs` says of each."""

__all__ = ["Rates", "cost", "form_cost", "rates", "unit_cost"]

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from symbolnet.budget._kinds import KINDS, kind_of
from symbolnet.budget._model import Form, Model, Unit
from symbolnet.expression import NODES, Costs


@dataclass(frozen=True)
class Rates:
    """What the parts of a unit cost.

    Attributes
    ----------
    number, variable, add, times : float
        A constant, an input, a sum, a product.
    kinds : mapping
        The operator of each kind of `KINDS` alone.
    costs : Costs
    """

    number: float
    variable: float
    add: float
    times: float
    kinds: Mapping[str, float]
    costs: Costs

    def own(self, name: str) -> float:
        """The operator of a kind alone."""
        known = self.kinds.get(name)
        return kind_of(name).cost(self.costs) if known is None else known

    @property
    def factor(self) -> float:
        """A coefficient before something."""
        return self.times + self.number

    @property
    def least(self) -> float:
        """Less than any model but a constant costs."""
        return self.number + self.add


@lru_cache(maxsize=32)
def rates(costs: Costs) -> Rates:
    """The costs of the parts of a unit; 1 each where nodes are counted."""
    own = {name: kind.cost(costs) for name, kind in KINDS.items()}
    return Rates(costs["constant"], costs["variable"], costs["+"], costs["*"], own, costs)


def form_cost(groups: tuple[NDArray[np.int64], ...], bias: bool, pulled: bool, costs: Costs = NODES) -> float:
    """Cost of a form; `pulled`: divided by the coefficient of its largest group, whose members then stand alone."""
    rate = rates(costs)
    sizes = [len(group) for group in groups]
    first = sizes.index(max(sizes)) if pulled and sizes else -1
    total, terms = rate.number if bias else 0.0, int(bias)
    for k, size in enumerate(sizes):
        total += size * rate.variable
        if k != first:
            total += rate.factor + (rate.add if size > 1 else 0.0)
        terms += size if k == first else 1
    return total + (rate.add if terms > 1 else 0.0)


def unit_cost(unit: Unit, costs: Costs = NODES) -> float:
    """Cost of the term that the unit adds to its output."""
    kind, rate = kind_of(unit.kind), rates(costs)
    inside = [(form.groups, form.bias is not None) for form in unit.forms]
    if kind.name == "linear":
        return form_cost(*inside[0], False, costs)
    if kind.scaled:
        forms = [form_cost(*form, True, costs) for form in inside]
        if kind.name == "prod" and _alike(*unit.forms):  # printed as a square
            return rate.factor + max(sum(forms), rate.own("square") + forms[0])
        return rate.factor + rate.own(kind.name) + sum(forms)
    # An odd operator is printed as -f(u) where u would begin with a minus sign.
    signed = kind.record is not None and kind.odd
    coef = rate.factor if unit.free or unit.coef != 1 or signed else 0.0
    if kind.inner:
        return coef + rate.own(kind.name) + form_cost(*inside[0], True, costs)
    shorter = sum(
        uses * min(form_cost(*form, False, costs), rate.factor + form_cost(*form, True, costs))
        for form, uses in zip(inside, kind.uses, strict=False)
    )
    return coef + rate.own(kind.name) + shorter


def _alike(first: Form, second: Form) -> bool:
    """Whether two forms are multiples of the same sum of inputs."""
    if first.bias is not None or second.bias is not None or not len(first.groups) == len(second.groups) == 1:
        return False
    return len(first.groups[0]) == len(second.groups[0]) and set(first.groups[0]) == set(second.groups[0])


def cost(model: Model, costs: Costs = NODES) -> float:
    """Mean cost of the formulas, as `symbolnet.budget._emit` writes them; by default their nodes."""
    rate = rates(costs)
    totals = [
        rate.number + sum(unit_cost(unit, costs) for unit in output.units) + (rate.add if output.units else 0.0)
        for output in model.outputs
    ]
    return sum(totals) / len(totals)
