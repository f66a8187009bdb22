"""Data losses L_error: mean squared error (the paper's), cross-entropy, Huber, Poisson, or any callable."""

__all__ = ["CUSTOM_LOSS", "Loss", "LossFunction", "check_loss", "get_loss", "loss_names", "weighted_mean"]

import math
from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jax.scipy.special import xlogy
from jaxtyping import Array, Float

from symbolnet._errors import SymbolNetError, UnknownNameError, did_you_mean

LossFunction = Callable[[Array, Array], Array]
"""(y, f) → loss of each sample, at least 0 since Eq. 3 multiplies it by the pressure on the thresholds.

y and f have shape (samples, outputs), the result (samples,).
"""

CUSTOM_LOSS = "custom"
"""What stands for a callable where only text can be stored."""

_LARGEST_LOG_RATE = 30.0


@dataclass(frozen=True)
class Loss:
    """A data loss and the link from the formula's value to a prediction.

    Attributes
    ----------
    name : str
    function : (y, f) → (samples,)
        For classes y is one-hot, or one column of 0 and 1 for two classes.
    link : {"identity", "logit", "log"}
        "logit": f is a log-odds, probabilities are its sigmoid or softmax. "log": the prediction is exp(f).
        "identity": f is the prediction (and for classes, the score that is compared between the classes).
    """

    name: str
    function: LossFunction
    link: str = "identity"


def squared_error(y: Float[Array, "samples outputs"], f: Float[Array, "samples outputs"]) -> Float[Array, " samples"]:
    """L_MSE of Section III.D: (1 / n_output) Σ_j (y_j - f_j)²."""
    return jnp.mean((y - f) ** 2, axis=1)


def cross_entropy(y: Float[Array, "samples outputs"], f: Float[Array, "samples outputs"]) -> Float[Array, " samples"]:
    """-Σ_j y_j log p_j with p the softmax of f; for one output, the binary form with p = sigmoid(f)."""
    if f.shape[1] == 1:
        return jnp.mean(jax.nn.softplus(f) - y * f, axis=1)
    return jax.nn.logsumexp(f, axis=1) - jnp.sum(y * f, axis=1)


def huber(y: Float[Array, "samples outputs"], f: Float[Array, "samples outputs"]) -> Float[Array, " samples"]:
    """Half the squared error up to |y - f| = 1, then linear (Huber 1964)."""
    r = jnp.abs(y - f)
    inner = jnp.minimum(r, 1.0)
    return jnp.mean(inner * (r - 0.5 * inner), axis=1)


def poisson(y: Float[Array, "samples outputs"], f: Float[Array, "samples outputs"]) -> Float[Array, " samples"]:
    """Half the deviance, exp(f) - y f - y + y log y: the Poisson negative log-likelihood of the rate exp(f) less its
    least value, so never negative, as Eq. 3 needs of a loss that scales the pressure on thresholds.

    Above f = 30 the exponential goes on as its tangent, so that an early bad step cannot overflow float32.
    """
    capped = jnp.minimum(f, _LARGEST_LOG_RATE)
    # Not f - capped, whose two derivatives of 1e13 would cancel in float32 and take the true one with them.
    tangent = math.exp(_LARGEST_LOG_RATE) * jnp.maximum(f - _LARGEST_LOG_RATE, 0.0)
    few = jnp.exp(capped) - y * f - y + xlogy(y, y)
    # The same for many counts, where the terms above would cancel: with d = f - log y it is y (exp(d) - 1 - d).
    log_y = jnp.log(jnp.maximum(y, 1.0))
    many = y * (jnp.expm1(capped - log_y) - (f - log_y))
    return jnp.mean(jnp.where(y > 1, many, few) + tangent, axis=1)


_LOSSES = {
    loss.name: loss
    for loss in (
        Loss("mse", squared_error),
        Loss("cross_entropy", cross_entropy, link="logit"),
        Loss("huber", huber),
        Loss("poisson", poisson, link="log"),
    )
}
_ALIASES = {"squared_error": "mse", "log_loss": "cross_entropy", "crossentropy": "cross_entropy"}


def loss_names() -> tuple[str, ...]:
    """The names that `get_loss` knows."""
    return tuple(_LOSSES)


def get_loss(loss: str | LossFunction | Loss) -> Loss:
    """The loss of that name, or a callable (y, f) → (samples,) wrapped.

    Parameters
    ----------
    loss : str, callable or Loss
        A name of `loss_names()` or an alias of one; or a function of y and f, both (samples, outputs), written with
        jax.numpy; or a loss, which comes back.

    Returns
    -------
    Loss

    Raises
    ------
    UnknownNameError
        For a name that is not known; the message names the closest one.
    SymbolNetError
        For `CUSTOM_LOSS`, whose function is gone.
    """
    if isinstance(loss, Loss):
        return loss
    if loss == CUSTOM_LOSS:
        raise SymbolNetError(
            f"loss={loss!r} stands for a function, which a model file cannot hold; give the function again as loss"
        )
    if isinstance(loss, str):
        name = _ALIASES.get(loss, loss)
        if name not in _LOSSES:
            raise UnknownNameError(f"unknown loss {loss!r}: {did_you_mean(loss, [*_LOSSES, *_ALIASES])}")
        return _LOSSES[name]
    name = getattr(loss, "__name__", CUSTOM_LOSS)
    # By its name a loss is known to be one of ours.
    return Loss(name if name not in _LOSSES else f"{CUSTOM_LOSS} {name}", loss)


def check_loss(loss: Loss, n_outputs: int) -> None:
    """See that a user's function can be trained with, before any work: it is traced, not run.

    Parameters
    ----------
    loss : Loss
    n_outputs : int
        Of the network: the function is traced with y and f of shape (samples, n_outputs).

    Raises
    ------
    SymbolNetError
        If it fails, or does not give one real number a sample.
    """
    samples = n_outputs + 3  # not as many as outputs, so that a mean over the wrong axis shows
    array = jnp.zeros((samples, n_outputs), jnp.float32)
    try:
        found = jax.eval_shape(loss.function, array, array)
    except Exception as error:
        cause = f"fails when traced ({type(error).__name__}: {next(iter(str(error).splitlines()), '')[:80]})"
        raise SymbolNetError(_wrong(loss, cause)) from error
    if not isinstance(found, jax.ShapeDtypeStruct):
        raise SymbolNetError(_wrong(loss, f"gives a {type(found).__name__}"))
    if found.shape != (samples,) or not jnp.issubdtype(found.dtype, jnp.floating):
        raise SymbolNetError(_wrong(loss, f"gives {found.dtype}{list(found.shape)} for {samples} samples"))


def _wrong(loss: Loss, cause: str) -> str:
    return f"loss {loss.name!r} {cause}; write it with jax.numpy: (y, f) of shape (samples, outputs) -> (samples,)"


def weighted_mean(values: Float[Array, " samples"], weight: Float[Array, " samples"] | None) -> Float[Array, ""]:
    """Mean over samples; with weights Σ wᵢ vᵢ / Σ wᵢ, and 0 where all weights of the batch are 0.

    Parameters
    ----------
    values : float array (samples,)
    weight : float array (samples,), optional
        At least 0.

    Returns
    -------
    float array ()
        In the units of `values`.
    """
    if weight is None:
        return jnp.mean(values)
    total = jnp.sum(weight)
    return jnp.sum(values * weight) / jnp.where(total > 0, total, 1.0)
