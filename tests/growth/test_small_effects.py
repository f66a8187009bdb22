"""Small linear effects: found where they are, left out where they are not, chosen as least squares would."""

import numpy as np
import pytest

from symbolnet.growth import grow_front
from symbolnet.growth._small_effects import _order, with_small_effects
from symbolnet.growth._tree import Power, Sum, Term, columns_of
from symbolnet.growth._values import make_rows


def constant(y: np.ndarray) -> Sum:
    return Sum(float(y.mean()), True, ())


def test_the_input_chosen_next_is_the_one_that_least_squares_would_choose() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 7)) @ rng.normal(size=(7, 7))
    y = X @ rng.normal(size=7) + rng.normal(size=60)
    columns = np.ones((60, 1))
    chosen: list[int] = []
    for place in _order(columns, X, y, 7):
        left = {}
        for k in set(range(7)) - set(chosen):
            known = np.column_stack([columns, X[:, [*chosen, k]]])
            left[k] = np.linalg.lstsq(known, y, rcond=None)[1][0]
        assert place == min(left, key=lambda k: left[k])
        chosen.append(place)


def test_columns_that_depend_on_others_are_not_chosen() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 50))
    X = np.stack([a, a + b, b, np.ones(50), 2 * a], axis=1)
    assert len(_order(np.ones((50, 1)), X, rng.normal(size=50), 5)) == 2


def test_weak_effects_are_found_together() -> None:
    rng = np.random.default_rng(2)
    X = rng.normal(size=(300, 12))
    true = np.array([0.25] * 5 + [0.0] * 7)
    y = 3 + X @ true + rng.normal(size=300)
    rows = make_rows(X.T.copy(), y, np.ones(300))
    found = with_small_effects(constant(y), rows, 40)
    last = found[-1].tree
    assert set(range(5)) <= columns_of(last)
    assert len(columns_of(last)) <= 7
    fitted = np.linalg.lstsq(np.column_stack([np.ones(300), X[:, sorted(columns_of(last))]]), y, rcond=None)[1][0]
    assert found[-1].loss == pytest.approx(fitted / rows.total, rel=1e-6)
    # Within the nodes that are left: 2 for the constant and the sum, 3 each.
    assert max(len(each.tree.terms) for each in with_small_effects(constant(y), rows, 13)) <= 4


def test_effects_without_noise() -> None:
    X = np.random.default_rng(4).normal(size=(200, 4))
    y = X @ np.array([1.0, 0.5, 0.25, 0.0])
    found = with_small_effects(constant(y), make_rows(X.T.copy(), y, np.ones(200)), 40)
    assert columns_of(found[-1].tree) == {0, 1, 2}
    assert found[-1].loss < 1e-20


@pytest.mark.parametrize("seed", range(5))
def test_no_effect_is_none(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y = rng.normal(size=300)
    assert with_small_effects(constant(y), make_rows(rng.normal(size=(20, 300)), y, np.ones(300)), 40) == []


def test_terms_come_beside_those_of_the_formula() -> None:
    rng = np.random.default_rng(3)
    X = rng.normal(size=(400, 6))
    y = 5 * X[:, 0] ** 2 + X[:, 1:5] @ np.full(4, 0.4) + rng.normal(size=400)
    rows = make_rows(X.T.copy(), y, np.ones(400))
    base = Sum(0.0, True, (Term(4.0, True, (Power(0, 2.0),)),))
    found = with_small_effects(base, rows, 40)
    assert columns_of(found[-1].tree) >= {0, 1, 2, 3, 4}
    assert base.terms[0].shape in [term.shape for term in found[-1].tree.terms]


def test_noisy_data_get_more_than_a_law() -> None:
    """Diabetes: ten inputs, two of which a law would take."""
    from sklearn.datasets import load_diabetes

    X, y = load_diabetes(return_X_y=True)
    held = np.arange(len(y)) % 4 == 1
    front = grow_front(X[~held], y[~held], max_complexity=40, random_state=0, effort=0.3)
    wrong = [float(np.mean((each.expression(X[held])[:, 0] - y[held]) ** 2)) for each in front]
    assert wrong[-1] < 0.62 * y[held].var()
