"""MathML is well-formed, and says the same as the text."""

import warnings
from functools import reduce
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symbolnet.expression import Expression, unroll
from symbolnet.expression._mathml import breakable

SPACE = "{http://www.w3.org/1998/Math/MathML}"
OPERATORS = {"−": "-", "×": "*", "\N{INVISIBLE TIMES}": "*", "\N{FUNCTION APPLICATION}": ""}
FUNCTIONS = {name: getattr(np, name) for name in ("sin", "cos", "tan", "exp", "log", "sinh", "cosh", "tanh", "abs")}
FUNCTIONS |= {"sqrt": np.sqrt, "max": lambda *a: reduce(np.maximum, a), "min": lambda *a: reduce(np.minimum, a)}
FUNCTIONS |= {"where": np.where}
# As the text has them.
FUNCTIONS |= {"Abs": np.abs, "Max": FUNCTIONS["max"], "Min": FUNCTIONS["min"]}
FUNCTIONS |= {"Piecewise": lambda first, last: np.where(first[1], first[0], last[0])}


def read(element: ET.Element) -> str:
    """What a reader of the page takes it for, in Python's words: written for this test alone."""
    tag, parts = element.tag.removeprefix(SPACE), [*element]
    if tag in ("math", "mrow", "mtd"):
        return _absolute("".join(map(read, parts)))
    if tag == "msqrt":
        return f"sqrt({_absolute(''.join(map(read, parts)))})"
    if tag == "mfrac":
        return f"(({read(parts[0])})/({read(parts[1])}))"
    if tag == "msup":
        return f"{read(parts[0])}**({read(parts[1])})"
    if tag == "msub":
        return "".join(map(read, parts))
    if tag == "mtable":
        (value, test), (other, _) = ([read(cell) for cell in row] for row in parts)
        return f"where({test}, {value}, {other})"
    text = element.text or ""
    if tag == "mo" and text == "{":
        return ""
    return "" if tag in ("mtext", "mspace") else OPERATORS.get(text, text) if tag == "mo" else text


def _absolute(text: str) -> str:
    """Bars come as pairs; whether one opens or closes is told by what stands before it."""
    out = ""
    for letter in text:
        opens = not out or out[-1] in "(*+-/,<>"
        out += ("abs(" if opens else ")") if letter == "|" else letter
    return out


def value(text: str, samples: np.ndarray) -> np.ndarray:
    """The plain formula, without guards."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        names = {f"x{k}": samples[:, k] for k in range(samples.shape[1])}
        return np.broadcast_to(eval(text, FUNCTIONS | names), len(samples))


@given(seed=st.integers(0, 2**32 - 1))
def test_mathml_says_what_the_text_says(seed, random_network):
    expression, samples = unroll(random_network(seed)), np.random.default_rng(seed).normal(size=(10, 4))
    for text, mathml in zip(expression.text(), expression.mathml(digits=None), strict=True):
        shown = read(ET.fromstring(mathml))
        np.testing.assert_allclose(value(shown, samples), value(text, samples), rtol=1e-12)


x0, x1, mass = sympy.symbols("x0 x1 mass")


@pytest.mark.parametrize(
    ("formula", "read_as"),
    [
        (-2.5 * x0 + 1e-7 * x1, "-2.5*x0+1*10**(-7)*x1"),
        (3 * sympy.tanh(2 * x0 - x1) ** 2, "3*tanh(2*x0-x1)**(2)"),
        ((x0 + x1) ** 3, "(x0+x1)**(3)"),
        (-3 * x0 / x1, "-((3*x0)/(x1))"),
        (1 / (x0 * (x1 + 1)), "((1)/(x0*(x1+1)))"),
        (sympy.sqrt(sympy.Abs(x0)), "sqrt(abs(x0))"),
        (sympy.Piecewise((x0, x1 > 0), (2 * x1, True)), "where(x1>0, x0, 2*x1)"),
        (sympy.exp(x0 / mass), "exp(((x0)/(mass)))"),
    ],
)
def test_forms(formula, read_as):
    (mathml,) = Expression.from_sympy([formula], [x0, x1, mass]).mathml()
    assert read(ET.fromstring(mathml)) == read_as


def test_names_are_escaped():
    names = ["a<b & c", r"C_1^{\beta=1}", "x12", "δφ"]
    expression = Expression.from_sympy([sum((k + 2) * sympy.Symbol(n) for k, n in enumerate(names))], names)
    root = ET.fromstring(expression.mathml()[0])
    assert [e.text for e in root.iter(f"{SPACE}mi")] == ["a<b & c", r"C_1^{\beta=1}", "x", "δφ"]


def test_brackets_grow_only_around_what_is_tall():
    flat, tall = Expression.from_sympy([sympy.tanh(x0 + x1), sympy.tanh(x0 / x1)], [x0, x1]).mathml()
    assert flat.count('stretchy="false"') == 2
    assert "stretchy" not in tall


@given(seed=st.integers(0, 2**32 - 1))
def test_broken_between_terms_it_is_the_same_formula(seed, random_network):
    for mathml in unroll(random_network(seed)).mathml():
        parts = breakable(mathml)
        whole = [(e.tag, e.text) for e in ET.fromstring(mathml).iter()][1:]
        assert [(e.tag, e.text) for part in parts for e in [*ET.fromstring(part).iter()][1:]] == whole
        assert all(next(iter(ET.fromstring(part))).get("form") == "infix" for part in parts[1:])


def test_a_long_sum_inside_brackets_can_be_broken():
    x = sympy.symbols("x0:30")
    (mathml,) = Expression.from_sympy([3 * sympy.tanh(sympy.Add(*x)) ** 2], x).mathml()
    assert len(breakable(mathml)) == 30


def test_a_notebook_shows_short_formulas():
    shown = Expression.from_sympy([x0 + x1, sympy.sin(x0)], [x0, x1], ["g", "top"])._repr_latex_()
    assert shown.splitlines() == [
        r"$$\begin{aligned}",
        r"g &= x_{0} + x_{1} \\ \mathrm{top} &= \sin\left(x_{0}\right)",
        r"\end{aligned}$$",
    ]
    x = sympy.symbols("x0:500")
    assert Expression.from_sympy([sympy.Add(*x)], x)._repr_latex_() is None
