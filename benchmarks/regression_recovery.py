"""Twelve formulas of known form found again: with 0, 1 and 10 % noise, and with 50 useless inputs.

`max_complexity` and `random_state` are given; Feynman's problems also name their operators. The row that
`model_selection` chooses is judged on clean values of samples that no fit saw: R², whether its inputs are the true
ones, and whether its form is. The form is right if the formula, its constants fitted again to clean values from where
they are, agrees with the true one to 1e-6 of its spread on new samples, and has at most six nodes more than the true
one as SymPy counts it; without noise it must agree as it stands.
"""

import argparse
import time
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from benchmarks._bar import Bar, main, quiet
from symbolnet.datasets import make_problem, problem, problem_names
from symbolnet.expression import count_nodes

NOISE, USELESS, BUDGET = (0.0, 0.01, 0.1), (0, 50), 60
UNARY, BINARY = ("sin", "cos", "exp", "gauss", "tanh", "sqrt", "square"), ("+", "*", "/")
_SAME, _LONGER = 1e-6, 6


@dataclass(frozen=True)
class Result:
    """One fit."""

    name: str
    noise: float
    useless: int
    seed: int
    r2: float
    inputs: bool
    form: bool
    complexity: float
    held: bool
    seconds: float
    text: str

    def line(self) -> str:
        """The fit as one line."""
        marks = f"inputs {'right' if self.inputs else 'WRONG'}, form {'right' if self.form else 'WRONG'}"
        setting = f"noise {self.noise:4.0%}, {self.useless:2d} useless, seed {self.seed}"
        return (
            f"{self.name:16s} {setting}: 1-R2 {max(1 - self.r2, 0):.1e}, {marks}, {self.complexity:.0f} nodes, "
            f"{self.seconds:.1f} s, {self.text}"
        )


def measure(options: argparse.Namespace) -> list[Bar]:
    names = options.problem or (["feynman_I_25_13"] if options.quick else problem_names())
    noises, useless = ((0.0,), (0,)) if options.quick else (options.noise, options.useless)
    seeds = (0,) if options.quick else options.seeds
    results = []
    for name, noise, more, seed in product(names, noises, useless, seeds):
        results.append(recover(name, noise, more, seed, 200 if options.quick else options.rows))
        if not options.json:
            print(results[-1].line(), flush=True)
    return [_bar(noise, more, results) for noise, more in product(noises, useless)]


def recover(name: str, noise: float, useless: int, seed: int, rows: int = 1000) -> Result:
    """Fit one problem and judge the chosen row."""
    from sympy import sympify

    from symbolnet import SymbolNetRegressor

    data = make_problem(name, rows, 1000, noise=noise, useless_inputs=useless, random_state=seed)
    assert data.X_test is not None
    assert data.y_test is not None
    operators = {} if name.startswith("eql") else {"unary_operators": UNARY, "binary_operators": BINARY}
    started = time.monotonic()
    with quiet():
        model = SymbolNetRegressor(max_complexity=BUDGET, random_state=seed, **operators).fit(
            data.X_train, data.y_train
        )
    seconds = time.monotonic() - started
    expression = model.expression()
    wrong = expression(data.X_test)[:, 0] - data.y_test
    spread = float(np.std(data.y_test))
    short = expression.complexity <= count_nodes(sympify(problem(name).formula)) + _LONGER
    true = tuple(range(len(problem(name).inputs)))
    return Result(
        name,
        noise,
        useless,
        seed,
        1 - float(np.mean(wrong**2)) / spread**2,
        expression.used_inputs == true,
        short and (float(np.abs(wrong).max()) <= _SAME * spread if noise == 0 else same_form(model, data)),
        expression.complexity,
        bool((model.equations_["complexity"] <= BUDGET).all()),
        seconds,
        expression.text(digits=4)[0],
    )


def same_form(model: Any, data: Any) -> bool:
    """Whether the formula equals the true one once its constants are fitted to clean values."""
    from scipy.optimize import least_squares
    from sympy import Float, Symbol, lambdify, preorder_traversal

    formula = model.sympy()[0]
    numbers = sorted({part for part in preorder_traversal(formula) if isinstance(part, Float)}, key=float)
    constants = [Symbol(f"constant_{k}") for k in range(len(numbers))]
    places = dict(zip(numbers, constants, strict=True))
    names = [Symbol(name) for name in model.expression().input_names]
    with np.errstate(all="ignore"):
        function = lambdify([*names, *constants], _placed(formula, places), "numpy", cse=False)
        X, y = data.X_test, data.y_test
        half = len(X) // 2
        spread = float(np.std(y))

        def wrong(values: Any, part: slice) -> Any:
            found = np.broadcast_to(function(*X[part].T, *values), y[part].shape)
            return np.nan_to_num((found - y[part]) / spread, nan=1e3, posinf=1e3, neginf=-1e3)

        start = np.array([float(number) for number in numbers])
        if len(start) == 0:
            return bool(np.abs(wrong(start, slice(None))).max() <= _SAME)
        first = slice(0, half)
        fitted = least_squares(wrong, start, args=(first,), x_scale=np.maximum(np.abs(start), 1e-3), xtol=1e-15,
                               ftol=1e-15, gtol=1e-15, max_nfev=300).x  # fmt: skip
        return bool(np.abs(wrong(fitted, slice(half, None))).max() <= _SAME)


def _placed(formula: Any, places: dict[Any, Any]) -> Any:
    """The formula with symbols for its numbers, nothing evaluated."""
    if formula in places:
        return places[formula]
    if not formula.args:
        return formula
    return formula.func(*(_placed(part, places) for part in formula.args), evaluate=False)


def _bar(noise: float, useless: int, results: list[Result]) -> Bar:
    chosen = [r for r in results if r.noise == noise and r.useless == useless]
    inputs, form = sum(r.inputs for r in chosen), sum(r.form for r in chosen)
    worst = max(1 - r.r2 for r in chosen)
    seconds = [r.seconds for r in chosen]
    asked = "right inputs and form in every fit; the budget holds" + ("; R² of 0.999 or more" if noise == 0 else "")
    kept = all(r.held for r in chosen)
    reached = inputs == form == len(chosen) and kept and (noise > 0 or worst <= 1e-3)
    return Bar(
        f"known formulas, {noise:.0%} noise, {useless} useless inputs",
        asked,
        f"inputs right in {inputs}, form in {form} of {len(chosen)} fits; lowest R² {1 - worst:.5f}; "
        f"{float(np.median(seconds)):.1f} s a fit, at most {max(seconds):.0f} s"
        + ("" if kept else "; BUDGET EXCEEDED"),
        reached,
        {"fits": len(chosen), "inputs": inputs, "form": form, "r2": 1 - worst, "seconds": float(np.median(seconds))},
    )


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--problem", nargs="+", choices=problem_names(), metavar="NAME", help="only these problems")
    parser.add_argument("--noise", nargs="+", type=float, default=NOISE, help="shares of the spread of y")
    parser.add_argument("--useless", nargs="+", type=int, default=USELESS, help="useless inputs to add")
    parser.add_argument("--seeds", nargs="+", type=int, default=(0, 1, 2))
    parser.add_argument("--rows", type=int, default=1000, help="samples to fit")


if __name__ == "__main__":
    main(measure, _arguments)
