"""The RTL of a program: da4ml's Verilog behind a top module with one port for each input and output."""

__all__ = ["CORE", "TOP", "Port", "ports_of", "rtl_files"]

import re
import tempfile
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from symbolnet.hardware._format import FixedPoint
from symbolnet.hardware._program import Program
from symbolnet.hardware._trace import Logic, output_places

TOP, CORE = "formula", "formula_core"

_RESERVED = frozenset(
    """
    accept_on alias always always_comb always_ff always_latch and assert assign assume automatic before begin bind
    bins binsof bit break buf bufif0 bufif1 byte case casex casez cell chandle checker class clocking cmos config
    const constraint context continue cover covergroup coverpoint cross deassign default defparam design disable
    dist do edge else end endcase endchecker endclass endclocking endconfig endfunction endgenerate endgroup
    endinterface endmodule endpackage endprimitive endprogram endproperty endsequence endspecify endtable endtask
    enum event eventually expect export extends extern final first_match for force foreach forever fork forkjoin
    function generate genvar global highz0 highz1 if iff ifnone ignore_bins illegal_bins implements implies import
    incdir include initial inout input inside instance int integer interconnect interface intersect join join_any
    join_none large let liblist library local localparam logic longint macromodule matches medium modport module
    nand negedge nettype new nexttime nmos nor noshowcancelled not notif0 notif1 null or output package packed
    parameter pmos posedge primitive priority program property protected pull0 pull1 pulldown pullup
    pulsestyle_ondetect pulsestyle_onevent pure rand randc randcase randsequence rcmos real realtime ref reg
    reject_on release repeat restrict return rnmos rpmos rtran rtranif0 rtranif1 s_always s_eventually s_nexttime
    s_until s_until_with scalared sequence shortint shortreal showcancelled signed small soft solve specify
    specparam static string strong strong0 strong1 struct super supply0 supply1 sync_accept_on sync_reject_on table
    tagged task this throughout time timeprecision timeunit tran tranif0 tranif1 tri tri0 tri1 triand trior trireg
    type typedef union unique unique0 unsigned until until_with untyped use uwire var vectored virtual void wait
    wait_order wand weak weak0 weak1 while wildcard wire with within wor xnor xor auto bool char double float goto
    inline long register short sizeof switch volatile clk
    """.split()  # noqa: SIM905
)
"""The keywords of SystemVerilog (IEEE 1800-2017, Table B.1) and of C, and names of the bundle's own."""


@dataclass(frozen=True)
class Port:
    """One port of the top module."""

    name: str
    format: FixedPoint

    @property
    def range(self) -> str:
        """Its width and sign as Verilog has them."""
        return f"{'signed ' if self.format.signed else ''}[{max(self.format.width, 1) - 1}:0]"


def ports_of(program: Program) -> tuple[list[Port], list[Port]]:
    """Return the input and the output ports, with names that Verilog and C allow."""
    given = [program.input_names[column] for column in program.columns]
    names = _identifiers([*given, *program.output_names])
    inputs = [Port(name, form) for name, form in zip(names, program.input_formats, strict=False)]
    return inputs, [Port(n, f) for n, f in zip(names[len(given) :], program.output_formats, strict=True)]


def _identifiers(names: Sequence[str]) -> list[str]:
    found: list[str] = []
    taken = {"clk", TOP, CORE}
    for name in names:
        letters = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", name))  # without their accents
        plain = re.sub(r"[^A-Za-z0-9_]", "_", letters) or "_"
        plain = plain if plain[0].isalpha() else f"n{plain}"
        plain = f"{plain}_" if plain.lower() in _RESERVED else plain
        unique, count = plain, 1
        while unique.lower() in taken:
            count += 1
            unique = f"{plain}_{count}"
        found.append(unique)
        taken.add(unique.lower())  # VHDL and some tools do not tell cases apart
    return found


def rtl_files(program: Program, logic: Logic, part: str) -> dict[str, str]:
    """Return name and content of the Verilog files and of the tables that they read."""
    from da4ml.codegen import RTLModel

    files: dict[str, str] = {f"{TOP}.v": _top(program, logic)}
    with tempfile.TemporaryDirectory() as folder:
        model = RTLModel(
            logic.pipeline, CORE, Path(folder) / "rtl", "verilog", print_latency=False, part_name=part,
            clock_period=logic.clock_ns,
        )  # fmt: skip
        model.write()
        source = Path(folder) / "rtl" / "src"
        text = {path.name: path.read_text(encoding="utf-8") for path in sorted(source.rglob("*")) if path.is_file()}
    used = "\n".join(content for name, content in text.items() if name.startswith(CORE))
    for name, content in text.items():
        if name.startswith(f"{CORE}_wrapper") or Path(name).suffix not in (".v", ".mem"):
            continue
        if name.startswith(CORE) or name.endswith(".mem") or f"{Path(name).stem} #(" in used:
            # Icarus and Yosys reject the attribute, whose value is an expression over parameters.
            files[name] = re.sub(r"\(\* rom_style = .*?\*\)\n", "", content)
    return files


def _top(program: Program, logic: Logic) -> str:
    inputs, outputs = ports_of(program)
    places = output_places(logic)
    width_in, width_out = sum(port.format.width for port in inputs), sum(width for _, width, _, _ in places)
    lines = [f"// {port.name}: {port.format}" for port in [*inputs, *outputs]]
    lines += ["`timescale 1ns / 1ps", f"module {TOP} (", "    input wire clk,"]
    lines += [f"    input wire {port.range} {port.name}," for port in inputs]
    ends = [","] * (len(outputs) - 1) + [""]
    lines += [f"    output wire {port.range} {port.name}{end}" for port, end in zip(outputs, ends, strict=True)]
    lines += [");", f"  wire [{width_in - 1}:0] packed_in;", f"  wire [{max(width_out, 1) - 1}:0] packed_out;"]
    lines.append(f"  assign packed_in = {{{', '.join(port.name for port in reversed(inputs))}}};")
    lines.append(f"  {CORE} core (.clk(clk), .model_inp(packed_in), .model_out(packed_out));")
    for port, (low, width, fractional, signed) in zip(outputs, places, strict=True):
        lines.append(f"  assign {port.name} = {_resized(port.format, low, width, fractional, signed)};")
    return "\n".join([*lines, "endmodule", ""])


def _resized(form: FixedPoint, low: int, width: int, fractional: int, signed: bool) -> str:
    """da4ml's output in the port's format.

    It may leave out bits that are always zero or copies of the sign, and have zeros below the port's last bit: it gives
    a large constant more bits than it needs.
    """
    total = max(form.width, 1)
    below = -fractional
    least, width = low - min(below, 0), width + min(below, 0)
    if width <= 0:
        return f"{total}'b0"
    last = least + width - 1
    above = total - width - max(below, 0)
    parts = [f"packed_out[{last}:{least}]"]
    if below > 0:
        parts.append(f"{below}'b0")
    if above > 0:
        parts.insert(0, f"{{{above}{{packed_out[{last}]}}}}" if signed else f"{above}'b0")
    return f"{{{', '.join(parts)}}}"
