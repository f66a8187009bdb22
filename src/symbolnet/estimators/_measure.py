"""What formulas are worth on the held-out samples, computed from the formulas themselves in float64."""

__all__ = ["HeldOut", "measure"]

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet.estimators._targets import Targets
from symbolnet.expression import Expression
from symbolnet.objectives import Loss, weighted_mean

Array = NDArray[Any]


@dataclass(frozen=True)
class HeldOut:
    """Samples to compare models on.

    Attributes
    ----------
    X : (samples, inputs)
        As the user gave them.
    Y : (samples, outputs)
        Encoded targets.
    weight : (samples,) or None
    targets : Targets
    loss : Loss
    """

    X: Array
    Y: Array
    weight: Array | None
    targets: Targets
    loss: Loss


def measure(held_out: HeldOut, expression: Expression) -> tuple[float, float]:
    """Loss (on the encoded targets) and metric: accuracy of classes, R² of numbers."""
    import jax
    import jax.numpy as jnp

    targets, loss, weight, Y = held_out.targets, held_out.loss, held_out.weight, held_out.Y
    encoded = (expression(held_out.X) - targets.shift) / targets.scale
    usable = weight if weight is not None and weight.any() else None
    # In float32 the targets 1e8 + x would all be one number, and the squares of 1e25 infinite.
    with jax.enable_x64(True):
        losses = loss.function(jnp.asarray(Y, jnp.float64), jnp.asarray(encoded, jnp.float64))
        value = float(weighted_mean(losses, None if usable is None else jnp.asarray(usable)))
    if targets.classes is None:
        prediction = np.exp(np.minimum(encoded, 30.0)) if loss.link == "log" else encoded
        return value, _r2(Y, prediction, usable)
    if Y.shape[1] == 1:
        hit = (encoded[:, 0] > (0.0 if loss.link == "logit" else 0.5)) == (Y[:, 0] > 0.5)
    else:
        hit = encoded.argmax(axis=1) == Y.argmax(axis=1)
    return value, float(np.average(hit, weights=usable))


def _r2(Y: Array, prediction: Array, weight: Array | None) -> float:
    from sklearn.metrics import r2_score

    return float(r2_score(Y, prediction, sample_weight=weight)) if len(Y) > 1 else 0.0
