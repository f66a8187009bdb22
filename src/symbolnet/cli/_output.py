"""What is printed: results on stdout, everything else on stderr; tables, formulas, JSON."""

__all__ = [
    "Column",
    "columns_that_fit",
    "entry",
    "formulas",
    "note",
    "paragraph",
    "plain_streams",
    "plain_warnings",
    "print_json",
    "say",
    "spread",
    "table",
]

import shutil
import sys
import textwrap
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import click

_WIDTH_OF_A_PIPE = 80
_GAP = 3  # between the columns of a table


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : str
    numeric : bool
        Numbers stand on the right and are never cut; text may end in an ellipsis.
    """

    name: str
    numeric: bool = True


def say(text: str = "") -> None:
    """A line of the result."""
    click.echo(text)


def paragraph(text: str) -> None:
    """A sentence of the result, wrapped to the terminal."""
    say(textwrap.fill(text, width() - 1, break_long_words=False, break_on_hyphens=False))


def entry(head: str, text: str) -> None:
    """Print `text` after `head`, wrapped at spaces with the lines below each other."""
    lines = textwrap.wrap(
        text, width() - 1, initial_indent=head, subsequent_indent=" " * len(head), break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
    say("\n".join(lines))


def note(text: str) -> None:
    """A line about the work, on stderr."""
    click.echo(text, err=True)


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    """Print a table that fits the terminal, or 80 columns in a pipe: text is cut with an ellipsis, numbers never."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    widest = [max([len(column.name), *(len(row[k]) for row in rows)]) for k, column in enumerate(columns)]
    gaps = _GAP * len(columns)
    free = width() - gaps - sum(n for n, column in zip(widest, columns, strict=True) if column.numeric)
    texts = max(1, sum(not column.numeric for column in columns))
    limits = [
        n if column.numeric else min(n, max(free // texts, 16)) for n, column in zip(widest, columns, strict=True)
    ]
    drawn = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for column, limit in zip(columns, limits, strict=True):
        drawn.add_column(column.name, justify="right" if column.numeric else "left", no_wrap=True, width=limit)
    for row in rows:
        drawn.add_row(*(Text(_cut(cell, limit)) for cell, limit in zip(row, limits, strict=True)))
    console = Console(
        file=sys.stdout, width=max(width(), sum(limits) + gaps), highlight=False, markup=False, emoji=False
    )
    with console.capture() as captured:
        console.print(drawn)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def columns_that_fit(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> int:
    """Return how many columns of numbers a `table` has room for."""
    ends = accumulate(max([len(c.name), *(len(row[k]) for row in rows)]) + _GAP for k, c in enumerate(columns))
    return sum(end - _GAP <= width() for end in ends)


def spread(count: int, most: int) -> list[int]:
    """Return the places of the first, of the last and of others at equal steps between, of at most `most` rows."""
    if count <= most:
        return list(range(count))
    return [round(k * (count - 1) / (most - 1)) for k in range(most)]


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def width() -> int:
    """Columns of the terminal; 80 for a pipe, unless COLUMNS says otherwise."""
    return max(40, shutil.get_terminal_size((_WIDTH_OF_A_PIPE, 24)).columns)


def formulas(names: Sequence[str], texts: Sequence[str]) -> None:
    """Print one formula a name, whole, wrapped at spaces with the lines below each other."""
    longest = max((len(name) for name in names), default=0)
    for name, text in zip(names, texts, strict=True):
        entry(f"  {name:>{longest}} = ", text)


def print_json(value: Mapping[str, Any] | Sequence[Any]) -> None:
    """Print one JSON document."""
    from symbolnet.io import json_text

    say(json_text(value))


@contextmanager
def plain_warnings() -> Iterator[None]:
    """A warning that concerns the user is one line on stderr; those for developers are dropped."""

    def show(message: Warning | str, *_: Any, **__: Any) -> None:
        note(f"symbolnet: warning: {' '.join(str(message).split())}")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = show
        yield


@contextmanager
def plain_streams() -> Iterator[None]:
    """A terminal that cannot show a character gets a question mark in its place instead of an error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    yield
