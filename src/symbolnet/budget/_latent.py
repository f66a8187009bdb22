"""The arrays of a descent as a structured model, and back.

Arrays are (outputs, forms, inputs) for weights, (outputs, forms) for shifts and (outputs, units) for coefficients.
"""

__all__ = ["Params", "Shape", "from_model", "to_model"]

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet.budget._kinds import kind_of
from symbolnet.budget._model import Form, Model, Output, Unit
from symbolnet.expression import NODES, Costs
from symbolnet.objectives import Loss

Params = dict[str, Any]


@dataclass(frozen=True)
class Shape:
    """What a compiled descent is made for."""

    kinds: tuple[str, ...]
    outputs: int
    inputs: int
    tied: bool
    batch: int
    loss: Loss
    costs: Costs = NODES

    @property
    def first(self) -> list[int]:
        """The first form of each unit."""
        sizes = [kind_of(kind).n_forms for kind in self.kinds]
        return [sum(sizes[:k]) for k in range(len(sizes))]

    @property
    def linear_forms(self) -> NDArray[np.bool_]:
        """Which forms are terms of the output themselves, (forms,)."""
        return np.repeat([kind == "linear" for kind in self.kinds], [kind_of(kind).n_forms for kind in self.kinds])

    @property
    def forms(self) -> int:
        return sum(kind_of(kind).n_forms for kind in self.kinds)


def to_model(shape: Shape, q: NDArray[np.float64], mask: NDArray[np.bool_], p: Params) -> Model:
    """Arrays to records: the weights of each sign are one group if tied, and groups of one if not."""
    outputs = []
    for o in range(shape.outputs):
        units: list[Unit] = []
        const = float(p["c"][o])
        for k, name in enumerate(shape.kinds):
            kind = kind_of(name)
            rows = range(shape.first[k], shape.first[k] + kind.n_forms)
            coef = 1.0 if name == "linear" else float(p["a"][o, k])
            if coef == 0 or not all(np.any(mask[o, f] & (q[o, f] != 0)) for f in rows):
                continue
            forms = tuple(_form(shape.tied, q[o, f] * mask[o, f], float(p["b"][o, f])) for f in rows)
            units += _units(name, coef, forms)
            if name == "linear":  # its shift is the output's
                const += float(p["b"][o, shape.first[k]])
        outputs.append(Output(const, tuple(units)))
    return Model(tuple(outputs))


def _form(tied: bool, w: NDArray[np.float64], bias: float) -> Form:
    if tied:
        groups = [np.flatnonzero(side) for side in (w > 0, w < 0)]
        groups = [group for group in groups if len(group)]
    else:
        groups = [np.array([i]) for i in np.flatnonzero(w)]
    return Form(tuple(groups), np.array([float(w[group].mean()) for group in groups]), bias)


def _units(name: str, coef: float, forms: tuple[Form, ...]) -> list[Unit]:
    kind = kind_of(name)
    if name == "linear":
        form = forms[0]
        return [
            Unit("linear", 1.0, False, (Form((group,), form.weights[k : k + 1], None),))
            for k, group in enumerate(form.groups)
        ]
    if kind.homogeneous:
        return [Unit(name, float(np.sign(coef)), False, tuple(form.times(abs(coef)) for form in forms))]
    if not kind.scaled:
        if kind.odd and coef < 0:
            forms = (Form(forms[0].groups, -forms[0].weights, -(forms[0].bias or 0.0)),)
            coef = -coef
        return [Unit(name, coef, True, forms)]
    # The forms carry the coefficient's magnitude, and its sign where the unit is odd in a form.
    size = abs(coef) ** (0.5 if name in ("square", "prod", "ratio") else 1.0)
    first = size * (np.sign(coef) if name in ("prod", "ratio") else 1.0)
    factors = (first, 1 / size if name == "ratio" else size)
    forms = tuple(form.times(c) for form, c in zip(forms, factors, strict=False))
    return [Unit(name, 1.0 if kind.odd else float(np.sign(coef)), False, forms)]


def from_model(
    shape: Shape, model: Model, mean: NDArray[np.float64]
) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.bool_]]:
    """The arrays that a descent goes on from, and which weights are alive.

    Each unit takes a free place of its kind. Groups whose weights have come to have one sign become one group.
    """
    size = (shape.outputs, shape.forms, shape.inputs)
    arrays = {
        "w": np.zeros(size),
        "b": np.zeros(size[:2]),
        "a": np.ones((shape.outputs, len(shape.kinds))),
        "c": np.array([output.const for output in model.outputs]),
    }
    for o, output in enumerate(model.outputs):
        left = list(range(len(shape.kinds)))
        for unit in output.units:
            k = next(k for k in left if shape.kinds[k] == unit.kind)
            left.remove(k)
            arrays["a"][o, k] = unit.coef
            for f, form in enumerate(unit.forms, start=shape.first[k]):
                for group, weight in zip(form.groups, form.weights.tolist(), strict=True):
                    arrays["w"][o, f, group] = weight
                # A form of raw inputs has the shift w·mean about the mean.
                raw = 0.0 if unit.centred(form) else float(arrays["w"][o, f] @ mean)
                arrays["b"][o, f] = raw if form.bias is None else form.bias
    return arrays, arrays["w"] != 0
