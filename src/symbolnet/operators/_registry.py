"""Which operators there are, and how a user adds one."""

__all__ = ["get_operator", "operator_names", "register_operator", "unregister_operator"]

import math
import re
import sys
from collections.abc import Callable, Mapping
from inspect import signature
from numbers import Real
from typing import Any

import numpy as np

from symbolnet._errors import SymbolNetError, UnknownNameError, did_you_mean
from symbolnet.operators._builtin import ALIASES, BUILTIN
from symbolnet.operators._formula import parse_formula
from symbolnet.operators._operator import Operator

_registered: dict[str, Operator] = {}


def get_operator(name: object) -> Operator:
    """Return the operator called `name`, or that `name` is another word for.

    Parameters
    ----------
    name : str
        Built in, registered, or an alias such as "mul" for "*".

    Returns
    -------
    Operator

    Raises
    ------
    UnknownNameError
        If there is none, with the closest known name.
    """
    if not isinstance(name, str):
        raise UnknownNameError(f"operator {name!r} is not a name; give one of: {', '.join(operator_names())}")
    found = _registered.get(name) or BUILTIN.get(ALIASES.get(name, name))
    if found is None:
        known = {*operator_names(), *ALIASES}
        raise UnknownNameError(f"unknown operator {name!r}; {did_you_mean(name, known)}")
    return found


def operator_names(arity: int | None = None) -> tuple[str, ...]:
    """List the names of all operators (of one arity), the built-in ones first.

    Parameters
    ----------
    arity : int, optional
        The number of arguments: 1 for those that `unary_operators` takes, 2 or 3 for `binary_operators`.

    Returns
    -------
    tuple of str
        In the order in which they were defined, without aliases.
    """
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
        See `Operator`; costs are finite numbers of at least 0.
    overwrite : bool
        Replace an operator of this name.

    Returns
    -------
    Operator

    Raises
    ------
    SymbolNetError
        If the name is taken or not printable, the formula is not one, or another value is of the wrong type.

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
    _check_parts(name, arguments, domain, {"jax": jax, "penalty": penalty}, costs)
    if callable(sympy) and not hasattr(sympy, "free_symbols"):
        sympy, arguments = _called(name, sympy, arguments)
    known = {key: (op.arity, op.formula) for key, op in {**BUILTIN, **_registered}.items()}
    text = sympy if isinstance(sympy, str) else _exact_text(sympy)
    formula, arguments = parse_formula(text, None if arguments is None else tuple(arguments), known)
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


def _check_parts(name: str, arguments: Any, domain: Any, functions: Mapping[str, Any], costs: Any) -> None:
    """Refuse what would otherwise fail only when the operator is used."""
    if arguments is not None:
        words = isinstance(arguments, list | tuple) and all(isinstance(a, str) and a.isidentifier() for a in arguments)
        if not words or len(set(arguments)) < len(arguments):
            raise SymbolNetError(f"operator {name!r}: arguments={arguments!r}; give distinct names, such as ('x', 'y')")
    if not isinstance(domain, str):
        raise SymbolNetError(f"operator {name!r}: domain={domain!r}; give a sentence as text")
    for word, function in functions.items():
        if function is not None and not callable(function):
            raise SymbolNetError(f"operator {name!r}: {word}={function!r} is no function; give one, or leave it out")
    if costs is None:
        return
    if not isinstance(costs, Mapping):
        raise SymbolNetError(f"operator {name!r}: costs={costs!r}; give a mapping such as {{'nodes': 2}}")
    for preset, value in costs.items():
        number = isinstance(value, Real) and not isinstance(value, bool | np.bool_)
        if not (isinstance(preset, str) and number and 0 <= float(value) < math.inf):
            raise SymbolNetError(
                f"operator {name!r}: costs[{preset!r}] is {value!r}; give a finite number of at least 0 for a name"
            )


def _called(name: str, function: Callable[..., Any], arguments: Any) -> tuple[Any, tuple[str, ...]]:
    """The formula of a function, by calling it with symbols, and their names."""
    from sympy import Symbol

    try:
        names = tuple(signature(function).parameters if arguments is None else arguments)
        return function(*map(Symbol, names)), names
    except (TypeError, ValueError, AttributeError) as error:
        cause = str(error).partition("\n")[0][:160]
        raise SymbolNetError(
            f"operator {name!r}: its function fails on SymPy symbols ({cause}); write it with SymPy's functions, or as "
            "text"
        ) from error


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
    """Forget an operator that `register_operator` added; a built-in one that it replaced is back.

    Parameters
    ----------
    name : str

    Raises
    ------
    UnknownNameError
        If no such operator was registered, with the closest name that was.
    """
    if name not in _registered:
        raise UnknownNameError(f"operator {name!r} was not registered; {did_you_mean(name, _registered)}")
    del _registered[name]
    _forget_programs()
