"""Bundles: every model in them agrees with the emulator, and says so when it does not."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import sympy
from bundles import check_only
from outside import needs_compiler, needs_simulators

from symbolnet import SymbolNetError
from symbolnet.expression import Expression
from symbolnet.hardware import (
    Bundle,
    Precision,
    emulate,
    emulate_integers,
    export,
    lower,
    open_bundle,
    parse_format,
    synthesise,
    verify,
)
from symbolnet.hardware._c import c_source, run_c
from symbolnet.hardware._emulate import quantise_inputs
from symbolnet.hardware._simulate import simulate
from symbolnet.hardware._synth import _WAYS, _script
from symbolnet.hardware._tools import Tool, find, run
from symbolnet.hardware._trace import predict, trace
from symbolnet.hardware._vectors import hex_lines, random_ports
from symbolnet.hardware._verilog import ports_of


@pytest.fixture(scope="module")
def table_bundle(tmp_path_factory: pytest.TempPathFactory, table_i: Expression, standard_normal: np.ndarray) -> Bundle:
    path = tmp_path_factory.mktemp("bundles") / "table_i"
    return export(table_i, path, X=standard_normal, precision=Precision(6, 6, 0, 4, 7), name="Table I")


@pytest.mark.parametrize("seed", range(16))
@needs_compiler
def test_da4ml_and_c_compute_what_the_emulator_does(
    seed: int, random_formula: Callable[..., Expression], tmp_path: Path
) -> None:
    rng = np.random.default_rng(seed)
    formula = random_formula(seed + 40)
    X = rng.normal(size=(2000, 3)) * 2.0
    bits = {name: int(rng.integers(4, 9)) for name in ("input", "index", "factor", "output")}
    program = lower(formula, X, precision=Precision(**bits, coefficient=int(rng.integers(-1, 3))))
    ports = np.concatenate([quantise_inputs(program, X), random_ports(program, 2000, seed)], axis=1)
    expected = emulate_integers(program, ports)
    assert np.array_equal(predict(trace(program), ports), expected)
    (tmp_path / "formula.c").write_text(c_source(program))
    assert np.array_equal(run_c(tmp_path / "formula.c", ports, 2), expected)


@pytest.mark.filterwarnings("ignore:constant -46 becomes:UserWarning")
@pytest.mark.parametrize("text", ["ap_fixed<10,4>", "ap_fixed<8,4,AP_TRN,AP_SAT>"])
@pytest.mark.parametrize("semantics", ["fused", "hls4ml"])
@needs_compiler
def test_one_format_for_all(text: str, semantics: str, table_i: Expression, tmp_path: Path) -> None:
    X = np.random.default_rng(2).normal(size=(1500, 4)).clip(-3.5, 3.5)
    program = lower(table_i, X, precision=parse_format(text), semantics=semantics)
    ports = random_ports(program, 3000)
    expected = emulate_integers(program, ports)
    assert np.array_equal(predict(trace(program), ports), expected)
    (tmp_path / "formula.c").write_text(c_source(program))
    assert np.array_equal(run_c(tmp_path / "formula.c", ports, 5), expected)


@needs_simulators
def test_the_rtl_is_the_emulator_in_both_simulators(table_bundle: Bundle) -> None:
    found = verify(open_bundle(table_bundle.path), 600)
    assert found.vectors == 600
    assert found.mismatches == {"rtl": 0, "da4ml": 0, "c": 0, "verilator": 0, "icarus": 0}
    assert found.passed


@needs_simulators
def test_no_python_on_the_path_is_needed(table_bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a fresh Debian, where it is called python3, with the environment not activated."""
    commands = tmp_path / "bin"
    commands.mkdir()
    for folder in os.environ["PATH"].split(os.pathsep):
        for tool in Path(folder).glob("*") if folder else ():
            if not tool.name.startswith("python") and not os.path.lexists(commands / tool.name):
                (commands / tool.name).symlink_to(tool)
    monkeypatch.setenv("PATH", str(commands))
    program = table_bundle.program
    ports = random_ports(program, 50)
    expected, stages = emulate_integers(program, ports), table_bundle.manifest["stages"]
    assert simulate("verilator", table_bundle.path / "rtl", program, stages, ports, expected) == 0


@needs_simulators
def test_a_changed_table_is_found(table_bundle: Bundle, tmp_path: Path) -> None:
    path = tmp_path / "changed"
    _copy(table_bundle.path, path)
    memory = max((path / "rtl").glob("*.mem"), key=lambda file: len(file.read_text()))
    lines = memory.read_text().splitlines()
    memory.write_text("\n".join("0" * len(line) for line in lines))
    source = path / "c" / "formula.c"
    source.write_text(source.read_text().replace("y[0] = v", "y[0] = 1 + v"))
    check_only(path, "icarus", "c")
    found = verify(open_bundle(path), 300)
    assert found.mismatches["c"] == 300
    assert 0 < found.mismatches["icarus"] == found.mismatches["rtl"]
    assert found.changed == ()
    assert not found.passed


@needs_simulators
def test_the_testbench_checks_itself_without_us(table_bundle: Bundle, tmp_path: Path) -> None:
    for part in ("rtl", "sim"):
        for file in (table_bundle.path / part).iterdir():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    sources = sorted(path.name for path in tmp_path.glob("*.v"))
    subprocess.run(["iverilog", "-g2005", "-s", "testbench", "-o", "b", *sources], cwd=tmp_path, check=True)
    done = subprocess.run(["vvp", "b"], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "VECTORS 1000 MISMATCHES 0"


@pytest.mark.parametrize("outputs", ["x + y", "tanh(x), x + y, 0.97"])
@needs_simulators
def test_the_guide_says_how_to_simulate_and_to_compare(outputs: str, tmp_path: Path) -> None:
    formula = Expression.from_sympy([sympy.sympify(text) for text in outputs.split(", ")], ["x", "y"])
    bundle = export(formula, tmp_path / "b", X=np.random.default_rng(6).uniform(0, 3, size=(500, 2)))
    guide = (bundle.path / "README.md").read_text()
    (command,) = [line.strip() for line in guide.splitlines() if line.startswith("    cd sim")]
    done = subprocess.run(command, shell=True, cwd=bundle.path, check=True, capture_output=True, text=True)
    assert "MISMATCHES 0" in done.stdout
    fractions = {form.fractional for form in bundle.program.output_formats}
    assert (f"shift each left by {max(fractions)} - f" in guide) == (len(fractions) > 1)


@needs_simulators
def test_words_of_systemverilog_are_not_ports(tmp_path: Path) -> None:
    names = ["bit", "new", "class", "double"]
    formula = Expression.from_sympy([sum(sympy.symbols(names))], names)
    bundle = export(formula, tmp_path / "b", X=np.random.default_rng(7).normal(size=(200, 4)))
    assert verify(bundle, 100).passed


def test_a_bundle_without_checks_is_refused(table_bundle: Bundle, tmp_path: Path) -> None:
    _copy(table_bundle.path, tmp_path / "b")
    manifest = json.loads((tmp_path / "b" / "bundle.json").read_text())
    (tmp_path / "b" / "bundle.json").write_text(json.dumps({**manifest, "checks": []}))
    with pytest.raises(SymbolNetError, match=r"checks of bundle\.json is '\[\]'; export the formula anew"):
        open_bundle(tmp_path / "b")


@needs_simulators
def test_ports_have_the_letters_without_accents() -> None:
    names = ["température", "Température", "größe", "δφ"]
    formula = Expression.from_sympy([sum(sympy.symbols(names))], names)
    program = lower(formula, np.random.default_rng(0).normal(size=(200, 4)))
    assert [port.name for port in ports_of(program)[0]] == ["temperature", "Temperature_2", "gro_e", "n__"]


def test_an_awkward_circuit_keeps_its_names_and_bits(tmp_path: Path) -> None:
    """Reserved and equal names, an output that is one input, one that never changes sign, one that is constant."""
    clock, wire, y = sympy.symbols("clk wire a_b")
    outputs = [wire, sympy.exp(-(clock**2)), sympy.Float(0.75), clock * y + wire]
    formula = Expression.from_sympy(outputs, ["clk", "wire", "a b", "A_B"], ["wire", "y", "module", "2nd"])
    X = np.random.default_rng(5).normal(size=(500, 4))
    bundle = export(formula, tmp_path / "b", X=X)
    inputs, answers = ports_of(bundle.program)
    names = [port.name for port in [*inputs, *answers]]
    assert len({name.lower() for name in names}) == len(names)
    assert not {"clk", "wire", "module"} & set(names)
    guide = (bundle.path / "README.md").read_text()
    assert "Renamed: `clk_` is 'clk', `wire_` is 'wire', `a_b` is 'a b', " in guide
    assert "`n2nd` is '2nd'.\n" in guide
    _without_verilator(bundle)
    assert verify(open_bundle(tmp_path / "b"), 200).passed


@pytest.mark.parametrize("unit", [1e-13, 1e13])
@pytest.mark.parametrize("scale", [1e-30, 1e-8, 1e8, 1e30])
@needs_simulators
def test_the_units_of_the_data_do_not_matter(scale: float, unit: float, tmp_path: Path) -> None:
    """Lengths in fm or in light years: constants are far beyond what da4ml holds as numbers."""
    x, y, z = (symbol / unit for symbol in sympy.symbols("x y z"))
    choice = sympy.Piecewise((x, y > 0), (0.25, True))
    outputs = [sympy.Max(x, 0.3 * y) + 0.7, sympy.sin(x + 0.5 * y) * z + 0.2, sympy.exp(-x) + 2, choice]
    formula = Expression.from_sympy([scale * f for f in outputs], ["x", "y", "z"])
    X = unit * np.random.default_rng(5).normal(size=(500, 3))
    bundle = export(formula, tmp_path / "b", X=X)
    error = np.abs(emulate(bundle.program, X) - formula(X)) / scale
    assert np.median(error, axis=0).max() < 0.3
    _without_verilator(bundle)
    assert verify(open_bundle(tmp_path / "b"), 200).mismatches == {"rtl": 0, "da4ml": 0, "c": 0, "icarus": 0}


@needs_simulators
def test_a_constant_larger_than_da4ml_holds_is_one_bit(tmp_path: Path) -> None:
    """da4ml writes 2**33 with two zeros below its only bit."""
    x = sympy.Symbol("x")
    formula = Expression.from_sympy([sympy.Piecewise((2.0**33, x > 0), (0.0, True))], ["x"])
    bundle = export(formula, tmp_path / "b", X=np.linspace(-1, 1, 100)[:, None])
    _without_verilator(bundle)
    assert verify(open_bundle(tmp_path / "b"), 100).passed


def _without_verilator(bundle: Bundle) -> None:
    """Compiling takes longer than all else, and Icarus sees the same RTL."""
    check_only(bundle.path, "da4ml", "c", "icarus")


def test_synthesis_counts_cells(table_bundle: Bundle) -> None:
    found = synthesise(open_bundle(table_bundle.path), dsp=False)
    assert 60 < found.lut < 300
    assert found.dsp == found.bram == 0
    # At least the input and the output registers.
    assert found.ff >= sum(form.width for form in table_bundle.program.input_formats)
    assert found.latency_ns == 5.0 * found.stages
    assert "Yosys" in found.tool


@pytest.mark.parametrize("way", range(len(_WAYS)))
@needs_simulators
def test_the_netlist_that_is_counted_computes_what_the_emulator_does(
    way: int, table_bundle: Bundle, tmp_path: Path
) -> None:
    _copy(table_bundle.path / "rtl", tmp_path / "b")
    cells = "read_verilog -overwrite +/xilinx/cells_sim.v; hierarchy -top formula; proc; flatten; opt_clean"
    script = f"{_script(tmp_path / 'b', _WAYS[way], dsp=False)}{cells}; write_verilog -noattr netlist.v"
    run(find("yosys"), ["-q", "-p", script], tmp_path / "b", tmp_path / "b" / "netlist.v")
    for file in [tmp_path / "b" / "netlist.v", *(table_bundle.path / "sim").iterdir()]:
        (tmp_path / file.name).write_bytes(file.read_bytes())
    run(find("iverilog"), ["-g2012", "-o", "sim", "testbench.v", "netlist.v"], tmp_path)
    assert subprocess.run(["vvp", "sim"], cwd=tmp_path, capture_output=True, text=True).stdout.split()[-1] == "0"


def test_a_long_sum_takes_a_lut_for_a_bit_of_its_adders(tmp_path: Path) -> None:
    """And not two, as full adders do that Yosys makes of long sums where it flattens everything."""
    rng = np.random.default_rng(1)
    names = [f"x{k}" for k in range(40)]
    symbols = sympy.symbols(names)
    formula = Expression.from_sympy([sum(w * x for w, x in zip(rng.normal(size=40), symbols, strict=True))], names)
    X = rng.integers(0, 256, (2000, 40)).astype(np.uint8)
    program = lower(formula, X, precision=Precision(input=4, index=8, coefficient=-2, factor=5, output=8))
    found = synthesise(export(formula, tmp_path / "b", X=X, precision=program), dsp=False)
    assert found.lut < trace(program).comb.cost


def test_a_shorter_clock_cuts_more_stages(table_i: Expression, standard_normal: np.ndarray) -> None:
    program = lower(table_i, standard_normal)
    assert trace(program, 2.0).stages > trace(program, 5.0).stages > trace(program, 50.0).stages == 1
    with pytest.raises(SymbolNetError, match="shorter than a level of logic"):
        trace(program, 0.5)


def test_packed_numbers_are_read_back() -> None:
    rng = np.random.default_rng(0)
    forms = [parse_format(text) for text in ("ap_fixed<3,2>", "ap_ufixed<17,4>", "ap_fixed<32,1>")]
    rows = np.array([rng.integers(form.least, form.most, 20, endpoint=True) for form in forms])
    for k, line in enumerate(hex_lines(rows, forms).split()):
        value = int(line, 16)
        for row, form in zip(rows, forms, strict=True):
            assert value % 2**form.width == int(row[k]) % 2**form.width
            value >>= form.width
        assert value == 0
        assert len(line) == -(-52 // 4)


@needs_compiler
def test_a_folder_is_never_half_written_nor_lost(
    table_i: Expression, standard_normal: np.ndarray, tmp_path: Path
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(SymbolNetError, match="is no bundle"):
        export(table_i, tmp_path / "full", X=standard_normal, to="c", overwrite=True)
    export(table_i, tmp_path / "c", X=standard_normal, to="c")
    with pytest.raises(SymbolNetError, match="--overwrite"):
        export(table_i, tmp_path / "c", X=standard_normal, to="c")
    export(table_i, tmp_path / "c", X=standard_normal, to="c", overwrite=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c", "full"]
    bundle = open_bundle(tmp_path / "c")
    assert verify(bundle, 500).mismatches == {"c": 0}
    assert np.isfinite(emulate(bundle.program, standard_normal)).all()
    with pytest.raises(SymbolNetError, match="holds no RTL"):
        synthesise(bundle)


@pytest.mark.parametrize("name", ["bundle.json", "program.json", "samples.npy"])
def test_a_damaged_bundle_is_refused(name: str, table_bundle: Bundle, tmp_path: Path) -> None:
    _copy(table_bundle.path, tmp_path / "b")
    content = (tmp_path / "b" / name).read_bytes()
    (tmp_path / "b" / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(SymbolNetError, match="damaged|no bundle"):
        open_bundle(tmp_path / "b")


def test_a_missing_tool_is_named(table_bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    from symbolnet.hardware import _tools

    monkeypatch.setattr(_tools.shutil, "which", lambda name: None)
    monkeypatch.setattr(_tools.importlib.util, "find_spec", lambda name: None)
    for action in (lambda: synthesise(table_bundle), lambda: verify(table_bundle, 10)):
        with pytest.raises(SymbolNetError, match=r"is not installed; (run|install)") as caught:
            action()
        assert "\n" not in str(caught.value)


def test_a_tool_that_fails_or_leaves_nothing_is_told(tmp_path: Path) -> None:
    import sys

    python = Tool("python", (sys.executable,))
    with pytest.raises(SymbolNetError, match=r"python failed \(status 3\): Error: no room"):
        run(python, ["-c", "import sys; print('hello'); print('Error: no room'); sys.exit(3)"], tmp_path)
    with pytest.raises(SymbolNetError, match="status 0"):
        run(python, ["-c", "print('all is well')"], tmp_path, tmp_path / "never")


def _copy(source: Path, target: Path) -> None:
    import shutil

    shutil.copytree(source, target)


def test_a_missing_package_is_named(
    table_i: Expression, standard_normal: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    for name in ("da4ml", "da4ml.codegen", "da4ml.trace", "da4ml.trace.pipeline"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(SymbolNetError, match=r"da4ml is not installed; run: pip install 'symbolnet\[hardware\]'"):
        export(table_i, tmp_path / "b", X=standard_normal)
    assert list(tmp_path.iterdir()) == []
