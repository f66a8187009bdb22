"""Input names as identifiers, and as LaTeX."""

__all__ = ["identifiers", "latex_name"]

import keyword
import re
from collections.abc import Sequence

from symbolnet.operators._primitives import PRIMITIVES

_RESERVED = {"np", "X", "sqrt", "abs", "True", "False", "pow", "E", "I", "pi", "oo", "nan", "zoo", "N", "O", "Q", "S"}
_RESERVED |= {p.sympy for p in PRIMITIVES.values()} | PRIMITIVES.keys() | set(keyword.kwlist) | set(keyword.softkwlist)
# The names that SymPy's reader would take for a function.
_RESERVED |= {"beta", "gamma", "zeta", "Chi", "Ci", "Si", "Shi", "Ei", "Li", "li", "re", "im", "arg", "sign"}


def identifiers(names: Sequence[str]) -> tuple[str, ...]:
    """Return distinct identifiers for names such as ``mass (GeV)``; a good name stays as it is.

    A name that Python or SymPy's reader would take for something else (``E``, ``lambda``) gets a trailing underscore.
    """
    taken: set[str] = set()
    result = []
    for name in names:
        clean = name if name.isidentifier() and name.isascii() else _clean(name)
        clean += "_" if clean in _RESERVED else ""
        unique, number = clean, 2
        while unique in taken:
            unique, number = f"{clean}_{number}", number + 1
        taken.add(unique)
        result.append(unique)
    return tuple(result)


def _clean(name: str) -> str:
    clean = re.sub(r"[^0-9A-Za-z_]+", "_", name).strip("_")
    return clean if clean.isidentifier() else f"x_{clean}".rstrip("_")


def latex_name(name: str) -> str:
    r"""Return x374 as x_{374}, a longer name as \mathrm{...}; a name with a backslash is LaTeX already."""
    if "\\" in name or re.fullmatch(r"[A-Za-z]", name):
        return name
    if match := re.fullmatch(r"([A-Za-z])_?(\d+)", name):
        return f"{match[1]}_{{{match[2]}}}"
    escaped = (
        re.sub(r"([_%$#&{}])", r"\\\1", name).replace("^", r"\hat{}").replace("~", r"\tilde{}").replace(" ", r"\ ")
    )
    return rf"\mathrm{{{escaped}}}"
