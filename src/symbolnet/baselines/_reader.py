"""Formulas as other programs print them, read into SymPy. The text is parsed, never executed."""

__all__ = ["read_formula"]

import ast
from collections.abc import Mapping
from typing import Any

from symbolnet._errors import SymbolNetError

_LONGEST = 100_000


def read_formula(text: str, symbols: Mapping[str, Any]) -> Any:
    """A SymPy expression from infix text with functions, such as ``(0.5 + (X1 * sin(X2)))`` or ``mul(X0, 0.1)``.

    SymPy simplifies what it always does: numbers are multiplied out, like terms added. That can only lower the count of
    nodes.

    Parameters
    ----------
    text : str
    symbols : mapping of variable name to SymPy expression

    Raises
    ------
    SymbolNetError
        For a name or a construction that is unknown.
    """
    if len(text) > _LONGEST:
        raise SymbolNetError(f"a formula of {len(text)} characters is too long to read; the limit is {_LONGEST}")
    try:
        tree = ast.parse(text.replace("^", "**"), mode="eval").body
        return _read(tree, symbols)
    except (SyntaxError, RecursionError) as error:
        raise SymbolNetError(f"{text[:60]!r} is not a formula that can be read ({type(error).__name__})") from error


def _read(node: ast.expr, symbols: Mapping[str, Any]) -> Any:
    import sympy

    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return sympy.Integer(node.value) if isinstance(node.value, int) else sympy.Float(node.value)
    if isinstance(node, ast.Name):
        if node.id not in symbols:
            raise SymbolNetError(f"the formula names {node.id!r}, which is not an input")
        return symbols[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = _read(node.operand, symbols)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.BinOp):
        name = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Pow: "pow"}.get(type(node.op))
        if name is not None:
            return _apply(name, [_read(node.left, symbols), _read(node.right, symbols)])
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return _apply(node.func.id, [_read(argument, symbols) for argument in node.args])
    raise SymbolNetError(f"the formula holds {type(node).__name__}, which cannot be read")


def _apply(name: str, args: list[Any]) -> Any:
    import sympy

    functions = {
        "add": (2, lambda a, b: a + b),
        "sub": (2, lambda a, b: a - b),
        "mul": (2, lambda a, b: a * b),
        "div": (2, lambda a, b: a / b),
        "pow": (2, lambda a, b: a**b),
        "neg": (1, lambda a: -a),
        "square": (1, lambda a: a**2),
        "gauss": (1, lambda a: sympy.exp(-(a**2))),
        "exp": (1, sympy.exp),
        "sin": (1, sympy.sin),
        "cos": (1, sympy.cos),
        "tanh": (1, sympy.tanh),
        "sinh": (1, sympy.sinh),
        "cosh": (1, sympy.cosh),
    }
    if name not in functions or functions[name][0] != len(args):
        raise SymbolNetError(f"the formula holds {name!r} with {len(args)} arguments; known: {', '.join(functions)}")
    return functions[name][1](*args)
