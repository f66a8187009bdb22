"""Input names as identifiers, and as LaTeX."""

__all__ = ["identifiers", "latex_name"]

import builtins
import keyword
import re
import unicodedata
from collections.abc import Container, Sequence

from symbolnet.expression._sympy_names import SYMPY_NAMES
from symbolnet.operators._primitives import PRIMITIVES

_RESERVED = {"np", "X"} | SYMPY_NAMES | set(dir(builtins)) | set(keyword.kwlist) | set(keyword.softkwlist)
_RESERVED |= {p.sympy for p in PRIMITIVES.values()} | PRIMITIVES.keys()


def identifiers(names: Sequence[str], reserved: Container[str] = ()) -> tuple[str, ...]:
    """Return distinct identifiers for names such as ``mass (GeV)``; a good name stays as it is, as ``größe`` does.

    Letters are normalised as Python does it to identifiers (NFKC), so that what is printed reads back to the same name.
    A name that Python or SymPy's reader would take for something else (``E``, ``lambda``), or that is in `reserved`,
    gets a trailing underscore.
    """

    def free(name: str) -> bool:
        return name not in _RESERVED and name not in reserved

    # Good names first: no other name may become one of them.
    taken: set[str] = set()
    result: dict[int, str] = {}
    for place, name in enumerate(names):
        if name.isidentifier() and name == unicodedata.normalize("NFKC", name) and free(name) and name not in taken:
            result[place] = name
            taken.add(name)
    for place, name in enumerate(names):
        if place in result:
            continue
        clean = _clean(name)
        while not free(clean):
            clean += "_"
        unique, number = clean, 2
        while unique in taken or not free(unique):
            unique, number = f"{clean}_{number}", number + 1
        taken.add(unique)
        result[place] = unique
    return tuple(result[place] for place in range(len(names)))


def _clean(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name)
    if plain.isidentifier():
        return plain
    clean = re.sub(" +", "_", "".join(c if f"x{c}".isidentifier() else " " for c in plain)).strip("_")
    return clean if clean.isidentifier() else f"x_{clean}".rstrip("_")


def latex_name(name: str) -> str:
    r"""Return x374 as x_{374}, a longer name as \mathrm{...}; a name with a backslash is LaTeX already."""
    if "\\" in name or re.fullmatch(r"[^\W\d_]", name):
        return name
    if match := re.fullmatch(r"([^\W\d_])_?(\d+)", name):
        return f"{match[1]}_{{{match[2]}}}"
    escaped = (
        re.sub(r"([_%$#&{}])", r"\\\1", name).replace("^", r"\hat{}").replace("~", r"\tilde{}").replace(" ", r"\ ")
    )
    return rf"\mathrm{{{escaped}}}"
