"""The hls4ml project of a formula: hls4ml writes it around our arithmetic, and its C simulation runs without a vendor.

The simulation is the project's own firmware, compiled with the system's C++ compiler against the open `ap_types` that
hls4ml brings along. Where Vitis or Vivado HLS compiles the project, it takes its own headers.
"""

__all__ = ["PROJECT", "hls4ml_version", "project_files", "project_guide", "run_project"]

import contextlib
import ctypes
import io
import tempfile
import warnings
import zlib
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.expression import Expression
from symbolnet.hardware._c import compiled_function
from symbolnet.hardware._emulate import emulate_integers
from symbolnet.hardware._format import FixedPoint
from symbolnet.hardware._hls4ml import LookUp
from symbolnet.hardware._hls4ml_code import arithmetic, table_definitions
from symbolnet.hardware._program import Program
from symbolnet.hardware._table_functions import header
from symbolnet.hardware._tools import find, run

PROJECT = "hls4ml"
"""The folder of the project inside a bundle."""

_NAME = "formula"
_NO_VENDOR = "no-vendor-headers"
"""A path that does not exist, or hls4ml would ask a shell for the vendor's compiler."""
_HEADER = "functions.h"
_SIMULATION = """// The firmware with the open ap_types, sample by sample, as symbolnet verify compiles it:
// c++ -O1 -std=c++11 -fPIC -shared -Ifirmware/ap_types simulation.cpp -o simulation.so
#include "firmware/{name}.cpp"

extern "C" void {name}_many(long long n, const double *from, double *to) {{
    for (long long k = 0; k < n; ++k) {{
        input_t x[{inputs}];
        result_t y[{outputs}];
        for (int i = 0; i < {inputs}; ++i)
            x[i] = from[k * {inputs} + i];
        {name}(x, y);
        for (int i = 0; i < {outputs}; ++i)
            to[k * {outputs} + i] = y[i].to_double();
    }}
}}
"""


def project_files(
    expression: Expression,
    program: Program,
    tables: Mapping[int, LookUp],
    vectors: NDArray[np.int64],
    *,
    clock_ns: float,
    part: str,
    vitis: bool,
) -> dict[str, bytes]:
    """Return the files of a project by their path in it.

    Parameters
    ----------
    expression : Expression
    program : Program
        The formula in hls4ml semantics; only the inputs that it reads are inputs of the project.
    tables : mapping of node to LookUp
    vectors : int64 array, (n_ports, n_samples)
        For the project's own test bench.
    clock_ns : float
    part : str
    vitis : bool
        Whether for Vitis HLS, not Vivado HLS.

    Raises
    ------
    SymbolNetError
        If hls4ml is absent.
    """
    lines = arithmetic(expression, tables, program.columns)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / _NAME
        _write(root, program, lines, table_definitions(tables), clock_ns, part, vitis)
        files = {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
    # hls4ml stamps each writing at random and keeps the folder's name; equal formulas shall give equal files.
    config = files["hls4ml_config.yml"].decode()
    stamp = next(line.split()[1].strip("'") for line in config.splitlines() if line.startswith("Stamp:"))
    ours = f"{zlib.crc32(chr(10).join(lines).encode()):08x}"
    files["hls4ml_config.yml"] = config.replace(f"{root}/{_NO_VENDOR}", "''").replace(str(root), ".").encode()
    files["build_lib.sh"] = files["build_lib.sh"].replace(f"{root}/{_NO_VENDOR}".encode(), b"")
    for name in ("hls4ml_config.yml", "build_lib.sh"):
        # YAML puts a stamp that could be read as a number in quotes.
        plain = files[name].replace(f"'{stamp}'".encode(), stamp.encode())
        files[name] = plain.replace(stamp.encode(), ours.encode())
    steps_in = np.array([form.step for form in program.input_formats])
    steps_out = np.array([form.step for form in program.output_formats])
    files |= {
        f"firmware/{_HEADER}": header(dict.fromkeys(table.function for table in tables.values())).encode(),
        "firmware/weights/none.txt": b"A formula has no weights; the build script wants the folder.\n",
        "tb_data/tb_input_features.dat": _rows(vectors.T * steps_in),
        "tb_data/tb_output_predictions.dat": _rows(emulate_integers(program, vectors) * steps_out),
        "simulation.cpp": _simulation(program),
    }
    return files


def _simulation(program: Program) -> bytes:
    return _SIMULATION.format(name=_NAME, inputs=len(program.columns), outputs=len(program.outputs)).encode()


def _write(
    root: Path, program: Program, lines: list[str], definitions: str, clock_ns: float, part: str, vitis: bool
) -> None:
    """Let hls4ml write its project. Of the formula it is told the number of outputs; see `_hls4ml_code` for why."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # hls4ml leaves files and pipes to the garbage collector
        converters = _hls4ml()
        form = program.output_formats[0]
        model: Any = converters.convert_from_symbolic_expression(
            ["x0"] * len(program.outputs), n_symbols=len(program.columns), output_dir=str(root), project_name=_NAME,
            precision=_precision(form), part=part, clock_period=clock_ns, hls_include_path=f"{root}/{_NO_VENDOR}",
            hls_libs_path=f"{root}/{_NO_VENDOR}", compiler="vitis_hls" if vitis else "vivado_hls",
        )  # fmt: skip
        (layer,) = [layer for layer in model.get_layers() if layer.class_name == "SymbolicExpression"]
        layer.attributes["function_cpp"] = [*lines, ""]  # a comment is put behind a single line
        layer.attributes["config_cpp"] = definitions
        layer.attributes["include_header"] = [*layer.get_attr("include_header"), _HEADER]
        model.write()
        if vitis:
            from hls4ml.writer.vitis_writer import VitisWriter

            writer = VitisWriter()
            writer.write_board_script_override(model)
            writer.write_build_prj_override(model)
            writer.write_build_opts(model)


def _hls4ml() -> Any:
    try:
        import hls4ml.converters
    except ImportError as error:
        raise SymbolNetError("hls4ml is not installed; run: pip install 'symbolnet[hardware]'") from error
    return hls4ml.converters


def hls4ml_version() -> str:
    """Return the version of hls4ml that is installed."""
    return version("hls4ml")


def project_guide(program: Program, vitis: bool) -> str:
    """Return what the README of a bundle says about the project."""
    ports = "".join(
        f"- `x[{k}]`: {program.input_names[column]}, column {column} of the data\n"
        for k, column in enumerate(program.columns)
    ) + "".join(f"- `y[{k}]`: {name}\n" for k, name in enumerate(program.output_names))
    arguments = "reset=1 csim=1 synth=1 cosim=0 validation=0 export=0 vsynth=0"
    commands = [f'cd hls4ml && vivado_hls -f build_prj.tcl "{arguments}"']
    if vitis:
        commands = [
            "cd hls4ml && vitis-run --mode hls --tcl build_prj.tcl      # Vitis 2024.2 or newer",
            f'cd hls4ml && vitis_hls -f build_prj.tcl "{arguments}"      # before',
        ]
    calls = "".join(f"    {command}\n" for command in commands)
    return f"""
## The hls4ml project

`hls4ml/` is an hls4ml {hls4ml_version()} SymbolicExpression project, `{program.output_formats[0]}` throughout:

    symbolnet verify .      # its C simulation against the emulator, bit by bit
{calls}
{ports}
The first needs no vendor's tool: it compiles the firmware with the system's C++ compiler against the open `ap_types`
that hls4ml brings along. The tables are filled by `firmware/{_HEADER}`, a few lines over the standard library.
That is not the `hls_math` of Xilinx, of which nothing is called. The vendor's compiler takes its own `ap_fixed`, and
the last bit of a table's entry may differ where it brings another C library.

The arithmetic in `firmware/{_NAME}.cpp` was written by SymbolNet in hls4ml's spelling, for hls4ml parses a formula with
SymPy, which distributes constants over brackets and so changes what is quantised; all else is hls4ml's.
`tb_data/` holds vectors and the emulator's outputs for `{_NAME}_test.cpp`.
"""


def _precision(form: FixedPoint) -> str:
    rounding = "AP_RND" if form.rounding == "round" else "AP_TRN"
    overflow = "AP_SAT" if form.overflow == "saturate" else "AP_WRAP"
    return f"ap_fixed<{form.width},{form.integer + 1},{rounding},{overflow}>"


def _rows(values: NDArray[np.float64]) -> bytes:
    return "".join(" ".join(repr(float(value)) for value in row) + "\n" for row in values).encode()


def run_project(project: Path, program: Program, ports: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return what the C simulation of a project gives, as integers of the output formats, (n_samples, n_outputs).

    Of the project, the firmware is compiled; the code around it is made anew.

    Raises
    ------
    SymbolNetError
        If there is no C++ compiler, or it refuses the project.
    """
    compiler = find("c++")
    with tempfile.TemporaryDirectory() as folder:
        library, source = Path(folder) / "simulation.so", Path(folder) / "simulation.cpp"
        source.write_bytes(_simulation(program))
        paths = [f"-I{project.resolve() / name}" for name in ("", "firmware/ap_types")]
        run(compiler, ["-O1", "-std=c++11", "-w", "-fPIC", "-shared", *paths, "-o", str(library), str(source)],
            Path(folder), library)  # fmt: skip
        x = np.ascontiguousarray(ports.T * np.array([form.step for form in program.input_formats]))
        y = np.empty((len(x), len(program.outputs)))
        pointer = ctypes.POINTER(ctypes.c_double)
        call = compiled_function(library, f"{_NAME}_many")
        call.argtypes, call.restype = [ctypes.c_longlong, pointer, pointer], None
        call(len(x), x.ctypes.data_as(pointer), y.ctypes.data_as(pointer))
    return np.asarray(np.rint(y / np.array([form.step for form in program.output_formats])), dtype=np.int64)
