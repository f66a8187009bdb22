"""Dense references: the convolution against SciPy's, the layers of the paper, and that they learn."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.signal import correlate

from symbolnet._errors import SymbolNetError
from symbolnet.baselines import DenseSettings, Task, class_task, fit_dense
from symbolnet.baselines._dense import Cnn, _convolved


def test_the_convolution_is_scipys() -> None:
    rng = np.random.default_rng(0)
    images, kernel = rng.normal(size=(2, 7, 6, 3)), rng.normal(size=(3, 3, 3, 4))
    ours = np.asarray(_convolved(jnp.asarray(images, jnp.float32), jnp.asarray(kernel.reshape(27, 4), jnp.float32)))
    for n in range(2):
        for k in range(4):
            theirs = correlate(images[n], kernel[..., k], mode="valid")[..., 0]
            np.testing.assert_allclose(ours[n, ..., k], theirs, atol=1e-4)


@pytest.mark.parametrize(("image", "n_outputs", "n_parameters"), [((28, 28, 1), 10, 10_412), ((32, 32, 3), 1, 13_139)])
def test_the_cnn_has_the_papers_layers(image: tuple[int, int, int], n_outputs: int, n_parameters: int) -> None:
    network = Cnn.init(image, n_outputs, jax.random.key(0))
    arrays = [leaf for leaf in jax.tree.leaves(network) if hasattr(leaf, "size")]
    # (9c+1)16 + (9·16+1)16 + (9·16+1)24 + (flat+1)42 + 43·64 + 65·outputs
    c, flat = image[2], 24 * (1 if image[0] == 28 else 4)
    by_hand = (9 * c + 1) * 16 + 145 * 16 + 145 * 24 + (flat + 1) * 42 + 43 * 64 + 65 * n_outputs
    assert sum(leaf.size for leaf in arrays) == by_hand == n_parameters
    assert network(jnp.zeros((3, int(np.prod(image))))).shape == (3, n_outputs)


def test_a_dense_network_learns(three_classes: Task) -> None:
    result = fit_dense(three_classes, DenseSettings(epochs=30, batch_size=32, learning_rate=0.01))
    assert result.name == "dense network 64-32-32"
    assert result.n_parameters == 5 * 64 + 65 * 32 + 33 * 32 + 33 * 3
    assert result.scores.shape == (len(three_classes.y_test), 3)
    assert np.mean(result.scores.argmax(axis=1) == three_classes.y_test) > 0.85


def test_a_cnn_trains_on_images_of_two_classes() -> None:
    rng = np.random.default_rng(0)
    X = rng.integers(0, 256, (60, 22, 22, 1)).astype(np.uint8)
    y = np.arange(60) % 2
    X[y == 1, :11] //= 4
    flat = X.reshape(60, -1)
    names = [f"x{k}" for k in range(22 * 22)]
    task = class_task(flat, y, flat[:10], y[:10], input_names=names, class_names=("1", "7"), validation_fraction=0.2)
    result = fit_dense(task, DenseSettings((22, 22, 1), epochs=25, batch_size=16, learning_rate=0.005))
    assert result.scores.shape == (10, 1)
    assert np.mean((result.scores[:, 0] > 0) == (y[:10] == 1)) >= 0.9
    with pytest.raises(SymbolNetError, match="at least 22 pixels"):
        fit_dense(task, DenseSettings((22, 21, 1)))
