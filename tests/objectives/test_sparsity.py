"""Eq. 1 and Eq. 3 against values worked out by hand in float64."""

import math

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from symbolnet.network import Architecture, Sparsity, SymbolNet
from symbolnet.objectives import decay_factor, node_threshold_term, objective, weight_threshold_term


def by_hand(s: float, alpha: float, d: float) -> float:
    """Eq. 1 as printed, in Python's float64."""
    if s >= alpha:
        return 0.0
    return math.exp(-((alpha / (alpha - min(s, alpha))) ** d) + 1)


def test_decay_factor_is_eq_1() -> None:
    s, alpha, d = np.meshgrid(np.linspace(0, 1, 41), [0.0, 0.1, 0.5, 0.8, 0.99], [0.01, 0.1, 1.0])
    s, alpha, d = (a.ravel().astype(np.float32) for a in (s, alpha, d))
    got = jax.vmap(decay_factor)(jnp.asarray(s), jnp.asarray(alpha), jnp.asarray(d))
    expected = [by_hand(float(s_), float(a_), float(d_)) for s_, a_, d_ in zip(s, alpha, d, strict=True)]
    assert np.asarray(got) == pytest.approx(expected, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize(
    ("s", "expected"),
    [(0.0, 1.0), (0.4, math.exp(1 - 2**0.01)), (0.79, math.exp(1 - 80**0.01)), (0.8, 0.0), (1.0, 0.0)],
)
def test_decay_factor_at_points_of_fig_4(s: float, expected: float) -> None:
    assert float(decay_factor(jnp.asarray(s), jnp.asarray(0.8), jnp.asarray(0.01))) == pytest.approx(expected, abs=2e-6)


def test_decay_factor_falls_monotonically() -> None:
    s = jnp.linspace(0, 1, 201)
    values = np.asarray(jax.vmap(lambda v: decay_factor(v, jnp.asarray(0.8), jnp.asarray(1.0)))(s))
    assert (np.diff(values) <= 1e-7).all()


def test_a_target_of_zero_asks_for_nothing() -> None:
    assert float(decay_factor(jnp.asarray(0.0), jnp.asarray(0.0), jnp.asarray(0.01))) == 0.0


def test_threshold_terms_by_hand() -> None:
    t = [jnp.asarray([0.0, 1.0]), jnp.asarray([2.0])]
    assert float(weight_threshold_term(t)) == pytest.approx((1 + math.exp(-1) + math.exp(-2)) / 3)
    assert float(node_threshold_term(t)) == pytest.approx(math.exp(-1.0))


def network_with_thresholds() -> SymbolNet:
    network = Architecture(2, 1, (2,), (1,), (("sin",),), (("*",),)).init(jax.random.key(0))
    network = jax.tree.map(lambda leaf: jnp.where(leaf == 0, 0.0, 1.0), network)  # all weights 1, all thresholds 0
    return eqx.tree_at(
        lambda n: (n.input_threshold, n.layers[0].unary.threshold, n.output.weight_threshold),
        network,
        (jnp.asarray([0.5, 1.0]), jnp.asarray([0.25, 0.75]), jnp.asarray([[2.0, 0.5, 0.0]])),
    )


def targets(weight: float, input: float, unary: float, binary: float) -> Sparsity:  # noqa: A002
    return Sparsity(*(jnp.asarray(v) for v in (weight, input, unary, binary)))


def test_objective_is_eq_3() -> None:
    error, d = 0.3, 0.01
    alpha = (0.9, 0.75, 0.6, 0.4)
    terms, s = objective(
        network_with_thresholds(), jnp.asarray(error), targets(*alpha), jnp.asarray(d), jnp.asarray(0.0)
    )
    # 2*4 + 4 weights and biases of the layer, 3 + 1 of the output; one output weight, 1 < 2, is pruned.
    n_weight = 16
    s_weight, s_input = 1 / n_weight, 1 / 2
    assert [float(v) for v in (s.weight, s.input, s.unary, s.binary)] == pytest.approx([s_weight, s_input, 0, 0])
    l_weight = ((n_weight - 2) + math.exp(-2) + math.exp(-0.5)) / n_weight
    assert float(terms.error) == pytest.approx(error)
    assert float(terms.weight) == pytest.approx(error * by_hand(s_weight, alpha[0], d) * l_weight, rel=1e-5)
    assert float(terms.input) == pytest.approx(error * by_hand(s_input, alpha[1], d) * math.exp(-0.75), rel=1e-5)
    assert float(terms.unary) == pytest.approx(error * by_hand(0, alpha[2], d) * math.exp(-0.5), rel=1e-5)
    assert float(terms.binary) == pytest.approx(error, rel=1e-5)
    total = sum(float(getattr(terms, k)) for k in ("error", "weight", "input", "unary", "binary"))
    assert float(terms.total) == pytest.approx(total, rel=1e-6)


def test_gradient_of_the_regularisers_by_hand() -> None:
    """dL/dT of Eq. 3 with L_error held: -L D exp(-T)/n for weights, -L D exp(-mean T)/n for nodes."""
    network, error = network_with_thresholds(), 0.3

    def total(n: SymbolNet) -> jax.Array:
        return objective(n, jnp.asarray(error), targets(0.9, 0.75, 0.6, 0.4), jnp.asarray(0.01), jnp.asarray(0.0))[
            0
        ].total

    gradient = jax.jit(jax.grad(total))(network)
    expected = -error * by_hand(1 / 16, 0.9, 0.01) * np.exp([-2.0, -0.5, 0.0]) / 16
    assert np.asarray(gradient.output.weight_threshold).ravel() == pytest.approx(expected, rel=1e-5)
    by_input = -error * by_hand(0.5, 0.75, 0.01) * math.exp(-0.75) / 2
    assert np.asarray(gradient.input_threshold) == pytest.approx([by_input] * 2, rel=1e-5)


def test_terms_vanish_once_the_target_is_reached() -> None:
    terms, _ = objective(
        network_with_thresholds(), jnp.asarray(0.3), targets(0.05, 0.5, 0.0, 0.0), jnp.asarray(0.01), jnp.asarray(0.0)
    )
    assert [float(terms.weight), float(terms.input), float(terms.unary), float(terms.binary)] == [0, 0, 0, 0]


def test_a_network_without_binary_nodes_has_no_binary_term() -> None:
    network = Architecture(2, 1, (2,), (0,), (("sin",),), (("*",),)).init(jax.random.key(0))
    terms, _ = objective(network, jnp.asarray(1.0), targets(0.9, 0.9, 0.9, 0.9), jnp.asarray(0.01), jnp.asarray(0.0))
    assert float(terms.binary) == 0
    assert math.isfinite(float(terms.total))
