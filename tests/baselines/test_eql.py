"""Three stages: what each of them does to the weights, and that the step is the gradient of Eq. 4."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from symbolnet._errors import SymbolNetError
from symbolnet.baselines import EqlModel, EqlSettings, Task, smoothed_l05, train_eql
from symbolnet.baselines import _eql as eql
from symbolnet.network import Architecture
from symbolnet.objectives import get_loss
from symbolnet.training._update import TrainState

SETTINGS = EqlSettings((15, 30, 15), batch_size=54, learning_rate=0.01)


def _shape(task: Task) -> Architecture:
    operators = (("sin", "gauss", "tanh"),), (("+", "*"),)
    return Architecture(len(task.input_names), len(task.output_names), (3,), (2,), *operators)


def _train(task: Task, **changes: Any) -> tuple[EqlModel, ...]:
    options: dict[str, Any] = {"starts": [0], "strengths": [1e-4, 1e-1], "thresholds": [1e-3, 1e-1], **changes}
    return train_eql(_shape(task), task.train_data(), task.validation_data(), SETTINGS, **options)


@pytest.fixture(scope="module")
def models(three_classes: Task) -> tuple[EqlModel, ...]:
    return _train(three_classes)


def _weights(model: EqlModel) -> np.ndarray:
    layers = [a for layer in model.network.layers for a in (layer.weight, layer.bias)]
    return np.concatenate([a.ravel() for a in [*layers, model.network.output_weight, model.network.output_bias]])


def test_every_combination_is_trained_and_learns(models: tuple[EqlModel, ...]) -> None:
    assert [(m.strength, m.threshold) for m in models] == [(1e-4, 1e-3), (1e-4, 1e-1), (1e-1, 1e-3), (1e-1, 1e-1)]
    assert models[0].val_metric > 0.6  # a third by guessing
    assert all(np.isfinite(_weights(m)).all() for m in models)


def test_more_pressure_and_a_higher_threshold_leave_fewer_weights(models: tuple[EqlModel, ...]) -> None:
    kept = [int(np.count_nonzero(_weights(m))) for m in models]
    assert kept[1] < kept[0]
    assert kept[3] <= kept[2] < kept[0]


def test_what_was_cut_stays_cut(three_classes: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    cut: list[Any] = []
    plain = eql._cut

    def recording(networks: Any, limits: Any) -> Any:
        cut.append(plain(networks, limits))
        return cut[-1]

    monkeypatch.setattr(eql, "_cut", recording)
    (model,) = _train(three_classes, strengths=[1e-3], thresholds=[3e-2])
    after = eql._member(cut[0], 0).freeze()
    for before, layer in zip(after.layers, model.network.layers, strict=True):
        assert 0 < np.count_nonzero(before.weight == 0) < before.weight.size
        np.testing.assert_array_equal(before.weight == 0, layer.weight == 0)
        assert not np.array_equal(before.weight, layer.weight)  # the rest was fine-tuned
    np.testing.assert_array_equal(after.output_weight == 0, model.network.output_weight == 0)


@pytest.mark.parametrize("strength", [0.0, 0.05])
def test_the_step_descends_eq_4(three_classes: Task, strength: float) -> None:
    shape, loss = _shape(three_classes), get_loss("mse")
    network = jax.tree.map(lambda leaf: jnp.asarray(leaf)[0], eql._without_masks(eql._initial(shape, [5])))
    x = jnp.asarray(three_classes.scaled(three_classes.X[:32]))
    y = jnp.asarray(three_classes.encode(three_classes.y[:32]))

    def by_hand(parameters: Any) -> Any:
        f = eql._with_parameters(network, parameters)(x)
        return jnp.mean((y - f) ** 2) + strength * sum(jnp.sum(smoothed_l05(p)) for p in parameters)

    parameters = eql._parameters(network)
    gradient = jax.grad(by_hand)(parameters)
    hyper = eql._Hyper(jnp.float32(strength), jnp.float32(0.01), jnp.float32(0.0))
    state = TrainState(network, eql._ADAM.init(parameters), jnp.zeros(()))
    trained, terms = eql.step_on_eql(state, hyper, x, y, None, loss)
    np.testing.assert_allclose(float(terms.total), float(by_hand(parameters)), rtol=1e-5)
    for before, after, g in zip(parameters, eql._parameters(trained.network), gradient, strict=True):
        # Adam's first step has the size of the learning rate, against the sign of the gradient.
        large = np.abs(g) > 1e-5
        np.testing.assert_allclose((after - before)[large], -0.01 * np.sign(g)[large], rtol=1e-2)
    thresholds = [linear.weight_threshold for linear in trained.network.linears()]
    assert all((np.asarray(t) == eql._NEVER).all() for t in thresholds)


def test_starts_are_symbolnets_initial_networks(three_classes: Task) -> None:
    shape = _shape(three_classes)
    mine = eql._member(eql._initial(shape, [3, 8]), 1)
    theirs = shape.init(jax.random.key(np.uint32(8)))
    np.testing.assert_array_equal(mine.layers[0].linear.weight, theirs.layers[0].linear.weight)


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"starts": []}, "starts is empty"),
        ({"strengths": [-1.0]}, "strengths is"),
        ({"thresholds": [np.nan]}, "thresholds is"),
    ],
)
def test_wrong_scans_are_refused(three_classes: Task, changes: dict[str, Any], match: str) -> None:
    with pytest.raises(SymbolNetError, match=match):
        _train(three_classes, **changes)
