"""Simulating the RTL of a bundle: the testbench under Verilator and under Icarus."""

__all__ = ["SIMULATORS", "simulate"]

import re
import shutil
import sys
import tempfile
from pathlib import Path

from symbolnet._errors import SymbolNetError
from symbolnet.hardware._testbench import BENCH
from symbolnet.hardware._tools import find, run

_LAST_LINE = re.compile(r"^VECTORS (\d+) MISMATCHES (\d+)$", re.MULTILINE)


def simulate(simulator: str, bundle: Path, inputs: bytes, expected: bytes, count: int) -> int:
    """Return how many of `count` vectors come out wrong in a simulation of the bundle's RTL.

    Parameters
    ----------
    simulator : {"verilator", "icarus"}
    bundle : Path
    inputs, expected : bytes
        The files that the testbench reads.
    count : int

    Raises
    ------
    SymbolNetError
        If the simulator is missing or fails, or does not come to the end.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in [*(bundle / "rtl").glob("*"), bundle / "sim" / f"{BENCH}.v"]:
            shutil.copy(file, folder)
        (folder / "inputs.hex").write_bytes(inputs)
        (folder / "expected.hex").write_bytes(expected)
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
