"""One training step, one epoch, and the population: the code that XLA compiles."""

__all__ = [
    "ADAM",
    "Hyperparameters",
    "Step",
    "TrainState",
    "hyperparameters",
    "init_population",
    "run_epochs",
    "step_on_objective",
    "tame",
]

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float, Int, UInt8

from symbolnet.network import Architecture, Sparsity, SymbolNet, as_rows, sum_present
from symbolnet.objectives import Loss, LossTerms, objective, weighted_mean
from symbolnet.training._records import EpochRecord, Trial

ADAM = optax.scale_by_adam(b1=0.9, b2=0.999, eps=1e-8)
_LARGEST_FIRST_NORM = 1e15
"""Limit of the first gradient, which has no mean to compare with: its square must be finite in float32."""
_LARGEST_NORM_RATIO = 5.0
"""A gradient longer than this many times the running mean length is shortened to it."""
_NORM_MEMORY = 0.99


class Hyperparameters(eqx.Module):
    """The numbers in which the trials of a population may differ; one entry a trial after stacking."""

    target: Sparsity
    decay: Float[Array, "..."]
    learning_rate: Float[Array, "..."]
    present: SymbolNet | None = None
    """1 for each element of the network, 0 for padding; None where there is none."""


class TrainState(eqx.Module):
    """Everything that changes in training."""

    network: SymbolNet
    adam: optax.OptState
    gradient_norm: Float[Array, "..."]


class DeviceData(eqx.Module):
    """`TrainData` on the device."""

    X: Float[Array, "samples inputs"] | UInt8[Array, "samples inputs"]
    Y: Float[Array, "samples outputs"]
    weight: Float[Array, " samples"] | None
    input_scale: float = eqx.field(static=True)


def init_population(
    architecture: Architecture, trials: Sequence[Trial], dtype: Any
) -> tuple[TrainState, Hyperparameters]:
    """Fresh states and the trials' numbers, each leaf with a leading axis of length len(trials)."""
    states = _init_states(np.asarray([trial.seed for trial in trials], np.uint32), architecture, jnp.dtype(dtype).name)
    return states, hyperparameters(trials, dtype)


def hyperparameters(trials: Sequence[Trial], dtype: Any, present: SymbolNet | None = None) -> Hyperparameters:
    """The trials' numbers, each leaf with a leading axis of length len(trials)."""

    def stack(name: str) -> Array:
        return jnp.asarray(np.asarray([getattr(trial, name) for trial in trials], dtype))

    target = Sparsity(stack("weight"), stack("input"), stack("unary"), stack("binary"))
    return Hyperparameters(target, stack("decay"), stack("learning_rate"), present)


@partial(jax.jit, static_argnames=("architecture", "dtype"))
def _init_states(seeds: Any, architecture: Architecture, dtype: str) -> TrainState:
    """One state a seed; compiled once for an architecture, whichever run asks."""

    def init(seed: Array) -> TrainState:
        network = architecture.init(jax.random.key(seed), dtype)
        return TrainState(network, ADAM.init(eqx.filter(network, eqx.is_array)), jnp.zeros((), dtype))

    states: TrainState = jax.vmap(init)(seeds)
    return states


def step_on_objective(
    state: TrainState, hyper: Hyperparameters, x: Array, y: Array, weight: Array | None, loss: Loss
) -> tuple[TrainState, LossTerms]:
    """One Adam update of weights and thresholds on the objective of Eq. 3 for one minibatch."""

    def evaluate(network: SymbolNet) -> tuple[Array, LossTerms]:
        f, penalty = network.forward(x.T)
        error = weighted_mean(loss.function(y, as_rows(f)), weight)
        pressed = weighted_mean(penalty, weight)
        terms, _ = objective(network, error, hyper.target, hyper.decay, pressed, hyper.present)
        return terms.total, terms

    (_, terms), gradient = eqx.filter_value_and_grad(evaluate, has_aux=True)(state.network)
    if hyper.present is not None:
        gradient = jax.tree.map(jnp.multiply, gradient, hyper.present)
    gradient, norm = tame(gradient, state.gradient_norm)
    direction, adam = ADAM.update(gradient, state.adam)
    updates = jax.tree.map(lambda u: -hyper.learning_rate * u, direction)
    network = eqx.apply_updates(state.network, updates).clip_thresholds()
    return TrainState(network, adam, norm), terms


def tame(gradient: Any, running_norm: Float[Array, ""]) -> tuple[Any, Float[Array, ""]]:
    """Shorten a gradient that is far longer than usual, and return the new running mean of the length.

    One outlier through exp(sinh(·)) gives a gradient many orders of magnitude too long. Adam would remember its square
    for thousands of steps, in which nothing learns. Ordinary gradients pass unchanged; one that overflowed counts as 0.
    """
    norm = optax.tree.norm(gradient)
    usable = jnp.isfinite(norm)
    limit = jnp.where(running_norm > 0, _LARGEST_NORM_RATIO * running_norm, _LARGEST_FIRST_NORM)
    scale = jnp.where(norm > limit, limit / norm, 1.0)
    shortened = jnp.where(usable, jnp.minimum(norm, limit), running_norm)
    mean = jnp.where(running_norm > 0, _NORM_MEMORY * running_norm + (1 - _NORM_MEMORY) * shortened, shortened)
    return jax.tree.map(lambda g: jnp.where(usable, g * scale, 0), gradient), mean


def _metric(y: Array, f: Array, weight: Array | None, kind: str, loss: Loss) -> Array:
    """Weighted accuracy or R² (mean over outputs) of predictions made from the formula values f."""
    if kind == "accuracy":
        if y.shape[1] == 1:
            hit = (f[:, 0] > (0.0 if loss.link == "logit" else 0.5)) == (y[:, 0] > 0.5)
        else:
            hit = jnp.argmax(f, axis=1) == jnp.argmax(y, axis=1)
        return weighted_mean(hit.astype(f.dtype), weight)
    prediction = jnp.exp(jnp.minimum(f, 30.0)) if loss.link == "log" else f
    w = jnp.ones_like(y[:, :1]) if weight is None else weight[:, None]
    mean = jnp.sum(w * y, axis=0) / jnp.sum(w)
    residual, spread = jnp.sum(w * (y - prediction) ** 2, axis=0), jnp.sum(w * (y - mean) ** 2, axis=0)
    return jnp.mean(jnp.where(spread > 0, 1 - residual / jnp.where(spread > 0, spread, 1), 0.0))


def _mean(arrays: Sequence[Array], present: Sequence[Array] | None = None) -> Array:
    """Mean over all entries of all arrays that are present; 0 when there is none."""
    if present is not None:
        return sum_present(arrays, present) / jnp.maximum(sum(jnp.sum(p) for p in present), 1)
    size = sum(a.size for a in arrays)
    return sum((jnp.sum(a) for a in arrays), start=jnp.zeros(())) / max(size, 1)


def _record(
    network: SymbolNet,
    terms: LossTerms,
    validation: DeviceData,
    kind: str,
    loss: Loss,
    present: SymbolNet | None = None,
) -> EpochRecord:
    f = network(_as_input(validation.X, validation.input_scale, network))
    s = network.sparsity(present)
    linears = network.linears()

    def there(parts: Callable[[SymbolNet], list[Array]]) -> list[Array] | None:
        return None if present is None else parts(present)

    def weights(network: SymbolNet) -> list[Array]:
        return [a for linear in network.linears() for a in (linear.weight, linear.bias)]

    def unary(network: SymbolNet) -> list[Array]:
        return [layer.unary.threshold for layer in network.layers]

    def binary(network: SymbolNet) -> list[Array]:
        return [layer.binary.threshold for layer in network.layers]

    return EpochRecord(
        loss_error=terms.error,
        loss_sparse_weight=terms.weight,
        loss_sparse_input=terms.input,
        loss_sparse_unary=terms.unary,
        loss_sparse_binary=terms.binary,
        loss_penalty=terms.penalty,
        mean_abs_weight=_mean([jnp.abs(a) for a in weights(network)], there(weights)),
        mean_threshold_weight=_mean(
            [t for linear in linears for t in (linear.weight_threshold, linear.bias_threshold)], there(weights)
        ),
        mean_threshold_input=_mean([network.input_threshold]),
        mean_threshold_unary=_mean(unary(network), there(unary)),
        mean_threshold_binary=_mean(binary(network), there(binary)),
        sparsity_weight=s.weight,
        sparsity_input=s.input,
        sparsity_unary=s.unary,
        sparsity_binary=s.binary,
        val_loss=weighted_mean(loss.function(validation.Y, f), validation.weight),
        val_metric=_metric(validation.Y, f, validation.weight, kind, loss),
    )


def _as_input(X: Array, input_scale: float, network: SymbolNet) -> Array:
    """X in the network's precision, scaled."""
    x = X.astype(network.input_threshold.dtype)
    return x if input_scale == 1.0 else x * input_scale


Step = Callable[[TrainState, Any, Array, Array, Array | None, Loss], tuple[TrainState, LossTerms]]
"""(state, the trial's numbers, x, y, weight, loss) → the state after one update, and the terms of its loss."""


@partial(jax.jit, static_argnames=("loss", "metric", "step"), donate_argnums=0)
def run_epochs(
    states: TrainState,
    hyper: Any,
    data: DeviceData,
    validation: DeviceData,
    order: Int[Array, "epochs batches batch_size"],
    loss: Loss,
    metric: str,
    step: Step = step_on_objective,
) -> tuple[TrainState, EpochRecord]:
    """Train all trials for `epochs` epochs: one compiled call, a scan over epochs of a scan over minibatches.

    Parameters
    ----------
    states, hyper : leading axis trials; the buffers of `states` are reused for the result
    data, validation : shared by all trials
    order : rows of each minibatch, drawn by the caller
    loss, metric : static
    step : static
        One update of one trial; by default on the paper's objective, for which `hyper` is `Hyperparameters`.

    Returns
    -------
    states : as given, trained
    records : leading axes (epochs, trials)
    """
    n_trials = jax.tree.leaves(hyper)[0].shape[0]
    # A population of one is trained without the extra axis, which XLA would turn into slower batched products.
    single = n_trials == 1
    if single:
        states, hyper = jax.tree.map(lambda leaf: leaf[0], (states, hyper))

    def over_trials(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        return function if single else jax.vmap(function)

    def minibatch(states: TrainState, rows: Int[Array, " batch_size"]) -> tuple[TrainState, LossTerms]:
        x = data.X[rows]
        y = data.Y[rows]
        weight = None if data.weight is None else data.weight[rows]
        # Without the barrier XLA repeats the gather and the conversion in the forward and the backward product.
        x = jax.lax.optimization_barrier(  # type: ignore[no-untyped-call]
            _as_input(x, data.input_scale, states.network)
        )

        def one(state: TrainState, hyper: Any) -> tuple[TrainState, LossTerms]:
            return step(state, hyper, x, y, weight, loss)

        trained: tuple[TrainState, LossTerms] = over_trials(one)(states, hyper)
        return trained

    def epoch(states: TrainState, batches: Int[Array, "batches batch_size"]) -> tuple[TrainState, EpochRecord]:
        states, terms = jax.lax.scan(minibatch, states, batches)
        terms = jax.tree.map(lambda t: jnp.mean(t, axis=0), terms)

        def record(network: SymbolNet, seen: tuple[LossTerms, SymbolNet | None]) -> EpochRecord:
            terms, present = seen
            return _record(network, terms, validation, metric, loss, present)

        return states, over_trials(record)(states.network, (terms, getattr(hyper, "present", None)))

    states, records = jax.lax.scan(epoch, states, order)
    if single:
        states = jax.tree.map(lambda leaf: leaf[None], states)
        records = jax.tree.map(lambda leaf: leaf[:, None], records)
    return states, records
