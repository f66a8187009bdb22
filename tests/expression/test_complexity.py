"""Our count is SymPy's, without building its tree."""

import numpy as np
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symbolnet.expression import Expression, count_nodes, unroll
from symbolnet.network import FrozenLayer, FrozenNetwork

seeds = st.integers(0, 2**32 - 1)
coefficients = st.sampled_from([0.0, 1.0, -1.0, 0.3, -0.3, 2.0, 0.7])


def traversal(expression) -> int:
    return len(list(sympy.preorder_traversal(expression)))


@given(seed=seeds)
def test_complexity_is_that_of_the_emitted_tree(seed, random_network):
    expression = unroll(random_network(seed))
    counts = tuple(map(traversal, expression.sympy()))
    assert expression.complexities == counts
    assert counts == tuple(map(count_nodes, expression.sympy()))
    assert expression.complexity == np.mean(counts)
    assert expression.total_complexity == sum(counts)
    assert expression.shared_complexity <= expression.total_complexity


@given(seed=seeds)
def test_from_sympy_keeps_the_count(seed, random_network):
    expression = unroll(random_network(seed))
    again = Expression.from_sympy(expression.sympy(), expression.input_names)
    assert again.complexities == expression.complexities


def snapped(rows, bias, out):
    layer = FrozenLayer(np.array(rows), np.array(bias), (("tanh", 1), ("identity", 1), ("*", 2)))
    return unroll(FrozenNetwork((layer,), np.array(out).reshape(3, 1), np.zeros(1)))


@given(
    st.lists(st.lists(coefficients, min_size=4, max_size=4), min_size=1, max_size=7),
    st.lists(coefficients, min_size=4, max_size=4),
    st.lists(coefficients, min_size=3, max_size=3),
)
def test_factored_sums(rows, bias, out):
    expression = snapped(rows, bias, out)
    factored = expression.factored()
    assert factored.total_complexity <= expression.total_complexity
    assert factored.complexities == tuple(map(traversal, factored.sympy()))
    assert factored.factored().complexities == factored.complexities
    samples = np.random.default_rng(0).normal(size=(10, len(rows)))
    np.testing.assert_allclose(factored(samples), expression(samples), rtol=1e-12, atol=1e-12)


@given(
    st.lists(st.lists(coefficients, min_size=4, max_size=4), min_size=1, max_size=7),
    st.lists(coefficients, min_size=4, max_size=4),
    st.lists(coefficients, min_size=3, max_size=3),
)
def test_expanded_complexity_is_sympys(rows, bias, out):
    factored = snapped(rows, bias, out).factored()

    def evaluated(e):  # SymPy's own arithmetic of sums and numeric factors
        args = [evaluated(arg) for arg in e.args]
        return e if not args else e.func(*args) if e.is_Add or e.is_Mul else e.func(*args, evaluate=False)

    counts = [traversal(evaluated(e)) for e in factored.sympy()]
    assert factored.expanded_complexity == np.mean(counts)


def test_paper_unit_stays_factored_everywhere():
    x = sympy.symbols("x1:6")
    bracket = sympy.Add(*x[:3], sympy.Mul(-1, sympy.Add(*x[3:]), evaluate=False), evaluate=False)
    unit = sympy.tanh(sympy.Add(sympy.Mul(0.3, bracket, evaluate=False), 0.1, evaluate=False))
    expression = Expression.from_sympy([unit], x)
    assert expression.text() == ["tanh(0.3*(x1 + x2 + x3 - (x4 + x5)) + 0.1)"]
    assert expression.latex()[0].count("x_{4}") == 1
    assert "0.3*(" in expression.python()
    assert "0.3*(" in expression.c()
    assert expression.complexities == (14,) == (traversal(expression.sympy()[0]),)
    assert expression.expanded_complexity == 18 == expression.expanded().complexity
    assert expression.expanded().factored().text() == expression.text()


def test_raw_structures_keep_their_count():
    x, y = sympy.symbols("x y")
    odd = [
        sympy.Mul(1.0, x, evaluate=False),
        sympy.Mul(2.0, 3.0, x, evaluate=False),
        sympy.Add(0, x, y, evaluate=False),
        sympy.Add(1.0, 2.0, x, evaluate=False),
        sympy.Mul(sympy.Mul(2, x, evaluate=False), y, evaluate=False),
        sympy.Add(sympy.Add(x, y, evaluate=False), x, evaluate=False),
        x / 3 + sympy.Rational(1, 3) + sympy.pi * y,
        x ** sympy.Rational(-3, 2) + sympy.exp(1) + 1 / y,
        sympy.Max(x, y, 3),
        sympy.Piecewise((x, y > 0), (2 * y, True)) + sympy.Abs(x),
        sympy.Float(2.5),
    ]
    expression = Expression.from_sympy(odd, [x, y])
    assert expression.complexities == tuple(map(traversal, odd)) == tuple(map(traversal, expression.sympy()))


def test_shared_parts_count_once_or_at_every_use():
    e, count = sympy.Symbol("x"), 1
    for _ in range(12):
        e, count = sympy.Add(sympy.sin(e), sympy.cos(e), evaluate=False), 2 * count + 3
    expression = Expression.from_sympy([e], ["x"])
    assert expression.complexities == (count,)
    assert expression.shared_complexity == 1 + 12 * 3
