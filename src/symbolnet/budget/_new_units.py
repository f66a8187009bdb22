"""Units of one input or of a product of two, which a formula could gain: what they are worth on the data, once."""

__all__ = ["Addition", "NewUnits"]

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from symbolnet.budget._costs import unit_cost
from symbolnet.budget._kinds import KINDS, kind_of
from symbolnet.budget._model import Columns, Form, Output, Unit
from symbolnet.expression import Costs

F32 = NDArray[np.float32]
_PLACES = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Quantiles of an input where a bend or a bump is offered."""
_SHARP = {"tanh": (1.0, 3.0), "gauss": (1.0, 2.5), "relu": (1.0,), "abs": (1.0,)}
"""Factors of a standardised input inside a new unit."""
_TOGETHER = {2: 8, 3: 5}
"""Of so many inputs are units of an operator of several arguments made, by the number of these; all orders of them."""


@dataclass(frozen=True, eq=False)
class Addition:
    """A new unit of an output, or a new connection of one form, as a function of its coefficient."""

    nodes: float
    make: Callable[[Output, float], Output]


class NewUnits:
    """The units that inputs can make, each with its values at coefficient one, (samples,).

    They depend on neither the model nor the output, so each is computed at its first use and kept.
    """

    def __init__(self, columns: Columns, kinds: Collection[str], costs: Costs) -> None:
        self.columns, self.kinds, self.costs = columns, kinds, costs
        self.x = columns.x - columns.mean[:, None].astype(np.float32)
        self.spread = self.x.std(axis=1)
        self._of: dict[int, list[tuple[F32, Addition]]] = {}
        self._of_both: dict[tuple[int, int], tuple[F32, Addition]] = {}
        self._of_several: dict[tuple[str, tuple[int, ...]], tuple[F32, Addition]] = {}
        self.operators = [kind_of(name) for name in sorted(kinds) if name not in KINDS]

    def of(self, i: int) -> list[tuple[F32, Addition]]:
        """Units of input i alone, squares left out."""
        if i not in self._of:
            self._of[i] = self._made_of(i)
        return self._of[i]

    def multiplies(self, i: int, j: int) -> bool:
        """Whether the product of inputs i and j may be offered."""
        return ("square" if i == j else "prod") in self.kinds

    def of_both(self, i: int, j: int) -> tuple[F32, Addition]:
        """The product of inputs i and j; their square if they are one."""
        if (i, j) not in self._of_both:
            members = (i,) if i == j else (i, j)
            forms = tuple(Form((np.array([m]),), np.ones(1), None) for m in members)
            values = self.columns.x[i] * self.columns.x[j]
            self._of_both[i, j] = values, self._new("square" if i == j else "prod", forms)
        return self._of_both[i, j]

    def of_several(self, inputs: Sequence[int]) -> list[tuple[F32, Addition]]:
        """Operators of several arguments, each an input as it is; the first of `inputs` are taken."""
        found = []
        for kind in self.operators:
            for members in permutations(inputs[: _TOGETHER.get(kind.n_forms, 0)], kind.n_forms):
                key = kind.name, members
                if key not in self._of_several:
                    self._of_several[key] = self._operator(kind.name, members)
                found.append(self._of_several[key])
        return found

    def _operator(self, kind: str, members: tuple[int, ...]) -> tuple[F32, Addition]:
        # Raw inputs have one scale to begin with, as in Max(x0, x1).
        scale = self.columns.scale[list(members)]
        weights = scale / scale.max()
        forms = tuple(Form((np.array([i]),), np.array([w]), None) for i, w in zip(members, weights, strict=True))
        arguments = [np.float32(w) * self.columns.x[i] for i, w in zip(members, weights.tolist(), strict=True)]
        return kind_of(kind).evaluate(*arguments).astype(np.float32), self._new(kind, forms)

    def _made_of(self, i: int) -> list[tuple[F32, Addition]]:
        x, made = self.x[i], list[tuple[F32, Addition]]()
        if "linear" in self.kinds:
            made.append((x, self._new("linear", (Form((np.array([i]),), np.ones(1), None),))))
        places = np.quantile(x, _PLACES)
        sharp = _SHARP | {kind.name: (1.0,) for kind in self.operators if kind.n_forms == 1}
        made += [self._operator(kind.name, (i,)) for kind in self.operators if kind.n_forms == 1]
        for kind, sharpness in sharp.items():
            if kind not in self.kinds:
                continue
            for place in places:
                for a in sharpness:
                    w = a / float(self.spread[i])
                    form = Form((np.array([i]),), np.array([w]), -w * float(place))
                    values = kind_of(kind).evaluate(np.float32(w) * (x - np.float32(place))).astype(np.float32)
                    made.append((values, self._new(kind, (form,))))
        return made

    def _new(self, kind: str, forms: tuple[Form, ...]) -> Addition:
        def make(output: Output, coefficient: float) -> Output:
            return Output(output.const, (*output.units, _unit(kind, forms, coefficient)))

        return Addition(unit_cost(_unit(kind, forms, 1.0), self.costs), make)


def _unit(kind: str, forms: tuple[Form, ...], c: float) -> Unit:
    """The unit c·kind(form, ...), the factor inside where the kind keeps it there."""
    if kind == "linear":
        return Unit(kind, 1.0, False, (Form(forms[0].groups, forms[0].weights * c, None),))
    if kind_of(kind).homogeneous:
        return Unit(kind, float(np.sign(c)) or 1.0, False, tuple(form.times(abs(c) or 1.0) for form in forms))
    if not kind_of(kind).scaled:
        return Unit(kind, c, True, forms)
    size = abs(c) ** (0.5 if len(forms) == 2 or kind == "square" else 1.0)
    sign = float(np.sign(c)) or 1.0
    first = size * (sign if kind == "prod" else 1.0)
    scaled = tuple(form.times(s) for form, s in zip(forms, (first, size), strict=False))
    return Unit(kind, 1.0 if kind == "prod" else sign, False, scaled)
