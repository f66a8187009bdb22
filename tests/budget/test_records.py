"""How models are compared: classes smoothed by Platt's rule, one factor for the confidence, and no drift."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolnet.budget._model import Columns, Form, Model, Output, Unit, values
from symbolnet.budget._records import Split, candidate
from symbolnet.budget._target import Target
from symbolnet.objectives import get_loss


def of_classes(label: np.ndarray, classes: int) -> Target:
    y = np.eye(classes, dtype=np.float32)[label].T if classes > 2 else label[None].astype(np.float32)
    return Target(get_loss("cross_entropy"), y, np.ones(len(label), np.float32))


@given(label=st.lists(st.integers(0, 3), min_size=1, max_size=30))
def test_smoothed_classes_are_those_of_platt(label: list[int]) -> None:
    smooth = of_classes(np.array(label), 4).smoothed().y
    np.testing.assert_allclose(smooth.sum(axis=0), 1, rtol=1e-6)
    for k, column in zip(label, smooth.T, strict=True):
        n = label.count(k)
        assert column[k] == pytest.approx((n + 1) / (n + 2))
        np.testing.assert_allclose(np.delete(column, k), 1 / (n + 2) / 3, rtol=1e-5)


def test_smoothed_classes_of_two() -> None:
    """Platt (1999), Section 2.2: (n₊ + 1) / (n₊ + 2) and 1 / (n₋ + 2)."""
    smooth = of_classes(np.array([1, 1, 1, 0]), 2).smoothed()
    np.testing.assert_allclose(smooth.y, [[4 / 5, 4 / 5, 4 / 5, 1 / 3]], rtol=1e-6)


def test_only_classes_are_smoothed() -> None:
    target = Target(get_loss("mse"), np.zeros((1, 3), np.float32), np.ones(3, np.float32))
    assert target.smoothed() is target


@pytest.mark.parametrize("size", [1.2, 2.4, 20.0])
def test_no_mistake_on_few_rows_is_no_certainty(size: float) -> None:
    """Nor does the confidence depend on the one before, so calibrating again changes nothing."""
    label = np.arange(30) % 2
    columns = Columns(np.where(label, 1, -1)[None].astype(np.float32), np.zeros(1), np.ones(1))
    target = of_classes(label, 2).smoothed()
    split = Split(columns, target, columns, target)
    unit = Unit("linear", 1.0, False, (Form((np.array([0]),), np.array([size]), None),))
    once = candidate(Model((Output(0.0, (unit,)),)), split).model
    for model in (once, candidate(once, split).model):
        probability = 1 / (1 + np.exp(-values(model, columns)[0, 1]))
        assert probability == pytest.approx(16 / 17, abs=0.003)
