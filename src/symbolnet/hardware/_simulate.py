"""Simulating the RTL of a bundle under Verilator and under Icarus, in a testbench that is made for it."""

__all__ = ["SIMULATORS", "simulate"]

import re
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.hardware._program import Program
from symbolnet.hardware._testbench import BENCH, testbench
from symbolnet.hardware._tools import find, run
from symbolnet.hardware._vectors import hex_lines

_LAST_LINE = re.compile(r"^VECTORS (\d+) MISMATCHES (\d+)$", re.MULTILINE)


def simulate(
    simulator: str, rtl: Path, program: Program, stages: int, ports: NDArray[np.int64], expected: NDArray[np.int64]
) -> int:
    """Return how many vectors come out wrong in a simulation of RTL.

    Parameters
    ----------
    simulator : {"verilator", "icarus"}
    rtl : Path
        The folder of the RTL; nothing else of a bundle is read.
    program : Program
        What it is of.
    stages : int
        Clock cycles from inputs to outputs.
    ports : int64 array, (n_ports, n)
    expected : int64 array, (n, n_outputs)

    Raises
    ------
    SymbolNetError
        If the simulator is missing or fails, or does not come to the end.
    """
    count = len(expected)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in (path for path in rtl.glob("*") if path.is_file()):
            shutil.copy(file, folder)
        (folder / f"{BENCH}.v").write_text(testbench(program, stages, count), encoding="utf-8")
        (folder / "inputs.hex").write_bytes(hex_lines(ports, program.input_formats))
        (folder / "expected.hex").write_bytes(hex_lines(expected.T, program.output_formats))
        printed = SIMULATORS[simulator](folder, count)
    found = _LAST_LINE.search(printed)
    if found is None or int(found[1]) != count:
        last = (printed.strip().splitlines() or ["it printed nothing"])[-1]
        raise SymbolNetError(f"{simulator} did not come to the end of {count} vectors: {last[:200]}")
    return int(found[2])


def _icarus(folder: Path, count: int) -> str:
    compiler = find("iverilog")
    sources = sorted(path.name for path in folder.glob("*.v"))
    arguments = ["-g2005", "-Wno-timescale", f"-P{BENCH}.VECTORS={count}", "-s", BENCH, "-o", "bench.vvp", *sources]
    run(compiler, arguments, folder, folder / "bench.vvp")
    # Started through its compiler's neighbour, so that both are of one version.
    player = Path(compiler.command[0]).with_name("vvp")
    tool = type(compiler)("vvp", (str(player) if player.exists() else "vvp",))
    return run(tool, ["-n", "bench.vvp"], folder)


def _verilator(folder: Path, count: int) -> str:
    tool = find("verilator")
    for needed in ("make", "c++"):
        find(needed)
    sources = sorted(path.name for path in folder.glob("*.v"))
    program = folder / "obj_dir" / f"V{BENCH}"
    flags = "-O1" if "clang" in run(find("c++"), ["--version"], folder) else "-O1 -fcoroutines"
    # Compiling takes longer than running. The build on PyPI lacks the flag by which large designs, which come in
    # several files, include their precompiled header, and asks for a `python` on the path, which Debian lacks.
    flags_of_make = f"OPT_FAST=-O1 OPT_SLOW=-O0 OPT_GLOBAL=-O0 CFG_CXXFLAGS_PCH_I=-include PYTHON3={sys.executable}"
    run(
        tool,
        ["--binary", "--timing", "-Wno-fatal", "-Wno-lint", "-Wno-style", "-j", "2", f"-GVECTORS={count}",
         "--top-module", BENCH, "-CFLAGS", flags, "-MAKEFLAGS", flags_of_make, *sources],
        folder, program,
    )  # fmt: skip
    return run(type(tool)("the simulation", (str(program),)), [], folder)


SIMULATORS = {"verilator": _verilator, "icarus": _icarus}
"""By name."""
