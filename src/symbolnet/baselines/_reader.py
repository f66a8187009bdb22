"""Formulas as other programs print them, read into our own graph. The text is parsed, never executed."""

__all__ = ["read_formula"]

import ast
from collections.abc import Mapping
from typing import Any

from symbolnet._errors import SymbolNetError
from symbolnet.expression import Expression
from symbolnet.expression._affine import Affine, constant, term, total
from symbolnet.expression._algebra import Algebra
from symbolnet.operators._primitives import default_limit

_LONGEST = 100_000
_FUNCTIONS = ("exp", "sin", "cos", "tanh", "sinh", "cosh")
_ARITIES = {"add": 2, "sub": 2, "mul": 2, "div": 2, "pow": 2, "neg": 1, "square": 1, "gauss": 1}
_ARITIES |= dict.fromkeys(_FUNCTIONS, 1)
_OPERATORS = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Pow: "pow"}


def read_formula(text: str, symbols: Mapping[str, Any]) -> Any:
    """A SymPy expression from infix text with functions, such as ``(0.5 + (X1 * sin(X2)))`` or ``mul(X0, 0.1)``.

    It is simplified as our own formulas are: constants folded, like terms and factors merged. That can only lower the
    count of nodes. SymPy itself would try to expand nested products of exponentials, which can take for ever.

    Parameters
    ----------
    text : str
    symbols : mapping of variable name to SymPy symbol

    Raises
    ------
    SymbolNetError
        For a name or a construction that is unknown.
    """
    if len(text) > _LONGEST:
        raise SymbolNetError(f"a formula of {len(text)} characters is too long to read; the limit is {_LONGEST}")
    algebra, columns = Algebra(), {name: k for k, name in enumerate(symbols)}
    try:
        tree = ast.parse(text.replace("^", "**"), mode="eval").body
        form = _read(tree, algebra, columns)
    except (SyntaxError, RecursionError) as error:
        raise SymbolNetError(f"{text[:60]!r} is not a formula that can be read ({type(error).__name__})") from error
    graph, outputs = algebra.freeze([algebra.node(form)])
    names = tuple(str(symbol) for symbol in symbols.values())
    return Expression(graph, outputs, names, ("y",)).sympy()[0]


def _read(node: ast.expr, algebra: Algebra, columns: Mapping[str, int]) -> Affine:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return constant(float(node.value))
    if isinstance(node, ast.Name):
        if node.id not in columns:
            raise SymbolNetError(f"the formula names {node.id!r}, which is not an input")
        return term(algebra.input(columns[node.id]))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = _read(node.operand, algebra, columns)
        return value.scaled(-1.0) if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.BinOp):
        name = _OPERATORS.get(type(node.op))
        if name is not None:
            return _apply(name, [_read(part, algebra, columns) for part in (node.left, node.right)], algebra)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return _apply(node.func.id, [_read(part, algebra, columns) for part in node.args], algebra)
    raise SymbolNetError(f"the formula holds {type(node).__name__}, which cannot be read")


def _apply(name: str, args: list[Affine], algebra: Algebra) -> Affine:
    if _ARITIES.get(name) != len(args):
        raise SymbolNetError(f"the formula holds {name!r} with {len(args)} arguments; known: {', '.join(_ARITIES)}")
    first, last = args[0], args[-1]
    match name:
        case "add":
            return total([first, last])
        case "sub":
            return total([first, last.scaled(-1.0)])
        case "mul":
            return algebra.times([first, last])
        case "div":
            return algebra.times([first, algebra.power(last, -1.0, default_limit(-1.0))])
        case "pow":
            if not last.is_const:
                raise SymbolNetError("the formula holds a power whose exponent is not a number, which cannot be read")
            return algebra.power(first, last.const, default_limit(last.const))
        case "neg":
            return first.scaled(-1.0)
        case "square":
            return algebra.power(first, 2.0, default_limit(2.0))
        case "gauss":
            return algebra.apply("exp", [algebra.power(first, 2.0, default_limit(2.0)).scaled(-1.0)])
        case _:
            return algebra.apply(name, [first])
