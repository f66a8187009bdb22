"""The symbolic layer: a linear map, then unary and binary operators (paper Section III.A, Fig. 1)."""

__all__ = ["OperatorNodes", "SymbolicLayer"]

from collections.abc import Sequence
from itertools import groupby

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from symbolnet.network._linear import MaskedLinear
from symbolnet.network._step import step
from symbolnet.operators import get_operator


class OperatorNodes(eqx.Module):
    """A row of operator nodes that share a fallback, each with a pruning threshold in [0, 1] (Section III.B.3).

    A pruned node gives the sum of its arguments: the identity for a unary node, addition for a binary one. Equal
    operators stand side by side, so a row is evaluated with one array operation per distinct operator.
    """

    threshold: Float[Array, " nodes"]
    names: tuple[str, ...] = eqx.field(static=True)

    @staticmethod
    def init(operators: Sequence[str], n_nodes: int, dtype: jnp.dtype) -> "OperatorNodes":
        """`n_nodes` nodes that take the listed operators in turn; thresholds zero (nothing pruned)."""
        names = [get_operator(operators[k % len(operators)]).name for k in range(n_nodes)]
        order = list(dict.fromkeys(names))
        return OperatorNodes(jnp.zeros(n_nodes, dtype), tuple(sorted(names, key=order.index)))

    @property
    def arities(self) -> tuple[int, ...]:
        """The number of arguments of each node."""
        return tuple(get_operator(name).arity for name in self.names)

    @property
    def n_arguments(self) -> int:
        """How many values the nodes take together: outputs of the linear map before them."""
        return sum(self.arities)

    def masks(self) -> Float[Array, " nodes"]:
        """Θ = θ(1 - T): 1 kept, 0 pruned."""
        return step(1 - self.threshold)

    def __call__(
        self, z: Float[Array, "arguments samples"]
    ) -> tuple[Float[Array, "nodes samples"], Float[Array, " samples"]]:
        """f(·) θ(1 - t) + (sum of arguments) (1 - θ(1 - t)) for each node, and each sample's sum of penalties.

        In this form, and not as sum + θ (f - sum), in which a large sum would round f away.
        """
        values, fallbacks = [], []
        runs = [(get_operator(name), len(list(run))) for name, run in groupby(self.names)]
        # Split, not sliced: the derivative of a split is one concatenation, that of slices a sum of padded arrays.
        blocks = jnp.split(z, np.cumsum([count * operator.arity for operator, count in runs[:-1]]))
        penalty = jnp.zeros(z.shape[1:], z.dtype)
        masks = self.masks()[:, None]
        node = 0
        for (operator, count), block in zip(runs, blocks, strict=False):
            columns = jnp.split(block.reshape(count, operator.arity, *z.shape[1:]), operator.arity, axis=1)
            arguments = [column.squeeze(1) for column in columns]
            values.append(operator.jax(*arguments))
            fallbacks.append(sum(arguments[1:], arguments[0]))
            if operator.penalty is not None:
                penalty += jnp.sum(operator.penalty(*arguments) * masks[node : node + count], axis=0)
            node += count
        if not values:
            return jnp.zeros((0, *z.shape[1:]), z.dtype), penalty
        value, fallback = jnp.concatenate(values), jnp.concatenate(fallbacks)
        return masks * value + (1 - masks) * fallback, penalty

    def frozen_nodes(self, kept: Sequence[bool]) -> tuple[tuple[str, int], ...]:
        """(operator, arity) of each node after pruning: a pruned one is the identity or the addition."""
        return tuple(
            (name if keep else ("identity" if arity == 1 else "+"), arity)
            for name, arity, keep in zip(self.names, self.arities, kept, strict=True)
        )


class SymbolicLayer(eqx.Module):
    """n_in values → linear map → u unary and b binary nodes → u + b values."""

    linear: MaskedLinear
    unary: OperatorNodes
    binary: OperatorNodes

    @staticmethod
    def init(
        n_in: int,
        n_unary: int,
        n_binary: int,
        unary_operators: Sequence[str],
        binary_operators: Sequence[str],
        key: PRNGKeyArray,
        dtype: jnp.dtype,
    ) -> "SymbolicLayer":
        """Random weights for `n_in` values, thresholds zero (nothing pruned); operators are dealt to nodes in turn."""
        unary = OperatorNodes.init(unary_operators, n_unary, dtype)
        binary = OperatorNodes.init(binary_operators, n_binary, dtype)
        linear = MaskedLinear.init(n_in, unary.n_arguments + binary.n_arguments, key, dtype)
        return SymbolicLayer(linear, unary, binary)

    @property
    def n_out(self) -> int:
        """How many values the layer gives: u + b."""
        return len(self.unary.names) + len(self.binary.names)

    def activate(
        self, z: Float[Array, "arguments samples"]
    ) -> tuple[Float[Array, "n_out samples"], Float[Array, " samples"]]:
        """The operator nodes on the outputs of the linear map, and the sum of their domain penalties."""
        z_unary, z_binary = jnp.split(z, [self.unary.n_arguments])
        unary, unary_penalty = self.unary(z_unary)
        binary, binary_penalty = self.binary(z_binary)
        return jnp.concatenate([unary, binary]), unary_penalty + binary_penalty
