"""The network: masks, fallbacks of pruned operators, and the numbers it hands over."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolnet.network import Architecture, FrozenNetwork, OperatorNodes, SymbolNet
from symbolnet.operators import get_operator, register_operator, unregister_operator

UNARY = ("sin", "cos", "gauss", "tanh", "square", "identity")
BINARY = ("+", "*", "-", "max", "cond")


def random_architecture(draw: st.DrawFn) -> Architecture:
    n_layers = draw(st.integers(1, 3))
    n_unary = tuple(draw(st.integers(0, 4)) for _ in range(n_layers))
    n_binary = tuple(draw(st.integers(0 if u else 1, 3)) for u in n_unary)
    pick = st.lists(st.sampled_from(UNARY), min_size=1, max_size=3).map(tuple)
    pick2 = st.lists(st.sampled_from(BINARY), min_size=1, max_size=3).map(tuple)
    return Architecture(
        draw(st.integers(1, 5)),
        draw(st.integers(1, 3)),
        n_unary,
        n_binary,
        tuple(draw(pick) for _ in n_unary),
        tuple(draw(pick2) for _ in n_binary),
    )


def randomly_pruned(network: SymbolNet, rng: np.random.Generator) -> SymbolNet:
    """Thresholds drawn so that about half of everything is pruned."""

    def fill(path: tuple[object, ...], leaf: jax.Array) -> jax.Array:
        name = str(path[-1])
        if "weight_threshold" in name or "bias_threshold" in name:
            return jnp.asarray(rng.exponential(0.2, leaf.shape), leaf.dtype)
        if "threshold" in name:
            return jnp.asarray(np.where(rng.random(leaf.shape) < 0.4, 1.0, rng.random(leaf.shape)), leaf.dtype)
        return leaf

    return jax.tree_util.tree_map_with_path(fill, network)


ORACLE = {
    "sin": np.sin,
    "cos": np.cos,
    "gauss": lambda u: np.exp(-(u**2)),
    "tanh": np.tanh,
    "square": np.square,
    "identity": lambda u: u,
    "+": lambda *u: sum(u),
    "*": lambda u, v: u * v,
    "-": lambda u, v: u - v,
    "max": max,
    "cond": lambda a, b, c: b if a > 0 else c,
}


def evaluate(frozen: FrozenNetwork, x: np.ndarray) -> np.ndarray:
    """The frozen network in float64, node by node."""
    h = x
    for layer in frozen.layers:
        z = h @ layer.weight + layer.bias
        out, start = [], 0
        for name, arity in layer.nodes:
            out.append(ORACLE[name](*z[start : start + arity]))
            start += arity
        h = np.asarray(out)
    return h @ frozen.output_weight + frozen.output_bias


@settings(max_examples=6)
@given(st.data())
def test_frozen_network_is_the_same_function(data: st.DataObject) -> None:
    architecture = random_architecture(data.draw)
    seed = data.draw(st.integers(0, 10**6))
    rng = np.random.default_rng(seed)
    network = randomly_pruned(architecture.init(jax.random.key(seed)), rng)
    x = rng.normal(size=architecture.n_inputs)
    expected = evaluate(network.freeze(), x)
    assert np.asarray(eqx.filter_jit(network)(jnp.asarray(x[None], jnp.float32))[0]) == pytest.approx(
        expected, rel=1e-4, abs=1e-4
    )


def small() -> SymbolNet:
    return Architecture(3, 2, (2,), (1,), (("sin", "tanh"),), (("*",),)).init(jax.random.key(0))


def test_pruned_unary_is_identity_and_pruned_binary_is_addition() -> None:
    nodes = Architecture(1, 1, (1,), (1,), (("sin",),), (("*",),)).init(jax.random.key(0)).layers[0]
    pruned = eqx.tree_at(lambda t: (t.unary.threshold, t.binary.threshold), nodes, (jnp.ones(1), jnp.ones(1)))
    z = jnp.asarray([[0.7], [2.0], [3.0]])
    assert np.asarray(nodes.activate(z)[0][:, 0]) == pytest.approx([np.sin(0.7), 6.0], rel=1e-6)
    assert np.asarray(pruned.activate(z)[0][:, 0]) == pytest.approx([0.7, 5.0], rel=1e-6)


def test_nothing_is_pruned_at_the_start() -> None:
    s = small().sparsity()
    assert [float(v) for v in (s.weight, s.input, s.unary, s.binary)] == [0, 0, 0, 0]


def test_sparsity_counts_weights_and_biases_of_all_layers() -> None:
    network = small()
    network = eqx.tree_at(lambda n: n.output.weight_threshold, network, jnp.full((2, 3), jnp.inf))
    n_weights = 3 * 4 + 4 + 3 * 2 + 2
    assert float(network.sparsity().weight) == pytest.approx(6 / n_weights)


def test_pruned_input_has_no_influence_and_can_come_back() -> None:
    network = eqx.tree_at(lambda n: n.input_threshold, small(), jnp.asarray([1.0, 0.0, 0.0]))
    x = jnp.asarray([[1.0, 2.0, 3.0]])
    assert (network(x) == network(x.at[0, 0].set(99.0))).all()
    gradient = jax.jit(jax.grad(lambda n: jnp.sum(n(x) ** 2)))(network)
    assert float(gradient.input_threshold[0]) != 0  # the surrogate still moves the threshold
    assert float(jnp.abs(gradient.layers[0].linear.weight[:, 0]).sum()) == 0


def test_pruned_weight_still_receives_a_gradient() -> None:
    network = small()
    threshold = jnp.abs(network.output.weight) + 0.01
    network = eqx.tree_at(lambda n: n.output.weight_threshold, network, threshold)
    gradient = jax.jit(jax.grad(lambda n: jnp.sum(n(jnp.ones((1, 3))))))(network)
    assert (np.asarray(gradient.output.weight) != 0).any()
    assert (np.asarray(gradient.output.weight_threshold) != 0).any()


def test_thresholds_are_clipped_to_their_ranges() -> None:
    network = jax.tree.map(lambda leaf: leaf - 5, small()).clip_thresholds()
    assert float(network.input_threshold.min()) == 0
    assert float(network.layers[0].linear.weight_threshold.min()) == 0
    network = jax.tree.map(lambda leaf: leaf + 5, small()).clip_thresholds()
    assert float(network.layers[0].unary.threshold.max()) == 1
    assert float(network.layers[0].linear.weight_threshold.max()) == 5


@pytest.mark.parametrize(("u", "b"), [(0, 2), (2, 0)])
def test_a_layer_may_lack_one_kind_of_node(u: int, b: int) -> None:
    network = Architecture(3, 1, (u,), (b,), (("sin",),), (("*",),)).init(jax.random.key(1))
    assert network(jnp.ones((5, 3))).shape == (5, 1)
    assert all(np.isfinite(float(v)) for v in jax.tree.leaves(network.sparsity()))


def test_operators_are_dealt_in_turn_and_stand_together() -> None:
    layer = Architecture(1, 1, (5,), (2,), (("sin", "cos"),), (("+", "cond"),)).init(jax.random.key(0)).layers[0]
    assert layer.unary.names == ("sin", "sin", "sin", "cos", "cos")
    assert layer.linear.weight.shape == (5 + 2 + 3, 1)


@pytest.mark.parametrize("name", ["tanh", "gauss", "sigmoid", "sin"])
def test_a_large_argument_does_not_round_the_operator_away(name: str) -> None:
    nodes = OperatorNodes.init((name,), 1, jnp.dtype("float32"))
    z = jnp.asarray([[1e5, 2e7]], jnp.float32)
    np.testing.assert_array_equal(nodes(z)[0], get_operator(name).jax(z))


def test_an_operator_that_was_overwritten_is_compiled_again() -> None:
    value = eqx.filter_jit(lambda nodes, z: nodes(z)[0])
    z = jnp.asarray([[2.0, 3.0]])
    try:
        register_operator("replaced", sympy="x**2")
        nodes = OperatorNodes.init(("replaced",), 1, jnp.dtype("float32"))
        np.testing.assert_allclose(value(nodes, z), [[4.0, 9.0]])
        register_operator("replaced", sympy="x + 1", overwrite=True)
        np.testing.assert_allclose(value(nodes, z), [[3.0, 4.0]])
    finally:
        unregister_operator("replaced")
    try:
        register_operator("replaced", sympy="-x")
        np.testing.assert_allclose(value(nodes, z), [[-2.0, -3.0]])
    finally:
        unregister_operator("replaced")
