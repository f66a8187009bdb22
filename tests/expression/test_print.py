"""What a reader sees."""

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symbolnet._errors import SymbolNetError
from symbolnet.expression import Expression, count_nodes, latex_table
from symbolnet.expression._names import identifiers, latex_name


@pytest.fixture
def paper_like() -> Expression:
    x0, x1, c2 = sympy.symbols("x0 x1 C2")
    formula = 0.24 - 0.2 * sympy.tanh(0.6 * x0 - 0.38 * x1) + 0.43 * sympy.exp(-6.9 * c2**2)
    return Expression.from_sympy([formula, x0 / x1 - 1e-7 * x0 * x1], ["x0", "x1", "C2"], ["g", "q"])


def test_text(paper_like):
    assert paper_like.text() == [
        "0.43*exp(-6.9*C2**2) - 0.2*tanh(0.6*x0 - 0.38*x1) + 0.24",
        "x0/x1 - 1e-07*x0*x1",
    ]
    assert paper_like.text(digits=1)[0] == "0.4*exp(-7*C2**2) - 0.2*tanh(0.6*x0 - 0.4*x1) + 0.2"


def test_latex(paper_like):
    first, second = paper_like.latex()
    assert first == (r"0.43 \exp\left(-6.9 C_{2}^{2}\right) - 0.2 \tanh\left(0.6 x_{0} - 0.38 x_{1}\right) + 0.24")
    assert second == r"\frac{x_{0}}{x_{1}} - 1 \times 10^{-7} x_{0} x_{1}"


def test_latex_of_the_other_functions():
    x, y = sympy.symbols("x y")
    formulas = [sympy.sqrt(sympy.Abs(x)), sympy.Piecewise((x, y > 0), (2 * y, True)), 1 / (x * (y + 1)), (x + y) ** 3]
    lines = Expression.from_sympy(formulas, [x, y]).latex()
    assert lines[0] == r"\sqrt{\left|x\right|}"
    assert lines[1] == r"\begin{cases} x & \text{for}\: y > 0 \\ 2 y & \text{otherwise} \end{cases}"
    assert lines[2] == r"\frac{1}{x \left(y + 1\right)}"
    assert lines[3] == r"\left(x + y\right)^{3}"


def test_negative_powers_are_quotients():
    x, y = sympy.symbols("x y")
    formulas = [3 * x * y**-2, 1 / sympy.sqrt(x + y), (x + y) ** -3 / y, -(x**-2), 2 * x**-1 * y**-2]
    expression = Expression.from_sympy(formulas, [x, y])
    assert expression.text() == ["3.0*x/y**2", "1/sqrt(x + y)", "1/y/(x + y)**3", "-1/x**2", "2.0/y**2/x"]
    assert expression.latex()[0] == r"\frac{3 x}{y^{2}}"
    assert expression.latex()[2] == r"\frac{1}{y \left(x + y\right)^{3}}"
    again = [sympy.sympify(line) for line in expression.text()]
    assert [count_nodes(tree) for tree in again] == list(expression.complexities)


def test_a_minus_sign_before_a_minus_sign_is_in_brackets():
    x, y = sympy.symbols("x y")
    twice = sympy.Mul(-1, sympy.Mul(-2, x, evaluate=False), evaluate=False)
    expression = Expression.from_sympy([twice, sympy.Add(y, twice, evaluate=False)], [x, y])
    for line in (*expression.text(), *expression.latex(), *expression.mathml()):
        assert "--" not in line
        assert "- -" not in line


def test_names():
    assert identifiers(["mass (GeV)", "x-1", "x_1", "lambda", "2nd", "exp", "é", "E"]) == (
        "mass_GeV",
        "x_1_2",
        "x_1",
        "lambda_",
        "x_2nd",
        "exp_",
        "é",
        "E_",
    )
    assert latex_name("x374") == "x_{374}"
    assert latex_name("mass (GeV)") == r"\mathrm{mass\ (GeV)}"
    assert latex_name("m_jet") == r"\mathrm{m\_jet}"
    assert latex_name(r"C_1^{\beta=1}") == r"C_1^{\beta=1}"


def test_strange_names_survive_every_printer():
    names = ["mass (GeV)", r"C_1^{\beta=2}", "power", "class", "a*/b\n??/"]
    symbols = [sympy.Symbol(name) for name in names]
    expression = Expression.from_sympy([sum(sympy.sin(s) ** 2 * (k + 2) for k, s in enumerate(symbols))], names)
    samples = np.random.default_rng(0).normal(size=(5, 5))
    space: dict = {}
    exec(expression.python(), space)
    np.testing.assert_allclose(space["formula"](samples), expression(samples), rtol=1e-14)
    parsed = sympy.sympify(expression.text()[0])
    assert {str(s) for s in parsed.free_symbols} == {str(s) for s in expression.sympy()[0].free_symbols}
    assert count_nodes(parsed) == expression.complexity
    assert "*/b" not in expression.c()
    assert r"\left(C_1^{\beta=2}\right)" in expression.latex()[0]


@pytest.mark.parametrize(
    ("name", "identifier", "latex"),
    [
        ("größe", "größe", r"\mathrm{größe}"),
        ("gro\u0308ße", "größe", "\\mathrm{gro\u0308ße}"),  # as some keyboards write it
        ("δφ", "δφ", r"\mathrm{δφ}"),
        ("λ", "λ", "λ"),
        ("θ_12", "θ_12", "θ_{12}"),
        ("\u00b5", "μ", "\u00b5"),  # the micro sign is the letter mu to Python
        ("ｅｘｐ", "exp_", r"\mathrm{ｅｘｐ}"),
        ("durée (s)", "durée_s", r"\mathrm{durée\ (s)}"),
        ("∂φ/∂t", "φ_t", r"\mathrm{∂φ/∂t}"),
        ("€", "x", r"\mathrm{€}"),
    ],
)
def test_letters_of_any_script_are_kept(name: str, identifier: str, latex: str) -> None:
    assert identifiers([name]) == (identifier,)
    assert latex_name(name) == latex
    expression = Expression.from_sympy([sympy.sin(sympy.Symbol(name)) + 2 * sympy.Symbol("b")], [name, "b"])
    assert Expression.from_sympy([sympy.sympify(expression.text()[0])], [name, "b"]) == expression
    space: dict = {}
    exec(expression.python(), space)
    sample = np.array([[0.5, 1.0]])
    np.testing.assert_allclose(space["formula"](sample), expression(sample), rtol=1e-14)
    assert expression.c().isascii()


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("température", "temperature"),
        ("größe (m)", "grosse (m)"),
        ("Ørsted", "Orsted"),
        ("α,β", "alpha,beta"),
        ("Δφ", "Deltaphi"),
        ("\u00b5m²", "mum2"),
        ("∂t", "<U+2202>t"),
        ("速度", "<U+901F><U+5EA6>"),
        ("😀", "<U+1F600>"),
        ("a\nb", "a<U+000A>b"),
    ],
)
def test_names_can_be_told_apart_in_the_comment_of_the_c_code(name: str, written: str) -> None:
    expression = Expression.from_sympy([sympy.Symbol("x") ** 2], ["x"]).with_names([name])
    assert f"   x[0] {written}\n" in expression.c()
    assert expression.c().isascii()


def test_text_of_a_long_sum_is_a_line():
    x = sympy.symbols("x0:1200")
    weights = np.random.default_rng(0).normal(size=1200)
    expression = Expression.from_sympy([sympy.Add(*(w * s for w, s in zip(weights.tolist(), x, strict=True)))], x)
    assert expression.text()[0].count("*x") == 1200
    space: dict = {}
    exec(expression.python(), space)
    samples = np.random.default_rng(1).normal(size=(3, 1200))
    np.testing.assert_allclose(space["formula"](samples), expression(samples), rtol=1e-11)


def test_whole_numbers_leave_no_empty_sums():
    x, y = sympy.symbols("x y")
    small = Expression.from_sympy([sympy.Float(0.001) * x + sympy.Float(0.0002)], [x])
    assert small.with_whole_numbers(1e-2).text() == ["0"]
    assert small.with_whole_numbers(1e-2, zero=False) == small
    inside = Expression.from_sympy(
        [1 / (sympy.Float(0.001) * x + sympy.Float(0.0002)) + sympy.Float(1.001) * y], [x, y]
    )
    assert inside.with_whole_numbers(1e-2) == inside
    assert (
        inside.with_whole_numbers(1e-2, zero=False).text()[0].startswith("y + ")
        or "1.001" not in inside.with_whole_numbers(1e-2, zero=False).text()[0]
    )


def test_repr(paper_like):
    assert repr(paper_like) == "Expression(2 outputs, complexity=15, n_inputs=3)"


def test_latex_table(paper_like):
    table = latex_table(paper_like, {"AUC": [0.885, 0.5]}, caption="Jets")
    assert r"$g$ & $0.43 \exp" in table
    assert r"& 20 & 0.885 \\" in table
    assert r"\caption{Jets}" in table
    with pytest.raises(SymbolNetError, match="has 1 values for 2 outputs"):
        latex_table(paper_like, {"AUC": [0.1]})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Expression.from_sympy(["x + 1"], ["x"]), "is text; give a SymPy expression"),
        (lambda: Expression.from_sympy([sympy.Symbol("y")], ["x"]), "symbol 'y' is not among"),
        (lambda: Expression.from_sympy([sympy.gamma(sympy.Symbol("x"))], ["x"]), "is not an operator here"),
        (lambda: Expression.from_sympy([sympy.Symbol("x") ** sympy.Symbol("x")], ["x"]), "as exponent"),
        (lambda: Expression.from_sympy([sympy.I], ["x"]), "not a finite real number"),
        (lambda: Expression.from_sympy([sympy.oo], ["x"]), "not a finite real number"),
        (lambda: Expression.from_sympy([sympy.Symbol("x")], ["x"]).c("a b"), "is not an identifier"),
        (lambda: Expression.from_sympy([sympy.Symbol("x")], ["x"]).text(digits=0), "from 1 to 17"),
    ],
)
def test_bad_input(make, message):
    with pytest.raises(SymbolNetError, match=message):
        make()


def test_every_name_that_sympy_exports_is_read_back_as_an_input():
    exported: dict[str, object] = {}
    exec("from sympy import *", exported)
    names = sorted(name for name in exported if not name.startswith("__"))
    # A later SymPy may export a few more, which is no reason to fail.
    assert len({*names} & {*identifiers(names)}) < 40
    for name in ("degree", "test", "var", "content", "E", "len"):
        expression = Expression.from_sympy([sympy.Symbol(name) + 2 * sympy.Symbol("b")], [name, "b"])
        assert Expression.from_sympy([sympy.sympify(expression.text()[0])], [name, "b"]) == expression


@given(
    st.lists(
        st.sampled_from(["a b", "a_b", "a-b", "a_b_2", "E", "E_", "y", "y_", "t0_", "é", "e\u0301"]),
        unique=True,
        min_size=1,
    )
)
def test_good_names_stay_and_all_are_distinct(names):
    result = identifiers(names)
    assert len({*result}) == len(names)
    assert all(
        new == old for old, new in zip(names, result, strict=True) if old.isidentifier() and old not in ("E", "e\u0301")
    )
    there = Expression.from_sympy([sum(k * sympy.Symbol(n) for k, n in enumerate(result, start=2))], names)
    assert Expression.from_sympy(there.sympy(), names) == there
    sample = np.arange(len(names), dtype=float)[None]
    assert there(sample)[0, 0] == sum(k * (k - 2) for k in range(2, len(names) + 2))
