"""A place of a population is a place: its trial does not depend on its neighbours, nor on which place it is."""

import numpy as np
import pytest

from symbolnet.network import Architecture, FrozenNetwork
from symbolnet.objectives import get_loss
from symbolnet.training import Slots, TrainData, TrainSettings, Trial, train

SHAPE = Architecture(3, 1, (2,), (1,), (("sin",),), (("*",),))
SETTINGS = TrainSettings(get_loss("mse"), "r2", max_iter=40, batch_size=4, seed=5)
X = np.random.default_rng(0).normal(size=(80, 3)).astype(np.float32)
DATA = TrainData(X, X[:, :1] ** 2)
CHOSEN = Trial(7, 0.5, 0.3, 0.3, 0.0, learning_rate=0.01)


def slots(first_epoch: int = 0) -> Slots:
    return Slots(SHAPE, 3, DATA, DATA, SETTINGS, first_epoch)


def numbers(network: FrozenNetwork) -> list[float]:
    parts = [part for layer in network.layers for part in (layer.weight, layer.bias)]
    return np.concatenate([part.ravel() for part in (*parts, network.output_weight, network.output_bias)]).tolist()


def trained(population: Slots, slot: int, epochs: int) -> list[float]:
    for _ in range(epochs // population.epochs_per_call):
        population.run()
    return numbers(population.network(slot))


@pytest.mark.parametrize("slot", [0, 2])
def test_neighbours_and_place_do_not_matter(slot: int) -> None:
    alone = slots()
    alone.start({0: CHOSEN})
    wanted = trained(alone, 0, 20)
    among = slots()
    among.start({k: Trial(k, learning_rate=0.03) for k in range(3)} | {slot: CHOSEN})
    assert trained(among, slot, 20) == wanted


def test_a_trial_that_takes_a_place_later_is_the_same_as_one_that_begins_a_population_then() -> None:
    busy = slots()
    busy.start({0: Trial(1), 1: Trial(2), 2: Trial(3)})
    trained(busy, 0, 10)
    before = numbers(busy.network(0))
    busy.start({1: CHOSEN})
    assert numbers(busy.network(0)) == before, "the others go on"
    fresh = slots(first_epoch=busy.epoch)
    fresh.start({1: CHOSEN})
    assert trained(busy, 1, 20) == trained(fresh, 1, 20)


def test_all_places_begun_at_once_are_a_population() -> None:
    trials = [CHOSEN, Trial(1), Trial(2)]
    population = slots()
    population.start(dict(enumerate(trials)))
    found = [trained(population, 0, SETTINGS.max_iter), *(numbers(population.network(k)) for k in (1, 2))]
    result = train(SHAPE, trials, DATA, DATA, SETTINGS)
    for mine, final in zip(found, result.final, strict=True):
        assert mine == pytest.approx(numbers(final.network), rel=1e-3, abs=1e-5)


def test_size_and_history() -> None:
    population = slots()
    population.start({0: CHOSEN})
    curves = population.run()
    assert curves["val_loss"].shape == (population.epochs_per_call, 3)
    assert SETTINGS.max_iter % population.epochs_per_call == 0
    assert population.epoch == population.epochs_per_call
    assert population.n_weights() == sum(np.size(v) for v in numbers(population.network(0)))
