"""Predictions against the truth."""

import numpy as np
import pytest

from symbolnet._errors import SymbolNetError
from symbolnet.plots import predicted_against_true, rendered


def test_every_target_has_its_points_and_its_line() -> None:
    rng = np.random.default_rng(0)
    true = rng.normal(size=(50, 2))
    predicted = true + rng.normal(size=(50, 2))
    figure = predicted_against_true(true, predicted, ["mass", "width"])
    for k, axes in enumerate(figure.axes):
        line, points = axes.lines
        order = np.argsort(true[:, k])
        drawn = np.argsort(np.asarray(points.get_xdata()))
        np.testing.assert_array_equal(np.asarray(points.get_xdata())[drawn], true[order, k])
        np.testing.assert_array_equal(np.asarray(points.get_ydata())[drawn], predicted[order, k])
        np.testing.assert_array_equal(line.get_xdata(), line.get_ydata())
        both = np.concatenate([true[:, k], predicted[:, k]])
        assert (line.get_xdata()[0], line.get_xdata()[1]) == (both.min(), both.max())
    assert figure.axes[0].get_xlabel() == "true mass"


def test_of_many_rows_as_many_as_can_be_seen_are_drawn() -> None:
    y = np.arange(10_000.0)
    (axes,) = predicted_against_true(y, y).axes
    assert len(axes.lines[1].get_xdata()) == 2_000
    assert axes.lines[0].get_xdata()[1] == 9_999


@pytest.mark.parametrize("form", ["png", "pdf", "svg"])
def test_a_figure_gives_the_same_file_again(form: str) -> None:
    first, second = (rendered(predicted_against_true([1.0, 2.0], [1.5, 2.0]), form) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("true", "predicted", "names", "message"),
    [
        ([1.0], [1.0, 2.0], None, "give one of each"),
        ([], [], None, "give one of each"),
        ([1.0, np.nan], [1.0, 2.0], None, "NaN"),
        ([1.0, 2.0], [1.0, 2.0], ["a", "b"], "2 names for 1 targets"),
    ],
)
def test_what_cannot_be_drawn_is_refused(true, predicted, names, message) -> None:
    with pytest.raises(SymbolNetError, match=message):
        predicted_against_true(true, predicted, names)
