"""Synthesis of a bundle's RTL with Yosys for UltraScale+: what it takes of each resource, and how long it takes."""

__all__ = ["LATENCY_LABEL", "Synthesis", "synthesise"]

import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from symbolnet._errors import SymbolNetError
from symbolnet.hardware._bundle import Bundle
from symbolnet.hardware._tools import Call, Tool, find, run_together
from symbolnet.hardware._verilog import TOP

LATENCY_LABEL = "cycles x assumed clock, not timing-closed"

_WHOLE = "setattr -mod -set keep_hierarchy 1 *shift_adder*"
_OPEN = "setattr -mod -unset keep_hierarchy *; flatten; opt_clean"
_WAYS = (("", ""), (f"{_WHOLE}; ", f"{_OPEN}; "))
"""What Yosys is told before and after synthesis: to flatten everything, or to map each adder by itself.

Flattened, it joins adders to sums of many terms and builds those of full adders, where each by itself is a carry chain
of a LUT a bit; long sums take up to twice as many LUTs. Short ones between tables are smaller flattened.
"""

_REPORT = "cells.txt"
_CELL = re.compile(r"^\s+(?:(\d+)\s+)?([A-Z][A-Z0-9_]+)(?:\s+(\d+))?\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Synthesis:
    """Resources and depth.

    Attributes
    ----------
    lut : int
        Sum of LUT1 to LUT6. Inverters are not counted: they are absorbed into LUTs on placement.
    ff, dsp, bram : int
        Flip-flops; DSP48E2; block RAMs of 18 kbit (one of 36 counts twice).
    carry, mux : int
        Carry elements and wide multiplexers, which sit beside the LUTs.
    stages : int
        Clock cycles from the edge that takes the inputs to the one after which the outputs hold their result.
    latency_ns : float
        Those cycles times the assumed clock; nothing was placed or timed.
    tool : str
    """

    lut: int
    ff: int
    dsp: int
    bram: int
    carry: int
    mux: int
    stages: int
    latency_ns: float
    tool: str


def synthesise(bundle: Bundle, *, dsp: bool = True, time_limit: float | None = None) -> Synthesis:
    """Run Yosys on a bundle, in two ways at once, and return the smaller circuit.

    Everything flattened, or flattened but for the adders, which are mapped one by one.

    Parameters
    ----------
    bundle : Bundle
    dsp : bool
        Whether products may go to DSP blocks.
    time_limit : float, optional
        Seconds; circuits of ten thousand LUTs take minutes.

    Raises
    ------
    ToolTimeoutError
        If it takes longer than `time_limit`.
    SymbolNetError
        If Yosys is missing or fails, or the bundle holds no RTL.
    """
    rtl = bundle.path / "rtl"
    if not (rtl / f"{TOP}.v").is_file():
        raise SymbolNetError(f"{bundle.path}: holds no RTL, it was exported to {bundle.target}; use --to verilog")
    tool = find("yosys")
    with tempfile.TemporaryDirectory() as name:
        cells = min(_counts(tool, rtl, Path(name), dsp=dsp, time_limit=time_limit), key=_luts)
    if not cells:
        raise SymbolNetError(f"{tool.name} counted no cell of {rtl}; the formula may be constant at this precision")
    stages = int(bundle.manifest["stages"])
    return Synthesis(
        lut=_luts(cells),
        ff=sum(count for cell, count in cells.items() if re.fullmatch(r"FD[A-Z]E(_1)?|FD[RSPC]", cell)),
        dsp=cells.get("DSP48E2", 0),
        bram=cells.get("RAMB18E2", 0) + 2 * cells.get("RAMB36E2", 0),
        carry=cells.get("CARRY4", 0) + cells.get("CARRY8", 0),
        mux=sum(cells.get(f"MUXF{k}", 0) for k in (7, 8, 9)),
        stages=stages,
        latency_ns=stages * float(bundle.manifest["clock_ns"]),
        tool=tool.version,
    )


def _luts(cells: Mapping[str, int]) -> int:
    return sum(cells.get(f"LUT{k}", 0) for k in range(1, 7))


def _script(rtl: Path, way: tuple[str, str], *, dsp: bool) -> str:
    """What makes the netlist of the RTL in a folder that Yosys runs in."""
    sources = " ".join(sorted(path.name for path in rtl.glob("*.v")))
    before, after = way
    return (
        f"read_verilog -defer {sources}; hierarchy -top {TOP}; {before}synth_xilinx -family xcup -flatten -noiopad "
        f"-noclkbuf{'' if dsp else ' -nodsp'} -top {TOP}; {after}"
    )


def _counts(tool: Tool, rtl: Path, folder: Path, *, dsp: bool, time_limit: float | None) -> list[Mapping[str, int]]:
    """Cells by type, either way."""
    calls = []
    for place, way in enumerate(_WAYS):
        copy = shutil.copytree(rtl, folder / str(place))
        script = f"{_script(copy, way, dsp=dsp)}tee -o {_REPORT} stat"
        calls.append(Call(["-q", "-p", script], copy, copy / _REPORT))
    run_together(tool, calls, time_limit=time_limit)
    return [_read(folder / str(place) / _REPORT) for place in range(len(_WAYS))]


def _read(report: Path) -> Mapping[str, int]:
    cells: dict[str, int] = {}
    for before, cell, behind in _CELL.findall(report.read_text(encoding="utf-8")):
        # The count stands behind the cell's name, since Yosys 0.5x before it.
        cells[cell] = cells.get(cell, 0) + int(before or behind or 0)
    return cells
