"""Dense networks in floating point as a reference: 64-32-32 for features, a small CNN for images (Section IV.D)."""

__all__ = ["DenseResult", "DenseSettings", "fit_dense"]

import time
from dataclasses import dataclass
from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float, PRNGKeyArray
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.baselines._task import Task
from symbolnet.training import use_compilation_cache

HIDDEN = (64, 32, 32)
FILTERS = (16, 16, 24)
HIDDEN_AFTER_FILTERS = (42, 64)


@dataclass(frozen=True)
class DenseSettings:
    """How a dense reference is trained.

    Attributes
    ----------
    image : (height, width, channels) or None
        Shape of the inputs for the CNN; without it the network is fully connected.
    epochs : int
        The epoch with the lowest validation loss is kept.
    batch_size : int
    learning_rate : float
        Of Adam at the start; it falls to zero along a cosine.
    random_state : int
    time_limit : float or None
        Seconds; the current epoch is finished.
    """

    image: tuple[int, int, int] | None = None
    epochs: int = 20
    batch_size: int = 256
    learning_rate: float = 2e-3
    random_state: int = 0
    time_limit: float | None = None


@dataclass(frozen=True, eq=False)
class DenseResult:
    """A trained reference.

    Attributes
    ----------
    name : str
        Its layers.
    n_parameters : int
    scores : float32 array (test rows, classes) or (test rows, 1)
        Log-odds on the test part.
    epochs : int
        Epochs trained.
    """

    name: str
    n_parameters: int
    scores: NDArray[np.float32]
    epochs: int


class Mlp(eqx.Module):
    """Fully connected layers with ReLU; rows in, rows out."""

    layers: tuple[eqx.nn.Linear, ...]

    @staticmethod
    def init(widths: tuple[int, ...], key: PRNGKeyArray) -> "Mlp":
        keys = jax.random.split(key, len(widths) - 1)
        return Mlp(tuple(eqx.nn.Linear(a, b, key=k) for a, b, k in zip(widths[:-1], widths[1:], keys, strict=True)))

    def __call__(self, x: Float[Array, "rows inputs"]) -> Float[Array, "rows outputs"]:
        for layer in self.layers[:-1]:
            x = jax.nn.relu(jax.vmap(layer)(x))
        return jax.vmap(self.layers[-1])(x)


class Filters(eqx.Module):
    """Weights (9 x channels, filters) and biases of a 3 x 3 convolution, initialised after He."""

    weight: Float[Array, "patch filters"]
    bias: Float[Array, " filters"]

    @staticmethod
    def init(channels: int, n_filters: int, key: PRNGKeyArray) -> "Filters":
        scale = np.sqrt(2 / (9 * channels))
        return Filters(scale * jax.random.normal(key, (9 * channels, n_filters)), jnp.zeros(n_filters))


class Cnn(eqx.Module):
    """Blocks of a 3 x 3 convolution without padding, ReLU and 2 x 2 max-pooling, then an `Mlp`."""

    filters: tuple[Filters, ...]
    head: Mlp
    image: tuple[int, int, int] = eqx.field(static=True)

    @staticmethod
    def init(image: tuple[int, int, int], n_outputs: int, key: PRNGKeyArray) -> "Cnn":
        keys = jax.random.split(key, len(FILTERS) + 1)
        height, width, channels = image
        filters = []
        for n, k in zip(FILTERS, keys[:-1], strict=True):
            filters.append(Filters.init(channels, n, k))
            height, width, channels = (height - 2) // 2, (width - 2) // 2, n
        flat = height * width * channels
        return Cnn(tuple(filters), Mlp.init((flat, *HIDDEN_AFTER_FILTERS, n_outputs), keys[-1]), image)

    def __call__(self, x: Float[Array, "rows inputs"]) -> Float[Array, "rows outputs"]:
        h = x.reshape(-1, *self.image)
        for layer in self.filters:
            h = jax.nn.relu(_convolved(h, layer.weight) + layer.bias)
            rows, height, width, channels = h.shape
            h = h[:, : height // 2 * 2, : width // 2 * 2]
            h = h.reshape(rows, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))
        return self.head(h.reshape(h.shape[0], -1))


def _convolved(
    h: Float[Array, "rows height width channels"], kernel: Float[Array, "9*channels filters"]
) -> Float[Array, "rows height-2 width-2 filters"]:
    """A 3 x 3 convolution as one matrix product: inside a loop XLA's own runs on one core of a CPU, and slowly."""
    height, width = h.shape[1] - 2, h.shape[2] - 2
    shifted = [h[:, y : y + height, x : x + width] for y in range(3) for x in range(3)]
    return jnp.concatenate(shifted, axis=-1) @ kernel


Network = Mlp | Cnn


def fit_dense(task: Task, settings: DenseSettings) -> DenseResult:
    """Train a dense reference by cross-entropy and give its scores on the test part.

    Parameters
    ----------
    task : Task
    settings : DenseSettings

    Raises
    ------
    SymbolNetError
        If the image shape does not fit the inputs or is too small for three blocks.
    """
    use_compilation_cache()
    key = jax.random.key(settings.random_state)
    network, name = _network(task, settings, key)
    Z, y = task.scaled(task.X), jnp.asarray(task.encode(task.y))
    Z_val, y_val = task.scaled(task.X_val), task.encode(task.y_val)
    batch = min(settings.batch_size, len(Z))
    n_batches = len(Z) // batch
    schedule = optax.cosine_decay_schedule(settings.learning_rate, max(1, settings.epochs * n_batches))
    optimiser = optax.adam(schedule)
    state = optimiser.init(eqx.filter(network, eqx.is_array))
    rng = np.random.default_rng(settings.random_state)
    data, best, lowest, epoch, started = jnp.asarray(Z), network, np.inf, 0, time.monotonic()
    arrays, static = eqx.partition(network, eqx.is_array)
    while epoch < settings.epochs:
        order = rng.permutation(len(Z))[: n_batches * batch].reshape(n_batches, batch)
        arrays, state = _epoch(arrays, state, data, y, jnp.asarray(order), static, optimiser)
        epoch += 1
        network = eqx.combine(arrays, static)
        loss = float(np.mean(_loss_of(_scores(network, Z_val), y_val)))
        if loss < lowest:
            best, lowest = network, loss
        if settings.time_limit is not None and time.monotonic() - started > settings.time_limit:
            break
    n_parameters = sum(leaf.size for leaf in jax.tree.leaves(eqx.filter(best, eqx.is_array)))
    return DenseResult(name, int(n_parameters), _scores(best, task.scaled(task.X_test)), epoch)


def _network(task: Task, settings: DenseSettings, key: PRNGKeyArray) -> tuple[Network, str]:
    n_inputs, n_outputs = len(task.input_names), len(task.output_names)
    if settings.image is None:
        return Mlp.init((n_inputs, *HIDDEN, n_outputs), key), "dense network 64-32-32"
    if int(np.prod(settings.image)) != n_inputs or min(settings.image[:2]) < 22:
        raise SymbolNetError(
            f"image {settings.image} for {n_inputs} inputs; give (height, width, channels) of that product, "
            "at least 22 pixels high and wide"
        )
    return Cnn.init(settings.image, n_outputs, key), "CNN (16, 16, 24), 42, 64"


def _loss_of(scores: Any, y: Any) -> Any:
    """Cross-entropy of each row; of two classes with one score in its binary form."""
    if scores.shape[1] == 1:
        return jax.nn.softplus(scores[:, 0]) - y[:, 0] * scores[:, 0]
    return jax.nn.logsumexp(scores, axis=1) - jnp.sum(y * scores, axis=1)


@partial(jax.jit, static_argnames=("static", "optimiser"))  # nothing is donated: the best network is kept
def _epoch(arrays: Any, state: Any, X: Array, y: Array, order: Array, static: Any, optimiser: Any) -> tuple[Any, Any]:
    """One pass over the rows of `order` (batches, batch size)."""

    def step(carry: tuple[Any, Any], rows: Array) -> tuple[tuple[Any, Any], None]:
        arrays, state = carry

        def loss(arrays: Any) -> Array:
            value: Array = jnp.mean(_loss_of(eqx.combine(arrays, static)(X[rows]), y[rows]))
            return value

        updates, state = optimiser.update(jax.grad(loss)(arrays), state, arrays)
        return (optax.apply_updates(arrays, updates), state), None

    carry, _ = jax.lax.scan(step, (arrays, state), order)
    return carry


_forward = eqx.filter_jit(lambda network, X: network(X))


def _scores(network: Network, X: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scores block by block, so that the activations of a large test part fit in memory."""
    blocks = [np.asarray(_forward(network, jnp.asarray(X[k : k + 2000]))) for k in range(0, len(X), 2000)]
    return np.concatenate(blocks).astype(np.float32)
