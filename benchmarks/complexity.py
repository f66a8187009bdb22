"""Our count of nodes is SymPy's: over random formulas, and over those that the paper prints in Tables I to III.

Each random network gives three formulas: as unrolled, with common factors taken out of its sums, and rounded to two
digits. For every output the count is held against `sympy.preorder_traversal` of the tree that `sympy()` gives.
"""

import argparse
import runpy
from pathlib import Path

import numpy as np

from benchmarks._bar import Bar, main
from benchmarks._random_networks import random_architecture, random_network

_TABLES = Path(__file__).parents[1] / "tests" / "expression" / "test_paper_tables.py"
"""The only place where the paper's formulas are written down."""


def measure(options: argparse.Namespace) -> list[Bar]:
    return [_random(20 if options.quick else options.n), _tables()]


def _random(networks: int) -> Bar:
    import sympy

    from symbolnet.expression import unroll

    wrong = trees = largest = 0
    for index in range(networks):
        rng = np.random.default_rng([index, 2])
        expression = unroll(random_network(random_architecture(rng, index), rng, "float32").freeze())
        for form in (expression, expression.factored(), expression.round(digits=2)):
            counts = [sum(1 for _ in sympy.preorder_traversal(tree)) for tree in form.sympy()]
            wrong += sum(a != b for a, b in zip(form.complexities, counts, strict=True))
            trees += len(counts)
            largest = max(largest, *counts)
    return Bar(
        "complexity = SymPy's, random formulas",
        "no difference",
        f"{wrong} of {trees} formulas differ (up to {largest} nodes)",
        wrong == 0,
        {"different": wrong, "formulas": trees},
    )


def _tables() -> Bar:
    """Classes 1 and 5 of Table II hold an unprinted 1.0 before exp, and count two nodes more than what is printed."""
    import sympy

    from symbolnet.expression import Expression

    known = runpy.run_path(str(_TABLES))

    def count(text: str) -> int:
        formula = sympy.sympify(text)
        return Expression.from_sympy([formula], sorted(formula.free_symbols, key=str)).complexities[0]

    rows = [*known["TABLE_I"], *known["TABLE_II"], known["TABLE_III"]]
    hidden = [known["TABLE_II"][k] for k in known["HIDDEN_ONE"]]
    equal = sum(count(text) == printed for text, printed in rows)
    two_less = sum(count(text) == printed - 2 for text, printed in hidden)
    with_one = sum(count(text) == printed for text, printed in known["WITH_ONE"])
    holds = equal == len(rows) - len(hidden) and two_less == with_one == len(hidden)
    return Bar(
        "complexity of Tables I, II and III",
        "all as printed; classes 1 and 5 of Table II with the factor 1.0 that the print leaves out",
        f"{equal} of {len(rows)} formulas as printed, the other {with_one} with the 1.0",
        holds,
        {"as_printed": equal, "with_one": with_one},
    )


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--n", type=int, default=1000, help="random networks")


if __name__ == "__main__":
    main(measure, _arguments)
