"""Which operators there are, and how a user adds one."""

__all__ = ["get_operator", "operator_names", "register_operator", "unregister_operator"]

import re
import sys
from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any

from symbolnet._errors import SymbolNetError, UnknownNameError, did_you_mean
from symbolnet.operators._builtin import ALIASES, BUILTIN
from symbolnet.operators._formula import parse_formula
from symbolnet.operators._operator import Operator

_registered: dict[str, Operator] = {}


def get_operator(name: str) -> Operator:
    """Return the operator called `name`, or that `name` is another word for.

    Raises
    ------
    UnknownNameError
        With the closest known name.
    """
    if not isinstance(name, str):
        raise UnknownNameError(f"operator {name!r} is not a name; give one of: {', '.join(operator_names())}")
    found = _registered.get(name) or BUILTIN.get(ALIASES.get(name, name))
    if found is None:
        known = {*operator_names(), *ALIASES}
        raise UnknownNameError(f"unknown operator {name!r}; {did_you_mean(name, known)}")
    return found


def operator_names(arity: int | None = None) -> tuple[str, ...]:
    """List the names of all operators (of one arity), the built-in ones first."""
    everything = {**BUILTIN, **_registered}
    return tuple(name for name, op in everything.items() if arity is None or op.arity == arity)


def register_operator(
    name: str,
    *,
    sympy: Any,
    jax: Callable[..., Any] | None = None,
    arity: int | None = None,
    arguments: tuple[str, ...] | None = None,
    domain: str = "",
    penalty: Callable[..., Any] | None = None,
    costs: Mapping[str, float] | None = None,
    overwrite: bool = False,
) -> Operator:
    """Add an operator from its formula; everything else is derived.

    Parameters
    ----------
    name : str
        A word or a sign; what users type in ``unary_operators`` and the like.
    sympy : str, callable or SymPy expression
        The formula: text as SymPy and Python write it, such as ``"x/(1 + Abs(x))"``; or a function of SymPy
        symbols. It may use numbers, ``+ - * /``, constant powers, the built-in functions and any operator there is.
    jax : callable, optional
        A JAX form to use instead of the derived one, which is guarded. It must have the same values, finite with
        finite gradients.
    arity : int, optional
        Checked against the formula; inferred from its symbols where absent.
    arguments : tuple of str, optional
        The order of the symbols; alphabetical where absent (x, y, z).
    domain, penalty, costs
        See `Operator`.
    overwrite : bool
        Replace an operator of this name.

    Returns
    -------
    Operator

    Raises
    ------
    SymbolNetError
        If the name is taken or not printable, or the formula is not one.

    Examples
    --------
    >>> register_operator("softsign", sympy="x/(1 + Abs(x))").arity
    1
    """
    if not isinstance(name, str) or not re.fullmatch(r"[^\s,;]{1,40}", name):
        raise SymbolNetError(f"operator name {name!r} must be 1 to 40 characters without spaces, commas or semicolons")
    taken = name in BUILTIN or name in ALIASES or name in _registered
    if taken and not overwrite:
        raise SymbolNetError(f"operator {name!r} exists already; choose another name or give overwrite=True")
    if callable(sympy) and not hasattr(sympy, "free_symbols"):
        from sympy import Symbol

        if arguments is None:
            arguments = tuple(signature(sympy).parameters)
        sympy = sympy(*map(Symbol, arguments))
    known = {key: (op.arity, op.formula) for key, op in {**BUILTIN, **_registered}.items()}
    text = sympy if isinstance(sympy, str) else _exact_text(sympy)
    formula, arguments = parse_formula(text, arguments, known)
    if arity is not None and arity != len(arguments):
        found = f"{len(arguments)} argument(s), {', '.join(arguments)}"
        raise SymbolNetError(f"operator {name!r}: arity={arity}, but its formula has {found}; leave arity out")
    if not arguments:
        raise SymbolNetError(f"operator {name!r} has the formula {text!r} without an argument; use x, y, z")
    operator = Operator(
        name=name,
        arity=len(arguments),
        text=text,
        arguments=arguments,
        formula=formula,
        domain=domain or "Every part is guarded as the primitive functions are.",
        penalty=penalty,
        custom_jax=jax,
        costs=costs or {},
    )
    _registered[name] = operator
    if taken:
        _forget_programs()
    return operator


def _forget_programs() -> None:
    """Drop what JAX has compiled: programs are found again by the names of their operators and hold the old one."""
    loaded = sys.modules.get("jax")
    if loaded is not None:
        loaded.clear_caches()


def _exact_text(expression: Any) -> str:
    """Return a SymPy expression as text in which every float keeps all its digits."""
    from sympy.printing.str import StrPrinter

    class Printer(StrPrinter):  # type: ignore[misc]
        def _print_Float(self, number: Any) -> str:
            return repr(float(number))

    return str(Printer().doprint(expression))


def unregister_operator(name: str) -> None:
    """Forget an operator that `register_operator` added; a built-in one that it replaced is back."""
    if name not in _registered:
        raise UnknownNameError(f"operator {name!r} was not registered; {did_you_mean(name, _registered)}")
    del _registered[name]
    _forget_programs()
