"""Lowering with the `fused` semantics: each affine form in few bits, and all that follows from it in one table.

What is rounded, and where:

- An input, at its port.
- A coefficient of a sum: to few signed digits, within a fraction of the last bit of that sum.
- A sum that only tables read: its scale and offset are free, since the tables absorb them. They are chosen so that the
  index covers the range on the data; the low bits are cut off, and a table holds its function at the centre of what was
  cut to one index. So rounding and the constant of the sum cost nothing.
- The entries of a table, in the last bit of the sum that they are added to. Constants are added to a table where there
  is one; the half that turns the cut of an output into rounding likewise.
- A factor of a product.

Outputs are as wide as they can become, so that they never saturate, unless the user gives their format.
"""

__all__ = ["lower_fused"]

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.expression import Expression
from symbolnet.expression._graph import INPUT, KINDS, PROD, SUM
from symbolnet.hardware._builder import ProgramBuilder
from symbolnet.hardware._digits import digits, short
from symbolnet.hardware._format import FixedPoint, format_for
from symbolnet.hardware._index import active_range, choose_scale
from symbolnet.hardware._precision import Precision, Ranges, input_format
from symbolnet.hardware._program import Program
from symbolnet.hardware._structure import NO_BASE, Structure, Term, node_values


def lower_fused(expression: Expression, structure: Structure, ranges: Ranges, precision: Precision) -> Program:
    """Return the program of a formula.

    Parameters
    ----------
    expression : Expression
    structure : Structure
        Of the same expression.
    ranges : Ranges
        Where its values lie.
    precision : Precision

    Raises
    ------
    SymbolNetError
        If an intermediate would need more than 53 bits, an index more than 10, or a table holds NaN or infinity.
    """
    lowering = _Lowering(structure, ranges, precision)
    fractional = lowering.output_fraction()
    outputs = [lowering.output(node, fractional) for node in structure.outputs]
    return lowering.builder.program(outputs, expression.input_names, expression.output_names, "fused")


@dataclass(frozen=True, eq=False)
class _Index:
    """A node that tables read, and the value of the base at each of its integers."""

    node: int
    grid: NDArray[np.float64]


def _no_finer(form: FixedPoint, fractional: int, span: tuple[float, float]) -> FixedPoint:
    """The format without bits after the last one of the number that it takes."""
    if form.fractional <= fractional:
        return form
    if form.width - (form.fractional - fractional) < 1:
        raise SymbolNetError(
            f"an input that goes from {span[0]:.4g} to {span[1]:.4g} is below one step of its format, "
            f"{2.0**-fractional:g}; give more fractional bits, or --precision auto"
        )
    return form.with_(fractional=fractional)


class _Lowering:
    def __init__(self, structure: Structure, ranges: Ranges, precision: Precision) -> None:
        self.structure, self.ranges, self.precision = structure, ranges, precision
        self.graph = structure.graph
        self.builder = ProgramBuilder()
        self._index: dict[int, _Index] = {}
        self._value: dict[int, int] = {}

    # -- outputs -------------------------------------------------------------------------------------------------------

    def output_fraction(self) -> int:
        if self.precision.ports is not None:
            return self.precision.ports.fractional
        return min(self._fraction(node, self.precision.output) for node in self.structure.outputs)

    def output(self, node: int, fractional: int) -> int:
        terms, constant = self._as_sum(node)
        exact = self._sum(terms, constant, fractional, half=True)
        if self.precision.ports is None:
            return self.builder.narrowed(exact, fractional)
        return self.builder.cast(exact, self.precision.ports.with_(rounding="truncate"))

    def _fraction(self, node: int, bits: int) -> int:
        """The bits after the point with which `bits` bits and a sign cover the range of a node."""
        largest = max(map(abs, self.ranges.nodes[node]))
        return bits - 1 - (math.ceil(math.log2(largest)) if largest > 0 else 0)

    def _as_sum(self, node: int) -> tuple[tuple[Term, ...], float]:
        if node in self.structure.joins and self.graph.kind[node] == SUM:
            return self.structure.joins[node], float(self.graph.value[node])
        return (self.structure.term([(node, 1.0)], self.structure.base[node]),), 0.0

    # -- sums ----------------------------------------------------------------------------------------------------------

    def _sum(self, terms: tuple[Term, ...], constant: float, fractional: int, *, half: bool = False) -> int:
        """Return a node whose value is the sum of terms, exact to about its `fractional`-th bit and often with more.

        With `half`, half of that last bit is added, so that cutting off what is below rounds.
        """
        step = math.ldexp(1.0, -fractional)
        addends: list[tuple[int, float]] = []
        tables = [term for term in terms if not term.linear]
        for term in terms:
            if term.linear:
                constant += term.offset
                if term.slope and term.base != NO_BASE:
                    node, coefficient, bias = self._scaled(term, step)
                    addends.append((node, coefficient))
                    constant -= bias
        below = any(self._grain(node, coefficient) < step for node, coefficient in addends)
        if half and below:
            constant += step / 2
        for place, term in enumerate(tables):
            index = self._indexed(term.base)
            values = self._tail(term, index) + (constant if place == 0 else 0.0)
            addends.append((self.builder.table(index.node, values, fractional, self._name(term)), 1.0))
        if tables:
            return self.builder.affine(addends)
        quantum = step / 2 if below else step
        return self.builder.affine(addends, math.floor(constant / quantum + 0.5) * quantum)

    def _grain(self, node: int, coefficient: float) -> float:
        """The last bit of coefficient·node."""
        numerator, denominator = coefficient.as_integer_ratio()
        return (numerator & -numerator) / denominator * self.builder.nodes[node].format.step

    def _scaled(self, term: Term, step: float) -> tuple[int, float, float]:
        """Return a node and a coefficient for slope·base, and the mean by which they exceed it (negative where cut)."""
        node = self._valued(term.base)
        builder = self.builder
        bits = self.precision.bits("coefficient", term.base)
        form = builder.nodes[node].format
        reach = max(abs(builder.low[node]), abs(builder.high[node])) * form.step
        if abs(term.slope) * reach <= step * math.ldexp(1.0, -bits - 1):
            return node, 0.0, 0.0
        # Bits of the argument that move the sum by less than a part of its last bit are cut off first.
        useful = math.floor(math.log2(abs(term.slope) / step)) + 1 + max(bits, 0)
        cut = builder.narrowed(node, useful) if useful < form.fractional else node
        bias = 0.0
        if cut != node:
            bias = -(builder.nodes[cut].format.step - form.step) / 2
        reach = max(abs(builder.low[cut]), abs(builder.high[cut])) * builder.nodes[cut].format.step
        coefficient = short(term.slope, step * math.ldexp(1.0, -bits - 1) / reach) if reach else 0.0
        return cut, coefficient, coefficient * bias

    # -- what tables read ----------------------------------------------------------------------------------------------

    def _tail(self, term: Term, index: _Index) -> NDArray[np.float64]:
        values = node_values(self.graph, [node for node, _ in term.nodes], {term.base: index.grid})
        return np.asarray(sum(coefficient * values[node] for node, coefficient in term.nodes))

    def _name(self, term: Term) -> str:
        kinds = [KINDS[int(self.graph.kind[node])] for node, _ in term.nodes]
        return f"{'+'.join(dict.fromkeys(kinds))} at node {term.nodes[0][0]}"

    def _indexed(self, base: int) -> _Index:
        if base not in self._index:
            self._index[base] = self._make_index(base)
        return self._index[base]

    def _make_index(self, base: int) -> _Index:
        builder, bits = self.builder, self.precision.bits("index", base)
        if base in self.structure.free_scale:
            return self._free_index(base, bits)
        node = self._valued(base)
        form = builder.nodes[node].format
        if form.width <= bits:
            return _Index(node, form.values())
        low, high = self.ranges.nodes[base] if base in self.ranges.nodes else self._input_range(base)
        narrow = _no_finer(input_format(low, high, bits).with_(rounding="truncate"), form.fractional, (low, high))
        node = builder.cast(node, narrow)
        return _Index(node, narrow.values() + (narrow.step - form.step) / 2)

    def _input_range(self, base: int) -> tuple[float, float]:
        return self.ranges.inputs[int(self.graph.value[base])]

    def _free_index(self, base: int, bits: int) -> _Index:
        """Return an index of a sum whose scale and offset are free: index = floor(scale·(sum - constant) + offset)."""
        terms, constant = self._as_sum(base)
        constant += sum(term.offset for term in terms if term.linear)
        ends = active_range(self.structure, self.ranges, base, self.precision.output)
        low, high = (end - constant for end in ends)
        linear = [term for term in terms if term.linear and term.slope]

        def cost(scale: float) -> int:
            return sum(digits(short(term.slope * scale, self._tolerance(term))) for term in linear)

        scale, offset, signed = choose_scale(low, high, bits, cost)
        addends = []
        for term in terms:
            if term.linear:
                if term.slope:
                    node, coefficient, bias = self._scaled(self._times(term, scale), 1.0)
                    addends.append((node, coefficient))
                    constant -= bias / scale
            else:
                inner = self._indexed(term.base)
                values = scale * self._tail(term, inner)
                addends.append((self.builder.table(inner.node, values, 1, self._name(term)), 1.0))
        exact = self.builder.affine(addends, float(offset))
        form = FixedPoint(signed, bits - signed, 0, "truncate")
        fractional = self.builder.nodes[exact].format.fractional
        centre = (1.0 - math.ldexp(1.0, -fractional)) / 2 if fractional > 0 else 0.0
        node = self.builder.cast(exact, form)
        return _Index(node, (form.values() + centre - offset) / scale + constant)

    def _times(self, term: Term, scale: float) -> Term:
        return Term(term.base, term.nodes, True, term.slope * scale, 0.0)

    def _tolerance(self, term: Term) -> float:
        node = self._valued(term.base)
        form = self.builder.nodes[node].format
        reach = max(abs(self.builder.low[node]), abs(self.builder.high[node])) * form.step
        return math.ldexp(1.0, -self.precision.bits("coefficient", term.base) - 1) / reach if reach else math.inf

    # -- values --------------------------------------------------------------------------------------------------------

    def _valued(self, base: int) -> int:
        """Return the node that carries the value of a base."""
        if base not in self._value:
            self._value[base] = self._make_value(base)
        return self._value[base]

    def _make_value(self, base: int) -> int:
        kind, precision = int(self.graph.kind[base]), self.precision
        if kind == INPUT:
            column = int(self.graph.value[base])
            form = precision.ports
            if form is None:
                form = input_format(*self.ranges.inputs[column], precision.bits("input", column))
            return self.builder.input(column, form)
        if kind == SUM:
            terms, constant = self._as_sum(base)
            if self._is_group(terms):  # added as they are: cutting each of many would cost more than it saves
                return self.builder.affine([(self._valued(term.base), term.slope) for term in terms], constant)
            return self._sum(terms, constant, self._fraction(base, precision.bits("index", base)))
        terms = self.structure.joins[base]
        if kind == PROD:
            return self._product(base, terms)
        return self._choice(base, KINDS[kind], terms)

    def _is_group(self, terms: tuple[Term, ...]) -> bool:
        """Whether a sum is one of inputs with the coefficients 1 and -1, as `with_groups` makes them."""
        return all(
            term.linear and abs(term.slope) == 1.0 and not term.offset and self.graph.kind[term.base] == INPUT
            for term in terms
        )

    def _product(self, base: int, terms: tuple[Term, ...]) -> int:
        bits = self.precision.bits("factor", base)
        factors = [self._factor(term, bits) for term in terms]
        product = factors[0]
        for factor in factors[1:]:
            if self.builder.nodes[product].format.width > 2 * bits:
                form = self.builder.nodes[product].format
                product = self.builder.narrowed(product, form.fractional - (form.width - bits), "round")
            product = self.builder.multiply(product, factor)
        return product

    def _factor(self, term: Term, bits: int) -> int:
        """Return one factor of a product in `bits` bits."""
        if term.linear and (term.slope, term.offset) == (1.0, 0.0):
            node = self._valued(term.base)
            form = self.builder.nodes[node].format
            if form.width <= bits:
                return node
            low, high = self._range_of(term)
            return self.builder.cast(node, self._covering(low, high, bits, form.fractional))
        low, high = self._range_of(term)
        form = self._covering(low, high, bits, 99)
        if term.linear:
            return self.builder.cast(self._sum((term,), 0.0, form.fractional + 1), form)
        index = self._indexed(term.base)
        values = np.clip(self._powers(term, index), form.least * form.step, form.most * form.step)
        return self.builder.table(index.node, values, form.fractional, self._name(term))

    def _powers(self, term: Term, index: _Index) -> NDArray[np.float64]:
        """Return the product of the nodes of a term; those of a product's term are factors, not addends."""
        values = node_values(self.graph, [node for node, _ in term.nodes], {term.base: index.grid})
        return np.asarray(math.prod(values[node] for node, _ in term.nodes))

    def _range_of(self, term: Term) -> tuple[float, float]:
        """The range of a factor: of its node, or by the ranges of several nodes."""
        low, high = 1.0, 1.0
        for node, _ in term.nodes:
            known = self.ranges.nodes.get(node) or self._input_range(node)
            ends = [a * b for a in (low, high) for b in known]
            low, high = min(ends), max(ends)
        return low, high

    @staticmethod
    def _covering(low: float, high: float, bits: int, most: int) -> FixedPoint:
        return _no_finer(input_format(low, high, bits), most, (low, high))

    def _choice(self, base: int, kind: str, terms: tuple[Term, ...]) -> int:
        bits = self.precision.bits("factor", base)
        fractional = self._fraction(base, bits)
        if kind == "cond":
            test, *branches = terms
            return self.builder.select(self._test(test), *(self._at(term, fractional) for term in branches))
        values = [self._at(term, fractional) for term in terms]
        node = values[0]
        for value in values[1:]:
            node = self.builder.extremum(node, value, kind == "max")
        return node

    def _test(self, term: Term) -> int:
        if not term.linear:
            index = self._indexed(term.base)
            positive = (self._tail(term, index) > 0).astype(np.float64)
            return self.builder.table(index.node, positive, 0, self._name(term))
        bits = self.precision.bits("index", term.base)
        largest = max(map(abs, self.ranges.nodes[term.nodes[0][0]]), default=0.0)
        return self._sum((term,), 0.0, bits - 1 - (math.ceil(math.log2(largest)) if largest > 0 else 0))

    def _at(self, term: Term, fractional: int) -> int:
        """Return a term with exactly so many bits after the point."""
        node = self.builder.narrowed(self._sum((term,), 0.0, fractional, half=True), fractional)
        form = self.builder.nodes[node].format
        if form.fractional == fractional:
            return node
        shift = fractional - form.fractional
        wide = format_for(self.builder.low[node] << shift, self.builder.high[node] << shift, fractional)
        return self.builder.cast(node, wide)
