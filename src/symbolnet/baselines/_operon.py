"""pyoperon: Operon's multi-objective genetic programming (paper, reference 16)."""

__all__ = ["search"]

from symbolnet._machine import cores
from symbolnet.baselines._one_vs_rest import ClassProblem, Found, found
from symbolnet.baselines._reader import read_formula
from symbolnet.baselines._search import SearchSettings

# gauss is exp of a square, which Operon has as two operators.
_SYMBOLS = {"sin": "sin", "cos": "cos", "exp": "exp", "tanh": "tanh", "sinh": "sinh", "cosh": "cosh", "gauss": "exp"}


def search(problem: ClassProblem, settings: SearchSettings) -> list[Found]:
    """The front of error against length that NSGA-II finds in the time, constants tuned by Levenberg-Marquardt."""
    from pyoperon.sklearn import SymbolicRegressor

    unary = sorted({_SYMBOLS[name] for name in settings.unary_operators if name in _SYMBOLS})
    model = SymbolicRegressor(
        allowed_symbols=",".join(["add", "sub", "mul", "square", *unary, "constant", "variable"]),
        objectives=["mse", "length"],
        optimizer_iterations=3,
        max_length=settings.max_length,
        population_size=500,
        pool_size=500,
        generations=1_000_000,
        max_evaluations=1_000_000_000,
        max_time=max(1, round(settings.seconds)),  # whole seconds only
        n_threads=len(cores()),
        random_state=settings.random_state,
    )
    model.fit(problem.X, problem.y)
    # Operon numbers the columns from 1.
    symbols = {f"X{k + 1}": symbol for k, symbol in enumerate(problem.symbols)}
    entries = [found(problem, read_formula(entry["model"], symbols)) for entry in model.pareto_front_]
    return [entry for entry in entries if entry is not None]
