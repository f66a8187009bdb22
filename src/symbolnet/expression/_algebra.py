"""The simplifier: products, powers and functions of affine forms, in the form that SymPy prints, with exact guards.

What is done: constants folded; like terms merged; numeric factors taken out of products, powers and functions that
allow it, where this does not add nodes; signs taken out of odd and even functions; nested products, powers, Max and Min
flattened; x·x made x**2. What is not done: anything that would lose a guard that data can reach, such as x/x = 1.
"""

__all__ = ["Algebra"]

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.expression._affine import Affine, constant, linear, pull_scale, pull_sign, term, total
from symbolnet.expression._builder import Builder
from symbolnet.expression._graph import CONST, KINDS, POW, PROD, SUM, kind_code
from symbolnet.operators import _numpy
from symbolnet.operators._formula import Add, Arg, Call, Formula, Mul, Num, Pow
from symbolnet.operators._primitives import BOUND, PRIMITIVES, default_limit

_EXP, _ABS, _COSH, _MAX, _MIN = (kind_code(name) for name in ("exp", "abs", "cosh", "max", "min"))
_LARGEST_EXP_SHIFT = 20.0
"""exp(u + c) becomes e**c·exp(u) up to this |c|, so that the factor and the moved guard stay well inside float32."""


class Algebra(Builder):
    """A builder whose arithmetic simplifies."""

    def node(self, form: Affine) -> int:
        """Return the node of an affine form."""
        return self.sum(form.const, form.child, form.coef)

    def form(self, node: int) -> Affine:
        """Return a node as an affine form: a sum as its terms, anything else as itself."""
        if self.kind[node] == CONST:
            return constant(self.value[node])
        if self.kind[node] == SUM:
            return linear(self.value[node], self.child[node], self.coef[node])
        return term(node)

    def like(self, kind: int, value: float, child: NDArray[np.int64], coef: NDArray[np.float64], limit: float) -> int:
        """Return a node of any kind from its parts; a Max or Min of arguments that print alike has them once."""
        if kind not in (_MAX, _MIN):
            return super().like(kind, value, child, coef, limit)
        parts: list[int] = []
        for part in child.tolist():
            if not any(self._looks_same(part, other) for other in parts):
                parts.append(part)
        return self.call(KINDS[kind], parts, limit) if len(parts) > 1 else parts[0]

    def lower(self, formula: Formula, args: Sequence[Affine]) -> Affine:
        """Return an operator's formula applied to affine forms."""
        match formula:
            case Arg(index):
                return args[index]
            case Num(value):
                return constant(value)
            case Add(terms):
                return total([self.lower(part, args) for part in terms])
            case Mul(factors):
                return self.times([self.lower(part, args) for part in factors])
            case Pow(base, exponent):
                return self.power(self.lower(base, args), exponent, default_limit(exponent))
            case Call(name, parts):
                return self.apply(name, [self.lower(part, args) for part in parts])

    def times(self, forms: Sequence[Affine], limit: float = BOUND) -> Affine:
        """Return the product of affine forms."""
        scale = 1.0
        bases: Counter[int] = Counter()
        rest: list[Affine] = []
        for form in forms:
            if form.is_const:
                scale *= form.const
            else:
                rest.append(form)
        if len(rest) < 2 or scale == 0.0:
            return rest[0].scaled(scale) if rest and scale != 0.0 else constant(scale)
        pulled = 1.0
        for form in rest:
            factor, inner = pull_scale(form)
            pulled *= factor
            for base, exponent in self._factors(self.node(inner)):
                bases[base] += exponent
        if not 1e-60 < abs(pulled) < 1e60:
            return term(self.prod([self.node(form) for form in rest], limit), scale)
        limit /= abs(pulled)
        powers = [(base, n) for base, n in sorted(bases.items())]
        if len(powers) == 1:
            return self.power(self.form(powers[0][0]), powers[0][1], limit).scaled(scale * pulled)
        parts = [term(base) if n == 1 else self._as_term(self.power(self.form(base), n, BOUND)) for base, n in powers]
        scale *= pulled * math.prod(float(part.coef[0]) for part in parts)
        return term(self.prod([int(part.child[0]) for part in parts], limit), scale)

    def power(self, form: Affine, exponent: float, limit: float) -> Affine:
        """Return form**exponent, saturated at ±limit."""
        whole = exponent == int(exponent)
        if form.is_const:
            return constant(float(_numpy.power(np.array([form.const]), exponent, limit)[0]))
        if exponent == 1:
            return form
        factor, inner = pull_scale(form, sign=whole)
        try:
            scale = math.pow(factor, exponent)
        except (OverflowError, ZeroDivisionError):
            scale = 0.0
        if not 1e-60 < abs(scale) < 1e60:
            scale, inner = 1.0, form
        elif whole and int(exponent) % 2 == 0:
            inner = pull_sign(inner)[1]
        # A negative factor of a denominator moves the sign that the guard takes at zero: the limit carries it.
        moved = limit / (scale if exponent < 0 else abs(scale))
        return self._power_of_node(self.node(inner), exponent, moved).scaled(scale)

    def apply(self, name: str, args: Sequence[Affine]) -> Affine:
        """Return a primitive function of affine forms."""
        if name in ("max", "min"):
            return self._extremum(name, args)
        if name == "cond":
            return self._condition(*args)
        (form,) = args
        limit = PRIMITIVES[name].limit or math.inf
        if form.is_const:
            return constant(float(_numpy.function(name, [np.array([form.const])], limit)[0]))
        if name == "exp" and form.const != 0.0 and abs(form.const) <= _LARGEST_EXP_SHIFT:
            scale = math.exp(form.const)
            return term(self.call("exp", [self.node(Affine(0.0, form.child, form.coef))], limit / scale), scale)
        if name == "abs":
            factor, inner = pull_scale(form)
            node = self.node(pull_sign(inner)[1])
            if self._never_negative(node) and abs(factor) * self._largest(node) <= BOUND:
                return self.form(node).scaled(abs(factor))
            return term(self.call("abs", [node], limit / abs(factor)), abs(factor))
        parity = PRIMITIVES[name].parity
        sign, inner = pull_sign(form) if parity else (1.0, form)
        return term(self.call(name, [self.node(inner)]), sign if parity == "odd" else 1.0)

    def _as_term(self, form: Affine) -> Affine:
        return form if form.is_term else term(self.node(form))

    def _factors(self, node: int) -> list[tuple[int, int]]:
        """Return a node as base**n factors with n > 0."""
        if self.kind[node] == PROD:
            return [pair for part in self.child[node].tolist() for pair in self._factors(part)]
        if self.kind[node] == POW and self.value[node] > 0 and self.value[node] == int(self.value[node]):
            return [(int(self.child[node][0]), int(self.value[node]))]
        return [(node, 1)]

    def _power_of_node(self, node: int, exponent: float, limit: float) -> Affine:
        whole = exponent == int(exponent)
        if self.kind[node] == PROD and whole and exponent > 0:
            return self.times([self.power(self.form(b), n * exponent, BOUND) for b, n in self._factors(node)], limit)
        if self.kind[node] == POW:
            base, inner = int(self.child[node][0]), self.value[node]
            if whole and exponent > 0:
                grown = _grown(self.limit[node], exponent)
                bound = math.copysign(min(limit, abs(grown)), grown)
                form = self.form(base)
                if inner != int(inner) and (inner * exponent) % 2 == 1:  # a power that is not whole is one of |u|
                    form = self.apply("abs", [form])
                return self.power(form, inner * exponent, bound)
            if not whole and inner > 0 and inner % 2 == 0:
                return self.power(self.apply("abs", [self.form(base)]), inner * exponent, limit)
        if self.kind[node] == _ABS and whole and exponent % 2 == 0:
            return self.power(self.form(int(self.child[node][0])), exponent, limit)
        return term(self.pow(node, exponent, limit))

    def _never_negative(self, node: int) -> bool:
        kind = self.kind[node]
        if kind in (_EXP, _ABS, _COSH):
            return True
        if kind == POW:
            return self.value[node] != int(self.value[node]) or self.value[node] % 2 == 0
        children = self.child[node].tolist()
        if kind == PROD:
            return all(map(self._never_negative, children))
        return kind == _MAX and any(self.kind[c] == CONST and self.value[c] >= 0 for c in children)

    def _largest(self, node: int) -> float:
        """Return a bound of a node that is never negative; exp(-u**2) is at most 1."""
        if self.kind[node] == _EXP:
            form = self.form(int(self.child[node][0]))
            falls = bool(np.all(form.coef < 0)) and all(map(self._never_negative, form.child.tolist()))
            return math.exp(form.const) if falls and form.const <= 0 else self.limit[node]
        return self.limit[node]

    def _extremum(self, name: str, args: Sequence[Affine]) -> Affine:
        pick = max if name == "max" else min
        code, numbers, nodes = kind_code(name), [], dict[int, None]()
        for form in args:
            if form.is_const:
                numbers.append(form.const)
                continue
            node = self.node(form)
            for part in self.child[node].tolist() if self.kind[node] == code else [node]:
                if self.kind[part] == CONST:
                    numbers.append(self.value[part])
                elif not any(self._looks_same(part, other) for other in nodes):
                    nodes[part] = None
        if not nodes:
            return constant(min(max(pick(numbers), -BOUND), BOUND))
        if len(nodes) == 1 and not numbers:
            return self.form(next(iter(nodes)))
        if len(nodes) == 1 and pick(numbers) == 0.0:
            factor, inner = pull_scale(self.form(next(iter(nodes))))
            if factor < 0:
                name = "min" if name == "max" else "max"
            node = self.node(inner)
            if self._never_negative(node) and (name == "min" or factor * self._largest(node) <= BOUND):
                return self.form(node).scaled(factor) if name == "max" else constant(0.0)
            return term(self.call(name, [self.const(0.0), node], BOUND / abs(factor)), factor)
        number = [self.const(pick(numbers))] if numbers else []
        return term(self.call(name, [*number, *nodes]))

    def _condition(self, test: Affine, positive: Affine, otherwise: Affine) -> Affine:
        if test.is_const:
            return positive if test.const > 0 else otherwise
        branches = [self.node(positive), self.node(otherwise)]
        if self._looks_same(*branches):
            return positive
        # Only the sign of the test matters.
        test = test.scaled(1 / abs(float(test.coef[0]))) if test.is_term else pull_scale(test, sign=False)[1]
        return term(self.call("cond", [self.node(test), *branches]))

    def _looks_same(self, a: int, b: int) -> bool:
        """Tell whether two nodes print alike; they may differ in the limits of negative powers."""
        if a == b:
            return True
        if self.kind[a] != self.kind[b] or self.value[a] != self.value[b] or len(self.child[a]) != len(self.child[b]):
            return False
        if self.kind[a] <= 1 or not np.array_equal(self.coef[a], self.coef[b]):
            return False
        pairs = zip(self.child[a].tolist(), self.child[b].tolist(), strict=True)
        return all(self._looks_same(left, right) for left, right in pairs)

    def require_finite(self, what: str) -> None:
        """Raise if a constant overflowed while it was folded."""
        for node, kind in enumerate(self.kind):
            if not (math.isfinite(self.value[node]) and np.isfinite(self.coef[node]).all()):
                raise SymbolNetError(f"{what}: a constant of a {KINDS[kind]} node is not finite; scale the data")


def _grown(limit: float, exponent: float) -> float:
    try:
        return math.pow(limit, exponent)
    except OverflowError:
        return math.inf
