"""What a budget buys."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from symbolnet.pareto import compare_fronts, front_at, pareto_mask

VALUE = st.integers(0, 6).map(float) | st.just(np.nan)


@given(st.lists(st.tuples(VALUE, VALUE), max_size=12), st.lists(st.integers(-1, 7), max_size=5))
def test_front_at_is_its_definition_and_needs_only_the_front(
    models: list[tuple[float, float]], budgets: list[int]
) -> None:
    cost, loss = (np.array([m[k] for m in models], dtype=float) for k in (0, 1))
    expected = []
    for budget in budgets:
        affordable = [
            model_loss for model_cost, model_loss in models if model_cost <= budget and not np.isnan(model_loss)
        ]
        expected.append(min(affordable, default=np.nan))
    np.testing.assert_array_equal(front_at(cost, loss, budgets), expected)
    mask = pareto_mask(cost, loss)
    np.testing.assert_array_equal(front_at(cost[mask], loss[mask], budgets), expected)


def test_compare_fronts() -> None:
    table = compare_fronts({"ours": ([10, 20], [0.5, 0.2]), "theirs": ([15], [0.4])}, [5, 15, 90])
    assert table.index.name == "budget"
    np.testing.assert_array_equal(table["ours"], [np.nan, 0.5, 0.2])
    np.testing.assert_array_equal(table["theirs"], [np.nan, 0.4, 0.4])
