"""Grown formulas: slopes are slopes, what is printed is what was fitted, simpler forms are the same functions."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from symbolnet.expression import count_nodes
from symbolnet.growth._emit import emit
from symbolnet.growth._functions import grammar
from symbolnet.growth._identities import completed_squares, factored, normal, opened, shortened
from symbolnet.growth._score import Scale, code_length, cost
from symbolnet.growth._simplify import reduced
from symbolnet.growth._tree import (
    Call,
    Factor,
    Power,
    Sum,
    Term,
    columns_of,
    depth,
    make_sum,
    make_term,
    over_first,
    renumbered,
    vector_of,
    with_vector,
)
from symbolnet.growth._values import jacobian, values

D = 4
RULES = grammar(("sin", "cos", "exp", "gauss", "tanh", "sqrt", "square", "log", "abs", "sigmoid"), ("+", "*", "/"))
SMOOTH = ("sin", "cos", "gauss", "tanh", "sigmoid")
seeds = st.integers(0, 10**6)


def random_tree(rng: np.random.Generator, level: int = 0, smooth: bool = True) -> Sum:
    terms = []
    for _ in range(rng.integers(1, 4 if level == 0 else 3)):
        factors: list[Factor] = []
        for _ in range(rng.integers(1, 3)):
            if level < 2 and rng.random() < 0.4:
                names = SMOOTH if smooth else (*SMOOTH, "exp", "sqrt", "log", "abs", "inverse", "square")
                factors.append(Call(str(rng.choice(names)), random_tree(rng, level + 1, smooth)))
            else:
                exponent = float(rng.choice([1.0, 1.0, 1.0, 2.0, -1.0]))
                factors.append(Power(int(rng.integers(D)), exponent))
        term = make_term(float(rng.normal()), bool(rng.random() < 0.9), factors)
        if term is not None:
            terms.append(term if term.free else Term(1.0, False, term.factors))
    terms = terms or [Term(0.5, True, (Power(0, 1.0),))]
    free = bool(rng.random() < 0.5)
    return make_sum(float(rng.normal()) if free else 0.0, free, terms)


def inputs(rng: np.random.Generator, n: int = 30) -> np.ndarray:
    return rng.uniform(0.5, 2.0, size=(D, n))


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_jacobian_is_the_slope(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tree, x = random_tree(rng), inputs(rng)
    value, rows = jacobian(tree, x)
    vector = vector_of(tree)
    np.testing.assert_allclose(value, values(tree, x), rtol=1e-10, atol=1e-10)
    assert len(rows) == len(vector)
    for k, row in enumerate(rows):
        step = 1e-5 * np.eye(len(vector))[k]
        slope = (values(with_vector(tree, vector + step), x) - values(with_vector(tree, vector - step), x)) / 2e-5
        np.testing.assert_allclose(row, slope, rtol=1e-4, atol=1e-5 * (1 + np.abs(slope).max()))


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_printed_formula_gives_the_same_and_costs_no_more(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tree, x = random_tree(rng, smooth=False), inputs(rng)
    expression = emit([tree], RULES, [f"x{k}" for k in range(D)], ["y"])
    expected = values(tree, x)
    if np.abs(expected).max() < 1e6:
        np.testing.assert_allclose(expression(x.T)[:, 0], expected, rtol=1e-6, atol=1e-6)
    assert expression.complexity == count_nodes(expression.sympy()[0])
    assert set(expression.used_inputs) <= columns_of(tree)


@settings(max_examples=15, deadline=None)
@given(seeds)
def test_equal_structures_have_equal_keys_whatever_their_constants(seed: int) -> None:
    tree = random_tree(np.random.default_rng(seed))
    vector = vector_of(tree)
    again = with_vector(tree, vector + 1.0)
    assert again.key == tree.key
    np.testing.assert_array_equal(vector_of(again), vector + 1.0)
    scale = Scale(100, D, 5)
    assert code_length(again, scale) == code_length(tree, scale)
    assert depth(tree) <= 2


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_normal_form_and_common_factors_keep_the_function(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tree, x = random_tree(rng), inputs(rng)
    expected = values(tree, x)
    np.testing.assert_allclose(values(normal(tree, RULES), x), expected, rtol=1e-8, atol=1e-8)
    shared = Call("sin", make_sum(0.3, True, [Term(1.7, True, (Power(1, 1.0),))]))
    two = [Term(2.0, True, (Power(0, 1.0), shared)), Term(-3.0, True, (shared,)), Term(0.5, True, (Power(2, 1.0),))]
    plain = make_sum(0.1, True, two)
    options = list(factored(plain))
    assert options
    for option in options:
        np.testing.assert_allclose(values(option, x), values(plain, x), rtol=1e-9)
        assert cost(option) < cost(plain)


def test_functions_of_other_constants_are_no_common_factor() -> None:
    """They are a proposal where everything is fitted again, and nothing else."""
    waves = [Call("sin", make_sum(0.0, False, [Term(a, True, (Power(0, 1.0),))])) for a in (0.5, 0.9)]
    terms = [Term(c, True, (Power(k, 1.0), wave)) for c, k, wave in zip((2.0, 3.0), (1, 2), waves, strict=True)]
    different, same = (
        Sum(0.0, False, tuple(terms)),
        Sum(0.0, False, tuple(Term(1.0, True, (t.factors[0], waves[0])) for t in terms)),
    )
    assert list(factored(different))
    assert shortened(different) is different
    assert cost(shortened(same)) < cost(same)


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_opened_and_shortened_forms_and_scales_keep_the_function(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tree, x = random_tree(rng), inputs(rng)
    expected = values(tree, x)
    first, rest = over_first(tree)
    np.testing.assert_allclose(first * values(rest, x), expected, rtol=1e-8, atol=1e-8)
    group = make_term(1.5, True, [Power(2, 1.0), Call("group", rest)])
    assume(group is not None)
    assert group is not None
    product = Sum(0.2, True, (group,))
    short = shortened(product)
    np.testing.assert_allclose(values(short, x), values(product, x), rtol=1e-8, atol=1e-8)
    assert cost(short) <= cost(product)
    for option in opened(product):
        np.testing.assert_allclose(values(option, x), values(product, x), rtol=1e-8, atol=1e-8)


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_squares_are_completed(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, (a, b, c) = inputs(rng), rng.uniform(0.5, 2, 3) * rng.choice([-1, 1], 3)
    both = make_term(2 * a * b * c, True, [Power(0, 1.0), Power(1, 1.0)])
    assert both is not None
    terms = [Term(a * b * b, True, (Power(0, 2.0),)), Term(a * c * c, True, (Power(1, 2.0),)), both]
    tree = make_sum(0.7, True, [*terms, Term(1.1, True, (Power(2, 1.0),))])
    (square,) = completed_squares(tree, RULES)  # a*(b*x0 + c*x1)**2
    np.testing.assert_allclose(values(square, x), values(tree, x), rtol=1e-10, atol=1e-10)
    assert cost(square) < cost(tree)
    shifted = make_sum(a * c * c, True, [terms[0], Term(2 * a * b * c, True, (Power(0, 1.0),))])
    (square,) = completed_squares(shifted, RULES)  # a*(b*x0 + c)**2
    np.testing.assert_allclose(values(square, x), values(shifted, x), rtol=1e-10, atol=1e-10)
    other = make_sum(0.7, True, [*terms[:2], Term(4 * a * b * c, True, both.factors)])
    assert not list(completed_squares(other, RULES))


def test_a_sum_that_loses_its_first_term_keeps_the_ratios_of_the_others() -> None:
    inner = Sum(3.0, True, (Term(1.0, False, (Power(0, 1.0),)), Term(2e9, True, (Power(1, 1.0),)),
                            Term(4e9, True, (Power(2, 1.0),))))  # fmt: skip
    tree = Sum(0.0, False, (Term(1e-9, True, (Call("sqrt", inner),)),))
    without = [option for option in reduced(tree, RULES) if columns_of(option) == {1, 2}]
    factor = without[0].terms[0].factors[0]
    assert isinstance(factor, Call)
    assert [term.coef for term in factor.inner.terms] == [1.0, 2.0]


@settings(max_examples=15, deadline=None)
@given(seeds)
def test_reduced_forms_are_different_and_finite(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tree, x = random_tree(rng), inputs(rng)
    smaller = reduced(tree, RULES)
    keys = [option.key for option in smaller]
    assert len(set(keys)) == len(keys)
    assert tree.key not in keys
    assert smaller
    for option in smaller:
        assert np.isfinite(values(option, x)).all()
        assert columns_of(option) <= columns_of(tree)


def test_renumbered_is_the_formula_of_other_columns() -> None:
    x = np.random.default_rng(0).normal(size=(7, 50))
    wave = Call("sin", Sum(0.5, True, (Term(3.0, True, (Power(1, 1.0),)),)))
    tree = Sum(1.5, True, (Term(2.0, True, (Power(0, 2.0), wave)),))
    columns = (5, 2)
    assert columns_of(renumbered(tree, columns)) == set(columns)
    np.testing.assert_array_equal(values(renumbered(tree, columns), x), values(tree, x[list(columns)]))
