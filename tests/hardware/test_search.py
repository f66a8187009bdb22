"""The precision search: what it finds holds on other data, within the limits that were set."""

import numpy as np
import pytest

from symbolnet import SymbolNetError
from symbolnet.expression import Expression
from symbolnet.hardware import Candidate, Precision, choose, classification_score, emulate, lower, search_precision
from symbolnet.hardware._cost import features, guess_luts
from symbolnet.hardware._digits import digits, short
from symbolnet.hardware._score import fidelity_score, regression_score


@pytest.fixture(scope="module")
def front(table_i: Expression) -> tuple[Candidate, ...]:
    X = np.random.default_rng(3).normal(size=(3000, 4))
    score = classification_score(table_i(X).argmax(axis=1), np.arange(5))
    return search_precision(table_i, X, score, effort=260, rich=Precision(7, 7, 1, 5, 8))


def test_a_front_rises_and_holds_on_other_data(front: tuple[Candidate, ...], table_i: Expression) -> None:
    luts, scores = [c.lut for c in front], [c.score for c in front]
    assert luts == sorted(luts)
    assert scores == sorted(set(scores))
    assert len(front) > 8
    other = np.random.default_rng(4).normal(size=(4000, 4))
    wanted = table_i(other).argmax(axis=1)
    for candidate in front:
        again = float(np.mean(emulate(candidate.program, other).argmax(axis=1) == wanted))
        assert abs(again - candidate.score) < 0.03


def test_the_front_is_better_than_equal_bits_for_all(front: tuple[Candidate, ...], table_i: Expression) -> None:
    X = np.random.default_rng(3).normal(size=(3000, 4))
    wanted = table_i(X).argmax(axis=1)
    for bits in (4, 5, 6):
        program = lower(table_i, X, precision=Precision(bits, bits, 1, bits, bits + 1))
        score = float(np.mean(emulate(program, X).argmax(axis=1) == wanted))
        assert any(c.score >= score and c.lut < guess_luts(program) for c in front)


def test_choosing(front: tuple[Candidate, ...]) -> None:
    middle = front[len(front) // 2]
    assert choose(front, 1.0, max_luts=middle.lut).score == middle.score
    good = choose(front, front[-1].score, tolerance=0.02)
    assert good.score >= front[-1].score - 0.02
    assert all(c.lut >= good.lut for c in front if c.score >= front[-1].score - 0.02)
    with pytest.raises(SymbolNetError, match="--max-luts 1: the smallest circuit takes about"):
        choose(front, 1.0, max_luts=1)
    with pytest.raises(SymbolNetError, match="--max-latency-ns 1: the fastest circuit takes"):
        choose(front, 1.0, max_latency_ns=1)


def test_short_coefficients_are_near_and_have_no_digit_too_many() -> None:
    rng = np.random.default_rng(0)
    for value in rng.normal(size=200) * 10.0 ** rng.integers(-3, 4, 200):
        for tolerance in (abs(value) / 3, abs(value) / 40, abs(value) / 1000):
            found = short(float(value), tolerance)
            assert abs(found - value) <= tolerance
            assert digits(found) <= 1 + np.log2(abs(value) / tolerance) / 1.5
    assert short(0.1, 0.2) == 0.0
    assert [digits(value) for value in (0.0, 1.0, -0.5, 7.0, 5.0, 0.3125, 11.0)] == [0, 1, 1, 2, 2, 2, 3]


def test_the_guess_counts_what_is_there(table_i: Expression, standard_normal: np.ndarray) -> None:
    small, large = (lower(table_i, standard_normal, precision=Precision(b, b, 0, b, b)) for b in (4, 8))
    assert guess_luts(small) < guess_luts(large) / 2
    assert features(large)["product"] == 64
    assert features(large)["choose"] == 0


def test_scores() -> None:
    values = np.array([[0.1, 0.9], [2.0, 1.0], [0.0, 3.0]])
    assert classification_score(["b", "a", "a"], ["a", "b"])(values) == pytest.approx(2 / 3)
    assert classification_score([1, 0, 1], [0, 1], 1.5)(np.array([[2.0], [1.0], [1.0]])) == pytest.approx(2 / 3)
    assert regression_score([0.0, 1.0, 2.0])(np.array([[0.0], [1.0], [2.0]])) == 1.0
    assert regression_score([1.0, np.e], log=True)(np.array([[0.0], [1.0]])) == pytest.approx(1.0)
    assert fidelity_score(values)(values) == 1.0


def test_a_formula_of_many_inputs_is_searched_by_kinds() -> None:
    import sympy

    from symbolnet.hardware._search import _items
    from symbolnet.hardware._structure import analyse

    symbols = sympy.symbols("x0:90")
    rng = np.random.default_rng(0)
    inner = sum(float(c) * x for c, x in zip(rng.normal(size=90), symbols, strict=True))
    formula = Expression.from_sympy([sympy.tanh(0.2 * inner)], [str(x) for x in symbols])
    assert _items(analyse(formula)) == [("input", -1), ("index", -1), ("coefficient", -1), ("output", -1)]
    X = rng.random((400, 90))
    front = search_precision(formula, X, fidelity_score(formula(X)), effort=25)
    assert front[-1].score > 0.99
    assert front[0].lut < front[-1].lut / 1.2
