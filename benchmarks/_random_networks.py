"""Random architectures, and networks on them with a random part pruned."""

__all__ = ["random_architecture", "random_network"]

from typing import Any

import numpy as np

from symbolnet.network import Architecture, SymbolNet
from symbolnet.network._linear import INITIAL_SCALE
from symbolnet.operators import operator_names

UNARY = operator_names(1)
MULTIPLE = tuple(name for name in operator_names() if name not in UNARY)


def random_architecture(rng: np.random.Generator, index: int) -> Architecture:
    """One to three layers. Over 16 consecutive values of `index` every operator occurs, the rarer ones twice."""
    n_layers = int(rng.integers(1, 4))
    n_unary = [int(rng.integers(0, 5)) for _ in range(n_layers)]
    n_binary = [int(rng.integers(0 if u else 1, 4)) for u in n_unary]
    n_unary[0], n_binary[0] = max(n_unary[0], 1), max(n_binary[0], 1)

    def names(known: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(rng.choice(known, int(rng.integers(1, 4))).tolist())

    unary, binary = [names(UNARY) for _ in n_unary], [names(MULTIPLE) for _ in n_binary]
    # The first node of the first layer takes the operators in turn, so that none is left out.
    unary[0] = (UNARY[index % len(UNARY)], *unary[0][1:])
    binary[0] = (MULTIPLE[index % len(MULTIPLE)], *binary[0][1:])
    return Architecture(
        int(rng.integers(1, 9)), int(rng.integers(1, 5)), tuple(n_unary), tuple(n_binary), tuple(unary), tuple(binary)
    )


def random_network(architecture: Architecture, rng: np.random.Generator, dtype: str) -> SymbolNet:
    """Weights of the scale at which training begins; a random share of the elements of each type is pruned.

    The numbers are drawn by NumPy: JAX would compile a generator for every shape.
    """
    import jax

    empty = jax.eval_shape(lambda: architecture.init(jax.random.key(0), dtype))
    paths = {jax.tree_util.keystr(path): leaf for path, leaf in jax.tree_util.tree_leaves_with_path(empty)}
    n_in = {name.rsplit(".", 1)[0]: leaf.shape[1] for name, leaf in paths.items() if name.endswith(".weight")}
    shares = {kind: rng.choice([0.0, 0.2, 0.5, 0.8]) for kind in ("weight", "unary", "binary", "input")}

    def fill(path: Any, leaf: Any) -> Any:
        name = jax.tree_util.keystr(path)
        owner, _, field = name.rpartition(".")
        if field in ("weight", "bias"):
            return (rng.normal(size=leaf.shape) * INITIAL_SCALE / np.sqrt(n_in[owner])).astype(leaf.dtype)
        kind = next((kind for kind in ("unary", "binary", "input") if f".{kind}" in name), "weight")
        # A weight falls to a threshold above it, an operator or an input to a threshold of 1.
        above = 1e3 if kind == "weight" else 1.0
        return np.where(rng.random(leaf.shape) < shares[kind], above, 0.0).astype(leaf.dtype)

    network: SymbolNet = jax.tree_util.tree_map_with_path(fill, empty)
    return network
