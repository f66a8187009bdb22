"""The models kept on the way: the best network of every band of sparsity."""

__all__ = ["SnapshotArchive"]

import math
from collections.abc import Mapping

import equinox as eqx
import jax
import numpy as np
from numpy.typing import NDArray

from symbolnet.network import SymbolNet
from symbolnet.training._records import Snapshot

_BANDS_PER_OCTAVE = 4


class SnapshotArchive:
    """One snapshot per quarter octave of the number of surviving weights: that with the lowest validation loss.

    As sparsity rises in training, the archive fills from dense to sparse and becomes the front of the run. Its size
    is bounded by the logarithm of the network's.
    """

    def __init__(self, n_weights: int, snapshots: Mapping[int, Snapshot] | None = None) -> None:
        self._n_weights = n_weights
        self.by_band: dict[int, Snapshot] = dict(snapshots or {})

    def offer(self, networks: SymbolNet, latest: Mapping[str, NDArray[np.float64]], epoch: int) -> None:
        """Look at the networks of all trials (leading axis trials) after `epoch` and keep the best of each band."""
        loss, metric = latest["val_loss"], latest["val_metric"]
        kept = np.rint((1 - latest["sparsity_weight"]) * self._n_weights)
        for trial in np.flatnonzero(np.isfinite(loss) & np.isfinite(metric)).tolist():
            band = math.ceil(_BANDS_PER_OCTAVE * math.log2(max(kept[trial], 1)))
            best = self.by_band.get(band)
            if best is None or loss[trial] < best.val_loss:
                self.by_band[band] = snapshot(networks, trial, epoch, float(loss[trial]), float(metric[trial]))

    def sparsest_first(self) -> tuple[Snapshot, ...]:
        return tuple(self.by_band[band] for band in sorted(self.by_band))


def snapshot(networks: SymbolNet, trial: int, epoch: int, val_loss: float, val_metric: float) -> Snapshot:
    """The network of one trial, copied off the device as plain numbers."""
    arrays, static = eqx.partition(networks, eqx.is_array)
    one = eqx.combine(jax.tree.map(lambda leaf: np.asarray(leaf)[trial], arrays), static)
    return Snapshot(one.freeze(), epoch, trial, val_loss, val_metric)
