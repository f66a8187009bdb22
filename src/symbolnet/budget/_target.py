"""What is fitted: the loss as a function of the outputs, with the derivatives that second-order refits need."""

__all__ = ["Target"]

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet.objectives import Loss

F64 = NDArray[np.float64]
Rows = NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class Target:
    """The data loss over samples; arrays are (outputs, samples).

    Attributes
    ----------
    loss : Loss
    y : float32 array, (outputs, samples)
        One-hot classes, one row of 0 and 1, or standardised targets.
    weight : float32 array, (samples,)
        Mean one.
    ridge : float
        Weight of half the sum of squares of all constants in a refit. Classes that the formulas separate would drive
        the constants to infinity; a prior worth less than a sample holds them.
    natural : bool
        Whether y is in its own units. Only then is a coefficient of one a node less.
    """

    loss: Loss
    y: NDArray[np.float32]
    weight: NDArray[np.float32]
    ridge: float = 1e-9
    natural: bool = True

    def rows(self, index: Rows) -> "Target":
        """The same target at some samples."""
        return replace(self, y=np.ascontiguousarray(self.y[:, index]), weight=self.weight[index])

    def window(self, window: slice) -> "Target":
        """The same target at successive samples, not copied."""
        return replace(self, y=self.y[:, window], weight=self.weight[window])

    def smoothed(self) -> "Target":
        """The same target with classes that are not quite certain, to choose models by and to set their confidence.

        A sample of a class of n counts as (n + 1) / (n + 2) of it, and in equal parts as the others (Platt 1999).
        Without it a model that makes no mistake on a few rows is best at infinite confidence.
        """
        if self.loss.name != "cross_entropy":
            return self
        shares = self.y if self.softmax else np.concatenate([1 - self.y, self.y])
        counts = shares @ self.weight
        doubt = shares.T @ (1 / (counts + 2))
        others = max(len(shares) - 1, 1)
        smooth = np.asarray(shares * (1 - doubt) + (1 - shares) * doubt / others, dtype=np.float32)
        return replace(self, y=smooth if self.softmax else smooth[1:])

    @property
    def n_samples(self) -> int:
        return int(self.y.shape[1])

    @property
    def softmax(self) -> bool:
        """Whether the outputs are log-odds of several classes, which compete."""
        return self.loss.name == "cross_entropy" and len(self.y) > 1

    def per_sample(self, z: NDArray[np.float32]) -> NDArray[np.float32]:
        """The loss of each sample, without its weight."""
        if self.softmax:
            top = z.max(axis=0)
            return np.asarray(top + np.log(np.exp(z - top).sum(axis=0)) - (self.y * z).sum(axis=0), dtype=np.float32)
        if self.loss.name == "cross_entropy":
            return np.asarray((np.logaddexp(0, z) - self.y * z)[0], dtype=np.float32)
        if self.loss.name == "mse":
            return np.asarray(((z - self.y) ** 2).mean(axis=0), dtype=np.float32)
        value, _, _ = _derivatives(self.loss)
        return np.asarray(value(self.y.T, z.T), dtype=np.float32)

    def value(self, z: NDArray[np.float32]) -> float:
        """The weighted mean loss; infinite where a formula overflows."""
        with np.errstate(all="ignore"):
            total = float(np.mean(self.per_sample(z) * self.weight, dtype=np.float64))
        return total if np.isfinite(total) else float("inf")

    def derivatives(self, z: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Slope and curvature of each sample's weighted loss in each output, (outputs, samples).

        For softmax the curvature is p; the full matrix is diag(p) - p pᵀ.
        """
        if self.softmax:
            e = np.exp(z - z.max(axis=0))
            p = (e / e.sum(axis=0)).astype(np.float32)
            return (p - self.y) * self.weight, p
        if self.loss.name == "cross_entropy":
            p = (1 / (1 + np.exp(-np.clip(z, -60, 60)))).astype(np.float32)
            return (p - self.y) * self.weight, p * (1 - p) * self.weight
        if self.loss.name == "mse":
            scale = np.float32(2 / len(self.y)) * self.weight
            return (z - self.y) * scale, np.broadcast_to(scale, z.shape).astype(np.float32)
        _, slope, curvature = _derivatives(self.loss)
        g, h = np.asarray(slope(self.y.T, z.T)).T, np.asarray(curvature(self.y.T, z.T)).T
        return np.asarray(g * self.weight, np.float32), np.asarray(np.maximum(h, 1e-4) * self.weight, np.float32)


@lru_cache(maxsize=32)
def _derivatives(loss: Loss) -> tuple[Any, Any, Any]:
    """Value, slope and diagonal curvature of any loss, from JAX."""
    import jax
    import jax.numpy as jnp

    def total(y: Any, z: Any) -> Any:
        return jnp.sum(loss.function(y, z))

    slope = jax.grad(total, argnums=1)

    def curvature(y: Any, z: Any) -> Any:
        parts = []
        for k in range(z.shape[1]):
            direction = jnp.zeros_like(z).at[:, k].set(1.0)
            parts.append(jax.jvp(lambda f: slope(y, f), (z,), (direction,))[1][:, k])
        return jnp.stack(parts, axis=1)

    return jax.jit(loss.function), jax.jit(slope), jax.jit(curvature)
