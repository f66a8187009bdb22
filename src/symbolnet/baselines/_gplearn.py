"""gplearn: genetic programming with one fitness (paper, reference 15)."""

__all__ = ["search"]

import time
import warnings
from typing import Any

import numpy as np

from symbolnet._machine import cores
from symbolnet.baselines._one_vs_rest import ClassProblem, Found, found
from symbolnet.baselines._reader import read_formula
from symbolnet.baselines._search import SearchSettings
from symbolnet.expression import Expression

_POPULATION = 400


def search(problem: ClassProblem, settings: SearchSettings) -> list[Found]:
    """The front of correlation against length of all programs that the search came across.

    Fitness is the correlation, so that the search need not find scale and offset; these are set by least squares. After
    each generation the best programs of each length are kept, which makes a front of a search that has none.
    """
    from gplearn.genetic import SymbolicRegressor
    from joblib import parallel_config

    started = time.monotonic()
    best: dict[int, tuple[float, str]] = {}
    model = SymbolicRegressor(
        population_size=_POPULATION,
        generations=1,
        function_set=("add", "sub", "mul", *_functions(settings.unary_operators)),
        metric="pearson",
        parsimony_coefficient="auto",
        const_range=(-2.0, 2.0),
        init_depth=(2, 5),
        warm_start=True,
        n_jobs=len(cores()),
        random_state=settings.random_state,
    )
    with warnings.catch_warnings(), parallel_config(backend="threading"):
        warnings.simplefilter("ignore")  # of constant programs, which have no correlation
        while True:
            began = time.monotonic()
            model.fit(problem.X, problem.y)
            for program in model._programs[-1]:
                _keep(best, program, settings.max_length)
            model.set_params(generations=model.generations + 1)
            now = time.monotonic()
            if now - started + (now - began) / 2 >= settings.seconds:
                break
    symbols = {f"X{k}": symbol for k, symbol in enumerate(problem.symbols)}
    entries = [_scaled(problem, read_formula(text, symbols)) for text in _front(best)]
    return [entry for entry in entries if entry is not None]


def _front(best: dict[int, tuple[float, str]]) -> list[str]:
    """The programs that correlate better than every shorter one."""
    texts, highest = [], 0.0
    for length in sorted(best):
        fitness, text = best[length]
        if fitness > highest:
            texts.append(text)
            highest = fitness
    return texts


def _functions(names: tuple[str, ...]) -> list[Any]:
    from gplearn.functions import make_function

    own: dict[str, Any] = {
        "exp": lambda a: np.exp(np.clip(a, -50, 50)),
        "gauss": lambda a: np.exp(-(np.clip(a, -1e3, 1e3) ** 2)),
        "tanh": np.tanh,
        "sinh": lambda a: np.sinh(np.clip(a, -50, 50)),
        "cosh": lambda a: np.cosh(np.clip(a, -50, 50)),
    }
    made: list[Any] = [name for name in names if name in ("sin", "cos")]
    return made + [make_function(function=own[n], name=n, arity=1, wrap=False) for n in names if n in own]


def _keep(best: dict[int, tuple[float, str]], program: Any, max_length: int) -> None:
    fitness, length = float(program.raw_fitness_), len(program.program)
    if np.isfinite(fitness) and length <= max_length and fitness > best.get(length, (0.0, ""))[0]:
        best[length] = fitness, str(program)


def _scaled(problem: ClassProblem, formula: Any) -> Found | None:
    """A f + b with a and b of least squares."""
    expression = Expression.from_sympy([formula], [symbol.name for symbol in problem.symbols])
    values = expression(problem.X)[:, 0]
    if not np.isfinite(values).all():
        return None
    spread = values.var()
    slope = float(np.mean((values - values.mean()) * (problem.y - problem.y.mean())) / spread) if spread > 0 else 0.0
    offset = float(problem.y.mean() - slope * values.mean())
    return found(problem, expression.scale_outputs([slope], [offset]).sympy()[0])
