"""PySR, the genetic programming that the paper compares with (reference 7), where the user has installed it."""

__all__ = ["search"]

import tempfile
from typing import Any

from symbolnet.baselines._one_vs_rest import ClassProblem, Found, found
from symbolnet.baselines._search import SearchSettings

_NATIVE = ("sin", "cos", "exp", "tanh", "sinh", "cosh")


def search(problem: ClassProblem, settings: SearchSettings) -> list[Found]:
    """The hall of fame that PySR has after the time."""
    import sympy
    from pysr import PySRRegressor

    unary = [name for name in settings.unary_operators if name in _NATIVE]
    mappings: dict[str, Any] = {}
    if "gauss" in settings.unary_operators:
        unary.append("gauss(x) = exp(-x^2)")
        mappings["gauss"] = lambda x: sympy.exp(-(x**2))
    with tempfile.TemporaryDirectory() as folder:
        model = PySRRegressor(
            binary_operators=["+", "-", "*"],
            unary_operators=unary,
            extra_sympy_mappings=mappings,
            maxsize=settings.max_length,
            niterations=1_000_000,
            timeout_in_seconds=settings.seconds,
            batching=len(problem.X) > 5_000,
            random_state=settings.random_state,
            verbosity=0,
            progress=False,
            output_directory=folder,
        )
        names = [f"v{k}" for k in range(len(problem.symbols))]
        model.fit(problem.X, problem.y, variable_names=names)
        formulas = list(model.equations_["sympy_format"])
    symbols = {sympy.Symbol(name): symbol for name, symbol in zip(names, problem.symbols, strict=True)}
    entries = [found(problem, _renamed(formula, symbols)) for formula in formulas]
    return [entry for entry in entries if entry is not None]


def _renamed(formula: Any, symbols: dict[Any, Any]) -> Any:
    """The formula with the task's names; symbols are matched by name, whatever assumptions they carry."""
    by_name = {symbol.name: new for symbol, new in symbols.items()}
    return formula.xreplace({symbol: by_name[symbol.name] for symbol in formula.free_symbols})
