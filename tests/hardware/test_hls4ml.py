"""hls4ml projects: their compiled C simulation is the oracle; it knows nothing of our integers."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import sympy
from bundles import check_only
from outside import needs_compiler

from symbolnet import SymbolNetError
from symbolnet.expression import Expression
from symbolnet.hardware import emulate, export, lower, open_bundle, parse_format, verify
from symbolnet.hardware._hls4ml import lower_with_tables
from symbolnet.hardware._hls4ml_code import arithmetic
from symbolnet.hardware._table_functions import power


def _random(rng: np.random.Generator, depth: int, symbols: list[sympy.Symbol]) -> sympy.Expr:
    """A formula of all that has a form in an hls4ml project."""
    number = lambda: round(float(rng.normal()), 3) or 0.5  # noqa: E731
    if depth == 0:
        return symbols[rng.integers(len(symbols))]
    a, b, c = (_random(rng, depth - 1, symbols) for _ in range(3))
    kind = rng.integers(10)
    if kind < 3:
        return sympy.Add(*(number() * part for part in (a, b, c)), number())
    if kind == 3:
        return number() * a * b
    if kind == 4:
        return number() * symbols[rng.integers(len(symbols))] ** int(rng.integers(2, 4)) + b
    if kind == 8:
        return (sympy.Max(a, number() * b), sympy.Min(a, b, number()), sympy.Abs(number() * a))[rng.integers(3)] + b
    if kind == 9:
        odd = [sympy.log(sympy.Abs(b)), sympy.sqrt(sympy.Abs(b)), 1 / b, b**-2, sympy.Abs(b) ** 1.5, b**17, b**-3.0]
        return number() * a + number() * odd[rng.integers(7)]
    if kind == 7:
        return sympy.Piecewise((number() * a, b > number()), (c, True))
    functions = [sympy.sin, sympy.tanh, sympy.cos, sympy.sinh, sympy.cosh, sympy.tan, lambda u: sympy.exp(-(u**2))]
    return number() * functions[rng.integers(7)](number() * a + 0.4 * b)


def _formulas(seed: int, count: int) -> Expression:
    rng = np.random.default_rng([seed, 9])
    symbols = list(sympy.symbols("u0:4"))
    outputs: list[sympy.Expr] = []
    while len(outputs) < count:
        formula = _random(rng, 1 + len(outputs) % 2, symbols[1:])  # the first column is not read
        if formula.free_symbols:
            outputs.append(formula)
    return Expression.from_sympy(outputs, [str(symbol) for symbol in symbols])


@pytest.mark.filterwarnings("ignore:.*wraps|constant .* becomes:UserWarning")
@pytest.mark.parametrize("text", ["ap_fixed<11,5>", "ap_fixed<10,5,AP_TRN,AP_WRAP>"])
@needs_compiler
def test_the_c_simulation_of_random_formulas_is_the_emulator(text: str, tmp_path: Path) -> None:
    formula = _formulas(len(text), 4)
    X = np.random.default_rng(4).normal(size=(1500, 4)) / 2
    export(formula, tmp_path / "p", to="hls4ml", X=X, precision=parse_format(text))
    found = verify(open_bundle(tmp_path / "p"), 4000)
    assert found.mismatches == {"hls4ml": 0, "c": 0}


@pytest.mark.parametrize("text", ["ap_fixed<13,6>", "ap_fixed<9,4,AP_TRN,AP_SAT>"])
@needs_compiler
def test_every_function_has_a_project(text: str, tmp_path: Path) -> None:
    x, y = sympy.symbols("x y")
    u = 0.9 * x - 0.4 * y
    outputs = [
        sympy.Abs(u), sympy.Max(u, y, 0.3), sympy.Min(u, y), sympy.Piecewise((x, u > 0), (0.7 * y, True)), x**3, u**17,
        sympy.log(sympy.Abs(u)), sympy.sqrt(sympy.Abs(u)), 1 / u, -1 / u, u**-2, u**-3, sympy.Abs(u) ** 1.5,
        sympy.Abs(u) ** -0.5, sympy.sin(u), sympy.cos(u), sympy.tan(u), sympy.exp(u), sympy.sinh(u), sympy.cosh(u),
        sympy.tanh(u),
    ]  # fmt: skip
    X = np.random.default_rng(4).normal(size=(1500, 2)) / 2
    formula = Expression.from_sympy(outputs, ["x", "y"])
    bundle = export(formula, tmp_path / "p", to="hls4ml", X=X, precision=parse_format(text))
    assert verify(bundle, 4000).mismatches == {"hls4ml": 0, "c": 0}
    if text.startswith("ap_fixed<13"):
        smooth = [0, 1, 2, 3, 4, 5, 7, 12, *range(14, 21)]  # the others have steps next to zero
        assert np.quantile(np.abs(emulate(bundle.program, X) - formula(X))[:, smooth], 0.99) < 0.05


@pytest.mark.parametrize("exponent", [-3.0, -2.0, -1.0, -0.5, 0.5, 1.5, 17.0, 18.0, 2.5e-5])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_powers_are_those_of_the_operators(exponent: float, sign: float) -> None:
    function = power(exponent, sign * 1e12)
    u = np.array([-2.5, -1.0, -1e-6, -0.0, 0.0, 1e-6, 0.3, 1.0, 4.0])
    assert np.allclose([function.at(value) for value in u.tolist()], function.array(u), rtol=1e-12)
    assert function.name.isidentifier()


@needs_compiler
def test_table_i_for_vitis(table_i: Expression, standard_normal: np.ndarray, tmp_path: Path) -> None:
    form = parse_format("ap_fixed<16,7>")
    for name in ("p", "again"):
        bundle = export(table_i, tmp_path / name, to="vitis", X=standard_normal, precision=form, clock_ns=4.0)
    check_only(bundle.path, "hls4ml")
    assert verify(open_bundle(bundle.path), 4000).mismatches == {"hls4ml": 0}
    error = emulate(bundle.program, standard_normal) - table_i(standard_normal)
    assert np.abs(error).max() < 0.1
    project = bundle.path / "hls4ml"
    assert 'set backend "vitis"' in (project / "project.tcl").read_text()
    assert "set clock_period 4" in (project / "project.tcl").read_text()
    assert "ap_fixed<16,7,AP_RND,AP_SAT,0> result_t" in (project / "firmware" / "defines.h").read_text()
    # Equal formulas give equal files, with no trace of where they were made.
    other = tmp_path / "p" / "hls4ml"
    files = sorted(path.relative_to(project) for path in project.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(other) for path in other.rglob("*") if path.is_file())
    for file in files:
        content = (project / file).read_bytes()
        assert content == (other / file).read_bytes(), file
        assert str(tmp_path).encode() not in content


@needs_compiler
def test_a_changed_project_is_found(tmp_path: Path) -> None:
    x = sympy.Symbol("x")
    X = np.linspace(-1, 1, 200)[:, None]
    formula = Expression.from_sympy([0.7 * sympy.sin(1.3 * x) + 0.2], ["x"])
    bundle = export(formula, tmp_path / "p", to="hls4ml", X=X, precision=parse_format("ap_fixed<9,3>"))
    check_only(bundle.path, "hls4ml")
    firmware = bundle.path / "hls4ml" / "firmware" / "formula.cpp"
    assert "y[0] = result_t(0.7)*sin_lut0((result_t)(result_t(1.3)*x[0])) + result_t(0.2);" in firmware.read_text()
    firmware.write_text(firmware.read_text().replace("result_t(1.3)", "result_t(1.2)"))
    found = verify(open_bundle(bundle.path), 400)
    assert 100 < found.mismatches["hls4ml"] <= 400


def test_constants_stay_where_the_formula_has_them() -> None:
    """Text would be parsed by SymPy, which gives 0.15*a + 0.15*b, and two products of other constants."""
    a, b, c = sympy.symbols("a b c")
    bracket = sympy.Mul(sympy.Float(0.15), sympy.Add(a, sympy.Float(0.3) * b), evaluate=False)
    formula = Expression.from_sympy([sympy.Add(sympy.Mul(bracket, c, evaluate=False), -0.25)], ["a", "b", "c"])
    _, tables = lower_with_tables(formula, parse_format("ap_fixed<12,5>"))
    (line,) = arithmetic(formula, tables, (0, 1, 2))
    assert line.count("result_t(0.15)") == line.count("result_t(0.3)") == 1
    assert line.endswith("+ result_t(-0.25);")


def test_long_sums_are_trees() -> None:
    symbols = sympy.symbols("x0:64")
    formula = Expression.from_sympy(
        [sum((k + 1) / 64 * symbol for k, symbol in enumerate(symbols))], list(map(str, symbols))
    )
    program, tables = lower_with_tables(formula, parse_format("ap_fixed<12,5>"))
    (line,) = arithmetic(formula, tables, program.columns)
    depth = deepest = 0
    for letter in line.replace("result_t(", "["):
        depth += (letter == "(") - (letter == ")")
        deepest = max(deepest, depth)
    assert line.count("x[") == 64
    assert deepest <= 8


def test_tables_cover_the_data_and_saturate_beyond() -> None:
    x = sympy.Symbol("x")
    form = parse_format("ap_fixed<14,6>")
    X = np.linspace(-1.9, 1.9, 500)[:, None]
    formula = Expression.from_sympy([sympy.sin(x), sympy.exp(-(x**2))], ["x"])
    program, tables = lower_with_tables(formula, form, X)
    assert sorted((t.function.name, t.start, t.end, t.size) for t in tables.values()) == [
        ("exp", -4.0, 0.0, 1024),
        ("sin", -2.0, 2.0, 1024),
    ]
    assert np.abs(emulate(program, X) - formula(X)).max() < 0.01
    held = emulate(program, [[25.0], [2.0 - 2**-8]])
    assert held[0, 0] == held[1, 0]
    flat, tables = lower_with_tables(Expression.from_sympy([sympy.tanh(9 * x)], ["x"]), form, X)
    assert [(t.start, t.end) for t in tables.values()] == [(-4.0, 4.0)]  # tanh(4) is 1 in 8 bits
    assert np.abs(emulate(flat, X) - np.tanh(9 * X)).max() < 0.03
    without = {t.function.name: (t.start, t.end) for t in lower_with_tables(formula, form)[1].values()}
    assert without == {"sin": (-16.0, 16.0), "exp": (-8.0, 0.0)}


@pytest.mark.parametrize(
    ("formula", "text", "line"),
    [
        ("x + y", "ap_ufixed<12,5>", "needs a sign"),
        ("sin(x)", "ap_fixed<12,-4>", "too small for a table of sin"),
        ("sin(9*x)", "ap_fixed<12,5>", "sin is taken of .* give more integer bits"),
    ],
)
def test_what_has_no_project_is_one_line(formula: str, text: str, line: str, tmp_path: Path) -> None:
    X = np.random.default_rng(0).uniform(0, 4, size=(300, 2)) * (0.01 if "-4" in text else 1)
    expression = Expression.from_sympy([sympy.sympify(formula)], ["x", "y"])
    with pytest.raises(SymbolNetError, match=line) as caught:
        export(expression, tmp_path / "p", to="hls4ml", X=X, precision=parse_format(text))
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_constant_beyond_the_type_is_warned_of(table_i: Expression, standard_normal: np.ndarray) -> None:
    with pytest.warns(UserWarning, match=r"constant -46 becomes -15.99 in ap_fixed<12,5>"):
        lower(table_i, standard_normal, precision=parse_format("ap_fixed<12,5>"), semantics="hls4ml")


def test_absent_hls4ml_and_compiler_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from symbolnet.hardware import _tools

    formula = Expression.from_sympy([sympy.sympify("x*y")], ["x", "y"])
    bundle = export(formula, tmp_path / "p", to="hls4ml", precision=parse_format("ap_fixed<8,4>"))
    monkeypatch.setattr(_tools.shutil, "which", lambda name: None)
    with pytest.raises(SymbolNetError, match=r"c\+\+ is not installed; install a C\+\+20 compiler"):
        verify(bundle, 10)
    shutil.rmtree(bundle.path)
    monkeypatch.setitem(sys.modules, "hls4ml", None)
    monkeypatch.setitem(sys.modules, "hls4ml.converters", None)
    with pytest.raises(SymbolNetError, match=r"hls4ml is not installed; run: pip install 'symbolnet\[hardware\]'"):
        export(formula, tmp_path / "p", to="hls4ml", precision=parse_format("ap_fixed<8,4>"))
    assert list(tmp_path.iterdir()) == []


@needs_compiler
def test_an_input_whose_factor_the_type_holds_as_zero_is_no_input(tmp_path: Path) -> None:
    x, y, z = sympy.symbols("x y z")
    formula = Expression.from_sympy([0.01 * x * (z + 1) + y, 0.02 * sympy.sin(x) - 0.5 * y], ["x", "y", "z"])
    X = np.random.default_rng(8).normal(size=(300, 3)).clip(-3, 3)
    bundle = export(formula, tmp_path / "p", to="hls4ml", X=X, precision=parse_format("ap_fixed<8,4>"))
    assert bundle.program.columns == (1,)
    assert verify(bundle, 1000).passed
