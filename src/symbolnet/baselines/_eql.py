"""The equation learner with multistage pruning, the paper's baseline (Section IV.B): learn, press, cut, fine-tune."""

__all__ = ["EqlModel", "EqlSettings", "train_eql"]

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float

from symbolnet._errors import SymbolNetError
from symbolnet.baselines._smoothed import smoothed_l05
from symbolnet.network import Architecture, FrozenNetwork, SymbolNet, as_rows
from symbolnet.objectives import Loss, LossTerms, get_loss, weighted_mean
from symbolnet.training import ArrayFeed, TrainData, use_compilation_cache
from symbolnet.training._feed import device_data
from symbolnet.training._population import Population
from symbolnet.training._update import TrainState, tame

_ADAM = optax.scale_by_adam(b1=0.9, b2=0.999, eps=1e-8)
_NEVER = -100.0
"""A pruning threshold that no weight falls below and whose surrogate gradient is zero: the network without masks."""


@dataclass(frozen=True)
class EqlSettings:
    """How the three stages are trained.

    Attributes
    ----------
    epochs : (int, int, int)
        Of each stage: without regularisation, with it, and after the cut without it again.
    batch_size : int
    learning_rate : float
        Of Adam, which starts afresh in each stage.
    seed : int
        Of the order of the samples.
    """

    epochs: tuple[int, int, int]
    batch_size: int
    learning_rate: float
    seed: int = 0


@dataclass(frozen=True)
class EqlModel:
    """A network after the third stage.

    Attributes
    ----------
    network : FrozenNetwork
    start : int
        Seed of its initial weights.
    strength : float
        λ of Eq. 4.
    threshold : float
        Weights below it were set to zero.
    val_loss, val_metric : float
        Squared error and accuracy on the validation data.
    """

    network: FrozenNetwork
    start: int
    strength: float
    threshold: float
    val_loss: float
    val_metric: float


class _Hyper(eqx.Module):
    """The numbers in which the members of a stage differ."""

    strength: Float[Array, "..."]
    learning_rate: Float[Array, "..."]
    frozen: Float[Array, "..."]
    """1 where weights of exactly zero are to stay so."""


Parameters = list[Any]  # arrays of JAX in a step, of NumPy between stages


def _parameters(network: SymbolNet) -> Parameters:
    return [p for linear in network.linears() for p in (linear.weight, linear.bias)]


def _with_parameters(network: SymbolNet, parameters: Parameters) -> SymbolNet:
    replaced: SymbolNet = eqx.tree_at(_parameters, network, parameters)
    return replaced


def step_on_eql(
    state: TrainState, hyper: _Hyper, x: Array, y: Array, weight: Array | None, loss: Loss
) -> tuple[TrainState, LossTerms]:
    """One Adam update of the weights on Eq. 4, L_error + λ Σ L*0.5(w), for one minibatch."""

    def evaluate(parameters: Parameters) -> tuple[Array, tuple[Array, Array]]:
        f, penalty = _with_parameters(state.network, parameters).forward(x.T)
        error = weighted_mean(loss.function(y, as_rows(f)), weight)
        total = sum((jnp.sum(smoothed_l05(p)) for p in parameters), start=jnp.zeros_like(error))
        pressure = hyper.strength * total
        return error + pressure + weighted_mean(penalty, weight), (error, pressure)

    parameters = _parameters(state.network)
    (_, (error, pressure)), gradient = jax.value_and_grad(evaluate, has_aux=True)(parameters)
    gradient, norm = tame(gradient, state.gradient_norm)
    direction, adam = _ADAM.update(gradient, state.adam)

    def updated(p: Array, u: Array) -> Array:
        return p - hyper.learning_rate * u * jnp.where((p == 0) & (hyper.frozen > 0), 0.0, 1.0)

    network = _with_parameters(state.network, jax.tree.map(updated, parameters, direction))
    none = jnp.zeros_like(error)
    return TrainState(network, adam, norm), LossTerms(error, pressure, none, none, none, none)


def train_eql(
    architecture: Architecture,
    data: TrainData,
    validation: TrainData,
    settings: EqlSettings,
    *,
    starts: Sequence[int],
    strengths: Sequence[float],
    thresholds: Sequence[float],
    callback: Callable[[int], None] | None = None,
    time_limit: float | None = None,
) -> tuple[EqlModel, ...]:
    """Train every combination of start, λ and threshold through the three stages of Section IV.B.

    Combinations share what they have in common: the first stage is trained once a start, the second once a start and
    λ, the third once a combination. The network, its initial weights, its operators, Adam and the treatment of
    outlying gradients are SymbolNet's.

    Parameters
    ----------
    architecture : Architecture
    data, validation : TrainData
    settings : EqlSettings
    starts : seeds of the initial weights
    strengths : λ of Eq. 4; the paper scans 1e-4 to 1e-1
    thresholds : magnitudes below which weights are set to zero after the second stage; 1e-4 to 1e-1 in the paper
    callback : called with the number of the stage (0, 1, 2) after each compiled call
    time_limit : seconds after which the stages still to come are cut to one call each

    Returns
    -------
    tuple of EqlModel
        One a combination whose network is finite.

    Raises
    ------
    SymbolNetError
        If a list is empty or a number is out of range.
    """
    _check(starts, strengths, thresholds)
    use_compilation_cache()
    train_stage = partial(_stage, data, validation, settings, callback, _Deadline(time_limit))
    networks = _without_masks(_initial(architecture, starts))
    networks, _ = train_stage(0, networks, np.zeros(len(starts)), frozen=0.0)

    repeated = np.repeat(np.arange(len(starts)), len(strengths))
    networks = jax.tree.map(lambda leaf: leaf[repeated], networks)
    networks, _ = train_stage(1, networks, np.tile(strengths, len(starts)), frozen=0.0)

    members = list(product(starts, strengths, thresholds))
    repeated = np.repeat(np.arange(len(starts) * len(strengths)), len(thresholds))
    limits = np.tile(thresholds, len(starts) * len(strengths))
    networks = _cut(jax.tree.map(lambda leaf: leaf[repeated], networks), limits)
    networks, curves = train_stage(2, networks, np.zeros(len(members)), frozen=1.0)

    models = []
    for k, (start, strength, threshold) in enumerate(members):
        network = _member(networks, k).freeze()
        loss, metric = float(curves["val_loss"][-1, k]), float(curves["val_metric"][-1, k])
        if np.isfinite(loss) and all(np.isfinite(layer.weight).all() for layer in network.layers):
            models.append(EqlModel(network, int(start), float(strength), float(threshold), loss, metric))
    return tuple(models)


class _Deadline:
    def __init__(self, seconds: float | None) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds

    def passed(self) -> bool:
        return self._end is not None and time.monotonic() > self._end


def _stage(
    data: TrainData,
    validation: TrainData,
    settings: EqlSettings,
    callback: Callable[[int], None] | None,
    deadline: _Deadline,
    number: int,
    networks: SymbolNet,
    strength: Any,
    *,
    frozen: float,
) -> tuple[SymbolNet, dict[str, Any]]:
    """One stage for all its members; returns their networks and the curves of the last call."""
    n, epochs = len(strength), settings.epochs[number]
    feed = ArrayFeed.of(data, settings.batch_size, settings.seed + number, epochs, "float32")
    held_out = device_data(validation, "float32")
    hyper = _Hyper(
        jnp.asarray(strength, jnp.float32),
        jnp.full(n, settings.learning_rate, jnp.float32),
        jnp.full(n, frozen, jnp.float32),
    )
    adam = jax.vmap(lambda network: _ADAM.init(_parameters(network)))(networks)
    fresh = TrainState(networks, adam, jnp.zeros(n, jnp.float32))
    population, epoch, curves = Population(fresh, hyper, step_on_eql), 0, {}
    while epoch < epochs:
        for part, order in feed.parts(epoch):
            curves = population.run(part, held_out, order, get_loss("mse"), "accuracy")
        epoch += feed.epochs_per_call
        if callback is not None:
            callback(number)
        if deadline.passed():
            break
    return population.states().network, curves


def _initial(architecture: Architecture, starts: Sequence[int]) -> SymbolNet:
    """SymbolNet's initial networks of these seeds, stacked."""
    networks: SymbolNet = jax.vmap(lambda seed: architecture.init(jax.random.key(seed)))(np.asarray(starts, np.uint32))
    return networks


def _without_masks(networks: SymbolNet) -> SymbolNet:
    """Thresholds that prune nothing and have no gradient: SymbolNet as a plain equation learner."""

    def thresholds(network: SymbolNet) -> Parameters:
        return [t for linear in network.linears() for t in (linear.weight_threshold, linear.bias_threshold)]

    plain: SymbolNet = eqx.tree_at(thresholds, networks, replace_fn=lambda t: jnp.full_like(t, _NEVER))
    return plain


def _cut(networks: SymbolNet, limits: Any) -> SymbolNet:
    """Set the weights of member k whose magnitude is below limits[k] to zero."""

    def cut(leaf: Any) -> Any:
        leaf = np.asarray(leaf)
        return np.where(np.abs(leaf) < limits.reshape(-1, *[1] * (leaf.ndim - 1)), 0, leaf).astype(leaf.dtype)

    return _with_parameters(networks, [cut(leaf) for leaf in _parameters(networks)])


def _member(networks: SymbolNet, k: int) -> SymbolNet:
    arrays, static = eqx.partition(networks, eqx.is_array)
    one: SymbolNet = eqx.combine(jax.tree.map(lambda leaf: np.asarray(leaf)[k], arrays), static)
    return one


def _check(starts: Sequence[int], strengths: Sequence[float], thresholds: Sequence[float]) -> None:
    for name, values in (("starts", starts), ("strengths", strengths), ("thresholds", thresholds)):
        if not len(values):
            raise SymbolNetError(f"{name} is empty; give at least one")
    for name, numbers in (("strengths", strengths), ("thresholds", thresholds)):
        if not all(np.isfinite(value) and value >= 0 for value in numbers):
            raise SymbolNetError(f"{name} is {list(numbers)}; give finite numbers of at least 0")
