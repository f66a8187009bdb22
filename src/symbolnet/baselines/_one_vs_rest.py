"""Genetic programming finds one formula at a time: a classifier of them is put together one class against the rest."""

__all__ = ["ClassProblem", "Found", "combine", "class_problems", "found"]

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet.baselines._task import Task
from symbolnet.expression import Expression

Array = NDArray[Any]
_FEATURE_ROWS = 20_000


@dataclass(frozen=True, eq=False)
class ClassProblem:
    """One class against the rest, cut down to what a search can take.

    Attributes
    ----------
    X : float64 array (rows, kept inputs)
        Scaled.
    y : float64 array (rows,)
        1 for the class, 0 for the rest.
    symbols : tuple of SymPy symbols
        One a kept input, named as in the task.
    """

    X: NDArray[np.float64]
    y: NDArray[np.float64]
    symbols: tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Found:
    """One formula of one class.

    Attributes
    ----------
    formula : SymPy expression
    complexity : int
        Its nodes, by this package's counter.
    error : float
        Mean squared error on the rows of the search.
    """

    formula: Any
    complexity: int
    error: float


def class_problems(task: Task, *, max_inputs: int, max_rows: int, random_state: int) -> tuple[ClassProblem, ...]:
    """One problem a formula: the inputs that tell the class apart best by an F-test, and a random part of the rows."""
    import sympy
    from sklearn.feature_selection import f_classif

    rng = np.random.default_rng(random_state)
    rows = rng.permutation(len(task.X))
    for_choice, for_search = rows[:_FEATURE_ROWS], rows[: max(max_rows, 2)]
    scaled = task.scaled(task.X[for_choice])
    usable = np.flatnonzero(np.ptp(scaled, axis=0) > 0)  # a pixel may be constant in a part of the rows
    scaled = scaled[:, usable]
    targets = task.encode(task.y)
    problems = []
    for output in range(targets.shape[1]):
        with np.errstate(divide="ignore", invalid="ignore"):
            strength = np.nan_to_num(f_classif(scaled, targets[for_choice, output])[0])
        kept = np.sort(usable[np.argsort(-strength, kind="stable")[:max_inputs]])
        X = task.scaled(task.X[for_search])[:, kept].astype(np.float64)
        symbols = tuple(sympy.Symbol(task.input_names[k]) for k in kept.tolist())
        problems.append(ClassProblem(X, targets[for_search, output].astype(np.float64), symbols))
    return tuple(problems)


def found(problem: ClassProblem, formula: Any) -> Found | None:
    """Count a formula and measure it; None if it is not finite or not made of operators that this package knows."""
    try:
        expression = Expression.from_sympy([formula], [symbol.name for symbol in problem.symbols])
        values = expression(problem.X)[:, 0]
    except (ValueError, TypeError):  # SymPy's infinities cannot be made numbers
        return None
    error = float(np.mean((values - problem.y) ** 2))
    return Found(formula, expression.complexities[0], error) if np.isfinite(error) else None


def combine(task: Task, classes: Sequence[Sequence[Found]]) -> tuple[Expression, ...]:
    """Classifiers of one formula a class, simplest first: at each limit of nodes, each class's best formula within it.

    A class for which nothing was found within a limit gets its best constant, the share of its rows.
    """
    import sympy

    shares = task.encode(task.y).mean(axis=0)
    limits = sorted({1, *(entry.complexity for entries in classes for entry in entries)})
    expressions: list[Expression] = []
    last: tuple[Any, ...] = ()
    for limit in limits:
        chosen = []
        for share, entries in zip(shares.tolist(), classes, strict=True):
            within = [entry for entry in entries if entry.complexity <= limit]
            best = min(within, key=lambda entry: (entry.error, entry.complexity), default=None)
            chosen.append(sympy.Float(share) if best is None else best.formula)
        if tuple(chosen) != last:
            last = tuple(chosen)
            expressions.append(Expression.from_sympy(chosen, task.input_names, task.output_names))
    return tuple(expressions)
