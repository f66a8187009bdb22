"""What a bundle says to its reader, and to Vivado."""

__all__ = ["constraints", "guide", "vivado_script"]

from symbolnet.hardware._format import FixedPoint
from symbolnet.hardware._program import Program, Table
from symbolnet.hardware._verilog import TOP, Port, ports_of

_COMMANDS = """## Three commands

    symbolnet verify .                                     # every model in here against the emulator
    symbolnet synth .                                      # resources through Yosys
    vivado -mode batch -source vivado/build.tcl            # synthesis, placement, routing, with Vivado

The first two need `pip install 'symbolnet[hardware]'` and this folder alone. Without them, the testbench checks itself:

    cd sim && iverilog -g2005 -s testbench -o bench.vvp testbench.v ../rtl/*.v && {tables}vvp bench.vvp

"""
_LICENCE = """## Licence

`rtl/shift_adder.v`, `multiplier.v`, `mux.v`, `negative.v`, `binop.v` and `lookup_table.v`, as far as they are here,
come from da4ml (https://github.com/calad0i/da4ml) and are under the GNU Lesser General Public License, version 3;
`lookup_table.v` without its `rom_style` attribute. A circuit that uses them has to allow that they be replaced.
The other files are yours.
"""


def guide(name: str, program: Program, clock_ns: float | None, part: str | None, stages: int | None) -> str:
    """Return the README of a bundle; without a clock, that of a bundle with C alone."""
    inputs, outputs = ports_of(program)
    lines = [f"# {name}", "", f"Made by `symbolnet export`, `{program.semantics}` semantics.", ""]
    if stages is not None and clock_ns is not None:
        lines += [
            f"`rtl/{TOP}.v` takes new inputs with every clock. A result is there {stages} "
            f"clock{'s' if stages != 1 else ''} after its inputs were taken: {stages * clock_ns:g} ns at the assumed "
            f"{clock_ns:g} ns. That is cycles x assumed clock, not timing-closed: only placement and routing tell "
            f"whether {part} holds this clock. There is no reset, enable or valid signal: delay your own by as many "
            "clocks.",
            "",
        ]
    lines += [
        "An integer k at a port stands for k * 2^-f. Inputs are raw, in the units of the data; quantise them as given "
        "below, by rounding to nearest and saturating where nothing else is said.",
        "",
        "| port | direction | format | bits | f | range |",
        "|---|---|---|---|---|---|",
        *[_row(port, "in") for port in inputs],
        *[_row(port, "out") for port in outputs],
        "",
        *_renamed(program, inputs, outputs),
        *_comparison(outputs),
    ]
    text = "\n".join(lines) + "\n"
    if stages is None:
        return text + "`c/formula.c` is the program in C99; `symbolnet verify .` checks it.\n"
    tables = "cp ../rtl/*.mem . && " if any(isinstance(node, Table) for node in program.nodes) else ""
    return text + _COMMANDS.format(tables=tables) + "`c/formula.c` is the same program in C99.\n\n" + _LICENCE


def _renamed(program: Program, inputs: list[Port], outputs: list[Port]) -> list[str]:
    """The ports whose names Verilog does not allow or are taken."""
    names = [*(program.input_names[column] for column in program.columns), *program.output_names]
    pairs = [(port.name, name) for port, name in zip([*inputs, *outputs], names, strict=True) if port.name != name]
    if not pairs:
        return []
    return [f"Renamed: {', '.join(f'`{port}` is {name!r}' for port, name in pairs)}.", ""]


def _comparison(outputs: list[Port]) -> list[str]:
    """What to mind where the largest of several outputs is the answer."""
    if len(outputs) < 2:
        return []
    most = max(port.format.fractional for port in outputs)
    aligned = "Outputs can be compared as they are"
    if len({(port.format.fractional, port.format.signed) for port in outputs}) > 1:
        aligned = (
            f"Before outputs are compared, shift each left by {most} - f and extend it to one width by its own sign, "
            "since their f or signs differ"
        )
    return [f"{aligned}. Where they stand for classes, the first of equal ones wins in SymbolNet's accuracies.", ""]


def _row(port: Port, direction: str) -> str:
    form: FixedPoint = port.format
    if direction == "out":  # how it was rounded does not matter to who reads it
        form = form.with_(rounding="round", overflow="saturate")
    least, most = form.least * form.step, form.most * form.step
    return f"| `{port.name}` | {direction} | {form} | {form.width} | {form.fractional} | {least:.6g} to {most:.6g} |"


def vivado_script(part: str) -> str:
    """Return a Tcl script that builds the RTL out of context and reports timing and resources."""
    return f"""# vivado -mode batch -source vivado/build.tcl      (from the folder above, or from anywhere)
set here [file normalize [file dirname [info script]]]
set rtl [file join $here .. rtl]
create_project -force -part {part} {TOP} [file join $here project]
add_files [glob [file join $rtl *.v]]
set tables [glob -nocomplain [file join $rtl *.mem]]
if {{[llength $tables] > 0}} {{
  add_files $tables
  set_property file_type {{Memory Initialization Files}} [get_files *.mem]
}}
add_files -fileset constrs_1 [file join $here formula.xdc]
add_files -fileset sim_1 [list [file join $here .. sim testbench.v]]
set_property top {TOP} [current_fileset]
set_property top testbench [get_filesets sim_1]
synth_design -top {TOP} -part {part} -mode out_of_context
opt_design
place_design
phys_opt_design
route_design
report_utilization -file [file join $here utilization.rpt]
report_timing_summary -file [file join $here timing.rpt]
"""


def constraints(clock_ns: float) -> str:
    """Return the XDC file."""
    return f"""create_clock -name clk -period {clock_ns:g} [get_ports clk]
set_input_delay -clock clk 0 [all_inputs]
set_output_delay -clock clk 0 [all_outputs]
"""
