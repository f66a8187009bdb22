"""A network in the arrays of a larger one is trained to what it would have become in arrays of its own."""

import jax
import numpy as np
import pytest

from symbolnet.network import Architecture, FrozenNetwork
from symbolnet.objectives import get_loss
from symbolnet.operators import register_operator, unregister_operator
from symbolnet.training import Slots, TrainData, TrainSettings, Trial
from symbolnet.training._padding import Placement, init_padded

RNG = np.random.default_rng(0)
X = RNG.normal(size=(64, 3)).astype(np.float32)
DATA = TrainData(X, np.stack([X[:, 0] * X[:, 1], np.sin(X[:, 2])], axis=1))
SETTINGS = TrainSettings(get_loss("mse"), "r2", max_iter=4, batch_size=8, seed=5)
UNARY, BINARY = ("sin", "log"), ("*", "/")


def architecture(unary: tuple[int, ...], binary: tuple[int, ...]) -> Architecture:
    """`log` and `/` have domain penalties, which absent nodes must not pay."""
    return Architecture(3, 2, unary, binary, (UNARY,) * len(unary), (BINARY,) * len(unary))


def arrays(network: FrozenNetwork) -> list[np.ndarray]:
    parts = [part for layer in network.layers for part in (layer.weight, layer.bias)]
    return [*parts, network.output_weight, network.output_bias]


def nodes(network: FrozenNetwork) -> list[tuple[tuple[str, int], ...]]:
    return [layer.nodes for layer in network.layers]


CASES = [
    (architecture((4, 1), (2, 1)), architecture((5, 5), (3, 3))),
    (architecture((3,), (0,)), architecture((4,), (4,))),
]
TRIALS = [Trial(3, 0.8, 0.3, 0.4, 0.4, learning_rate=0.01), Trial(9, 0.5, 0.0, 0.2, 0.5, learning_rate=0.003)]


@pytest.mark.parametrize(("own", "around"), CASES)
def test_it_begins_with_the_same_numbers(own: Architecture, around: Architecture) -> None:
    place = Placement(own, around)
    states, hyper = init_padded(around, [place, Placement(around, around)], TRIALS, "float32")
    for k, shape in enumerate((own, around)):
        network = jax.tree.map(lambda leaf, k=k: leaf[k], states.network).freeze()
        wanted = shape.init(jax.random.key(TRIALS[k].seed)).freeze()
        found = Placement(shape, around).take(network)
        assert nodes(found) == nodes(wanted)
        for a, b in zip(arrays(found), arrays(wanted), strict=True):
            np.testing.assert_allclose(a, b, rtol=5e-7)
    n_present = sum(float(leaf[0].sum()) for linear in hyper.present.linears() for leaf in (linear.weight, linear.bias))
    assert place.n_weights == n_present == sum(a.size for a in arrays(own.init(jax.random.key(0)).freeze()))


@pytest.mark.parametrize(("own", "around"), CASES)
def test_it_ends_with_the_same_numbers(own: Architecture, around: Architecture) -> None:
    alone = Slots(own, 3, DATA, DATA, SETTINGS)
    alone.start(dict(enumerate(TRIALS)))
    before = arrays(alone.network(0))
    padded = Slots(around, 3, DATA, DATA, SETTINGS, padded=True)
    padded.start({0: TRIALS[0], 1: TRIALS[1], 2: Trial(1)}, {0: own, 1: own, 2: around})
    wanted, found = alone.run(), padded.run()  # 32 steps, in which rounding has little time to grow
    for name, curve in wanted.items():
        np.testing.assert_allclose(found[name][:, :2], curve[:, :2], rtol=1e-3, atol=1e-5, err_msg=name)
    for slot in range(2):
        mine, theirs = padded.network(slot), alone.network(slot)
        assert nodes(mine) == nodes(theirs)
        for a, b in zip(arrays(mine), arrays(theirs), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4)
        assert padded.n_weights(slot) == alone.n_weights()
    assert any(not np.array_equal(a, b) for a, b in zip(before, arrays(alone.network(0)), strict=True))

    absent = [np.asarray(mask) == 0 for mask in jax.tree.leaves(padded._hyper.present)]
    values = [np.asarray(leaf) for leaf in jax.tree.leaves(padded._states.network)]
    for value, mask in zip(values, absent, strict=True):
        assert set(np.unique(value[mask])) <= {0.0, 1.0}, "nothing absent has moved"

    moved = Slots(around, 3, DATA, DATA, SETTINGS, padded=True)
    moved.start({2: TRIALS[0], 0: Trial(4)}, {2: own, 0: around})
    moved.run()
    for a, b in zip(arrays(moved.network(2)), arrays(padded.network(0)), strict=True):
        np.testing.assert_array_equal(a, b, err_msg="place and neighbours do not matter")


def test_an_operator_registered_anew_with_more_arguments_gets_its_arrays() -> None:
    own, around = (Architecture(4, 1, (1,), (n,), (("sin",),), (("anew",),)) for n in (1, 2))
    try:
        for formula, n_arguments in (("x*y", 2), ("x*y + z", 3)):
            register_operator("anew", sympy=formula, overwrite=True)
            states, _ = init_padded(around, [Placement(own, around)], TRIALS[:1], "float32")
            assert states.network.layers[0].linear.weight.shape == (1, 1 + 2 * n_arguments, 4)
            found = Placement(own, around).take(jax.tree.map(lambda leaf: leaf[0], states.network).freeze())
            assert found.layers[0].weight.shape == (4, 1 + n_arguments)
    finally:
        unregister_operator("anew")
