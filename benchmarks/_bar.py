"""What every measurement has in common: its record, its options, one line a figure."""

__all__ = ["Bar", "Measure", "main", "quiet"]

import argparse
import inspect
import json
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Bar:
    """One row of the table of bars.

    Attributes
    ----------
    what : str
        What is measured.
    bar : str
        What it has to reach.
    figure : str
        What was measured, with its unit.
    reached : bool or None
        None where nothing is asked for: a figure to know.
    values : mapping of str to number
        The same as numbers, for tables that are made of them.
    """

    what: str
    bar: str
    figure: str
    reached: bool | None
    values: dict[str, float] = field(default_factory=dict)

    def line(self) -> str:
        """The row as one line of text."""
        mark = {True: "reached", False: "NOT REACHED", None: "for information"}[self.reached]
        asked = f" (bar: {self.bar})" if self.bar else ""
        return f"{self.what}: {self.figure}{asked}: {mark}"


Measure = Callable[[argparse.Namespace], list[Bar]]


def main(measure: Measure, add_arguments: Callable[[argparse.ArgumentParser], None] | None = None) -> None:
    """Run one module of benchmarks as a command: a line a figure, or with --json one document, and nothing else.

    The exit code is 1 where a bar is not reached. Under --quick a measurement is as small as can be: it shows that
    the code runs, and its figure means nothing.
    """
    source = Path(inspect.getfile(measure)).stem
    documentation = sys.modules["__main__"].__doc__ or ""
    parser = argparse.ArgumentParser(
        prog=f"python -m benchmarks.{source}",
        description=documentation,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--quick", action="store_true", help="the smallest form: shows that it runs, measures nothing")
    if add_arguments is not None:
        add_arguments(parser)
    options = parser.parse_args()
    started = time.monotonic()
    bars = measure(options)
    seconds = time.monotonic() - started
    if options.json:
        rows = [asdict(bar) for bar in bars]
        print(json.dumps({"name": source, "quick": options.quick, "seconds": round(seconds, 1), "rows": rows}))
    else:
        for bar in bars:
            print(bar.line())
    sys.exit(int(any(bar.reached is False for bar in bars)))


@contextmanager
def quiet() -> Iterator[list[str]]:
    """Collect the lines of warnings instead of showing them."""
    lines: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield lines
    lines.extend(str(warning.message) for warning in caught)
