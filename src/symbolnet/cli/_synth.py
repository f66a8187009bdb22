"""`symbolnet synth`: what a bundle's RTL takes of an FPGA, through Yosys."""

__all__ = ["synth"]

from dataclasses import asdict

import click

from symbolnet.cli._output import Column, print_json, say, table
from symbolnet.cli._verb import as_json


@click.command(short_help="Count the resources of an exported circuit with Yosys.")
@click.argument("folder", metavar="DIR")
@click.option("--no-dsp", is_flag=True, help="Build products of LUTs instead of DSP blocks.")
@as_json
def synth(folder: str, no_dsp: bool, as_json: bool) -> None:
    """Synthesise the RTL in DIR for UltraScale+ and count its cells.

    LUT is the sum of LUT1 to LUT6. The latency is cycles x assumed clock, not timing-closed: nothing is placed.
    """
    from symbolnet.hardware import LATENCY_LABEL, open_bundle, synthesise

    found = asdict(synthesise(open_bundle(folder), dsp=not no_dsp))
    if as_json:
        print_json(found | {"latency": LATENCY_LABEL})
        return
    names = {"lut": "LUT", "ff": "flip-flops", "dsp": "DSP", "bram": "BRAM", "carry": "carry", "mux": "wide mux"}
    names |= {"stages": "cycles"}
    table([Column("resource", numeric=False), Column("")], [[text, str(found[key])] for key, text in names.items()])
    say(f"\n{found['latency_ns']:g} ns: {LATENCY_LABEL}\n{found['tool']}")
