"""The operators that come with the package: one line each."""

__all__ = ["ALIASES", "BUILTIN"]

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from symbolnet.operators._formula import parse_formula
from symbolnet.operators._operator import Operator
from symbolnet.operators._primitives import BOUND, DIVISION_FLOOR, LOG_FLOOR


def _keep_away_from_zero(floor: float, position: int) -> Callable[..., Any]:
    """Return the penalty max(floor - |u|, 0) of one argument (Sahoo et al. 2018, mirrored to negative arguments)."""

    def penalty(*args: Any) -> Any:
        import jax.numpy as jnp

        u = args[position]
        return jnp.maximum(floor - jnp.where(u < 0, -u, u), 0.0)

    return penalty


_SATURATES = f"The output saturates at ±{BOUND:g}."
_TABLE: tuple[tuple[str, tuple[str, ...], str, str, Callable[..., Any] | None], ...] = (
    ("identity", ("x",), "x", "All numbers; exact.", None),
    ("sin", ("x",), "sin(x)", "All numbers; exact.", None),
    ("cos", ("x",), "cos(x)", "All numbers; exact.", None),
    ("tan", ("x",), "tan(x)", f"The output saturates at ±{1 / DIVISION_FLOOR:g}, near the poles.", None),
    ("exp", ("x",), "exp(x)", _SATURATES, None),
    ("gauss", ("x",), "exp(-x**2)", "All numbers; exact.", None),
    ("sinh", ("x",), "sinh(x)", _SATURATES, None),
    ("cosh", ("x",), "cosh(x)", _SATURATES, None),
    ("tanh", ("x",), "tanh(x)", "All numbers; exact.", None),
    ("square", ("x",), "x**2", _SATURATES, None),
    ("cube", ("x",), "x**3", _SATURATES, None),
    (
        "log",
        ("x",),
        "log(Abs(x))",
        f"Means log|x|, with |x| at least {LOG_FLOOR:g}.",
        _keep_away_from_zero(LOG_FLOOR, 0),
    ),
    ("sqrt", ("x",), "sqrt(Abs(x))", "Means sqrt|x|; its gradient is bounded by 500 near zero.", None),
    ("abs", ("x",), "Abs(x)", _SATURATES, None),
    ("sigmoid", ("x",), "1/(1 + exp(-x))", "Not below 1e-12.", None),
    ("relu", ("x",), "Max(0, x)", _SATURATES, None),
    ("+", ("x", "y"), "x + y", "Exact, up to a quarter of the largest float.", None),
    ("-", ("x", "y"), "x - y", "Exact, up to a quarter of the largest float.", None),
    ("*", ("x", "y"), "x*y", _SATURATES, None),
    (
        "/",
        ("x", "y"),
        "x/y",
        f"The denominator is sign(y)*max(|y|, {DIVISION_FLOOR:g}), with sign(0) = +1. {_SATURATES}",
        _keep_away_from_zero(DIVISION_FLOOR, 1),
    ),
    ("max", ("x", "y"), "Max(x, y)", _SATURATES, None),
    ("min", ("x", "y"), "Min(x, y)", _SATURATES, None),
    (
        "cond",
        ("x", "y", "z"),
        "Piecewise((y, x > 0), (z, True))",
        f"Selects hard; the gradient of the condition is a sigmoid's. {_SATURATES}",
        None,
    ),
)

BUILTIN: Mapping[str, Operator] = MappingProxyType(
    {
        name: Operator(
            name=name,
            arity=len(arguments),
            text=text,
            arguments=arguments,
            formula=parse_formula(text, arguments)[0],
            domain=domain,
            penalty=penalty,
        )
        for name, arguments, text, domain, penalty in _TABLE
    }
)

ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "id": "identity",
        "gaussian": "gauss",
        "add": "+",
        "plus": "+",
        "sub": "-",
        "minus": "-",
        "mul": "*",
        "times": "*",
        "mult": "*",
        "div": "/",
        "maximum": "max",
        "minimum": "min",
        "where": "cond",
        "ifelse": "cond",
        "conditional": "cond",
    }
)
