"""The task: parts that do not overlap, and formulas of the scaled inputs that are the network."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from symbolnet._errors import SymbolNetError
from symbolnet.baselines import Task, class_task
from symbolnet.network import Architecture


def test_scaled_inputs_and_targets(three_classes: Task, two_classes: Task) -> None:
    Z = three_classes.scaled(three_classes.X)
    np.testing.assert_allclose(Z[:, :3].mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(Z[:, :3].std(axis=0), 1, rtol=1e-4)
    assert (Z[:, 3] == 0).all()
    np.testing.assert_array_equal(three_classes.encode(np.array([0, 2])), [[1, 0, 0], [0, 0, 1]])
    pixels = two_classes.scaled(two_classes.X_test)
    assert 0 <= pixels.min() <= pixels.max() <= 1
    assert pixels.dtype == np.float32
    np.testing.assert_array_equal(two_classes.encode(np.array([0, 1])), [[0], [1]])
    assert (three_classes.output_names, two_classes.output_names) == (("a", "b", "c"), ("7",))


def test_a_network_is_its_formula_of_the_scaled_inputs(three_classes: Task) -> None:
    shape = Architecture(4, 3, (3,), (2,), (("sin", "gauss", "tanh"),), (("+", "*"),))
    network = shape.init(jax.random.key(3))
    Z = three_classes.scaled(three_classes.X_test)
    values = three_classes.expression(network.freeze())(Z)
    np.testing.assert_allclose(values, np.asarray(network(jnp.asarray(Z))), atol=1e-5)


def test_groups_stay_together() -> None:
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(60), 5)
    X, y = rng.normal(size=(300, 2)), rng.integers(0, 2, 300)
    X[:, 0] = groups
    task = class_task(X, y, X, y, input_names="ab", class_names=("n", "p"), groups=groups)
    assert not set(task.X[:, 0]) & set(task.X_val[:, 0])
    assert len(task.X) + len(task.X_val) == 300


def test_wrong_classes_are_refused() -> None:
    X, y = np.zeros((40, 1)), np.arange(40) % 2
    with pytest.raises(SymbolNetError, match="give one name for each of the classes"):
        class_task(X, y + 1, X, y, input_names="a", class_names=("n", "p"))
    with pytest.raises(SymbolNetError, match="rows to judge on lack a class"):
        class_task(X, y, X, np.zeros(40), input_names="a", class_names=("n", "p"))
