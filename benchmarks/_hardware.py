"""Formulas that the benchmarks of hardware share: the paper's tables, and random ones."""

__all__ = ["pixel_formula", "random_formula", "random_precision", "standard_inputs", "table_formula"]

import runpy
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_TABLES = Path(__file__).parents[1] / "tests" / "expression" / "test_paper_tables.py"
"""The only place where the paper's formulas are written down."""


def table_formula(number: int) -> Any:
    """Table I, II or III of the paper as an expression of its inputs in the order of their names."""
    import sympy

    from symbolnet.expression import Expression

    known = runpy.run_path(str(_TABLES))
    rows = {1: known["TABLE_I"], 2: known["TABLE_II"], 3: [known["TABLE_III"]]}[number]
    formulas = [sympy.sympify(text) for text, _ in rows]
    symbols = sorted({str(symbol) for formula in formulas for symbol in formula.free_symbols})
    return Expression.from_sympy(formulas, symbols)


def random_formula(seed: int) -> Any:
    """What a random network computes: any operators, any depth up to three layers, one to four outputs."""
    from benchmarks._random_networks import random_architecture, random_network
    from symbolnet.expression import unroll

    rng = np.random.default_rng([seed, 7])
    return unroll(random_network(random_architecture(rng, seed), rng, "float32").freeze())


def pixel_formula(seed: int) -> Any:
    """A formula as images get them: a sum of 20 to 100 inputs, and a function of another such sum."""
    import sympy

    from symbolnet.expression import Expression

    rng = np.random.default_rng([seed, 8])
    inputs = sympy.symbols(f"x:{int(rng.integers(20, 101))}")
    inner, outer = (
        sympy.Add(*(float(w) * x for w, x in zip(rng.normal(size=len(inputs)), inputs, strict=True))) for _ in range(2)
    )
    formula = outer + (sympy.tanh, sympy.sin, sympy.exp)[seed % 3](0.05 * inner)
    return Expression.from_sympy([formula], [str(x) for x in inputs])


def standard_inputs(expression: Any, n: int, seed: int = 0) -> NDArray[np.float64]:
    """Standard normal inputs."""
    return np.random.default_rng(seed).normal(size=(n, len(expression.input_names)))


def random_precision(rng: np.random.Generator) -> Any:
    from symbolnet.hardware import Precision

    return Precision(
        input=int(rng.integers(4, 9)), index=int(rng.integers(5, 9)), coefficient=int(rng.integers(-1, 3)),
        factor=int(rng.integers(3, 7)), output=int(rng.integers(5, 10)),
    )  # fmt: skip
