"""From a trained network to its formulas."""

__all__ = ["unroll"]

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.expression._affine import Affine, constant, linear
from symbolnet.expression._algebra import Algebra
from symbolnet.expression._expression import Expression
from symbolnet.operators import get_operator
from symbolnet.operators._formula import Add, Arg, Formula

if TYPE_CHECKING:  # the network package imports JAX, which formulas do not need
    from symbolnet.network._frozen import FrozenNetwork


def unroll(
    frozen: "FrozenNetwork",
    input_names: Sequence[str] | None = None,
    output_names: Sequence[str] | None = None,
    input_scale: ArrayLike | None = None,
    input_shift: ArrayLike | None = None,
) -> Expression:
    """Return the network as formulas of its raw inputs.

    Each symbolic layer (paper Section III.A) is applied to affine forms: what is linear stays a matrix, what an
    operator makes becomes a new node. Parts that no output needs are never built; like terms are merged, constants
    folded.

    Parameters
    ----------
    frozen : FrozenNetwork
        Effective weights; zero means pruned.
    input_names, output_names : sequences of str, optional
        Default x0, x1, ... and y0, y1, ...
    input_scale, input_shift : (n_inputs,) arrays, optional
        The network saw z = (x - shift)/scale; this is folded into the constants, exactly.

    Raises
    ------
    SymbolNetError
        If the shapes do not fit each other, a number is not finite, or a scale is zero.
    """
    n_inputs = (frozen.layers[0].weight if frozen.layers else frozen.output_weight).shape[0]
    scale, shift = (
        _vector(input_scale, 1.0, n_inputs, "input_scale"),
        _vector(input_shift, 0.0, n_inputs, "input_shift"),
    )
    if np.any(scale == 0):
        raise SymbolNetError(f"input_scale is zero at input {int(np.argmin(np.abs(scale)))}; give a scale other than 0")
    formulas = [[_formula(name, arity) for name, arity in layer.nodes] for layer in frozen.layers]
    _check(frozen)

    used = _used_nodes(frozen)
    algebra = Algebra()
    # What a layer sees, as a matrix and constants over `atoms`: nodes that are not sums, at first the inputs.
    atoms = np.array([algebra.input(column) for column in range(n_inputs)], dtype=np.int64)
    weight, bias = _linears(frozen)[0]
    mixed = weight / scale[:, None], bias - (shift / scale) @ weight
    for nodes, wanted, (weight, bias) in zip(formulas, used, _linears(frozen)[1:], strict=True):
        atoms, matrix, const = _collect(_apply_layer(algebra, nodes, wanted, atoms, *mixed))
        mixed = matrix @ weight, bias + const @ weight
    outputs = [algebra.node(_column(atoms, *mixed, k)) for k in range(mixed[0].shape[1])]
    algebra.require_finite("unrolling the network")
    graph, places = algebra.freeze(outputs)
    names = input_names if input_names is not None else [f"x{k}" for k in range(n_inputs)]
    return Expression(graph, places, tuple(names), _output_names(output_names, len(outputs)))


def _apply_layer(
    algebra: Algebra,
    nodes: list[tuple[Formula, int]],
    wanted: NDArray[np.bool_],
    atoms: NDArray[np.int64],
    matrix: NDArray[np.float64],
    const: NDArray[np.float64],
) -> list[Affine]:
    forms, column = [], 0
    for (formula, arity), needed in zip(nodes, wanted.tolist(), strict=True):
        if needed:
            args = [_column(atoms, matrix, const, column + k) for k in range(arity)]
            forms.append(algebra.lower(formula, args))
        else:
            forms.append(constant(0.0))
        column += arity
    return forms


def _formula(name: str, arity: int) -> tuple[Formula, int]:
    """Return a node's formula; addition takes any number of arguments, as it replaces any pruned node."""
    operator = get_operator(name)
    if operator.name == "+" and arity > 0:
        return Add(tuple(map(Arg, range(arity)))), arity
    if operator.arity != arity:
        raise SymbolNetError(f"operator {name!r} has {operator.arity} argument(s), the network gives {arity}; use that")
    return operator.formula, arity


def _linears(frozen: "FrozenNetwork") -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    return [*((layer.weight, layer.bias) for layer in frozen.layers), (frozen.output_weight, frozen.output_bias)]


def _column(atoms: NDArray[np.int64], matrix: NDArray[np.float64], const: NDArray[np.float64], k: int) -> Affine:
    rows = np.flatnonzero(matrix[:, k])
    return linear(float(const[k]), atoms[rows], matrix[rows, k])


def _collect(forms: list[Affine]) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the forms as one matrix over all the nodes that they use."""
    atoms = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *(form.child for form in forms)]))
    matrix = np.zeros((len(atoms), len(forms)))
    for k, form in enumerate(forms):
        matrix[np.searchsorted(atoms, form.child), k] = form.coef
    return atoms, matrix, np.array([form.const for form in forms])


def _used_nodes(frozen: "FrozenNetwork") -> list[NDArray[np.bool_]]:
    """Return, for each layer, which of its nodes an output depends on."""
    used: list[NDArray[np.bool_]] = []
    needed = np.any(frozen.output_weight != 0, axis=1)
    for layer in reversed(frozen.layers):
        used.append(needed)
        columns = np.repeat(needed, [arity for _, arity in layer.nodes])
        needed = np.any(layer.weight[:, columns] != 0, axis=1)
    return used[::-1]


def _check(frozen: "FrozenNetwork") -> None:
    width: int | None = None
    for number, layer in enumerate(frozen.layers):
        _check_linear(f"layer {number}", layer.weight, layer.bias, width, sum(arity for _, arity in layer.nodes))
        width = len(layer.nodes)
    _check_linear("output", frozen.output_weight, frozen.output_bias, width, None)


def _check_linear(
    where: str, weight: NDArray[np.float64], bias: NDArray[np.float64], rows: int | None, columns: int | None
) -> None:
    rows = weight.shape[0] if rows is None else rows
    columns = weight.shape[1] if columns is None else columns
    if weight.shape != (rows, columns) or bias.shape != (columns,):
        got = f"weight {weight.shape} and bias {bias.shape}"
        raise SymbolNetError(f"{where}: {got} do not fit; needed {(rows, columns)} and {(columns,)}")
    if not (np.isfinite(weight).all() and np.isfinite(bias).all()):
        raise SymbolNetError(f"{where}: a weight or bias is not finite; train with a smaller learning rate")


def _vector(given: ArrayLike | None, default: float, size: int, name: str) -> NDArray[np.float64]:
    values = np.full(size, default) if given is None else np.asarray(given, dtype=np.float64)
    values = np.broadcast_to(values, (size,)) if values.ndim == 0 else values
    if values.shape != (size,) or not np.isfinite(values).all():
        raise SymbolNetError(f"{name} must hold {size} finite numbers, one per input; got shape {values.shape}")
    return values


def _output_names(given: Sequence[str] | None, count: int) -> tuple[str, ...]:
    return tuple(given) if given is not None else tuple(f"y{k}" for k in range(count))
