"""Gradient descent under a falling budget: the one phase in which all connections compete while the model fits.

Every output has private units, since a formula pays for each unit that it uses whether or not another one uses it too.
All connections start alive. At each of a few hundred instants the weakest ones, by |w|·std(x)·sqrt(E[(dL/du)²]), the
root of the second-order loss of removing them, are taken out until the model costs what the schedule allows. With
`tied` inputs the weights of a unit are meanwhile drawn together until those of one sign are one number.
"""

__all__ = ["Descent", "Plan", "descend"]

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

from symbolnet.budget._costs import Rates, cost, rates
from symbolnet.budget._kinds import jax_unit, kind_of
from symbolnet.budget._latent import Params, Shape, from_model, to_model
from symbolnet.budget._model import Model
from symbolnet.budget._narrow import at_columns, narrower
from symbolnet.budget._target import Target
from symbolnet.expression import NODES, Costs
from symbolnet.operators import Operator

CHUNK = 50
"""Steps between two prunings."""


@dataclass(frozen=True)
class Plan:
    """How a descent runs.

    Attributes
    ----------
    kinds : tuple of str
        The units of each output.
    budget : float
        Mean nodes that remain.
    tied : bool
        Whether the inputs of a unit share one coefficient per sign.
    steps, batch : int
    rate, l1 : float
        Adam's learning rate; penalty on weights while they are free.
    pruned : float
        Share of the steps in which the budget falls.
    power : int
        The budget falls as (1 - t)**power.
    costs : Costs
        What the budget counts.
    pull : (float, float)
        Shares of the steps between which tied weights are drawn together.
    """

    kinds: tuple[str, ...]
    budget: float
    tied: bool
    steps: int
    batch: int
    rate: float = 3e-3
    l1: float = 3e-4
    pruned: float = 0.75
    power: int = 4
    costs: Costs = NODES
    pull: tuple[float, float] = (0.3, 0.7)


@dataclass(frozen=True, eq=False)
class Descent:
    """What a descent needs of the data: inputs as given, their mean and scale, and the target."""

    x: NDArray[Any]
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    std: NDArray[np.float64]
    target: Target


def _start(shape: Shape, n_units: int, std: NDArray[np.float64], rng: np.random.Generator) -> Params:
    """Random weights as arrays of NumPy: JAX's generator would have to be compiled."""
    spread = float(np.sqrt(max(1.0, float((std**2).sum()))))
    size = (shape.outputs, shape.forms, shape.inputs)
    linear = shape.linear_forms[:, None]
    w = rng.normal(size=size) / spread
    return {
        "w": np.where(linear, 1e-4 * np.sign(w), w) * (std > 0),
        "b": 0.3 * rng.normal(size=size[:2]) * ~linear[:, 0],
        "a": rng.normal(size=(shape.outputs, len(shape.kinds))) / np.sqrt(n_units),
        "c": np.zeros(shape.outputs),
    }


def _snap(w: Any, mask: Any) -> Any:
    """The weights of one sign in each form replaced by their mean."""
    out = 0.0
    for side in ((w > 0) & mask, (w < 0) & mask):
        mean = jnp.sum(w * side, -1, keepdims=True) / jnp.maximum(jnp.sum(side, -1, keepdims=True), 1)
        out = out + mean * side
    return out


def _overhead(name: str, tied: bool, rate: Rates) -> float:
    """What a unit costs beside its weights and shifts: coefficient and operator, less what its forms save by a factor
    taken out of them.
    """
    kind = kind_of(name)
    if name == "linear":
        return 0.0
    group = rate.factor + rate.add if tied else rate.factor
    saved = group * kind.n_forms if kind.scaled or kind.inner else rate.add * tied
    return rate.factor + rate.own(name) - saved


def _program(shape: Shape) -> tuple[Any, Any]:
    # An operator may be registered anew under its name, with other arguments.
    return _compiled(shape, tuple(kind_of(name).record for name in shape.kinds))


@lru_cache(maxsize=16)
def _compiled(shape: Shape, _records: tuple[Operator | None, ...]) -> tuple[Any, Any]:
    first, tied = shape.first, shape.tied
    is_linear = jnp.asarray([kind == "linear" for kind in shape.kinds])
    uses = np.array([u for name in shape.kinds for u in kind_of(name).uses[: kind_of(name).n_forms]])

    def per_unit(of_form: Any, both: Any) -> Any:
        """Combine the values of a unit's forms, (outputs, forms) to (outputs, units)."""
        parts = []
        for k, name in enumerate(shape.kinds):
            parts.append(reduce(both, [of_form[..., first[k] + j] for j in range(kind_of(name).n_forms)]))
        return jnp.stack(parts, -1)

    def per_form(of_unit: Any) -> Any:
        """The value of each form's unit, (outputs, units) to (outputs, forms)."""
        forms = [of_unit[:, k] for k, name in enumerate(shape.kinds) for _ in range(kind_of(name).n_forms)]
        return jnp.stack(forms, -1)

    def effective(w: Any, mask: Any, pull: Any) -> Any:
        return pull * _snap(w, mask) + (1 - pull) * w * mask if tied else w * mask

    def unit_costs(positive: Any, negative: Any, costs: Costs) -> Any:
        """Cost of each unit, (outputs, units), from the number of weights of each sign, (outputs, forms)."""
        rate = rates(costs)
        alone = rate.factor + rate.variable
        if tied:
            group = rate.factor + rate.add
            inside = sum(
                jnp.where(n == 0, 0, jnp.where(n == 1, alone, group + rate.variable * n)) for n in (positive, negative)
            )
        else:
            inside = alone * (positive + negative)
        used = (positive + negative) > 0
        shift = jnp.where(jnp.asarray(shape.linear_forms), 0, rate.least)
        alive = per_unit(used, jnp.logical_and)
        overhead = np.array([_overhead(name, tied, rate) for name in shape.kinds])
        forms = jnp.where(used, inside + shift, 0) * uses
        return jnp.where(alive, per_unit(forms, jnp.add) + overhead, 0)

    def signs(w: Any, mask: Any) -> Any:
        return jnp.sum((w > 0) & mask, -1), jnp.sum((w < 0) & mask, -1)

    def cost_at(w: Any, score: Any, least: Any) -> Any:
        positive, negative = signs(w, score > least)
        return (unit_costs(positive, negative, shape.costs).sum(-1) + rates(shape.costs).least).mean()

    def prune(w: Any, mask: Any, std: Any, sensitivity: Any, budget: Any) -> Any:
        score = jnp.abs(w) * mask * std * jnp.sqrt(sensitivity)[..., None]
        if shape.costs != NODES:
            # The score is the root of a loss: with it goes the root of what a weight costs, its unit's share included.
            plus, minus = signs(w, mask)
            dear = unit_costs(plus, minus, shape.costs) / jnp.maximum(unit_costs(plus, minus, NODES), 1)
            score = score / jnp.sqrt(jnp.maximum(per_form(dear), 1e-3))[..., None]

        def halve(_: Any, ends: Any) -> Any:
            low, high = ends
            middle = jnp.where(low > 0, jnp.sqrt(jnp.maximum(low, 1e-20) * high), high * 1e-3)
            fits = cost_at(w, score, middle) <= budget
            return jnp.where(fits, low, middle), jnp.where(fits, middle, high)

        _, high = jax.lax.fori_loop(0, 30, halve, (jnp.zeros(()), jnp.max(score) * 1.001 + 1e-30))
        # When the first trial point already fits, low is still zero: everything may stay if it is cheap enough.
        mask = score > jnp.where(cost_at(w, score, 0.0) <= budget, 0.0, high)
        alive = per_unit(mask.any(-1), jnp.logical_and)
        return mask & per_form(alive)[..., None]

    def loss_of(q: Any, rest: Params, x: Any, y: Any, weight: Any, alive: Any, offset: Any) -> Any:
        u = jnp.einsum("bd,ofd->bof", x, q) + rest["b"] + offset
        unit = [
            jax_unit(name, [u[..., first[k] + j] for j in range(kind_of(name).n_forms)])
            for k, name in enumerate(shape.kinds)
        ]
        a = jnp.where(is_linear, 1.0, rest["a"])
        z = (jnp.stack(unit, -1) * a * alive).sum(-1) + rest["c"]
        return jnp.mean(shape.loss.function(y, z) * weight)

    adam = optax.scale_by_adam()
    grads = jax.value_and_grad(loss_of, argnums=(0, 1, 6))

    def chunk(
        p: Params, state: Any, mask: Any, sens: Any, pull: Any, budget: Any, rates: Any, l1: Any, order: Any, data: Any
    ) -> Any:
        x, y, weight, mean, scale, std = data
        mask = prune(p["w"], mask, std, sens, budget)
        alive = per_unit(mask.any(-1), jnp.logical_and)

        def step(carry: Any, given: Any) -> Any:
            p, state, sens = carry
            rows, rate = given
            xb = (x[rows].astype(jnp.float32) - mean) / scale
            offset = jnp.zeros((shape.batch, shape.outputs, shape.forms))
            rest = {name: p[name] for name in "bac"}
            q = effective(p["w"], mask, pull)
            loss, (slope, others, per_sample) = grads(q, rest, xb, y[rows], weight[rows], alive, offset)
            _, back = jax.vjp(lambda w: effective(w, mask, pull), p["w"])
            slope = back(slope)[0] + l1 / shape.outputs * (1 - pull) * jnp.sign(p["w"]) * mask * std
            sens = 0.99 * sens + 0.01 * shape.batch * (per_sample**2).sum(0)
            update, state = adam.update({**others, "w": slope}, state)
            p = jax.tree.map(lambda a, b: a - rate * b, p, update)
            return ({**p, "w": p["w"] * mask}, state, sens), loss

        (p, state, sens), losses = jax.lax.scan(step, (p, state, sens), (order, rates))
        return p, state, mask, sens, losses.mean()

    def last(p: Params, mask: Any, sens: Any, std: Any, budget: Any) -> Any:
        mask = prune(p["w"], mask, std, sens, budget)
        return effective(p["w"], mask, 1.0), mask

    return jax.jit(chunk, donate_argnums=(0, 1, 2, 3)), jax.jit(last)


def enabled_units(all_kinds: Sequence[str], kinds: Sequence[str]) -> NDArray[np.bool_]:
    """Which of `all_kinds` to use so that the units are `kinds`."""
    left, out = list(kinds), []
    for kind in all_kinds:
        out.append(kind in left)
        if kind in left:
            left.remove(kind)
    return np.array(out)


@dataclass(frozen=True)
class _Schedule:
    """Of each chunk of steps: the nodes that may stay, the pull and the learning rates."""

    budgets: NDArray[np.float64]
    pulls: NDArray[np.float64]
    rates: NDArray[np.float64]


def _from_dense(plan: Plan, dense: float) -> _Schedule:
    n = max(2, plan.steps // CHUNK)
    t = np.arange(n) / n
    left = np.maximum(0.0, 1 - t / plan.pruned)
    s = np.arange(n * CHUNK) / (n * CHUNK)
    decay = 0.5 * (1 + np.cos(np.pi * np.clip((s - plan.pruned) / (1 - plan.pruned), 0, 1)))
    return _Schedule(
        plan.budget + max(0.0, dense - plan.budget) * left**plan.power,
        np.clip((t - plan.pull[0]) / (plan.pull[1] - plan.pull[0]), 0, 1) if plan.tied else np.zeros(n),
        (plan.rate * np.minimum(1, (s + 1e-3) / 0.02) * decay).reshape(n, CHUNK),
    )


def _further(plan: Plan, highest: float) -> _Schedule:
    """From a model of cost `highest` on: the budget falls evenly over half of the steps, the rate to zero."""
    n = max(2, plan.steps // CHUNK)
    t = np.arange(n) / n
    rates = plan.rate / 3 * 0.5 * (1 + np.cos(np.pi * np.arange(n * CHUNK) / (n * CHUNK)))
    falling = highest + (plan.budget - highest) * np.minimum(1, t / 0.5)
    return _Schedule(falling, np.full(n, float(plan.tied)), rates.reshape(n, CHUNK))


def descend(
    data: Descent,
    plan: Plan,
    seed: int,
    device: Any | None = None,
    shape_kinds: tuple[str, ...] | None = None,
    start: Model | None = None,
) -> Model:
    """Train from dense to `plan.budget` and return the structured model.

    Parameters
    ----------
    device : arrays of `to_device`, optional
    shape_kinds : tuple of str, optional
        More units than the plan uses: descents of different plans then share one compiled program.
    start : Model, optional
        A model of these units to go on from, instead of a dense one.
    """
    outputs, inputs = len(data.target.y), data.x.shape[1]
    batch = max(1, min(plan.batch, data.x.shape[0]))
    shape = Shape(shape_kinds or plan.kinds, outputs, inputs, plan.tied, batch, data.target.loss, plan.costs)
    chunk, last = _program(shape)
    f32 = jnp.float32
    std, centre = jnp.asarray(data.std, f32), data.mean / data.scale
    arrays = device if device is not None else to_device(data)
    given = (*arrays, jnp.asarray(data.mean, f32), jnp.asarray(data.scale, f32), std)
    rng = np.random.default_rng(seed)
    if start is None:
        schedule = _from_dense(plan, _dense_cost(replace(shape, kinds=plan.kinds)))
        numbers = _start(shape, len(plan.kinds), data.std, rng)
        enabled = np.repeat(enabled_units(shape.kinds, plan.kinds), [kind_of(kind).n_forms for kind in shape.kinds])
        alive = np.broadcast_to((data.std > 0) & enabled[:, None], numbers["w"].shape)
    else:
        schedule = _further(plan, cost(start, plan.costs))
        numbers, alive = from_model(shape, start, centre)
    mask = jnp.asarray(alive)
    p = {name: jnp.asarray(value, f32) for name, value in numbers.items()}
    state = optax.ScaleByAdamState(
        count=jnp.zeros((), jnp.int32),
        mu={name: jnp.zeros(value.shape, f32) for name, value in numbers.items()},
        nu={name: jnp.zeros(value.shape, f32) for name, value in numbers.items()},
    )
    # Only ratios of sensitivities count. Going on, nothing is pruned before they are measured.
    sens = jnp.asarray(np.full(numbers["b"].shape, 1e-3 if start is None else 1e-12), f32)
    kept = np.arange(inputs)
    for budget, pull, speeds in zip(schedule.budgets, schedule.pulls, schedule.rates, strict=True):
        columns = narrower(np.asarray(mask.any((0, 1))), inputs)
        if columns is not None:
            kept = kept[columns]
            p, state, mask, given = at_columns(columns, p, state, mask, given)
            chunk, last = _program(replace(shape, inputs=len(kept)))
        order = jnp.asarray(rng.integers(0, data.x.shape[0], (CHUNK, batch), dtype=np.int32))
        p, state, mask, sens, _ = chunk(
            p, state, mask, sens, f32(pull), f32(budget), jnp.asarray(speeds, f32), f32(plan.l1), order, given
        )
    q, mask = last(p, mask, sens, given[-1], f32(plan.budget))
    weights, left = np.zeros((outputs, shape.forms, inputs)), np.zeros((outputs, shape.forms, inputs), dtype=bool)
    weights[..., kept], left[..., kept] = q, mask
    found = {name: np.asarray(p[name], np.float64) for name in "bac"}
    return to_model(shape, weights, left, found)


def to_device(data: Descent) -> tuple[Any, Any, Any]:
    """Inputs, targets and weights as device arrays; small unsigned integers stay small."""
    x = jnp.asarray(data.x if data.x.dtype == np.uint8 else data.x.astype(np.float32))
    return x, jnp.asarray(data.target.y.T), jnp.asarray(data.target.weight)


def _dense_cost(shape: Shape) -> float:
    rate, nodes = rates(shape.costs), rates(NODES)
    each = shape.inputs * (rate.variable if shape.tied else rate.factor + rate.variable) + 8
    return float(each * shape.forms + sum(6 + rate.own(name) - nodes.own(name) for name in shape.kinds))
