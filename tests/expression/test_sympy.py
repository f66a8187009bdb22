"""From SymPy: whatever is no formula is refused in one line, and depth is no obstacle."""

import numpy as np
import pytest
import sympy
from unchecked import unchecked

from symbolnet._errors import SymbolNetError
from symbolnet.expression import Expression

x, y = sympy.symbols("x y")


@pytest.mark.parametrize(
    ("expressions", "message"),
    [
        ([], r"expressions is \[\]; give a list of at least one"),
        (x, "expressions is x; give a list of at least one"),
        ([None], "None is no SymPy expression; give one, or a number"),
        ([object()], "is no SymPy expression"),
        (["x"], "is text; give a SymPy expression"),
        ([x > 0], "'x > 0' is no formula of numbers"),
        ([(1, 2)], "is no formula of numbers"),
        ([sympy.I * x], "number 'I' is not a finite real number"),
        ([sympy.gamma(x)], r"'gamma\(x\)' is not an operator here; known: sin"),
    ],
)
def test_what_is_no_formula(expressions, message):
    with pytest.raises(SymbolNetError, match=message) as caught:
        unchecked(Expression.from_sympy.__func__)(Expression, expressions, ["x"])
    assert "\n" not in str(caught.value)


def test_inputs_are_a_list():
    with pytest.raises(SymbolNetError, match="^inputs is 3; give a list of their names$"):
        unchecked(Expression.from_sympy.__func__)(Expression, [x], 3)


@pytest.mark.parametrize("outputs", [0, [], [2], ["a"], [0.5], None, "a"])
def test_only_numbers_of_outputs_select(outputs):
    expression = Expression.from_sympy([x, y], ["x", "y"])
    with pytest.raises(SymbolNetError, match=r"must be .* from 0 to 1, at least one, such as \[0\]$"):
        unchecked(Expression.select)(expression, outputs)
    assert unchecked(Expression.select)(expression, np.array([1])).sympy() == [y]


@pytest.mark.parametrize("depth", [200, 3000])
def test_a_deep_formula_is_read(depth):
    formula = x
    for _ in range(depth):
        part = sympy.Mul(0.5, sympy.sin(formula, evaluate=False), evaluate=False)
        formula = sympy.Pow(sympy.Add(part, y, evaluate=False), 2, evaluate=False)
    expression = Expression.from_sympy([formula], ["x", "y"])
    assert expression.complexity == 1 + 7 * depth  # x, and Pow, 2, Add, y, Mul, 0.5, sin of each level
    samples = np.array([[0.3, -0.2]])
    value = 0.3
    for _ in range(depth):
        value = (0.5 * np.sin(value) - 0.2) ** 2
    assert expression(samples)[0, 0] == pytest.approx(value)


def test_what_sympy_cannot_sort_is_one_line():
    formula = x
    for _ in range(150):
        formula = sympy.Max(sympy.Abs(formula, evaluate=False), y, evaluate=False)
    with pytest.raises(SymbolNetError, match="nests too deep for SymPy to sort it; simplify it"):
        Expression.from_sympy([formula], ["x", "y"])


def test_equal_parts_become_one():
    one = sympy.sin(sympy.Add(x, 1, evaluate=False), evaluate=False)
    other = sympy.sin(sympy.Add(x, 1, evaluate=False), evaluate=False)
    expression = Expression.from_sympy([sympy.Mul(one, y, evaluate=False), other], ["x", "y"])
    assert expression.shared_complexity == 6  # x, 1, Add, sin, y, Mul
