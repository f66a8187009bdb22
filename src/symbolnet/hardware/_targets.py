"""What `export --to` may name: each target writes its files and says how they are checked."""

__all__ = ["TARGETS", "Design", "Target", "register_target"]

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.expression import Expression
from symbolnet.hardware._c import C_FILE, c_source
from symbolnet.hardware._emulate import emulate_integers
from symbolnet.hardware._guide import constraints, guide, vivado_script
from symbolnet.hardware._json import program_to_json
from symbolnet.hardware._program import Program, Semantics
from symbolnet.hardware._testbench import BENCH, testbench
from symbolnet.hardware._trace import trace
from symbolnet.hardware._vectors import hex_lines, make_vectors
from symbolnet.hardware._verilog import rtl_files

Files = dict[str, str | bytes]

_BENCH_VECTORS = 1000


@dataclass(frozen=True, eq=False)
class Design:
    """What a target is given.

    Attributes
    ----------
    expression : Expression or None
        What the program was lowered from, if it was.
    program : Program
        In the target's semantics.
    samples : int64 array, (n_ports, n_samples)
        Integers at the input ports from data, perhaps none.
    clock_ns : float
    part : str
        A device, as Vivado names it.
    name : str
        Of the formula, for people.
    X : array, (n_samples, n_inputs), or None
        The data, for what the target chooses on its own.
    """

    expression: Expression | None
    program: Program
    samples: NDArray[np.int64]
    clock_ns: float
    part: str
    name: str
    X: ArrayLike | None = None


Writer = Callable[[Design], tuple[Files, dict[str, Any]]]
"""Returns files by path inside the bundle, and what the manifest gets: "checks", with RTL also "stages"."""


@dataclass(frozen=True)
class Target:
    """One word of ``--to``.

    Attributes
    ----------
    about : str
    semantics : {"fused", "hls4ml"}
        How its program is lowered.
    write : callable
    """

    about: str
    semantics: Semantics
    write: Writer


def _verilog(design: Design) -> tuple[Files, dict[str, Any]]:
    program = design.program
    logic = trace(program, design.clock_ns)
    files: Files = {f"rtl/{name}": text for name, text in rtl_files(program, logic, design.part).items()}
    ports = make_vectors(program, design.samples, _BENCH_VECTORS)
    files["sim/inputs.hex"] = hex_lines(ports, program.input_formats)
    files["sim/expected.hex"] = hex_lines(emulate_integers(program, ports).T, program.output_formats)
    files[f"sim/{BENCH}.v"] = testbench(program, logic.stages, _BENCH_VECTORS)
    files[f"c/{C_FILE}"] = c_source(program)
    files["vivado/build.tcl"] = vivado_script(design.part)
    files["vivado/formula.xdc"] = constraints(design.clock_ns)
    files["README.md"] = guide(design.name, program, design.clock_ns, design.part, logic.stages)
    checks = ["da4ml", "c", "verilator", "icarus"]
    return files, {"stages": logic.stages, "estimated_lut": round(float(logic.comb.cost)), "checks": checks}


def _c(design: Design) -> tuple[Files, dict[str, Any]]:
    files: Files = {f"c/{C_FILE}": c_source(design.program)}
    files["README.md"] = guide(design.name, design.program, None, None, None)
    return files, {"checks": ["c"]}


def _hls4ml(design: Design, *, vitis: bool) -> tuple[Files, dict[str, Any]]:
    from symbolnet.hardware._hls4ml import lower_with_tables
    from symbolnet.hardware._hls4ml_project import PROJECT, hls4ml_version, project_files, project_guide

    program = design.program
    if design.expression is None:
        raise SymbolNetError("an hls4ml project is made of a formula, not of a program; export the formula")
    again, tables = lower_with_tables(design.expression, program.output_formats[0], design.X)
    if program_to_json(again) != program_to_json(program):
        raise SymbolNetError("the program was lowered otherwise than its hls4ml project; give a format as precision")
    project = project_files(
        design.expression, program, tables, make_vectors(program, design.samples, _BENCH_VECTORS),
        clock_ns=design.clock_ns, part=design.part, vitis=vitis,
    )  # fmt: skip
    files: Files = {f"{PROJECT}/{name}": text for name, text in project.items()}
    files[f"c/{C_FILE}"] = c_source(program)
    files["README.md"] = guide(design.name, program, None, None, None) + project_guide(program, vitis)
    return files, {"hls4ml": hls4ml_version(), "checks": ["hls4ml", "c"]}


_TARGETS: dict[str, Target] = {
    "verilog": Target("pipelined RTL with tables, testbench, Vivado script and a C model", "fused", _verilog),
    "c": Target("a C99 function of integers", "fused", _c),
    "hls4ml": Target("an hls4ml SymbolicExpression project", "hls4ml", partial(_hls4ml, vitis=False)),
    "vitis": Target("the same project with the scripts of Vitis HLS", "hls4ml", partial(_hls4ml, vitis=True)),
}
TARGETS: Mapping[str, Target] = _TARGETS
"""By name."""


def register_target(name: str, target: Target) -> None:
    """Make a target known; for the other modules of this package."""
    _TARGETS[name] = target
