"""Programs against an evaluator in exact rational arithmetic, and against the formula that they stand for."""

import json
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
import sympy

from symbolnet import SymbolNetError
from symbolnet.expression import Expression
from symbolnet.hardware import (
    FixedPoint,
    Precision,
    Program,
    emulate,
    emulate_integers,
    lower,
    parse_format,
    program_from_json,
    program_to_json,
)
from symbolnet.hardware._emulate import quantise_inputs
from symbolnet.hardware._program import Affine, Cast, Constant, Extremum, Input, Multiply, Select, Table


def _exactly(program: Program, ports: list[int]) -> list[Fraction]:
    """The outputs for one sample, by the definition of each node, over rational numbers."""
    values: list[Fraction] = []
    integers = iter(ports)
    for node in program.nodes:
        args = [values[arg] for arg in node.args]
        unit = Fraction(2) ** -node.format.fractional
        if isinstance(node, Input):
            value = next(integers) * unit
        elif isinstance(node, Constant):
            value = node.value * unit
        elif isinstance(node, Affine):
            units = [Fraction(2) ** program.nodes[arg].format.fractional for arg in node.args]
            value = (
                sum((w * a * u for w, a, u in zip(node.weights, args, units, strict=True)), Fraction(node.constant))
                * unit
            )
        elif isinstance(node, Cast):
            scaled = args[0] / unit + (Fraction(1, 2) if node.format.rounding == "round" else 0)
            whole = scaled.__floor__()
            if node.format.overflow == "wrap":
                whole = (whole - node.format.least) % 2**node.format.width + node.format.least
            value = min(max(whole, node.format.least), node.format.most) * unit
        elif isinstance(node, Table):
            index = program.nodes[node.args[0]].format
            place = args[0] * Fraction(2) ** index.fractional - index.least
            assert place.denominator == 1
            value = int(node.values[int(place)]) * unit
        elif isinstance(node, Multiply):
            value = args[0] * args[1]
        elif isinstance(node, Extremum):
            value = max(args) if node.largest else min(args)
        else:
            assert isinstance(node, Select)
            value = args[1] if args[0] > 0 else args[2]
        whole = value / unit
        assert whole.denominator == 1
        assert node.format.least <= whole <= node.format.most, "a format is too narrow for its value"
        values.append(value)
    return [values[node] for node in program.outputs]


@pytest.mark.parametrize("seed", range(12))
def test_the_emulator_is_exact_and_every_format_is_wide_enough(
    seed: int, random_formula: Callable[..., Expression]
) -> None:
    rng = np.random.default_rng(seed)
    formula = random_formula(seed)
    X = rng.normal(size=(60, 3)) * 3.0
    bits = {name: int(rng.integers(4, 9)) for name in ("input", "index", "factor", "output")}
    program = lower(
        formula, X, precision=Precision(**bits, coefficient=int(rng.integers(-1, 3)), squares=bool(seed % 2))
    )
    ports = quantise_inputs(program, X)
    found = emulate_integers(program, ports)
    steps = [Fraction(2) ** -form.fractional for form in program.output_formats]
    for row in range(len(X)):
        expected = _exactly(program, ports[:, row].tolist())
        assert [int(k) * step for k, step in zip(found[row], steps, strict=True)] == expected
    assert np.array_equal(emulate(program, X), found * [form.step for form in program.output_formats])


@pytest.mark.parametrize("seed", range(12))
def test_many_bits_give_the_formula(seed: int, random_formula: Callable[..., Expression]) -> None:
    formula = random_formula(seed + 100)
    X = np.random.default_rng(seed).normal(size=(500, 3))
    program = lower(formula, X, precision=Precision(10, 10, 5, 12, 14, squares=seed % 3 == 0))
    exact = formula(X)
    error = np.abs(emulate(program, X) - exact)
    # Jumps of a condition may be taken at another place; all else is near.
    assert np.quantile(error / (np.abs(exact).max(axis=0) + 1e-9), 0.9) < 0.03


def test_table_i_in_six_bits_decides_as_the_formula_does(table_i: Expression, standard_normal: np.ndarray) -> None:
    program = lower(table_i, standard_normal)
    same = emulate(program, standard_normal).argmax(axis=1) == table_i(standard_normal).argmax(axis=1)
    assert same.mean() > 0.93
    assert program.semantics == "fused"
    # One bracket serves two formulas, and its two tables read one index.
    indices = [node.args[0] for node in program.nodes if isinstance(node, Table)]
    assert len(indices) == 8
    assert len(set(indices)) == 5


def test_a_program_survives_its_json(table_i: Expression, standard_normal: np.ndarray) -> None:
    program = lower(table_i, standard_normal)
    again = program_from_json(json.loads(json.dumps(program_to_json(program))))
    assert np.array_equal(emulate(again, standard_normal), emulate(program, standard_normal))
    assert program_to_json(again) == program_to_json(program)


@pytest.mark.parametrize(
    "damage",
    [
        {"format": 99},
        {"semantics": "other"},
        {"outputs": [999]},
        {"nodes": [{"node": "input", "args": [], "type": [True, 3, 3, "round", "saturate"]}]},
        {"nodes": [{"node": "nothing", "args": [], "type": [True, 3, 3, "round", "saturate"]}]},
    ],
)
def test_a_damaged_program_is_refused(damage: dict, table_i: Expression, standard_normal: np.ndarray) -> None:
    content = program_to_json(lower(table_i, standard_normal)) | damage
    with pytest.raises(SymbolNetError):
        program_from_json(content)


def test_hls4ml_semantics_quantises_constant_by_constant() -> None:
    """-0.3 as a factor is -(q(0.3)) = -0.3125 in steps of 1/16 by rounding; as an addend it is q(-0.3) = -0.3125 too,
    but at a half the two differ: q(0.03125) = 0.0625 upwards, q(-0.03125) = 0."""
    x = sympy.Symbol("x")
    form = parse_format("ap_fixed<10,6>")
    half = sympy.Float(0.03125)
    program = lower(
        Expression.from_sympy([x - half, sympy.Mul(-half, x, evaluate=False)], ["x"]),
        precision=form,
        semantics="hls4ml",
    )
    assert emulate(program, [[2.0]]).tolist() == [[2.0, -0.125]]


@pytest.mark.filterwarnings("ignore:constant -46 becomes:UserWarning")
def test_hls4ml_semantics_by_hand(table_i: Expression, standard_normal: np.ndarray) -> None:
    """Class 0 of Table I, written out; SymPy turns the odd tanh round and writes -0.53*tanh(0.38*C1 - 0.6*M)."""
    form = parse_format("ap_fixed<9,4>")
    X = standard_normal[:300]
    program = lower(table_i, X, precision=form, semantics="hls4ml")

    def q(value: object) -> np.ndarray:
        return form.floats(form.integers(value))

    M, C1 = q(X[:, 0]), q(X[:, 1])
    expected = q(-q(0.041) * M * C1 - q(0.53) * q(np.tanh(q(q(0.38) * C1 - q(0.6) * M))) + q(0.24))
    assert np.array_equal(emulate(program, X)[:, 0], expected)


def test_wrapping_warns_and_saturation_is_refused(table_i: Expression, standard_normal: np.ndarray) -> None:
    with pytest.warns(UserWarning, match="wraps"):
        lower(table_i, standard_normal / 8, precision=parse_format("ap_fixed<12,6,AP_RND,AP_WRAP>"))
    with pytest.raises(SymbolNetError, match=r"input '\w+' is outside ap_fixed<12,1> in 3\d"):
        lower(table_i, standard_normal, precision=parse_format("ap_fixed<12,1>"))
    # One whose samples all saturate is no port any more, since the lowering takes it for a constant.
    a, b = sympy.symbols("a b")
    X = np.column_stack([np.linspace(0, 1, 200), np.linspace(-4, -1, 200)])
    formula = Expression.from_sympy([a + sympy.tanh(4 * b + 8)], ["a", "b"])
    with pytest.raises(SymbolNetError, match=r"input 'b' is outside ap_ufixed<16,9> in 100.* give a signed format"):
        lower(formula, X, precision=parse_format("ap_ufixed<16,9>"))


def test_what_cannot_be_built_is_told_in_one_line(standard_normal: np.ndarray) -> None:
    x, y = sympy.symbols("x y")
    pair = standard_normal[:, :2]
    constant = Expression.from_sympy([sympy.Float(0.5)], ["x"])
    with pytest.raises(SymbolNetError, match="constant"):
        lower(constant, pair[:, :1])
    with pytest.raises(SymbolNetError, match="at this precision the formula is a constant"):
        lower(Expression.from_sympy([sympy.Float(1e-6) * x + 1], ["x"]), pair[:, :1], precision=Precision(output=4))
    with pytest.raises(SymbolNetError, match="too much for entries"):
        lower(Expression.from_sympy([y * sympy.exp(x**2)], ["x", "y"]), pair * 3, precision=Precision(factor=30))
    with pytest.raises(SymbolNetError, match="index of 11 bits"):
        lower(Expression.from_sympy([sympy.sin(x + y)], ["x", "y"]), pair, precision=Precision(index=11))
    wide = FixedPoint(True, 15, 16)
    with pytest.raises(SymbolNetError, match="exact 53"):
        lower(Expression.from_sympy([x**4], ["x"]), precision=wide, semantics="hls4ml")
    X = np.column_stack([np.linspace(0, 300, 50), np.linspace(0, 0.06, 50)])
    tiny = Expression.from_sympy([x / 50 + sympy.tanh(100 * y - 3)], ["x", "y"])
    with pytest.raises(SymbolNetError, match=r"from 0 to 0.06\d* is below one step of its format, 0.125; give more"):
        lower(tiny, X, precision=parse_format("ap_fixed<12,9>"))
    with pytest.raises(SymbolNetError, match="give data, or a format"):
        lower(Expression.from_sympy([sympy.sin(x)], ["x"]))


@pytest.mark.parametrize("bits", [4, 5, 6])
def test_what_is_cut_off_is_made_up_for(bits: int, standard_normal: np.ndarray) -> None:
    """Truncation would shift the argument of a table by half a step on average; the tables know that."""
    a, b, c = sympy.symbols("a b c")
    formula = Expression.from_sympy([sympy.sin(a + 0.31 * b + 0.17 * c + 0.4)], ["a", "b", "c"])
    X = standard_normal[:, :3] * 0.4
    for coefficient in (-2, 0):
        program = lower(formula, X, precision=Precision(9, bits, coefficient, 6, 10))
        error = emulate(program, X) - formula(X)
        assert abs(error.mean()) < 0.25 * error.std()
