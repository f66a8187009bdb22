"""`symbolnet datasets`: what there is, and fetching it."""

__all__ = ["datasets"]

from dataclasses import asdict
from typing import Any

import click

from symbolnet.cli._output import Column, entry, print_json, say, table
from symbolnet.cli._verb import as_json


@click.command(short_help="Data sets that can stand for DATA: list, describe, get.")
@click.argument("words", nargs=-1, metavar="[NAME | get NAME]")
@as_json
def datasets(words: tuple[str, ...], as_json: bool) -> None:
    """List the data sets, describe the one called NAME, or get it: fetch it into the cache, where it is not there yet.

    Files are looked for in $SYMBOLNET_DATA_DIR, then in the cache, then on OpenML.
    """
    from symbolnet._errors import SymbolNetError

    if len(words) > 2 or (len(words) == 2 and words[0] != "get") or words == ("get",):
        raise SymbolNetError(
            f"datasets {' '.join(words)}: give one data set to describe it (datasets digits), "
            "or get and one to fetch it (datasets get digits)"
        )
    if not words:
        _list(as_json)
    elif len(words) == 1:
        _describe(words[0], as_json)
    else:
        _get(words[1], as_json)


def _list(as_json: bool) -> None:
    from symbolnet.datasets import describe

    records = describe()
    if as_json:
        print_json([asdict(record) for record in records])
        return
    columns = [
        Column("name", False),
        Column("train"),
        Column("test"),
        Column("inputs"),
        Column("classes"),
        Column("where", False),
    ]
    rows = [
        [r.name, _count(r.n_train), _count(r.n_test), str(r.n_features), _count(r.n_classes), _place(r.where)]
        for r in records
    ]
    table(columns, rows)
    say("\nsymbolnet datasets NAME describes one; symbolnet datasets get NAME fetches it")


def _describe(name: str, as_json: bool) -> None:
    from symbolnet.datasets import describe, full_name

    name = full_name(name)
    record = next(record for record in describe() if record.name == name)
    if as_json:
        print_json(asdict(record))
        return
    rows = f"{_count(record.n_train)} to train on, {_count(record.n_test)} to test"
    kind = "regression" if record.n_classes is None else f"classification, {record.n_classes} classes"
    _lines(
        {
            record.name: record.description,
            "task": kind,
            "rows": rows,
            "inputs": str(record.n_features),
            "where": record.where,
            "source": record.source,
            "licence": record.licence,
        }
    )


def _get(name: str, as_json: bool) -> None:
    from symbolnet.datasets import describe, load

    found = load(name)
    record = next(record for record in describe() if record.name == found.name)
    result: dict[str, Any] = {
        "name": found.name,
        "n_train": len(found.X_train),
        "n_test": 0 if found.X_test is None else len(found.X_test),
        "n_features": found.X_train.shape[1],
        "where": record.where,
    }
    if as_json:
        print_json(result)
        return
    say(
        f"{found.name}: {result['n_train']} rows to train on, {result['n_test']} to test, {result['n_features']} inputs"
    )
    say(f"where: {record.where}")


def _lines(entries: dict[str, str]) -> None:
    longest = max(map(len, entries))
    for key, value in entries.items():
        head = f"{key:<{longest}}  "
        say(head + value) if key == "where" else entry(head, value)  # a path stays whole


def _count(number: int | None) -> str:
    return "-" if number is None else str(number)


def _place(where: str) -> str:
    """A path is told in full by the description; a list says that the file is there."""
    return "on disk" if "/" in where or "\\" in where else where
