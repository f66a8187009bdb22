"""Figures show the numbers they are given, whatever is missing, and leave nothing behind."""

import io
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from sklearn.metrics import roc_auc_score

from symbolnet._errors import SymbolNetError, UnknownNameError
from symbolnet.plots import input_map, pareto_front, roc_curves, training_curves

KINDS = ("weight", "input", "unary", "binary")


def _history(epochs: int = 30) -> pd.DataFrame:
    epoch = np.arange(1, epochs + 1)
    columns: dict[str, Any] = {"epoch": epoch, "loss_error": 1 / epoch, "val_loss": 1.1 / epoch, "mean_abs_weight": 0.1}
    columns |= {"metric": 1 - 0.5 / epoch, "val_metric": 1 - 0.6 / epoch}
    for k, kind in enumerate(KINDS):
        columns[f"loss_sparse_{kind}"] = np.maximum(0, 1 - epoch / 20)  # reaches zero, which a log axis lacks
        columns[f"mean_threshold_{kind}"] = epoch / 40 + k / 10
        columns[f"sparsity_{kind}"] = epoch / 40
    return pd.DataFrame(columns)


def _lines(figure: Figure, panel: int = 0) -> dict[str, Any]:
    return {str(line.get_label()): line for line in figure.axes[panel].lines}


def _png(figure: Figure) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", metadata={"Software": None})
    return stream.getvalue()


def test_training_curves_show_every_column() -> None:
    history = _history()
    figure = training_curves(history, targets={"weight": 0.9, "unary": None}, metric_name="accuracy", title="run")
    assert [axes.get_title("left")[:3] for axes in figure.axes] == ["(a)", "(b)", "(c)"]
    losses, means, results = (_lines(figure, panel) for panel in range(3))
    assert set(losses) == {"error", "validation", *(f"{kind} sparsity" for kind in KINDS)}
    assert set(means) == {"|weight|", *(f"{kind} threshold" for kind in KINDS)}
    assert {"accuracy", "accuracy, validation", "target", "_target"} <= set(results)
    np.testing.assert_array_equal(losses["error"].get_ydata(), history["loss_error"])
    np.testing.assert_array_equal(results["weight sparsity"].get_xdata(), history["epoch"])
    assert results["_target"].get_ydata()[0] == 0.9
    assert np.isnan(losses["input sparsity"].get_ydata()[-1])
    assert _png(figure) == _png(training_curves(history, targets={"weight": 0.9}, metric_name="accuracy", title="run"))


@pytest.mark.parametrize("gone", ["epoch", "binary", "loss", "metric"])
def test_training_curves_take_what_there_is(gone: str) -> None:
    history = _history()
    history = history.drop(columns=[name for name in history if gone in name])
    history["val_metric"] = np.nan
    training_curves(history, targets={"binary": 0.4})


def test_a_single_epoch_is_drawn_as_points() -> None:
    assert _lines(training_curves(_history(1)))["error"].get_marker() == "o"


def test_a_history_without_epochs_is_refused() -> None:
    with pytest.raises(SymbolNetError, match="no epoch to draw"):
        training_curves(_history().iloc[:0])


def test_the_history_of_a_fit_by_budget_is_refused_with_a_remedy() -> None:
    with pytest.raises(SymbolNetError, match=r"only complexity, loss; .* draw the front: pareto_front") as caught:
        training_curves(pd.DataFrame({"complexity": [1.0, 3.0], "loss": [1.0, 0.5]}))
    assert "\n" not in str(caught.value)


def test_pareto_front_steps_along_the_front() -> None:
    table = pd.DataFrame({"complexity": [3, 1, 2, 9, np.nan], "accuracy": [0.9, 0.5, 0.4, 0.95, 1.0]})
    figure = pareto_front({"ours": table}, y="accuracy", marks={"paper": (5, 0.8)}, log_x=True, title="front")
    lines = _lines(figure)
    assert lines["ours"].get_xdata().tolist() == [1, 3, 9]
    assert lines["ours"].get_ydata().tolist() == [0.5, 0.9, 0.95]
    assert set(lines) >= {"ours", "paper"}
    one = _lines(pareto_front(table.rename(columns={"accuracy": "loss"})))
    assert one["on the front"].get_xdata().tolist() == [1, 2]  # a loss is to be small
    other = _lines(pareto_front(table, y="accuracy", larger_is_better=False, log_y=True))
    assert other["on the front"].get_xdata().tolist() == [1, 2]


def test_pareto_front_says_what_its_points_and_axes_are() -> None:
    table = pd.DataFrame({"complexity": [1, 2, 3], "r2": [0.5, 0.4, 0.9]})

    def told(*args: Any, **kwargs: Any) -> tuple[str, list[str]]:
        (axes,) = pareto_front(*args, **kwargs).axes
        legend = axes.get_legend()
        return axes.get_ylabel(), [text.get_text() for text in legend.get_texts()] if legend else []

    assert told(table, y="r2") == ("R²", ["on the front", "off the front"])
    assert told(table.drop(index=1), y="r2") == ("R²", [])
    assert told(table, y="r2", marks={"row 1": (2, 0.4)})[1] == ["on the front", "row 1", "off the front"]
    assert told({"a": table, "b": table}, y="r2")[1] == ["a", "b", "off the front"]


def test_pareto_front_errors() -> None:
    table = pd.DataFrame({"complexity": [1.0], "accuracy": [np.nan]})
    with pytest.raises(UnknownNameError, match="no column 'accuray' in the table; did you mean 'accuracy'"):
        pareto_front(table, y="accuray")
    with pytest.raises(SymbolNetError, match="no model has a finite"):
        pareto_front(table, y="accuracy")


def test_roc_areas_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 9, 300)
    scores = rng.normal(size=(300, 9)) + np.eye(9)[y]
    figure = roc_curves(y, scores, log_x=True, title="roc")
    for k in range(9):
        assert f"{k}: {roc_auc_score(y == k, scores[:, k]):.3f}" in _lines(figure)


@pytest.mark.parametrize("column", [False, True])
def test_roc_of_a_binary_score(column: bool) -> None:
    scores = np.array([0.1, 0.9, 0.8, 0.2])
    lines = _lines(roc_curves([0, 1, 1, 0], scores[:, None] if column else scores, ["one", "seven"]))
    assert set(lines) == {"seven: 1.000", "_chance"}


def test_roc_leaves_out_a_class_without_rows() -> None:
    assert len(_lines(roc_curves([0, 1, 1], np.eye(3)))) == 3  # two classes, and chance


@pytest.mark.parametrize(
    ("y", "scores", "names", "match"),
    [
        ([0, 1], np.ones(3), None, "give one row of scores a label"),
        ([0, 1], np.array([0, np.nan]), None, "NaN or infinity"),
        ([0, 1], np.ones((2, 3)), ["a"], "1 class_names for 3 classes"),
        ([1, 1], np.ones(2), None, "same class"),
    ],
)
def test_roc_errors(y: Any, scores: Any, names: Any, match: str) -> None:
    with pytest.raises(SymbolNetError, match=match):
        roc_curves(y, scores, names)


def test_input_map_of_pixels_adds_up_channels() -> None:
    uses = np.zeros((2, 4 * 5 * 3))
    uses[0, [0, 1, 59]] = 1  # two channels of the first pixel, one of the last
    figure = input_map(uses, shape=(4, 5, 3), output_names=["cat", "dog"], title="pixels")
    image = figure.axes[0].images[0].get_array()
    assert (image[0, 0], image[3, 4], np.ma.count(np.ma.masked_invalid(image))) == (2, 1, 2)
    assert [axes.get_title("left") for axes in figure.axes[:2]] == ["cat: 2 pixels", "dog: 0 pixels"]
    input_map(np.ones((7, 4), bool), shape=(2, 2))
    input_map(np.zeros(4), shape=(2, 2))


def test_input_map_of_features_shows_survivors_most_used_first() -> None:
    figure = input_map([[0, 2, 0, 1], [0, 1, 0, 3]], feature_names=list("abcd"), output_names=["g", "q"])
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["d", "b"]
    assert [bar.get_width() for bar in figure.axes[0].patches] == [1, 2, 3, 1]
    assert figure.axes[0].get_title("left") == "2 of 4 inputs survive"
    input_map([0, 0])
    input_map(np.ones((9, 3)))


@pytest.mark.parametrize(
    ("uses", "kwargs", "match"),
    [
        (np.ones((2, 2, 2)), {}, r"uses of shape \(2, 2, 2\)"),
        ([1, 1], {"shape": (3, 1)}, r"shape \(3, 1\) for 2 inputs"),
        ([1, 1], {"shape": (2,)}, "height, width"),
        ([1, 1], {"feature_names": ["a"]}, "1 feature_names for 2 inputs"),
        ([[1, 1]], {"output_names": ["a", "b"]}, "2 output_names for 1 outputs"),
    ],
)
def test_input_map_errors(uses: Any, kwargs: Any, match: str) -> None:
    with pytest.raises(SymbolNetError, match=match):
        input_map(uses, **kwargs)


@pytest.mark.parametrize("figure", [
    input_map(np.ones(4), shape=(2, 2), title="a title that is far too long for one line of a small figure"),
    input_map(np.ones((2, 4)), shape=(2, 2), title="another " + "very " * 20 + "long title"),
    training_curves(_history(), title="the curves of " + "a run " * 40),
])  # fmt: skip
def test_a_long_title_stays_inside_the_figure(figure: Figure) -> None:
    figure.draw_without_rendering()
    title = figure._suptitle.get_window_extent()  # type: ignore[attr-defined]
    assert figure.bbox.x0 <= title.x0
    assert title.x1 <= figure.bbox.x1


def test_no_figure_is_left_with_pyplot_and_no_style_outside() -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    training_curves(_history())
    assert dict(mpl.rcParams) == before
    if "matplotlib.pyplot" in sys.modules:
        assert sys.modules["matplotlib.pyplot"].get_fignums() == []
