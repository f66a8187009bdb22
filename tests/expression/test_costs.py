"""Costs: a formula costs what an independent walk over the emitted SymPy tree adds up."""

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from sympy.functions.elementary.piecewise import ExprCondPair

from symbolnet._errors import SymbolNetError, UnknownNameError
from symbolnet.expression import COST_PRESETS, NODES, Costs, Expression, unroll

NAMES = sorted(NODES.as_dict())
seeds = st.integers(0, 2**32 - 1)
tables = st.fixed_dictionaries({}, optional={name: st.sampled_from([0, 0.25, 1, 3, 17.5, 51]) for name in NAMES})

FUNCTIONS = {
    sympy.sin: "sin",
    sympy.cos: "cos",
    sympy.tan: "tan",
    sympy.exp: "exp",
    sympy.sinh: "sinh",
    sympy.cosh: "cosh",
    sympy.tanh: "tanh",
    sympy.log: "log",
    sympy.Abs: "abs",
    sympy.Max: "max",
    sympy.Min: "min",
    sympy.Piecewise: "cond",
    sympy.Add: "+",
    sympy.Mul: "*",
}
POWERS = {2: "square", 3: "cube", 0.5: "sqrt"}


def walk(expression, table) -> float:
    """What the documentation of `Costs` says, node by node, from a table of all names."""
    total, visit = 0.0, sympy.preorder_traversal(expression)
    for node in visit:
        if isinstance(node, sympy.Symbol):
            total += table["variable"]
        elif node.is_Number or node.is_NumberSymbol:
            total += table["constant"]
        elif isinstance(node, sympy.Pow):
            exponent = float(node.exp)
            size = POWERS.get(abs(exponent), "pow")
            if exponent > 0:
                total += table[size]
            else:
                total += table["/"] if exponent == -1 else max(table["/"], table[size])
        elif isinstance(node, ExprCondPair) or node in (sympy.true, sympy.false):
            continue  # part of the Piecewise
        elif isinstance(node, sympy.StrictGreaterThan):
            total -= table["constant"]  # its 0 is visited later, and is part of the Piecewise too
        else:
            total += table[FUNCTIONS[node.func]]
    return total


def complete(given_table) -> dict[str, float]:
    table = dict.fromkeys(NAMES, 1.0) | {"cond": 6.0}
    if "pow" in given_table:
        table |= dict.fromkeys(("square", "cube", "sqrt", "/"), given_table["pow"])
    return table | given_table


@given(seed=seeds, table=tables)
def test_costs_are_those_of_an_independent_walk(seed, table, random_network):
    expression = unroll(random_network(seed))
    walked = [walk(e, complete(table)) for e in expression.sympy()]
    assert expression.costs(table) == pytest.approx(walked, rel=1e-9, abs=1e-9)
    assert expression.cost(table) == pytest.approx(np.mean(walked), rel=1e-9, abs=1e-9)


@given(seed=seeds)
def test_nodes_are_the_count(seed, random_network):
    expression = unroll(random_network(seed))
    assert expression.costs("nodes") == expression.complexities == expression.costs(None)
    assert expression.cost("nodes") == expression.complexity == expression.cost({})
    assert expression.cost(NODES.scaled(2.0)) == 2 * expression.complexity


def test_a_sum_is_one_operator_and_powers_have_their_own_costs():
    x, y = sympy.symbols("x y")
    table = {"+": 100, "*": 10, "variable": 2, "constant": 3, "square": 20, "/": 7, "pow": 9, "abs": 40, "sqrt": 50}

    def cost(e) -> float:
        return Expression.from_sympy([e], [x, y]).cost(table)

    assert cost(sympy.Add(x, y, 1, evaluate=False)) == 100 + 2 * 2 + 3
    assert cost(x * y * 5) == 10 + 2 * 2 + 3
    assert cost(x**2) == 20 + 3 + 2
    assert cost(1 / x) == 7 + 3 + 2
    assert cost(x**-2) == 20 + 3 + 2
    assert cost(x**-4) == 9 + 3 + 2
    assert cost(sympy.Pow(sympy.Abs(x), sympy.Rational(1, 2))) == 50 + 3 + 40 + 2
    assert Expression.from_sympy([sympy.Piecewise((x, y > 0), (2, True))], [x, y]).cost({"cond": 4}) == 4 + 3


def test_the_table_of_the_vu9p():
    costs = Costs.of("xcvu9p")
    assert costs == COST_PRESETS["xcvu9p"]
    assert (costs["tanh"], costs["tan"], costs["sin"], costs["exp"], costs["/"], costs["+"]) == (51, 48, 8, 3, 29, 1)
    x = sympy.Symbol("x")
    assert Expression.from_sympy([sympy.log(sympy.Abs(x))], ["x"]).cost("xcvu9p") == 3 + 1 + 1
    assert hash(costs) == hash(COST_PRESETS["xcvu9p"])


def test_other_words_mean_the_same():
    assert Costs.of({"Add": 2, "Abs": 3, "mul": 4, "Piecewise": 5, "constants": 6, "^": 7}) == Costs.of(
        {"+": 2, "abs": 3, "*": 4, "cond": 5, "constant": 6, "pow": 7}
    )


@pytest.mark.parametrize(
    ("given_costs", "message"),
    [
        ("xcvu9", "unknown preset 'xcvu9'; did you mean 'xcvu9p'"),
        ({"sine": 2}, "unknown name 'sine'; did you mean 'sin'"),
        ({3: 2}, "unknown name 3; known: constant, variable"),
        ({"gauss": 2}, r"'gauss' is written exp\(-x\*\*2\); give the costs of its parts"),
        ({"-": 2}, "'-' is written"),
        ({"sin": -1}, "'sin' costs -1; give a finite number of at least 0"),
        ({"sin": float("inf")}, "'sin' costs inf"),
        ({"sin": "8"}, "'sin' costs '8'"),
        ({"sin": True}, "'sin' costs True"),
        ({"abs": 1, "Abs": 2}, "names 'abs' twice"),
        (7, "complexity_of_operators is 7"),
    ],
)
def test_wrong_costs_are_refused_in_one_line(given_costs, message):
    with pytest.raises(SymbolNetError, match=message) as caught:
        Costs.of(given_costs)
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, UnknownNameError) == ("unknown" in message)
