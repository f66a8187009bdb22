"""Which terms would help: thousands of columns projected on the residual at once.

A column c that enters at a place where the formula has the derivative g lowers the squared error by (g·c·r)²/|P g·c|²
to first order, where P takes out what the other constants can do. First every column of a set is scored with P taking
out the constant alone, which is three matrix products; then the best few are scored in full.
"""

__all__ = ["Model", "Proposal", "Static", "best_columns", "model_state", "static"]

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet.growth._dictionary import Columns, join, monomials, univariate
from symbolnet.growth._functions import Grammar
from symbolnet.growth._tree import Call, Factor, Power, Sum
from symbolnet.growth._values import Rows, jacobian

F64 = NDArray[np.float64]
F32 = NDArray[np.float32]
_RESCORED = 40
_EMPTY: tuple[Factor, ...] = ()


@dataclass(frozen=True, eq=False)
class Proposal:
    """New factors that would lower the loss: `coef` times `factors`, the relative loss that is expected.

    A `sure` proposal is fitted in any case.
    """

    loss: float
    coef: float
    factors: tuple[Factor, ...]
    sure: bool = False


@dataclass(frozen=True, eq=False)
class Static:
    """The dictionary over some inputs, with the norms that do not depend on the residual.

    Attributes
    ----------
    powers : Columns
        Single inputs and their powers.
    functions : Columns
        Functions of single inputs.
    bases, pairs : list of tuple of Factor, and their values (bases, samples), times the roots of the weights
        What dictionary columns are multiplied with: nothing or one input, and products of two.
    """

    powers: Columns
    functions: Columns
    bases: list[tuple[Factor, ...]]
    base_value: F32
    pairs: list[tuple[Factor, ...]]
    pair_value: F32
    norms: dict[str, F32] = field(default_factory=dict)
    memory: dict[Any, Columns] = field(default_factory=dict)

    @property
    def both(self) -> Columns:
        """Powers and functions as one set."""
        return join([self.powers, self.functions], self.base_value.shape[1])


def static(rows: Rows, inputs: Sequence[int], rules: Grammar, memory: dict[Any, Columns]) -> Static:
    """The dictionary over `inputs`; `memory` keeps what several of the same samples have in common."""
    x, root = rows.x, rows.root.astype(np.float32)
    powers = monomials(x, inputs, rules)
    bases: list[tuple[Factor, ...]] = [_EMPTY]
    values: list[F32] = [root]
    pairs: list[tuple[Factor, ...]] = []
    pair_values: list[F32] = []
    if rules.products:
        simple = monomials(x, inputs, rules, exponents=(1.0, -1.0) if rules.division else (1.0,))
        bases += simple.factors
        values += list(simple.value * root)
        for i, left in enumerate(simple.factors):
            for j in range(i, len(simple)):
                right = simple.factors[j]
                if _column(left) != _column(right):
                    pairs.append(left + right)
                    pair_values.append(simple.value[i] * simple.value[j] * root)
    shape = (len(pairs), rows.n)
    return Static(
        powers,
        univariate(x, inputs, rules, memory),
        bases,
        np.array(values, dtype=np.float32),
        pairs,
        np.array(pair_values, dtype=np.float32).reshape(shape),
        memory=memory,
    )


def _column(factors: tuple[Factor, ...]) -> int:
    first = factors[0]
    return first.column if isinstance(first, Power) else -1


@dataclass(frozen=True, eq=False)
class Model:
    """A fitted formula with what screening needs.

    Attributes
    ----------
    left : float64 array, (samples,)
        Weighted residual, orthogonal to `tangent`.
    tangent : float64 array, (samples, k)
        Orthonormal basis of the weighted derivatives by all constants.
    """

    tree: Sum
    left: F64
    tangent: F64


def model_state(tree: Sum, rows: Rows, without: Sequence[int] = ()) -> Model | None:
    """The residual and the tangent space of a formula, or of what is left of it without some outer terms."""
    rest = tuple(term for k, term in enumerate(tree.terms) if k not in without)
    kept = tree if not without else Sum(tree.const, tree.free, rest)
    with np.errstate(all="ignore"):
        value, slopes = jacobian(kept, rows.x)
        left = (rows.y - value) * rows.root
        matrix = np.stack([*slopes, np.ones(rows.n)]) * rows.root
        if not (np.isfinite(matrix).all() and np.isfinite(left).all()):
            return None
        norms = np.sqrt((matrix**2).sum(axis=1))
        matrix = matrix[norms > 0] / norms[norms > 0, None]
        basis, triangle = np.linalg.qr(matrix.T)
        basis = basis[:, np.abs(np.diag(triangle)) > 1e-9]
        left = left - basis @ (basis.T @ left)
    return Model(kept, left, basis)


def best_columns(
    model: Model,
    rows: Rows,
    bases: Sequence[tuple[Factor, ...]],
    base_value: NDArray[Any],
    columns: Columns,
    keep: int,
    norms: dict[str, F32] | None = None,
    name: str = "",
    each: int = 0,
) -> list[Proposal]:
    """The best products of a base and a column.

    Parameters
    ----------
    model : Model
    rows : Rows
    bases : sequence of tuple of Factor
    base_value : array, (bases, samples)
        Times the roots of the weights, and times the derivative at the place where the product enters.
    columns : Columns
    keep : int
        How many to return at most, by expected loss.
    norms : dict, optional
        Where norms of these sets are kept between calls, under `name`.
    each : int
        How many to return of each function besides, marked as `sure`.
    """
    if len(columns) == 0 or len(bases) == 0:
        return []
    top = np.abs(base_value).max(axis=1, keepdims=True)
    if not np.isfinite(top).all():
        return []
    base = np.asarray(base_value / np.where(top > 0, top, 1.0), dtype=np.float32)
    left = (model.left / max(float(np.abs(model.left).max()), 1e-300)).astype(np.float32)
    root = rows.root.astype(np.float32)
    gain = (base * left) @ columns.unit.T
    gain *= gain
    if norms is not None and name in norms:
        inverse = norms[name]
    else:
        square = (base * base) @ (columns.unit * columns.unit).T
        mean = (base * root) @ columns.unit.T
        spread = square - mean * mean / np.float32(rows.n)
        inverse = np.where(spread > 1e-5 * square, 1.0 / np.maximum(spread, 1e-30), 0.0).astype(np.float32)
        if norms is not None:
            norms[name] = inverse
    gain *= inverse
    first = np.flatnonzero(columns.partner >= 0)
    if len(first):
        second = columns.partner[first]
        gain[:, first] += gain[:, second]
        gain[:, second] = 0.0
    flat = np.nan_to_num(gain, nan=0.0, posinf=0.0, neginf=0.0).ravel()
    count = min(len(flat), 12 * _RESCORED)
    top = np.argpartition(flat, len(flat) - count)[len(flat) - count :]
    top = top[np.lexsort((top, -flat[top]))]
    chosen: list[tuple[int, int]] = []
    seen: set[Any] = set()
    for place in top.tolist():
        b, c = divmod(place, len(columns))
        if flat[place] <= 0:
            break
        sort = (b, *(_sort(factor) for factor in columns.factors[c]))
        if sort in seen:
            continue
        seen.add(sort)
        chosen.append((b, c))
        if len(chosen) == _RESCORED:
            break
    found = _rescored(model, rows, bases, base_value, columns, chosen)[:keep]
    for places in columns.names.values() if each else ():
        part = np.nan_to_num(gain[:, places], nan=0.0, posinf=0.0, neginf=0.0)
        flat = part.ravel()
        order = np.argpartition(flat, max(len(flat) - 3 * each, 0))[max(len(flat) - 3 * each, 0) :]
        more = [
            (b, int(places[c]))
            for b, c in (divmod(place, len(places)) for place in np.sort(order).tolist())
            if part[b, c] > 0
        ]
        best = _rescored(model, rows, bases, base_value, columns, more)[:each]
        found += [replace(p, sure=True) for p in best]
    return found


def _sort(factor: Factor) -> Any:
    """What makes two columns alike: the same function of the same argument; or the power itself."""
    if isinstance(factor, Power):
        return factor.key
    return factor.name, factor.inner.free, tuple(term.shape for term in factor.inner.terms)


def _rescored(
    model: Model,
    rows: Rows,
    bases: Sequence[tuple[Factor, ...]],
    base_value: NDArray[Any],
    columns: Columns,
    chosen: Sequence[tuple[int, int]],
) -> list[Proposal]:
    """Products of a base and a column scored in full, by expected loss; those that add nothing new are left out."""
    if not chosen:
        return []
    base, first = np.array(chosen, dtype=np.int64).T
    pair = np.flatnonzero(columns.partner[first] >= 0)
    column = np.concatenate([first, columns.partner[first[pair]]])
    matrix = columns.value[column].astype(np.float64)
    matrix *= base_value[np.concatenate([base, base[pair]])]
    size = np.einsum("ij,ij->i", matrix, matrix)
    matrix -= (matrix @ model.tangent) @ model.tangent.T
    square = np.einsum("ij,ij->i", matrix, matrix)
    new, right = square > 1e-8 * size, matrix @ model.left
    square *= 1 + 1e-9

    n = len(chosen)
    new[pair] &= new[n:]
    with np.errstate(all="ignore"):  # columns that add nothing are left out below
        coef, other = right[:n] / square[:n], np.zeros(n)
        cross = np.einsum("ij,ij->i", matrix[pair], matrix[n:])
        determinant = square[pair] * square[n:] - cross * cross
        new[pair] &= determinant > 0
        coef[pair] = (square[n:] * right[pair] - cross * right[n:]) / determinant
        other[pair] = (square[pair] * right[n:] - cross * right[pair]) / determinant
    gain = coef * right[:n]
    gain[pair] += other[pair] * right[n:]
    loss = np.maximum(float(model.left @ model.left) - gain, 0.0) / (rows.total if rows.total > 0 else np.inf)

    proposals = []
    for k in np.argsort(loss, kind="stable").tolist():
        if new[k]:
            factors, size_ = columns.factors[first[k]], float(coef[k])
            if other[k]:
                call = factors[0]
                assert isinstance(call, Call)
                phase = float(np.arctan2(other[k], coef[k]))
                size_ = float(np.hypot(coef[k], other[k]))
                factors = (Call(call.name, Sum(phase, True, call.inner.terms)),)
            proposals.append(Proposal(float(loss[k]), size_, bases[base[k]] + factors))
    return proposals
