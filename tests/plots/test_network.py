"""The drawing of a network leaves out what no output depends on, and its formulas are the network's."""

import jax
import numpy as np
import pytest
from matplotlib.patches import Circle

from symbolnet._errors import SymbolNetError
from symbolnet.expression import unroll
from symbolnet.network import Architecture, FrozenLayer, FrozenNetwork
from symbolnet.plots import network_diagram
from symbolnet.plots._alive import alive_parts, node_formulas
from symbolnet.plots._network import _LABEL


def _fig2() -> FrozenNetwork:
    """The network of the paper's Fig. 2: y = c1 tanh(c2 x2²) + c3 x2 x4 sin(c4 x3)."""
    first, second = np.zeros((4, 5)), np.zeros((4, 5))
    first[[1, 2, 1, 3], [0, 1, 3, 4]] = [1.2, 0.8, -0.7, 1]
    second[[0, 1, 3], [0, 3, 4]] = [0.5, 1, -1]
    output = np.array([[2.0], [0], [0], [0.3]])
    layers = (
        FrozenLayer(first, np.zeros(5), (("square", 1), ("sin", 1), ("cos", 1), ("*", 2))),
        FrozenLayer(second, np.zeros(5), (("tanh", 1), ("sin", 1), ("cos", 1), ("*", 2))),
    )
    return FrozenNetwork(layers, output, np.zeros(1))


def test_only_what_an_output_depends_on_is_drawn() -> None:
    alive = alive_parts(_fig2())
    assert alive.inputs.tolist() == [1, 2, 3]
    assert [node.name for node in alive.layers[0].nodes] == ["square", "sin", "*"]
    assert [node.name for node in alive.layers[1].nodes] == ["tanh", "*"]
    assert alive.n_nodes == 3 + (4 + 3) + (3 + 2)
    figure = network_diagram(_fig2(), ["x1", "x2", "x3", "x4"], ["y"], title="Fig. 2")
    circles = [patch for patch in figure.axes[0].patches if isinstance(patch, Circle)]
    assert len(circles) == 3 + 4 + 3 + 1
    words = [text.get_text() for text in (*figure.axes[0].texts, *figure.texts)]
    assert "x1" not in words
    assert "tanh(0.72*x2**2)" in words
    assert f"y = {unroll(_fig2(), ['x1', 'x2', 'x3', 'x4'], ['y']).text(digits=2)[0]}" in words


@pytest.mark.parametrize("seed", range(4))
def test_cutting_dead_parts_changes_no_formula(seed: int) -> None:
    shape = Architecture(3, 2, (2, 2), (1, 1), (("sin", "tanh"),) * 2, (("*",),) * 2)
    network = shape.init(jax.random.key(seed)).freeze()
    rng = np.random.default_rng(seed)
    layers = tuple(
        FrozenLayer(layer.weight * (rng.random(layer.weight.shape) < 0.6), layer.bias, layer.nodes)
        for layer in network.layers
    )
    sparse = FrozenNetwork(layers, network.output_weight * (rng.random((3, 2)) < 0.7), network.output_bias)
    alive = alive_parts(sparse)
    kept = FrozenNetwork(
        tuple(
            FrozenLayer(part.weight, layer.bias[part.columns], tuple((node.name, node.arity) for node in part.nodes))
            for part, layer in zip(alive.layers, sparse.layers, strict=True)
        ),
        alive.output_weight,
        sparse.output_bias,
    )
    X = rng.normal(size=(20, 3))
    np.testing.assert_allclose(unroll(kept)(X[:, alive.inputs]), unroll(sparse)(X), atol=1e-12)
    texts = node_formulas(sparse, ["a", "b", "c"], ["y", "z"], 3)
    assert [len(entry) for entry in texts] == [*(len(part.nodes) for part in alive.layers), 2]
    network_diagram(sparse)


def test_no_line_runs_through_a_label() -> None:
    rng = np.random.default_rng(0)
    weight = rng.normal(size=(12, 6)) * (rng.random((12, 6)) < 0.3)
    layer = FrozenLayer(weight, np.zeros(6), (("sin", 1), ("identity", 1), ("cos", 1), ("tanh", 1), ("*", 2)))
    figure = network_diagram(FrozenNetwork((layer,), rng.normal(size=(5, 6)), np.zeros(6)), title="a title " * 20)
    (axes,) = figure.axes
    labels = [text.get_window_extent() for text in axes.texts if text.get_color() == _LABEL]
    assert len(labels) >= 3
    for line in axes.lines:
        path = line.get_path().transformed(line.get_transform())
        assert not any(path.intersects_bbox(box, filled=False) for box in labels)
    title = figure.texts[-1].get_window_extent()
    assert "\n" in figure.texts[-1].get_text()
    assert title.x1 <= figure.bbox.x1
    assert title.y0 >= axes.texts[-len(layer.nodes)].get_window_extent().y1


def test_errors() -> None:
    with pytest.raises(SymbolNetError, match="no symbolic layer"):
        network_diagram(FrozenNetwork((), np.ones((2, 1)), np.zeros(1)))
    with pytest.raises(SymbolNetError, match="1 input_names for 4"):
        network_diagram(_fig2(), ["x"])
    wide = FrozenNetwork((FrozenLayer(np.ones((500, 1)), np.zeros(1), (("sin", 1),)),), np.ones((1, 1)), np.zeros(1))
    with pytest.raises(SymbolNetError, match="more than a drawing can hold"):
        network_diagram(wide)


def test_only_a_network_is_drawn() -> None:
    formula = unroll(_fig2(), list("abcd"))
    with pytest.raises(SymbolNetError, match="^Expression is no network; give a FrozenNetwork, as SymbolNet.freeze"):
        network_diagram(formula)
