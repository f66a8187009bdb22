"""From records to HTML: templates, figures and formulas as a page holds them."""

__all__ = ["Table", "figure", "formula", "render"]

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from symbolnet.expression._mathml import breakable
from symbolnet.plots import rendered


@dataclass(frozen=True)
class Table:
    """Headings and rows of text.

    Attributes
    ----------
    headings : sequence of str
    rows : sequence of sequence of str
    words : sequence of int
        The columns that hold words and stand on the left; numbers stand on the right.
    marked : int, optional
        The row to mark.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: Sequence[int] = (0,)
    marked: int | None = None


def render(template: str, **values: Any) -> str:
    """Fill in a template of `templates/`; text is escaped, a name that is missing is an error."""
    environment = Environment(
        loader=PackageLoader("symbolnet.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(**values)


def figure(drawn: Any, description: str) -> Markup:
    """A matplotlib figure as an image that lies in the page; SVG, so that it stays sharp."""
    data = base64.b64encode(rendered(drawn, "svg")).decode("ascii")
    return Markup('<img alt="{}" src="data:image/svg+xml;base64,{}">').format(description, data)


def formula(mathml: str) -> Markup:
    """An element of `Expression.mathml` that may be broken between its terms."""
    return Markup(" ".join(breakable(mathml)))
