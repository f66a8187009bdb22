"""Trains a quantised and pruned dense network with HGQ2. A script, run as `python _hgq_worker.py FOLDER`.

It stands alone: the Python that runs it needs HGQ2, Keras, JAX and NumPy, and this package need not be there. FOLDER
holds `job.json` and `data.npz`; `network.npz` and `network.json` are added. Progress is printed, a line an epoch.

Every quantiser has its bits fixed, as in the paper (Section IV.D), so HGQ2's search over bits takes no part. A pruned
weight is one of zero bits, which is how HGQ2 itself prunes.
"""

import json
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

WEIGHT_BITS, ACTIVATION_BITS = 5, 6
"""After the binary point: weights of 6 bits with their sign, in [-1, 1); activations of 6 bits, in [0, 1)."""


def build(n_inputs: int, hidden: list[int], n_outputs: int, inputs: tuple[int, int, int]) -> tuple[Any, list[Any]]:
    """Return the Keras model and its layers; `inputs` is sign, integer and fractional bits."""
    import keras
    from hgq.layers import QDense

    x = first = keras.Input((n_inputs,))
    layers = []
    for depth, width in enumerate([*hidden, n_outputs]):
        layer = QDense(
            width,
            activation="relu" if depth < len(hidden) else None,
            iq_conf=_fixed("datalane", *(inputs if depth == 0 else (0, 0, ACTIVATION_BITS))),
            kq_conf=_fixed("weight", 1, 0, WEIGHT_BITS, each=True),
            bq_conf=_fixed("bias", 1, 0, WEIGHT_BITS),
            enable_ebops=False,
        )
        x = layer(x)
        layers.append(layer)
    for layer in layers:
        for quantiser in (layer.iq, layer.kq, layer.bq):
            quantiser.trainable = False
    return keras.Model(first, x), layers


def _fixed(place: str, sign: int, integer: int, fractional: int, each: bool = False) -> Any:
    """A quantiser that rounds and saturates; with `each` every weight has bits of its own, so that it can have none."""
    from hgq.quantizer import QuantizerConfig

    axes = {"homogeneous_axis": ()} if each else {"heterogeneous_axis": ()}
    return QuantizerConfig(
        "kif", place, k0=sign, i0=integer, f0=fractional, round_mode="RND", overflow_mode="SAT",
        ic=None, fc=None, ir=None, fr=None, **axes,
    )  # fmt: skip


def prune(layers: list[Any], share: float, last: float) -> None:
    """Give no bits to the smallest weights of each layer, a share of `share`; of the output layer at most `last`."""
    for layer in layers:
        bits = layer.kq.quantizer
        size = np.abs(np.asarray(layer.kernel)) * (np.asarray(bits.k) > 0)  # what is pruned stays so
        kept = size > np.quantile(size, min(share, last) if layer is layers[-1] else share)
        bits._k.assign(kept.astype(np.uint8))
        bits._i.assign(np.where(kept, 0.0, -8.0))
        bits._f.assign(np.where(kept, float(WEIGHT_BITS), 8.0))


def schedule(epoch: int, epochs: int, final: float) -> float:
    """Return the share to prune after an epoch: cubic from a tenth of the epochs to six tenths, then constant."""
    done = min(1.0, max(0.0, (epoch + 1 - 0.1 * epochs) / (0.5 * epochs)))
    return final * (1 - (1 - done) ** 3)


def train(job: dict[str, Any], data: dict[str, Any]) -> tuple[Any, list[Any], int]:
    """Return the model with the weights of the pruned epoch that the validation rows choose, its layers, its epoch."""
    import keras

    keras.utils.set_random_seed(job["seed"])
    model, layers = build(data["X"].shape[1], job["hidden"], job["n_outputs"], tuple(job["inputs"]))
    loss = (keras.losses.BinaryCrossentropy if job["n_outputs"] == 1 else keras.losses.SparseCategoricalCrossentropy)(
        from_logits=True
    )
    epochs, batch = job["epochs"], job["batch_size"]
    falling = keras.optimizers.schedules.CosineDecay(job["learning_rate"], epochs * -(-len(data["X"]) // batch))
    model.compile(keras.optimizers.Adam(falling), loss=lambda y, z: loss(y, job["logit_scale"] * z))
    y, y_val = data["y"][:, None].astype(np.float32), data["y_val"][:, None].astype(np.float32)
    best, lowest, chosen = None, np.inf, 0
    for epoch in range(epochs):
        model.fit(data["X"], y, batch_size=batch, epochs=1, verbose=0)
        share = schedule(epoch, epochs, job["sparsity"])
        if share > 0:
            prune(layers, share, job["output_sparsity"])
        value = float(model.evaluate(data["X_val"], y_val, batch_size=8192, verbose=0))
        if share == job["sparsity"] and value < lowest:
            best, lowest, chosen = model.get_weights(), value, epoch
        say(f"epoch {epoch + 1} of {epochs}: {100 * share:.0f} % pruned, validation loss {value:.3f}")
    if best is None:
        raise RuntimeError("no epoch was fully pruned; give more epochs")
    model.set_weights(best)
    return model, layers, chosen


def own_circuit(model: Any, inputs: tuple[int, int, int], X: Any, scores: Any) -> dict[str, Any]:
    """What HGQ2's own way to da4ml makes of the model: its guess of LUTs and the rows on which it differs from Keras.

    Nothing where da4ml is not installed.
    """
    try:
        from da4ml.converter import trace_model
        from da4ml.trace import comb_trace
    except ImportError:
        return {}
    logic = comb_trace(*trace_model(model, inputs_kif=inputs))
    found = logic.predict(np.ascontiguousarray(X, dtype=np.float64)).reshape(scores.shape)
    return {"da4ml_luts": float(logic.cost), "da4ml_mismatches": int((found != scores).any(axis=1).sum())}


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(folder: Path) -> None:
    """Do the job in a folder."""
    started = time.monotonic()
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    stored = np.load(folder / "data.npz", allow_pickle=False)
    step = 2.0 ** -job["inputs"][2]
    data = {key: stored[key] if key.startswith("y") else stored[key].astype(np.float32) * step for key in stored.files}
    data = {key: value.astype(np.float32) if key.startswith("X") else value for key, value in data.items()}
    model, layers, epoch = train(job, data)
    scores = np.asarray(model.predict(data["X_test"], batch_size=8192, verbose=0))
    unit = 2.0**WEIGHT_BITS
    arrays: dict[str, Any] = {"scores": scores}
    for k, layer in enumerate(layers):
        arrays[f"weight{k}"] = np.rint(np.asarray(layer.qkernel) * unit).astype(np.int64)
        arrays[f"bias{k}"] = np.rint(np.asarray(layer.qbias) * unit).astype(np.int64)
    about = {
        "epoch": epoch + 1,
        "seconds": time.monotonic() - started,
        "weight_fractional": WEIGHT_BITS,
        "activation": [0, 0, ACTIVATION_BITS],
        "versions": {name: metadata.version(name) for name in ("hgq2", "keras", "jax")},
        **own_circuit(model, tuple(job["inputs"]), data["X_test"][:2000], scores[:2000]),
    }
    np.savez(folder / "network.npz", **arrays)
    (folder / "network.json").write_text(json.dumps(about), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
