"""What an operator means: a small tree of primitives over its arguments, read from one line of text.

``"exp(-x**2)"`` is the whole definition of an operator: its JAX and NumPy forms, its place in the expression graph,
its complexity and what every printer shows all follow from the tree that `parse_formula` returns. The text is read with
Python's own parser and checked node by node; nothing of it is ever executed.
"""

__all__ = ["Add", "Arg", "Call", "Formula", "Mul", "Num", "Pow", "count_formula_nodes", "parse_formula"]

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from symbolnet._errors import SymbolNetError, UnknownNameError, did_you_mean
from symbolnet.operators._primitives import PRIMITIVES


@dataclass(frozen=True, slots=True)
class Arg:
    """The operator's argument number `index`."""

    index: int


@dataclass(frozen=True, slots=True)
class Num:
    """A constant."""

    value: float


@dataclass(frozen=True, slots=True)
class Add:
    """The sum of `terms`."""

    terms: tuple["Formula", ...]


@dataclass(frozen=True, slots=True)
class Mul:
    """The product of `factors`."""

    factors: tuple["Formula", ...]


@dataclass(frozen=True, slots=True)
class Pow:
    """`base` to a constant `exponent`."""

    base: "Formula"
    exponent: float


@dataclass(frozen=True, slots=True)
class Call:
    """The primitive function `name` (a key of `PRIMITIVES`) of `args`."""

    name: str
    args: tuple["Formula", ...]


Formula = Arg | Num | Add | Mul | Pow | Call

# How the functions are written in SymPy and in Python, and which primitive each one is.
_FUNCTIONS = {p.sympy: name for name, p in PRIMITIVES.items() if name != "cond"}
_FUNCTIONS |= {"abs": "abs", "max": "max", "min": "min"}
_CONSTANTS = {"pi": math.pi, "E": math.e}
# What SymPy writes by a name and is no argument. Whoever means an argument of that name lists it.
_NOT_REAL = dict.fromkeys(("oo", "zoo", "nan"), "is not a finite number; write numbers as digits")
_NOT_REAL["I"] = "is the imaginary unit; an operator is a real function"
_NOT_REAL |= dict.fromkeys(
    ("EulerGamma", "Catalan", "GoldenRatio", "TribonacciConstant"), "is a constant of SymPy; write its digits"
)
_MAX_DEPTH = 100


def parse_formula(
    text: str, arguments: tuple[str, ...] | None = None, known: Mapping[str, tuple[int, Formula]] | None = None
) -> tuple[Formula, tuple[str, ...]]:
    """Read one line such as ``"x/(1 + Abs(x))"``.

    Parameters
    ----------
    text : str
        Numbers, names, ``+ - * / **`` with constant exponents, the primitive functions as SymPy or Python write them,
        ``sqrt``, ``Piecewise((b, a > 0), (c, True))``, and the operators in `known`.
    arguments : tuple of str, optional
        The arguments in order. Without it, all names found, alphabetically.
    known : mapping, optional
        Other operators that may be called: name to (arity, formula).

    Returns
    -------
    formula : Formula
    arguments : tuple of str

    Raises
    ------
    SymbolNetError
        If the text is not such a formula; the message names the part.
    """
    if len(text) > 10_000:
        raise SymbolNetError(f"operator formula of {len(text)} characters is too long; at most 10000")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        message = f"operator formula {text!r} does not parse; write it as in Python, e.g. 'x/(1 + Abs(x))'"
        raise SymbolNetError(message) from None
    if arguments is None:
        called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called}
        arguments = tuple(sorted(found - _CONSTANTS.keys()))
        constant = next((name for name in arguments if name in _NOT_REAL), None)
        if constant is not None:
            raise SymbolNetError(f"operator formula {text[:80]!r}: {constant!r} {_NOT_REAL[constant]}")
    return _Reader(text, arguments, known or {}).read(tree, 0), arguments


def count_formula_nodes(formula: Formula) -> int:
    """Count the nodes that `formula` adds to a SymPy tree, its arguments not counted."""
    match formula:
        case Arg():
            return 0
        case Num():
            return 1
        case Add(parts) | Mul(parts):
            return 1 + sum(map(count_formula_nodes, parts))
        case Pow(base, _):
            return 2 + count_formula_nodes(base)
        case Call(name, args):
            return 1 + PRIMITIVES[name].extra_nodes + sum(map(count_formula_nodes, args))


def substitute(formula: Formula, args: tuple[Formula, ...]) -> Formula:
    """Return `formula` with its arguments replaced."""
    match formula:
        case Arg(index):
            return args[index]
        case Num():
            return formula
        case Add(parts):
            return Add(tuple(substitute(p, args) for p in parts))
        case Mul(parts):
            return Mul(tuple(substitute(p, args) for p in parts))
        case Pow(base, exponent):
            return Pow(substitute(base, args), exponent)
        case Call(name, parts):
            return Call(name, tuple(substitute(p, args) for p in parts))


class _Reader:
    def __init__(self, text: str, arguments: tuple[str, ...], known: Mapping[str, tuple[int, Formula]]) -> None:
        self.text = text
        self.index = {name: k for k, name in enumerate(arguments)}
        self.known = known

    def fail(self, node: ast.expr, remedy: str) -> SymbolNetError:
        return SymbolNetError(f"operator formula {self.text!r}: {ast.unparse(node)!r} {remedy}")

    def read(self, node: ast.expr, depth: int) -> Formula:
        if depth > _MAX_DEPTH:
            raise SymbolNetError(f"operator formula {self.text[:40]!r}... nests over {_MAX_DEPTH} deep; simplify it")
        step: Callable[[ast.expr], Formula] = lambda part: self.read(part, depth + 1)  # noqa: E731
        match node:
            case ast.Constant(value=value) if isinstance(value, int | float) and not isinstance(value, bool):
                return Num(self.finite(node, value))
            case ast.Name(id=name) if name in self.index:
                return Arg(self.index[name])
            case ast.Name(id=name) if name in _CONSTANTS:
                return Num(_CONSTANTS[name])
            case ast.Name(id=name):
                raise self.fail(node, f"is not an argument; the arguments are {', '.join(self.index) or 'none'}")
            case ast.UnaryOp(op=ast.UAdd(), operand=part):
                return step(part)
            case ast.UnaryOp(op=ast.USub(), operand=part):
                return _mul(Num(-1.0), step(part))
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return _add(step(left), step(right))
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                return _add(step(left), _mul(Num(-1.0), step(right)))
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return _mul(step(left), step(right))
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return _mul(step(left), self.power(node, step(right), Num(-1.0)))
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                return self.power(node, step(left), step(right))
            case ast.Call(func=ast.Name(id="Piecewise"), args=args, keywords=[]):
                return self.piecewise(node, args, step)
            case ast.Call(func=ast.Name(id="sqrt"), args=[part], keywords=[]):
                return self.power(node, step(part), Num(0.5))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self.call(node, name, tuple(step(part) for part in args))
        raise self.fail(node, "is not allowed; use numbers, names, + - * / ** and the operators' functions")

    def finite(self, node: ast.expr, value: float) -> float:
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self.fail(node, "is not a finite number")
        return number

    def power(self, node: ast.expr, base: Formula, exponent: Formula) -> Formula:
        if not isinstance(exponent, Num):
            raise self.fail(node, "has an exponent that is not a number; write exp(b*log(a)) for a**b")
        if isinstance(base, Num):
            try:
                return Num(self.finite(node, math.pow(base.value, exponent.value)))
            except (ValueError, OverflowError):
                raise self.fail(node, "is not a finite real number") from None
        if exponent.value == 0.0:
            return Num(1.0)
        return base if exponent.value == 1.0 else Pow(base, exponent.value)

    def piecewise(self, node: ast.expr, args: list[ast.expr], step: Callable[[ast.expr], Formula]) -> Formula:
        match args:
            case [
                ast.Tuple(elts=[positive, ast.Compare(left=left, ops=[ast.Gt()], comparators=[ast.Constant(value=0)])]),
                ast.Tuple(elts=[otherwise, ast.Constant(value=True)]),
            ]:
                return Call("cond", (step(left), step(positive), step(otherwise)))
        raise self.fail(node, "must have the form Piecewise((b, a > 0), (c, True))")

    def call(self, node: ast.expr, name: str, args: tuple[Formula, ...]) -> Formula:
        if name in _FUNCTIONS:
            primitive = PRIMITIVES[_FUNCTIONS[name]]
            if not args or (primitive.arity is not None and len(args) != primitive.arity):
                raise self.fail(node, f"needs {primitive.arity or 'at least 1'} argument(s), not {len(args)}")
            return Call(_FUNCTIONS[name], args)
        if name in self.known:
            arity, formula = self.known[name]
            if len(args) != arity:
                raise self.fail(node, f"needs {arity} argument(s), not {len(args)}")
            return substitute(formula, args)
        remedy = did_you_mean(name, _FUNCTIONS.keys() | self.known.keys() | {"sqrt", "Piecewise"})
        raise UnknownNameError(f"operator formula {self.text!r}: unknown function {name!r}; {remedy}")


def _add(left: Formula, right: Formula) -> Formula:
    if isinstance(left, Num) and isinstance(right, Num):
        return Num(left.value + right.value)
    terms = (*left.terms, right) if isinstance(left, Add) else (left, right)
    return Add(terms)


def _mul(left: Formula, right: Formula) -> Formula:
    if isinstance(left, Num) and isinstance(right, Num):
        return Num(left.value * right.value)
    if left == Num(1.0):
        return right
    factors = (*left.factors, right) if isinstance(left, Mul) else (left, right)
    return Mul(factors)
