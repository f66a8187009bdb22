"""`symbolnet verify`: every model of a bundle against the exact emulator."""

__all__ = ["verify"]

import click

from symbolnet.cli._output import Column, print_json, say, table
from symbolnet.cli._verb import as_json

_NAMES = {
    "rtl": "RTL, all simulators",
    "verilator": "RTL in Verilator",
    "icarus": "RTL in Icarus",
    "da4ml": "da4ml's interpreter",
    "c": "C",
    "hls4ml": "hls4ml's C simulation",
}


@click.command(short_help="Simulate an exported circuit and count differences.")
@click.argument("folder", metavar="DIR")
@click.option("--vectors", type=int, default=10_000, show_default=True, metavar="N", help="How many to compare.")
@as_json
def verify(folder: str, vectors: int, as_json: bool) -> int:
    """Compare every model in DIR, which symbolnet export made, with the exact emulator, bit by bit.

    Half of the vectors come from the data that was there at export, the others are extreme and random values.
    The exit code is 1 if anything differs.
    """
    from symbolnet.hardware import open_bundle
    from symbolnet.hardware import verify as check

    found = check(open_bundle(folder), vectors)
    if as_json:
        print_json({"vectors": found.vectors, "mismatches": found.mismatches})
    else:
        table(
            [Column("model", numeric=False), Column("vectors that differ")],
            [[_NAMES.get(name, name), str(count)] for name, count in found.mismatches.items()],
        )
        verdict = "every bit is the emulator's" if found.passed else "the models differ"
        say(f"\n{found.vectors} vectors: {verdict}")
    return 0 if found.passed else 1
