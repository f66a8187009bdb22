"""The paper's MNIST setting as bare training calls, on random images: a step costs the same on any image."""

__all__ = ["BATCH", "N_BINARY", "N_INPUTS", "N_OUTPUTS", "N_UNARY", "Epochs", "Setting", "matrix_products", "setting"]

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from symbolnet.network import Architecture
from symbolnet.objectives import get_loss
from symbolnet.training import TrainData, TrainSettings, Trial

N_INPUTS, N_OUTPUTS, N_UNARY, N_BINARY, BATCH = 784, 10, 20, 5, 256


@dataclass(frozen=True)
class Setting:
    """What `train` takes."""

    architecture: Architecture
    trials: Sequence[Trial]
    data: TrainData
    validation: TrainData
    settings: TrainSettings


def setting(n_trials: int, rows: int = 60_000, validation_rows: int = 6_000, max_iter: int = 180) -> Setting:
    """The paper's MNIST run with `n_trials` seeds trained together."""
    rng = np.random.default_rng(0)

    def images(n: int) -> TrainData:
        X = rng.integers(0, 256, (n, N_INPUTS)).astype(np.uint8)
        Y = np.eye(N_OUTPUTS, dtype=np.float32)[rng.integers(0, N_OUTPUTS, n)]
        return TrainData(X, Y, None, 1 / 255)

    unary, binary = ("sin", "cos", "gauss", "tanh"), ("+", "*")
    shape = Architecture(N_INPUTS, N_OUTPUTS, (N_UNARY,), (N_BINARY,), (unary,), (binary,))
    trials = [Trial(seed, 0.99, 0.95, 0.4, 0.4, learning_rate=0.005) for seed in range(n_trials)]
    settings = TrainSettings(get_loss("mse"), "accuracy", max_iter, BATCH)
    return Setting(shape, trials, images(rows), images(validation_rows), settings)


def matrix_products(n_trials: int = 1) -> Callable[[], object]:
    """The products of one step in NumPy: those with the images for all trials at once, as few and large as can be."""
    rng = np.random.default_rng(0)

    def normal(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(np.float32)

    wide, hidden = N_UNARY + 2 * N_BINARY, N_UNARY + N_BINARY
    X, W, dZ = normal(BATCH, N_INPUTS), normal(N_INPUTS, n_trials * wide), normal(BATCH, n_trials * wide)
    H, V, dO = normal(n_trials, BATCH, hidden), normal(n_trials, hidden, N_OUTPUTS), normal(n_trials, BATCH, N_OUTPUTS)
    if n_trials == 1:
        H, V, dO = H[0], V[0], dO[0]
    return lambda: (X @ W, H @ V, dO @ V.swapaxes(-1, -2), H.swapaxes(-1, -2) @ dO, X.T @ dZ)


class Epochs:
    """Steady epochs of one population: shuffling, gathering, all steps, the record of Fig. 7."""

    def __init__(self, chosen: Setting) -> None:
        from symbolnet.training import ArrayFeed
        from symbolnet.training._feed import device_data
        from symbolnet.training._population import Population
        from symbolnet.training._update import init_population

        settings = chosen.settings
        self._feed = ArrayFeed.of(chosen.data, settings.batch_size, 0, settings.max_iter, settings.dtype)
        self._validation = device_data(chosen.validation, settings.dtype)
        self._population = Population(*init_population(chosen.architecture, chosen.trials, settings.dtype))
        self._settings = settings
        self._epoch = 0
        self.n_steps = self._feed.epochs_per_call * (chosen.data.n_samples // settings.batch_size)

    def __call__(self) -> None:
        """Train for one compiled call; returns when it is done."""
        ((data, order),) = self._feed.parts(self._epoch)
        self._population.run(data, self._validation, order, self._settings.loss, self._settings.metric)
        self._epoch += self._feed.epochs_per_call
