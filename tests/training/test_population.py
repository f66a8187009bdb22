"""A population gives the same curves however its trials are grouped."""

import numpy as np
import pytest

from symbolnet.network import Architecture
from symbolnet.objectives import get_loss
from symbolnet.training import TrainData, Trial, _population
from symbolnet.training._feed import device_data
from symbolnet.training._update import init_population

TRIALS = [Trial(seed, 0.5, 0.3, 0.3, 0.0, learning_rate=0.01) for seed in range(4)]


def curves(monkeypatch: pytest.MonkeyPatch, n_groups: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    monkeypatch.setattr(_population, "_n_groups", lambda n_trials: n_groups)
    X = np.random.default_rng(0).normal(size=(64, 3)).astype(np.float32)
    data = device_data(TrainData(X, X[:, :1] ** 2), "float32")
    architecture = Architecture(3, 1, (2,), (1,), (("sin",),), (("*",),))
    population = _population.Population(*init_population(architecture, TRIALS, "float32"))
    order = np.arange(64, dtype=np.int32).reshape(1, 4, 16)
    for _ in range(3):
        last = population.run(data, data, order, get_loss("mse"), "r2")
    return last, population.states().network.output.weight


@pytest.mark.parametrize("n_groups", [2, 4])
def test_grouping_does_not_change_the_trials(monkeypatch: pytest.MonkeyPatch, n_groups: int) -> None:
    together, weights = curves(monkeypatch, 1)
    apart, weights_apart = curves(monkeypatch, n_groups)
    for name, column in together.items():
        assert apart[name] == pytest.approx(column, rel=1e-4, abs=1e-6)
    assert weights_apart == pytest.approx(weights, rel=1e-3, abs=1e-5)


@pytest.mark.parametrize(("trials", "cores", "groups"), [(8, 2, 2), (1, 4, 1), (6, 4, 3), (7, 4, 1), (3, 8, 3)])
def test_groups_are_equal_and_at_most_the_cores(
    monkeypatch: pytest.MonkeyPatch, trials: int, cores: int, groups: int
) -> None:
    monkeypatch.setattr(_population, "cores", lambda: list(range(cores)))
    assert _population._n_groups(trials) == groups
