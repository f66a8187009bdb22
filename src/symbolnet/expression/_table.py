"""The formulas of a model as the paper's Table I gives them."""

__all__ = ["latex_table"]

from collections.abc import Mapping, Sequence

from symbolnet._errors import SymbolNetError
from symbolnet.expression._expression import Expression
from symbolnet.expression._names import latex_name


def latex_table(
    expression: Expression,
    columns: Mapping[str, Sequence[float]] | None = None,
    *,
    digits: int = 2,
    heading: str = "Class",
    caption: str | None = None,
) -> str:
    r"""Return a LaTeX table with one row per output: name, expression, complexity and what `columns` adds.

    Parameters
    ----------
    expression : Expression
    columns : mapping of heading to one number per output, optional
        Such as ``{"AUC": [0.885, 0.827]}``; printed with three decimals.
    digits : int
        Significant digits of the constants, for display only; the complexity is that of the formula.
    heading : str
        Of the column of names, which are classes unless said otherwise.
    caption : str, optional
        LaTeX.
    """
    columns = columns or {}
    for column, values in columns.items():
        if len(values) != expression.n_outputs:
            raise SymbolNetError(f"column {column!r} has {len(values)} values for {expression.n_outputs} outputs")
    lines = [r"\begin{table}", r"\centering"]
    lines += [rf"\caption{{{caption}}}"] if caption else []
    lines += [rf"\begin{{tabular}}{{lp{{0.7\linewidth}}r{'r' * len(columns)}}}", r"\hline"]
    lines += [" & ".join([heading, "Expression", "Complexity", *columns]) + r" \\", r"\hline"]
    formulas = expression.latex(digits=digits)
    for k, (name, formula, count) in enumerate(
        zip(expression.output_names, formulas, expression.complexities, strict=True)
    ):
        extra = [f"{values[k]:.3f}" for values in columns.values()]
        lines.append(" & ".join([f"${latex_name(name)}$", f"${formula}$", str(count), *extra]) + r" \\")
    return "\n".join([*lines, r"\hline", r"\end{tabular}", r"\end{table}"])
