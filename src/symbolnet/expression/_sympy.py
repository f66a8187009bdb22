"""To SymPy and back. Nothing is evaluated on the way, so that the tree is the one that is counted."""

__all__ = ["from_sympy", "to_sympy"]

from collections.abc import Generator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.expression._builder import Builder
from symbolnet.expression._graph import CONST, INPUT, KINDS, POW, PROD, SUM, Graph, children_of
from symbolnet.expression._names import identifiers
from symbolnet.operators._primitives import PRIMITIVES


def to_sympy(graph: Graph, outputs: NDArray[np.int64], names: Sequence[str]) -> list[Any]:
    """Return one SymPy expression for every output; constants carry all 53 bits."""
    import sympy

    symbols = [sympy.Symbol(name) for name in identifiers(names)]
    kinds, values, coefs, start = graph.kind.tolist(), graph.value.tolist(), graph.coef.tolist(), graph.start.tolist()
    done: list[Any] = []

    def number(value: float) -> Any:
        return sympy.Integer(int(value)) if value in (0.0, 1.0, -1.0) else sympy.Float(value)

    def addend(coef: float, child: int) -> Any:
        if coef == 1.0:
            return done[child]
        factors = done[child].args if kinds[child] == PROD else (done[child],)
        return sympy.Mul(number(coef), *factors, evaluate=False)

    for node, parts in enumerate(children_of(graph)):
        kind, value = kinds[node], values[node]
        if kind == CONST:
            result = number(value)
        elif kind == INPUT:
            result = symbols[int(value)]
        elif kind == SUM:
            terms = [addend(coefs[start[node] + k], part) for k, part in enumerate(parts)]
            terms += [number(value)] if value != 0.0 else []
            result = terms[0] if len(terms) == 1 else sympy.Add(*terms, evaluate=False)
        elif kind == PROD:
            result = sympy.Mul(*(done[part] for part in parts), evaluate=False)
        elif kind == POW:
            exponent = sympy.Integer(int(value)) if value == int(value) else _exponent(sympy, value)
            result = sympy.Pow(done[parts[0]], exponent, evaluate=False)
        elif KINDS[kind] == "cond":
            test, positive, otherwise = (done[part] for part in parts)
            result = _piecewise(sympy, test, positive, otherwise)
        else:
            function = getattr(sympy, PRIMITIVES[KINDS[kind]].sympy)
            result = function(*(done[part] for part in parts), evaluate=False)
        done.append(result)
    return [done[node] for node in outputs.tolist()]


def _piecewise(sympy: Any, test: Any, positive: Any, otherwise: Any) -> Any:
    # The usual constructors fold a condition that holds another Piecewise, even with evaluate=False.
    from sympy.functions.elementary.piecewise import ExprCondPair

    branches = (positive, sympy.Gt(test, 0, evaluate=False)), (otherwise, sympy.true)
    return sympy.Basic.__new__(sympy.Piecewise, *(sympy.Basic.__new__(ExprCondPair, *pair) for pair in branches))


def _exponent(sympy: Any, value: float) -> Any:
    return sympy.Rational(value) if value * 4 == int(value * 4) else sympy.Float(value)


_Reading = Generator[Any, int, int]
"""A reading that yields the parts that it needs, is sent the node of each, and returns its own."""


def from_sympy(expressions: Sequence[Any], inputs: Sequence[str]) -> tuple[Graph, NDArray[np.int64]]:
    """Return SymPy expressions as a graph of the same structure."""
    reader = _Reader(inputs)
    try:
        nodes = [reader.read(expression) for expression in expressions]
    except RecursionError as error:  # in SymPy, which sorts the arguments of Max and Min
        raise SymbolNetError(
            "the formula nests too deep for SymPy to sort it; simplify it, or raise sys.setrecursionlimit"
        ) from error
    return reader.builder.freeze(nodes)


class _Reader:
    def __init__(self, inputs: Sequence[str]) -> None:
        import sympy

        self.sympy = sympy
        self.builder = Builder()
        # Where one input's name is another's identifier, the identifier holds: that is what `to_sympy` wrote.
        self.column = {name: k for names in (inputs, identifiers(inputs)) for k, name in enumerate(names)}
        self.functions = {getattr(sympy, p.sympy): name for name, p in PRIMITIVES.items() if name != "cond"}
        # By identity: hashing or comparing a deep tree would exceed Python's recursion. Equal nodes become one in the
        # builder. The objects are kept, so that no other one gets the identity of one that is gone.
        self.done: dict[int, tuple[Any, int]] = {}

    def read(self, expression: Any) -> int:
        if isinstance(expression, str):
            raise SymbolNetError(f"{expression[:60]!r} is text; give a SymPy expression, e.g. sympy.sympify(text)")
        try:
            expression = self.sympy.sympify(expression, strict=True)
        except self.sympy.SympifyError as error:
            raise SymbolNetError(f"{expression!r:.60} is no SymPy expression; give one, or a number") from error
        return self.node(expression)

    def node(self, expression: Any) -> int:
        """The node of an expression however deep: readings that wait for a part stand on a stack of our own."""
        waiting: list[tuple[Any, _Reading]] = [(expression, self.convert(expression))]
        node: int | None = None
        while waiting:
            whole, reading = waiting[-1]
            try:
                part = next(reading) if node is None else reading.send(node)
            except StopIteration as ended:
                node = ended.value
                self.done[id(whole)] = whole, ended.value
                waiting.pop()
                continue
            node = self.done[id(part)][1] if id(part) in self.done else None
            if node is None:
                waiting.append((part, self.convert(part)))
        assert node is not None  # the last reading has ended
        return node

    def convert(self, e: Any) -> _Reading:
        sympy, builder = self.sympy, self.builder
        if not isinstance(e, sympy.Expr):
            raise SymbolNetError(f"{_short(e)!r} is no formula of numbers; give a SymPy expression")
        if e.is_Symbol:
            if e.name not in self.column:
                raise SymbolNetError(f"symbol {e.name!r} is not among the {len(self.column)} inputs; add it to inputs")
            return builder.input(self.column[e.name])
        if not e.args and e.is_number:
            return builder.const(self.number(e))
        if e.is_Add:
            return (yield from self.add(e))
        if e.is_Mul:
            coef, node = yield from self.multiple(e)
            return node if coef == 1.0 else builder.sum(0.0, np.array([node]), np.array([coef]))
        if e.is_Pow:
            if e.exp.args or not e.exp.is_number or e.exp == 0:
                raise SymbolNetError(f"power {_short(e)!r} needs a nonzero number as exponent; write exp(b*log(a))")
            return builder.pow((yield e.base), self.number(e.exp))
        if isinstance(e, sympy.Piecewise):
            return (yield from self.condition(e))
        name = self.functions.get(e.func)
        if name is None:
            known = ", ".join(p.sympy for p in PRIMITIVES.values())
            raise SymbolNetError(f"{_short(e)!r} is not an operator here; known: {known}")
        # The arguments of Max and Min are a set, whose order changes from run to run.
        args = e.args if PRIMITIVES[name].arity else sorted(e.args, key=sympy.default_sort_key)
        nodes = []
        for arg in args:
            nodes.append((yield arg))  # noqa: PERF401 - a yield has no place in a comprehension
        return builder.call(name, nodes)

    def number(self, e: Any) -> float:
        value = complex(e)
        if value.imag or not np.isfinite(value.real):
            raise SymbolNetError(f"number {str(e)[:60]!r} is not a finite real number")
        return value.real + 0.0

    def add(self, e: Any) -> _Reading:
        const, children, coefs = 0.0, [], []
        for arg in e.args:
            if not arg.args and arg.is_number and const == 0.0 and arg != 0:
                const = self.number(arg)
                continue
            coef, node = (yield from self.multiple(arg)) if arg.is_Mul else (1.0, (yield arg))
            children.append(node)
            coefs.append(coef)
        return self.builder.sum(const, np.array(children, dtype=np.int64), np.array(coefs))

    def multiple(self, e: Any) -> Generator[Any, int, tuple[float, int]]:
        """Return c*u as (c, u); a factor that is exactly 1 stays a node, so that the count does not change."""
        coef, factors = 1.0, list(e.args)
        for place, arg in enumerate(factors):
            if not arg.args and arg.is_number and self.number(arg) not in (0.0, 1.0):
                coef = self.number(factors.pop(place))
                break
        nodes = []
        for arg in factors:
            nodes.append((yield arg))  # noqa: PERF401
        return coef, nodes[0] if len(nodes) == 1 else self.builder.prod(nodes)

    def condition(self, e: Any) -> _Reading:
        parts = self.branches(e)
        test, positive, otherwise = (yield parts[0]), (yield parts[1]), (yield parts[2])
        return self.builder.call("cond", [test, positive, otherwise])

    def branches(self, e: Any) -> tuple[Any, Any, Any]:
        """What must be positive, and the values where it is and where it is not."""
        if len(e.args) == 2 and e.args[1].cond is self.sympy.true:
            test, positive, otherwise = e.args[0].cond, e.args[0].expr, e.args[1].expr
            if isinstance(test, self.sympy.StrictGreaterThan) and test.rhs == 0:
                return test.lhs, positive, otherwise
            if isinstance(test, self.sympy.StrictLessThan) and test.lhs == 0:
                return test.rhs, positive, otherwise
        raise SymbolNetError(f"{_short(e)!r} must have the form Piecewise((b, a > 0), (c, True))")


def _short(e: Any) -> str:
    try:
        return str(e)[:60]
    except RecursionError:
        return f"{type(e).__name__} of a deep formula"
