"""Small tasks for the baselines."""

import numpy as np
import pytest

from symbolnet.baselines import Task, class_task


@pytest.fixture(scope="session")
def three_classes() -> Task:
    """Three classes of four inputs, told apart by the first two; the last input is constant."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(360, 4)).astype(np.float32) * [1, 2, 3, 0] + [0, 5, 0, 7]
    y = np.digitize(X[:, 0] + 0.5 * (X[:, 1] - 5), [-0.6, 0.6])
    return class_task(
        X[:270], y[:270], X[270:], y[270:], input_names=("mass", "pt", "x2", "same"), class_names=("a", "b", "c"),
        validation_fraction=0.2,
    )  # fmt: skip


@pytest.fixture(scope="session")
def two_classes() -> Task:
    """Two classes of six grey pixels."""
    rng = np.random.default_rng(1)
    X = rng.integers(0, 256, (300, 6)).astype(np.uint8)
    y = (X[:, 0].astype(int) > X[:, 1]).astype(int)
    names = tuple(f"x{k}" for k in range(6))
    return class_task(X[:220], y[:220], X[220:], y[220:], input_names=names, class_names=("1", "7"))
