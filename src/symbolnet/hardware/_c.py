"""The program as C99: integers only, one function, no library. Vendors' HLS compilers read it as it is."""

__all__ = ["C_FILE", "c_source", "compiled_function", "run_c"]

import ctypes
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.hardware._format import FixedPoint
from symbolnet.hardware._program import (
    Affine,
    Cast,
    Constant,
    Extremum,
    Input,
    Multiply,
    Node,
    Program,
    Select,
    Table,
)
from symbolnet.hardware._tools import find, run
from symbolnet.hardware._verilog import ports_of

C_FILE = "formula.c"

_ENDING = """
/* n samples, each n_inputs and n_outputs integers side by side. */
void formula_many(int64_t n, const int64_t *x, int64_t *y) {{
    for (int64_t k = 0; k < n; ++k)
        formula(x + {inputs} * k, y + {outputs} * k);
}}
"""


def c_source(program: Program) -> str:
    """Return the C file of a program."""
    inputs, outputs = ports_of(program)
    lines = ["/* Bit-exact model of the circuit. An integer k stands for k * 2^-f, f being the fractional bits.", " *"]
    lines += [f" * x[{k}]  {port.name}: {port.format}, f = {port.format.fractional}" for k, port in enumerate(inputs)]
    lines += [f" * y[{k}]  {port.name}: {port.format}, f = {port.format.fractional}" for k, port in enumerate(outputs)]
    lines += [" *", " * Right shifts of negative numbers are arithmetic, as every compiler in use has them. */"]
    lines += ["#include <stdint.h>", ""]
    for place, node in enumerate(program.nodes):
        if isinstance(node, Table):
            entries = ", ".join(str(value) for value in node.values.tolist())
            lines.append(f"static const int32_t t{place}[{len(node.values)}] = {{{entries}}}; /* {node.what} */")
    lines += ["", "void formula(const int64_t *x, int64_t *y) {"]
    port = 0
    for place, node in enumerate(program.nodes):
        if isinstance(node, Input):
            lines.append(f"    const int64_t v{place} = x[{port}];")
            port += 1
        else:
            lines.append(f"    const int64_t v{place} = {_expression(program, place, node)};")
    lines += [f"    y[{k}] = v{node};" for k, node in enumerate(program.outputs)]
    lines += ["}", _ENDING.format(inputs=len(inputs), outputs=len(outputs))]
    return "\n".join(lines)


def _expression(program: Program, place: int, node: Node) -> str:
    match node:
        case Constant(value):
            return f"{value}"
        case Affine(args, weights, constant):
            terms = [f"{weight} * v{arg}" for arg, weight in zip(args, weights, strict=True)]
            return " + ".join([*terms, *([str(constant)] if constant else [])]).replace("+ -", "- ")
        case Cast((arg,), form):
            return _cast(f"v{arg}", program.nodes[arg].format.fractional - form.fractional, form)
        case Table((arg,)):
            least = program.nodes[arg].format.least
            return f"t{place}[v{arg}{f' + {-least}' if least else ''}]"
        case Multiply((a, b)):
            return f"v{a} * v{b}"
        case Extremum((a, b), largest):
            return f"v{a} {'>' if largest else '<'} v{b} ? v{a} : v{b}"
        case Select((test, a, b)):
            return f"v{test} > 0 ? v{a} : v{b}"
    raise AssertionError(node)


def _cast(value: str, shift: int, form: FixedPoint) -> str:
    if shift > 0:
        half = f" + {1 << (shift - 1)}" if form.rounding == "round" else ""
        value = f"(({value}{half}) >> {shift})"
    elif shift < 0:
        value = f"({value} * {1 << -shift})"
    if form.overflow == "saturate":
        return f"{value} < {form.least} ? {form.least} : {value} > {form.most} ? {form.most} : {value}"
    mask = (1 << form.width) - 1
    return f"((({value} - ({form.least})) & {mask}) + ({form.least}))"


def run_c(source: Path, ports: NDArray[np.int64], n_outputs: int) -> NDArray[np.int64]:
    """Return the outputs, (n_samples, n_outputs), of a compiled C file for the integers at its inputs.

    Raises
    ------
    SymbolNetError
        If there is no C compiler, or it refuses the file.
    """
    compiler = find("cc")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "formula.so"
        # -fwrapv: nothing overflows, and if it did, it would do so alike everywhere.
        run(compiler, ["-std=c99", "-O1", "-fwrapv", "-shared", "-fPIC", "-o", str(library), str(source.resolve())],
            Path(folder), library)  # fmt: skip
        x = np.ascontiguousarray(ports.T)
        y = np.empty((len(x), n_outputs), dtype=np.int64)
        pointer = ctypes.POINTER(ctypes.c_int64)
        call = compiled_function(library, "formula_many")
        call.argtypes, call.restype = [ctypes.c_int64, pointer, pointer], None
        call(len(x), x.ctypes.data_as(pointer), y.ctypes.data_as(pointer))
    return y


def compiled_function(library: Path, name: str) -> Any:
    """Return a function of a shared library, or say that it is not there."""
    try:
        return getattr(ctypes.CDLL(str(library)), name)
    except (OSError, AttributeError) as error:
        raise SymbolNetError(f"code of the bundle lacks {name} or what it calls; export the formula anew") from error
