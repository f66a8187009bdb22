"""A population of constant size whose members begin and end at different times."""

__all__ = ["Slots"]

from collections.abc import Mapping, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool

from symbolnet.network import Architecture, FrozenNetwork
from symbolnet.training._archive import snapshot
from symbolnet.training._feed import ArrayFeed, device_data
from symbolnet.training._padding import Placement, init_padded
from symbolnet.training._population import Curves
from symbolnet.training._records import TrainData, TrainSettings, Trial, history_columns
from symbolnet.training._update import Hyperparameters, TrainState, init_population, run_epochs


class Slots:
    """`width` places that are trained as one vectorised computation; a place is given to a new trial at any time.

    The program is compiled for the width and the architecture, so that a trial which takes the place of another costs
    no compilation. What a trial becomes depends on its own numbers, its place, the width and the epoch of the
    population at which it began (the order of the samples follows the population's epoch), and on nothing else: in
    particular not on its neighbours.

    Trials may have fewer nodes than the architecture where `padded` is set. They then lie in its arrays, and come to
    the same networks as in arrays of their own but for the order of sums.

    Parameters
    ----------
    architecture : Architecture
    width : int
    data, validation : TrainData
    settings : TrainSettings
        `max_iter` is the length of every trial; `seed` is that of the order of the samples.
    first_epoch : int
        The epoch of the population to begin with, a multiple of `epochs_per_call`.
    padded : bool
        Whether trials may be smaller than the architecture.
    """

    def __init__(
        self,
        architecture: Architecture,
        width: int,
        data: TrainData,
        validation: TrainData,
        settings: TrainSettings,
        first_epoch: int = 0,
        *,
        padded: bool = False,
    ) -> None:
        self._architecture, self._width, self._settings = architecture, width, settings
        self._feed = ArrayFeed.of(data, settings.batch_size, settings.seed, settings.max_iter, settings.dtype)
        self._validation = device_data(validation, settings.dtype)
        self._padded = padded
        self._placements = [Placement(architecture, architecture)] * width if padded else []
        self._states, self._hyper = self._fresh([Trial(0)] * width)
        self.epoch = first_epoch

    @property
    def epochs_per_call(self) -> int:
        """Epochs that one `run` covers: a divisor of `max_iter`."""
        return self._feed.epochs_per_call

    def start(self, trials: Mapping[int, Trial], architectures: Mapping[int, Architecture] | None = None) -> None:
        """Give places to new trials, which begin with the next epoch; the other places go on.

        `architectures` are those of the new trials, where they are padded.
        """
        members = [trials.get(slot, Trial(0)) for slot in range(self._width)]
        for slot in trials if self._padded else ():
            own = self._architecture if architectures is None else architectures[slot]
            self._placements[slot] = Placement(own, self._architecture)
        fresh = self._fresh(members)
        new = jnp.asarray([slot in trials for slot in range(self._width)])
        self._states, self._hyper = _replace((self._states, self._hyper), fresh, new)

    def run(self) -> Curves:
        """Train all places for `epochs_per_call` epochs; column of the history → (epochs, width)."""
        ((part, order),) = self._feed.parts(self.epoch)
        self._states, record = run_epochs(
            self._states, self._hyper, part, self._validation, order, self._settings.loss, self._settings.metric
        )
        self.epoch += self.epochs_per_call
        return {name: np.asarray(getattr(record, name), np.float64) for name in history_columns()}

    def network(self, slot: int) -> FrozenNetwork:
        """The network in a place, as it is now."""
        network = snapshot(self._states.network, slot, self.epoch, 0.0, 0.0).network
        return self._placements[slot].take(network) if self._padded else network

    def n_weights(self, slot: int = 0) -> int:
        """Weights and biases of the network in a place, pruned ones included."""
        if self._padded:
            return self._placements[slot].n_weights
        linears = self._states.network.linears()
        return sum(leaf.size // len(leaf) for linear in linears for leaf in (linear.weight, linear.bias))

    def _fresh(self, members: Sequence[Trial]) -> tuple[TrainState, Hyperparameters]:
        if self._padded:
            return init_padded(self._architecture, self._placements, members, self._settings.dtype)
        return init_population(self._architecture, members, self._settings.dtype)


@jax.jit
def _replace(old: Any, fresh: Any, new: Bool[Array, " width"]) -> Any:
    """The leaves of `fresh` in the places that are `new`, those of `old` in the others."""

    def pick(a: Any, b: Any) -> Any:
        return jnp.where(new.reshape(-1, *([1] * (a.ndim - 1))), b, a) if eqx.is_array(a) else a

    return jax.tree.map(pick, old, fresh)
