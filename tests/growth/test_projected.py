"""Few noisy samples: a law stands, accidents do not, and a formula is no closer to the reference than it need be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolnet.growth._functions import grammar
from symbolnet.growth._projected import _PRICES, Searched, _off, _simplest, projected
from symbolnet.growth._score import Scale, code_length
from symbolnet.growth._search import Settings, search
from symbolnet.growth._tree import columns_of
from symbolnet.growth._values import make_rows, values

RULES = grammar(("sin",), ("+", "*"))
SEARCHED: dict[str, Searched] = {}
SHORT = Settings(most_nodes=30, rounds=1, fits=4, full=2)


def searched(X: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None) -> Searched:
    """A short search on all samples."""
    rows = make_rows(X.T.copy(), y, np.ones(len(y)) if weight is None else weight)
    scale = Scale(rows.n, len(rows.x), len(RULES.functions), rows.floor)
    return Searched(search(rows, RULES, SHORT, scale, np.random.default_rng(0), lambda _: False), rows, scale)


def judged(plain: Searched, stop: bool = False) -> Searched:
    return projected(plain, RULES, SHORT, np.random.default_rng(0), lambda: stop, effort=0.0)


def plane(n: int, d: int, noise: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inputs that each do a little, and what they do, without and with noise."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    true = X @ rng.uniform(0.5, 1, d)
    return X, true, true + noise * true.std() * rng.normal(size=n)


def test_many_small_effects_are_taken_from_the_reference() -> None:
    X, true, y = plane(60, 5, 0.7)
    plain = searched(X, y)
    found = judged(plain)
    assert found is not plain
    assert found.price in _PRICES
    # The samples given are the first of those that the formulas were fitted to; y is the reference's there.
    assert np.array_equal(found.rows.x[:, :60], plain.rows.x)
    old, new = (np.mean((values(each.best(30).tree, plain.rows.x) - true) ** 2) for each in (plain, found))
    assert new < old


def test_the_formula_predicts_better_than_that_of_the_samples() -> None:
    """Over several sets of data, on samples that no fit has seen; some keep the formula of the samples."""
    gains = []
    for seed in range(4):
        X, true, y = plane(250, 5, 1.5, seed)
        plain = searched(X[:50], y[:50])
        old, new = (
            np.mean((values(each.best(30).tree, X[50:].T.copy()) - true[50:]) ** 2) for each in (plain, judged(plain))
        )
        gains.append(np.log(old / new))
    assert np.mean(gains) > 0


@pytest.mark.parametrize("noise", [0.3, 0.5])
def test_a_law_stands(noise: float) -> None:
    rng = np.random.default_rng(1)
    X = rng.uniform(1, 3, (150, 3))
    true = X[:, 0] * X[:, 1] * np.sin(2 * X[:, 2])
    plain = searched(X, true + noise * true.std() * rng.normal(size=150))
    assert columns_of(plain.best(30).tree) == {0, 1, 2}
    assert judged(plain) is plain


def test_without_noise_with_many_or_with_very_few_samples_nothing_is_asked() -> None:
    X, _, y = plane(60, 4, 0.7)
    for plain in (searched(X, 2 * X[:, 0]), searched(X[:15], y[:15]), searched(X, y, np.r_[np.ones(15), np.zeros(45)])):
        assert judged(plain) is plain
    X, _, y = plane(1001, 2, 1.0)
    plain = searched(X, y)
    assert judged(plain) is plain


def test_a_search_that_is_stopped_keeps_what_it_had() -> None:
    X, _, y = plane(60, 5, 0.7)
    plain = searched(X, y)
    assert judged(plain, stop=True) is plain


def test_a_column_that_is_constant_in_a_part_does_no_harm() -> None:
    X, _, y = plane(60, 5, 0.7)
    X[:, 4] = 0.0
    X[7, 4] = 1.0  # constant in the fold that leaves sample 7 out
    found = judged(searched(X, y))
    assert np.isfinite(found.best(30).loss)


def test_a_dearer_structure_is_never_longer() -> None:
    X, _, y = plane(80, 6, 0.5)
    plain = searched(X, y)
    lengths = [
        code_length(Searched(plain.archive, plain.rows, plain.scale, price).best(30).tree, plain.scale)
        for price in _PRICES
    ]
    assert lengths == sorted(lengths, reverse=True)


@given(st.floats(1e-6, 1e3))
@settings(max_examples=30, deadline=None)
def test_the_simplest_is_close_enough_and_a_dearer_one_is_not(slack: float) -> None:
    X, _, y = plane(60, 4, 0.5)
    found = SEARCHED.setdefault("plane", searched(X, y))
    distances = {}
    for price in _PRICES:
        each = Searched(found.archive, found.rows, found.scale, price)
        distances[price] = float(np.mean(_off(each.best(30).tree, found.rows) ** 2))
    chosen = _simplest(found, 30, slack)
    assert chosen.archive is found.archive
    assert distances[chosen.price] <= min(distances.values()) + slack
    assert all(distance > min(distances.values()) + slack for p, distance in distances.items() if p > chosen.price)


def test_the_length_at_price_one_is_the_description() -> None:
    X, _, y = plane(40, 2, 0.5)
    plain = searched(X, y)
    assert [plain.length(entry) for entry in plain.archive] == pytest.approx([e.length for e in plain.archive])


def test_it_is_seeded() -> None:
    X, _, y = plane(60, 4, 0.7)
    plain = searched(X, y)
    one, two = judged(plain), judged(plain)
    assert one.price == two.price
    assert [(e.tree.key, e.loss) for e in one.archive] == [(e.tree.key, e.loss) for e in two.archive]
