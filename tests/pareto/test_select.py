"""PySR's score and its three ways to choose, against values worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolnet._errors import SymbolNetError, UnknownNameError
from symbolnet.pareto import MODEL_SELECTIONS, pareto_mask, score, select


def _table(rows: list[tuple[float, float]], index: list[object] | None = None) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["complexity", "loss"], index=index)


def test_score_by_hand() -> None:
    complexity = [1, 3, 5, 4, 9]
    loss = [8.0, 4.0, 1.0, 5.0, 0.0]
    #        first; log 2 / 2; log 4 / 2; off the front; no logarithm
    expected = [0.0, np.log(2) / 2, np.log(4) / 2, np.nan, np.inf]
    np.testing.assert_allclose(score(complexity, loss), expected, rtol=1e-15)
    shuffled = [4, 2, 0, 3, 1]
    np.testing.assert_allclose(
        score(np.array(complexity)[shuffled], np.array(loss)[shuffled]), np.array(expected)[shuffled], rtol=1e-15
    )


def test_the_three_ways_by_hand() -> None:
    # log ratios per node: 0, log(2) = 0.69, log(10/1.4)/3 = 0.655, log(1.4)/10 = 0.034
    table = _table([(1, 20.0), (2, 10.0), (5, 1.4), (15, 1.0)], index=["a", "b", "c", "d"])
    assert select(table, "accuracy") == "d"
    assert select(table, "score") == "b"
    assert select(table, "best") == "c"  # within 1.5 of the lowest, and the better score of the two
    assert select(table) == "c"


def test_a_score_column_is_used_where_there_is_one() -> None:
    table = _table([(1, 2.0), (2, 1.9)])
    assert select(table, "best") == 1
    assert select(table.assign(score=[5.0, 1.0]), "best") == 0
    assert select(table.assign(score=[np.nan, np.nan]), "score") == 0


@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.sampled_from([0.0, 0.5, 1.0, 1.4, 2.0, 8.0, np.nan])), min_size=1, max_size=9
    )
)
def test_the_choice_is_on_the_front_and_what_it_says(rows: list[tuple[float, float]]) -> None:
    table = _table(rows)
    if table["loss"].isna().all():
        with pytest.raises(SymbolNetError, match="none of .* models has a finite loss"):
            select(table)
        return
    complexity, loss = table["complexity"].to_numpy(), table["loss"].to_numpy()
    front = table.assign(score=score(complexity, loss))[pareto_mask(complexity, loss)]
    chosen = {how: select(table, how) for how in MODEL_SELECTIONS}
    assert set(chosen.values()) <= set(front.index)
    assert front.loc[chosen["accuracy"], "loss"] == front["loss"].min()
    assert front.loc[chosen["score"], "score"] == front["score"].max()
    near = front[front["loss"] <= 1.5 * front["loss"].min()]
    assert front.loc[chosen["best"], "score"] == near["score"].max()


def test_negative_losses_have_no_multiples() -> None:
    assert select(_table([(1, -1.0), (2, -3.0)]), "best") == 1


def test_unknown_ways() -> None:
    with pytest.raises(UnknownNameError, match="unknown model_selection 'acuracy'; did you mean 'accuracy'"):
        select(_table([(1, 1.0)]), "acuracy")
