"""Fronts over seeds: the median of what each cost buys, and the range."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from symbolnet._errors import SymbolNetError, UnknownNameError
from symbolnet.plots import pareto_bands


def _table() -> pd.DataFrame:
    rows = [(0, 2, 0.5), (0, 8, 0.7), (1, 2, 0.6), (1, 4, 0.8), (2, 4, 0.4), (2, 16, 0.9)]
    return pd.DataFrame(rows, columns=["seed", "complexity", "accuracy"])


def test_the_line_is_the_median_and_the_band_the_range() -> None:
    figure = pareto_bands({"ours": _table()}, marks={"paper": (3, 0.6)}, levels={"dense": 0.95}, title="data")
    (axes,) = figure.axes
    line = next(line for line in axes.lines if line.get_drawstyle() == "steps-post")
    # At 2, two of three seeds have a model; at 4, seed 0 still counts with its model of 2.
    assert line.get_xdata()[:-1].tolist() == [2, 4, 8, 16]
    np.testing.assert_allclose(line.get_ydata()[:-1], [0.55, 0.5, 0.7, 0.8])
    (band,) = axes.collections
    heights = band.get_paths()[0].vertices[:, 1]
    assert heights.min() == pytest.approx(0.4)
    assert heights.max() == pytest.approx(0.9)
    assert {str(text.get_text()) for text in axes.get_legend().get_texts()} == {"ours", "paper", "dense"}
    assert axes.get_xscale() == "log"


def test_a_method_without_models_is_left_out_and_the_rest_drawn() -> None:
    empty = _table().iloc[:0]
    figure = pareto_bands({"none": empty, "one": _table().iloc[:1]}, y_limits=(0, 1))
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["one"]


@pytest.mark.parametrize(
    ("change", "kind", "match"),
    [
        ({"y": "accuray"}, UnknownNameError, "did you mean 'accuracy'"),
        ({"seed": "sed"}, UnknownNameError, "did you mean 'seed'"),
    ],
)
def test_wrong_columns(change: dict[str, Any], kind: type[Exception], match: str) -> None:
    with pytest.raises(kind, match=match):
        pareto_bands({"ours": _table()}, **change)


def test_nothing_to_draw() -> None:
    with pytest.raises(SymbolNetError, match="no front to draw"):
        pareto_bands({"ours": _table().assign(accuracy=np.nan)})
