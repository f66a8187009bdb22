"""Checkpoints: the whole state of a run in one archive, from which it continues bit for bit."""

__all__ = ["Checkpoint", "CheckpointFile"]

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import ModelFileError
from symbolnet.io import read_archive, write_archive
from symbolnet.network import Architecture, FrozenLayer, FrozenNetwork
from symbolnet.training._records import Snapshot, TrainSettings, Trial, history_columns
from symbolnet.training._update import TrainState

_KIND = "checkpoint"
Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Checkpoint:
    """State after `epoch` epochs and `seconds` seconds, with the history and the snapshots so far."""

    states: TrainState
    epoch: int
    seconds: float
    history: dict[str, list[NDArray[np.float64]]]
    snapshots: Mapping[int, Snapshot]


@dataclass(frozen=True)
class CheckpointFile:
    """Where the checkpoints of one run go. Hashes of settings and data tie the file to what made it."""

    path: Path
    fingerprint: str
    data: str

    @staticmethod
    def of(
        path: Path, architecture: Architecture, trials: Sequence[Trial], settings: TrainSettings, data: str
    ) -> "CheckpointFile":
        """The fingerprint covers what the numbers depend on; a longer or shorter run may continue the same file.

        `data` is a hash of the samples to train on and of those for comparison.
        """
        lasting = replace(settings, max_iter=0, time_limit=None, patience=None)
        parts = [asdict(architecture), [asdict(trial) for trial in trials], asdict(lasting)]
        text = json.dumps(parts, sort_keys=True, default=lambda value: getattr(value, "__name__", str(value)))
        return CheckpointFile(path, hashlib.sha256(text.encode()).hexdigest()[:16], data)

    def write(self, checkpoint: Checkpoint) -> None:
        """Replace the file, atomically."""
        leaves = jax.tree.leaves(checkpoint.states)
        arrays = {f"state/{k}": np.asarray(leaf) for k, leaf in enumerate(leaves)}
        for name, rows in checkpoint.history.items():
            arrays[f"history/{name}"] = np.stack(rows) if rows else np.empty((0, 0))
        for band, snapshot in checkpoint.snapshots.items():
            arrays |= _network_arrays(f"snapshot/{band}", snapshot.network)
        manifest = {
            "kind": _KIND,
            "fingerprint": self.fingerprint,
            "data": self.data,
            "epoch": checkpoint.epoch,
            "seconds": checkpoint.seconds,
            "snapshots": [_describe(band, snapshot) for band, snapshot in checkpoint.snapshots.items()],
        }
        write_archive(self.path, manifest, arrays, compress=False)

    def read(self, template: TrainState) -> Checkpoint:
        """The checkpoint, with the arrays put into the places of `template`, a fresh state of the same run."""
        manifest, arrays = read_archive(self.path, kind=_KIND)
        if manifest.get("fingerprint") != self.fingerprint:
            raise ModelFileError(
                f"{self.path}: the checkpoint is of a run with other settings; "
                "resume with the same settings, or start anew"
            )
        if manifest.get("data") != self.data:
            raise ModelFileError(
                f"{self.path}: the data, its split or its scaling changed since the checkpoint was written; "
                "resume with the same data, or start anew"
            )
        try:
            leaves, structure = jax.tree.flatten(template)
            stored = [jnp.asarray(arrays[f"state/{k}"]) for k in range(len(leaves))]
            for leaf, value in zip(leaves, stored, strict=True):
                if leaf.shape != value.shape or leaf.dtype != value.dtype:
                    raise ValueError(f"an array of shape {value.shape} stands where {leaf.shape} belongs")
            snapshots = {int(d["band"]): _snapshot(d, arrays) for d in manifest["snapshots"]}
            history = {name: list(arrays[f"history/{name}"]) for name in history_columns()}
            return Checkpoint(
                jax.tree.unflatten(structure, stored),
                int(manifest["epoch"]),
                float(manifest["seconds"]),
                history,
                snapshots,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(
                f"{self.path}: the checkpoint is damaged ({error}); delete it and start anew"
            ) from error


def _describe(band: int, snapshot: Snapshot) -> dict[str, Any]:
    nodes = [[list(node) for node in layer.nodes] for layer in snapshot.network.layers]
    numbers = {name: getattr(snapshot, name) for name in ("epoch", "trial", "val_loss", "val_metric")}
    return {"band": band, "nodes": nodes, **numbers}


def _network_arrays(prefix: str, network: FrozenNetwork) -> dict[str, NDArray[Any]]:
    arrays = {f"{prefix}/output_weight": network.output_weight, f"{prefix}/output_bias": network.output_bias}
    for k, layer in enumerate(network.layers):
        arrays |= {f"{prefix}/{k}/weight": layer.weight, f"{prefix}/{k}/bias": layer.bias}
    return arrays


def _snapshot(described: Mapping[str, Any], arrays: Arrays) -> Snapshot:
    prefix = f"snapshot/{described['band']}"
    layers = tuple(
        FrozenLayer(
            arrays[f"{prefix}/{k}/weight"],
            arrays[f"{prefix}/{k}/bias"],
            tuple((str(name), int(arity)) for name, arity in nodes),
        )
        for k, nodes in enumerate(described["nodes"])
    )
    network = FrozenNetwork(layers, arrays[f"{prefix}/output_weight"], arrays[f"{prefix}/output_bias"])
    return Snapshot(
        network,
        int(described["epoch"]),
        int(described["trial"]),
        float(described["val_loss"]),
        float(described["val_metric"]),
    )
