"""Moved copies: of the class of their row, about it, and as many as memory allows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolnet.budget._perturb import _SIZE, copies_for, perturbed
from symbolnet.budget._prepare import Task, prepare
from symbolnet.objectives import get_loss


def task(classes: int, rows: int = 400, inputs: int = 40, shift: float = 50.0) -> Task:
    rng = np.random.default_rng(1)
    label = rng.integers(0, classes, rows)
    X = rng.normal(size=(rows, inputs)) * 10 + shift * (label[:, None] + 1)
    y = (label == 1).astype(float) if classes == 2 else np.eye(classes)[label]
    return prepare(X, y, None, get_loss("cross_entropy"), rng)


@pytest.mark.parametrize("classes", [2, 3])
def test_copies_are_of_their_class(classes: int) -> None:
    made = task(classes)
    data, split = perturbed(made.data, made.split, np.random.default_rng(0))
    label = split.target.y[0] + 1 if classes == 2 else split.target.y.argmax(axis=0) + 1
    # Moves cancel within a class, so that a row stays where its class is: classes are 50 apart, rows 10 about them.
    np.testing.assert_allclose(data.x.mean(axis=1), 50 * label, atol=14)


@pytest.mark.parametrize("classes", [2, 3])
def test_both_forms_of_the_rows_are_the_same_rows(classes: int) -> None:
    made = task(classes)
    data, split = perturbed(made.data, made.split, np.random.default_rng(0))
    np.testing.assert_allclose(split.columns.x, (data.x / made.scale).T, rtol=1e-5)
    assert data.target is split.target
    assert split.held_columns is made.split.held_columns
    assert split.target.n_samples == len(data.x) == 11 * len(made.data.x)


def test_copies_spread_as_their_class_does() -> None:
    made = task(2, rows=3000, inputs=33)
    data, split = perturbed(made.data, made.split, np.random.default_rng(0))
    of_one = data.x[split.target.y[0] == 1]
    given = made.data.x[made.split.target.y[0] == 1]
    share = copies_for(len(made.data.x), 33) / (1 + copies_for(len(made.data.x), 33))
    # A copy is a row plus an independent move of the same covariance.
    np.testing.assert_allclose(of_one.var(axis=0), given.var(axis=0) * (1 + share * _SIZE**2), rtol=0.15)
    np.testing.assert_allclose(of_one.mean(axis=0), given.mean(axis=0), atol=1.0)


@given(st.integers(1, 10**6), st.integers(1, 10**5))
def test_the_copies_fit_into_memory(rows: int, inputs: int) -> None:
    copies = copies_for(rows, inputs)
    assert 0 <= copies <= 10
    assert copies == 0 or (copies + 1) * rows * inputs <= 2.5e7
