"""Figures that a verb writes to a file."""

__all__ = ["figure_form", "save_figure"]

from pathlib import Path
from typing import Any

from symbolnet._errors import SymbolNetError


def figure_form(path: str) -> str:
    """The form that the name of a file asks for: "png", "pdf" or "svg".

    Raises
    ------
    SymbolNetError
        For another one.
    """
    from symbolnet.plots import FORMS

    suffix = Path(path).suffix.lower()
    if suffix[1:] not in FORMS:
        known = ", ".join(f".{form}" for form in FORMS)
        raise SymbolNetError(f"{path}: unknown kind of figure {suffix!r}; known: {known}")
    return suffix[1:]


def save_figure(path: str, figure: Any) -> None:
    """Write a matplotlib figure, atomically, in the form that the name of the file asks for."""
    from symbolnet.io import atomic_write
    from symbolnet.plots import rendered

    atomic_write(path, rendered(figure, figure_form(path)))
