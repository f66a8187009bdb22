"""`symbolnet verify`: every model of a bundle against the exact emulator."""

__all__ = ["verify"]

import click

from symbolnet.cli._output import Column, print_json, say, table
from symbolnet.cli._verb import as_json

_NAMES = {  # "rtl" is the sum of the simulators
    "verilator": "RTL in Verilator",
    "icarus": "RTL in Icarus",
    "da4ml": "da4ml's interpreter",
    "c": "C",
    "hls4ml": "hls4ml's C simulation",
}
_MOST_NAMES = 8


@click.command(short_help="Simulate an exported circuit and count differences.")
@click.argument("folder", metavar="DIR")
@click.option("--vectors", type=int, default=10_000, show_default=True, metavar="N", help="How many to compare.")
@as_json
def verify(folder: str, vectors: int, as_json: bool) -> int:
    """Compare every model in DIR, which symbolnet export made, with the exact emulator, bit by bit.

    Half of the vectors come from the data that was there at export, the others are extreme and random values.
    What goes in and what must come out is made anew; the testbench in DIR is not used. The exit code is 1 if anything
    differs, or a file is not as export wrote it.
    """
    from symbolnet.hardware import open_bundle
    from symbolnet.hardware import verify as check

    found = check(open_bundle(folder), vectors)
    if as_json:
        print_json({"vectors": found.vectors, "mismatches": found.mismatches, "changed": list(found.changed)})
    else:
        table(
            [Column("model", numeric=False), Column("vectors that differ")],
            [[_NAMES[name], str(count)] for name, count in found.mismatches.items() if name != "rtl"],
        )
        verdict = "the models differ" if any(found.mismatches.values()) else "every bit is the emulator's"
        say(f"\n{found.vectors} vectors: {verdict}")
        if found.changed:
            more = f" and {len(found.changed) - _MOST_NAMES} more" if len(found.changed) > _MOST_NAMES else ""
            say(f"Not as exported: {', '.join(found.changed[:_MOST_NAMES])}{more}")
    return 0 if found.passed else 1
