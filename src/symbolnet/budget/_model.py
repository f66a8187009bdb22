"""The structured model: per output a constant and private units of grouped affine forms; immutable, evaluated in NumPy.

A form is Σ_g w_g·Σ_{i in g} x_i + b. The members of a group share one coefficient that stands outside their sum, so a
member costs one node of the formula where a coefficient of its own would cost three.
"""

__all__ = [
    "Columns",
    "Form",
    "Model",
    "Output",
    "Unit",
    "can_scale",
    "jacobian",
    "scaled",
    "scaled_unit",
    "values",
]

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet.budget._kinds import kind_of

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
_KEPT = 3e7
"""Numbers that the sums of groups may take up, about 120 MB."""


@dataclass(frozen=True, eq=False)
class Columns:
    """Inputs by column, divided by `scale` and not shifted; `mean` is what a form with a bias takes off.

    Attributes
    ----------
    x : float32 array, (inputs, samples)
    mean, scale : float64 arrays, (inputs,)
    """

    x: F32
    mean: F64
    scale: F64
    _sums: dict[int, tuple[NDArray[np.int64], F32]] = field(default_factory=dict, init=False, repr=False)

    def total(self, group: NDArray[np.int64]) -> F32:
        """The sum of a group's inputs, (samples,); kept, since the groups stay while constants are refitted."""
        if len(group) == 1:
            return np.asarray(self.x[group[0]])
        # The key is the array itself: models share their groups. It is stored too, so that its id is not used again.
        known = self._sums.get(id(group))
        if known is None:
            if len(self._sums) * self.n_samples > _KEPT:
                self._sums.clear()
            known = self._sums[id(group)] = (group, self.x[group].sum(axis=0))
        return known[1]

    def rows(self, index: NDArray[np.integer[Any]]) -> "Columns":
        """The same inputs at some samples."""
        return replace(self, x=np.ascontiguousarray(self.x[:, index]))

    def window(self, window: slice) -> "Columns":
        """The same inputs at successive samples, not copied."""
        return replace(self, x=self.x[:, window])

    @property
    def n_samples(self) -> int:
        return int(self.x.shape[1])


@dataclass(frozen=True, eq=False)
class Form:
    """One affine form.

    Attributes
    ----------
    groups : tuple of index arrays
        The inputs of each group.
    weights : float64 array, (groups,)
    bias : float or None
        None: no constant in raw inputs, one node less. A linear unit has none; the output's constant serves it.
    """

    groups: tuple[NDArray[np.int64], ...]
    weights: F64
    bias: float | None

    @property
    def size(self) -> int:
        """Parameters that may be fitted."""
        return len(self.groups) + (self.bias is not None)

    def features(self, columns: Columns, centred: bool) -> F32:
        """The sum of each group, (groups, samples), about the mean if `centred`."""
        out = np.empty((len(self.groups), columns.n_samples), dtype=np.float32)
        for k, group in enumerate(self.groups):
            out[k] = columns.total(group)
            if centred:
                out[k] -= np.float32(columns.mean[group].sum())
        return out

    def times(self, factor: float) -> "Form":
        """The form multiplied by a number."""
        return Form(self.groups, self.weights * factor, None if self.bias is None else self.bias * factor)

    def at_mean(self, columns: Columns) -> float:
        """Σ w·x at the mean of the inputs."""
        means = np.array([columns.mean[group].sum() for group in self.groups])
        return float(self.weights @ means)


@dataclass(frozen=True, eq=False)
class Unit:
    """coef·kind(form, ...); `free` tells whether the coefficient is a parameter or fixed (at 1 or -1)."""

    kind: str
    coef: float
    free: bool
    forms: tuple[Form, ...]

    @property
    def size(self) -> int:
        """Parameters that may be fitted."""
        return self.free + sum(form.size for form in self.forms)

    def centred(self, form: Form) -> bool:
        """Whether a form is taken about the mean of its inputs: where a constant takes up the shift at no cost.

        That is its own, or of a linear unit the output's. So an offset of the inputs changes neither the fit nor the
        price of a constant.
        """
        return form.bias is not None or self.kind == "linear"


@dataclass(frozen=True, eq=False)
class Output:
    """const + Σ units; linear units count from the mean of their inputs."""

    const: float
    units: tuple[Unit, ...]

    @property
    def size(self) -> int:
        """Parameters that may be fitted."""
        return 1 + sum(unit.size for unit in self.units)


@dataclass(frozen=True, eq=False)
class Model:
    """One formula for each output."""

    outputs: tuple[Output, ...]

    @property
    def size(self) -> int:
        """Parameters that may be fitted."""
        return sum(output.size for output in self.outputs)

    def vector(self) -> F64:
        """All parameters: by output its constant, then by unit the coefficient, then by form weights and bias."""
        return np.array(list(self._numbers()), dtype=np.float64)

    def _numbers(self) -> Iterator[float]:
        for output in self.outputs:
            yield output.const
            for unit in output.units:
                if unit.free:
                    yield unit.coef
                for form in unit.forms:
                    yield from form.weights.tolist()
                    if form.bias is not None:
                        yield form.bias

    def with_vector(self, vector: F64) -> "Model":
        """The model with other numbers."""
        numbers = iter(vector.tolist())
        outputs = []
        for output in self.outputs:
            const, units = next(numbers), []
            for unit in output.units:
                coef = next(numbers) if unit.free else unit.coef
                forms = []
                for form in unit.forms:
                    weights = np.array([next(numbers) for _ in form.groups])
                    forms.append(Form(form.groups, weights, None if form.bias is None else next(numbers)))
                units.append(Unit(unit.kind, coef, unit.free, tuple(forms)))
            outputs.append(Output(const, tuple(units)))
        return Model(tuple(outputs))

    def with_unit(self, output: int, unit: int, new: Unit | None) -> "Model":
        """The model with one unit replaced, or removed."""
        old = self.outputs[output]
        units = old.units[:unit] + (() if new is None else (new,)) + old.units[unit + 1 :]
        outputs = (*self.outputs[:output], Output(old.const, units), *self.outputs[output + 1 :])
        return Model(outputs)

    def with_const(self, output: int, const: float) -> "Model":
        """The model with another constant of one output."""
        outputs = list(self.outputs)
        outputs[output] = Output(const, outputs[output].units)
        return Model(tuple(outputs))


def can_scale(model: Model) -> bool:
    """Whether the outputs can be multiplied by a number at no cost: no unit has a coefficient of one by choice."""
    return all(_can_scale(unit) for output in model.outputs for unit in output.units)


def _can_scale(unit: Unit) -> bool:
    kind = kind_of(unit.kind)
    return unit.free or kind.scaled or kind.homogeneous or kind.name == "linear"


def scaled(model: Model, factor: float) -> Model:
    """The model with all outputs multiplied by `factor`."""
    outputs = []
    for output in model.outputs:
        units = tuple(scaled_unit(unit, factor) for unit in output.units)
        outputs.append(Output(output.const * factor, units))
    return Model(tuple(outputs))


def scaled_unit(unit: Unit, factor: float) -> Unit:
    """The unit times a positive `factor`, which goes where the unit keeps its magnitude."""
    if unit.free:
        return Unit(unit.kind, unit.coef * factor, True, unit.forms)
    if kind_of(unit.kind).homogeneous:
        return Unit(unit.kind, unit.coef, False, tuple(form.times(factor) for form in unit.forms))
    first = unit.forms[0].times(factor**0.5 if unit.kind == "square" else factor)
    return Unit(unit.kind, unit.coef, False, (first, *unit.forms[1:]))


def unit_values(unit: Unit, columns: Columns) -> tuple[F32, list[F32], list[F32]]:
    """The unit without its coefficient, its forms, and their group sums."""
    features = [form.features(columns, unit.centred(form)) for form in unit.forms]
    forms = [
        form.weights.astype(np.float32) @ rows + np.float32(form.bias or 0.0)
        for form, rows in zip(unit.forms, features, strict=True)
    ]
    return kind_of(unit.kind).evaluate(*forms).astype(np.float32), forms, features


def values(model: Model, columns: Columns) -> F32:
    """The outputs, (outputs, samples)."""
    z = np.empty((len(model.outputs), columns.n_samples), dtype=np.float32)
    for k, output in enumerate(model.outputs):
        z[k] = output.const
        for unit in output.units:
            z[k] += np.float32(unit.coef) * unit_values(unit, columns)[0]
    return z


@dataclass(frozen=True, eq=False)
class Jacobian:
    """Outputs and their derivatives: `rows` (parameters, samples), the output and the unit that each belongs to.

    `contributions` holds coef·value of every unit, (units, samples), which is what goes when a unit goes.
    """

    z: F32
    rows: F32
    output: NDArray[np.int64]
    unit: NDArray[np.int64]
    contributions: F32
    unit_output: NDArray[np.int64]


def jacobian(model: Model, columns: Columns, units: bool = True) -> Jacobian:
    """Evaluate the model with all derivatives; without `units` the contributions are left out."""
    n, size = columns.n_samples, model.size
    n_units = sum(len(output.units) for output in model.outputs) if units else 0
    z = np.empty((len(model.outputs), n), dtype=np.float32)
    rows, contributions = np.empty((size, n), np.float32), np.empty((n_units, n), np.float32)
    owner, place, unit_output = np.empty(size, np.int64), np.full(size, -1), np.empty(n_units, np.int64)
    p = u = 0
    for k, output in enumerate(model.outputs):
        owner[p : p + output.size] = k
        z[k], rows[p] = output.const, 1.0
        p += 1
        for unit in output.units:
            value, forms, features = unit_values(unit, columns)
            coef = np.float32(unit.coef)
            whole = coef * value
            z[k] += whole
            if units:
                contributions[u], unit_output[u] = whole, k
            place[p : p + unit.size] = u
            if unit.free:
                rows[p] = value
                p += 1
            for form, slope, feature in zip(unit.forms, kind_of(unit.kind).slopes(*forms), features, strict=True):
                np.multiply(feature, coef * slope, out=rows[p : p + len(feature)])
                p += len(feature)
                if form.bias is not None:
                    rows[p] = coef * slope
                    p += 1
            u += 1
    return Jacobian(z, rows, owner, place, contributions, unit_output)
