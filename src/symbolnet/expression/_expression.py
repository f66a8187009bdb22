"""The formula that users hold."""

__all__ = ["Expression", "shown"]

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.expression import _code, _count, _evaluate, _mathml, _print, _rewrite, _storage, _sympy
from symbolnet.expression._columns import by_name
from symbolnet.expression._costs import Costs
from symbolnet.expression._graph import INPUT, Graph
from symbolnet.expression._names import latex_name

MOST_WRITTEN = 100_000_000
"""Nodes of the formulas that are written as one line each, half a gigabyte."""
_MOST_SHOWN = 400
"""Nodes of the formulas that a notebook shows in mathematical notation."""


@dataclass(frozen=True, eq=False, repr=False)
class Expression:
    """One formula per output, over shared parts.

    Make one with `unroll`, `from_sympy` or `from_dict`; it never changes. Complexity is the paper's (Section IV.A): the
    number of nodes of the SymPy tree as `sympy()` gives it.

    Attributes
    ----------
    graph : Graph
        The shared graph; private to the package.
    outputs : int64 array
        The graph's node of each output.
    input_names, output_names : tuple of str
    """

    graph: Graph = field()
    outputs: NDArray[np.int64] = field()
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]

    def __post_init__(self) -> None:
        columns = self.used_inputs
        if len(columns) and columns[-1] >= len(self.input_names):
            message = f"{len(self.input_names)} input names, but the formula uses input {columns[-1]}; name every input"
            raise SymbolNetError(message)
        if len(self.output_names) != len(self.outputs):
            message = f"{len(self.output_names)} output names for {len(self.outputs)} outputs; give one name per output"
            raise SymbolNetError(message)
        for kind, names in (("input", self.input_names), ("output", self.output_names)):
            wrong = [name for name in names if not isinstance(name, str)]
            if wrong:
                raise SymbolNetError(f"{kind} names must be text; got {wrong[0]!r}")

    @classmethod
    def from_sympy(
        cls, expressions: Sequence[Any], inputs: Sequence[Any], output_names: Sequence[str] | None = None
    ) -> "Expression":
        """Return SymPy expressions as they stand: nothing is simplified, so the count of nodes does not change.

        Parameters
        ----------
        expressions : sequence of SymPy expressions
        inputs : sequence of str or Symbol
            The columns of X, in order.
        output_names : sequence of str, optional

        Raises
        ------
        SymbolNetError
            If there is no expression, a symbol is not among the inputs, or a function is not an operator here.
        """
        if not isinstance(expressions, Iterable) or not (listed := list(expressions)):
            raise SymbolNetError(f"expressions is {expressions!r:.60}; give a list of at least one")
        if not isinstance(inputs, Iterable):
            raise SymbolNetError(f"inputs is {inputs!r:.60}; give a list of their names")
        names = [str(name) for name in inputs]
        graph, outputs = _sympy.from_sympy(listed, names)
        return cls(graph, outputs, tuple(names), _default(output_names, len(outputs)))

    # -- evaluation ----------------------------------------------------------------------------------------------------

    def __call__(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the outputs in float64, (n_samples, n_outputs), for numbers of any type, (n_samples, n_inputs).

        Of a data frame with column names, the columns are taken by name: in any order, others beside them, and those
        absent that no formula uses. Without names, by position.

        Raises
        ------
        SymbolNetError
            If X has another shape, holds no numbers, or lacks an input that is used.
        """
        samples = X if isinstance(X, np.ndarray) else by_name(X, self.input_names, self.used_inputs)
        if samples.ndim != 2:
            raise SymbolNetError(f"X has shape {samples.shape}; give (n_samples, {len(self.input_names)})")
        if samples.shape[1] != len(self.input_names):
            raise SymbolNetError(f"X has {samples.shape[1]} columns; the formula was made for {len(self.input_names)}")
        if samples.dtype.kind not in "fiub":
            raise SymbolNetError(f"X holds {samples.dtype}; give numbers, e.g. X.astype(float)")
        return _evaluate.evaluate(self._plan, samples)

    def jax(self) -> Callable[[Any], Any]:
        """Return a jittable and differentiable JAX function of (n_samples, n_inputs) arrays, in their float type."""
        return _evaluate.jax_function(self._plan)

    @cached_property
    def _plan(self) -> _evaluate.Plan:
        return _evaluate.make_plan(self.graph, self.outputs)

    # -- complexity ----------------------------------------------------------------------------------------------------

    @cached_property
    def complexities(self) -> tuple[int, ...]:
        """The number of nodes of each output's SymPy tree."""
        return tuple(int(count) for count in _count.tree_counts(self.graph)[self.outputs].tolist())

    @property
    def total_complexity(self) -> int:
        """The sum of `complexities`."""
        return sum(self.complexities)

    @property
    def complexity(self) -> float:
        """The mean of `complexities`, the paper's measure of a model."""
        return self.total_complexity / len(self.complexities)

    def cost(self, costs: Any) -> float:
        """Return the mean cost of the outputs: what `complexity` is where every node costs 1.

        Parameters
        ----------
        costs : str, mapping or Costs
            A preset ("nodes", "xcvu9p"), or the cost of each operator, "constant" and "variable"; see `Costs`.

        Raises
        ------
        SymbolNetError
            For a name or a number that is no cost.
        """
        each = self.costs(costs)
        return sum(each) / len(each)

    def costs(self, costs: Any) -> tuple[float, ...]:
        """Return the cost of each output's SymPy tree; parameters and errors are those of `cost`."""
        found = _count.tree_counts(self.graph, Costs.of(costs))[self.outputs]
        return tuple(float(cost) for cost in found.tolist())

    @cached_property
    def shared_complexity(self) -> int:
        """The number of nodes when every part that is used more than once, inputs included, is counted once."""
        return _count.distinct_nodes(self.graph)

    @cached_property
    def expanded_complexity(self) -> float:
        """The mean complexity after numeric factors are multiplied into sums, c*(a + b) = c*a + c*b, as SymPy does."""
        graph, outputs = _rewrite.expand(self.graph, self.outputs)
        return float(_count.tree_counts(graph)[outputs].mean())

    @cached_property
    def used_inputs(self) -> tuple[int, ...]:
        """The columns that occur, ascending."""
        return tuple(np.unique(self.graph.value[self.graph.kind == INPUT]).astype(int).tolist())

    def input_uses(self) -> NDArray[np.bool_]:
        """Which formula uses which input, (outputs, inputs)."""
        uses = np.zeros((self.n_outputs, len(self.input_names)), np.bool_)
        for k in range(self.n_outputs):
            uses[k, list(self.select([k]).used_inputs)] = True
        return uses

    @property
    def n_inputs(self) -> int:
        """The number of distinct inputs that occur."""
        return len(self.used_inputs)

    @property
    def n_outputs(self) -> int:
        """The number of formulas."""
        return len(self.outputs)

    # -- what a reader sees --------------------------------------------------------------------------------------------

    def sympy(self) -> list[Any]:
        """Return one SymPy expression per output, unevaluated, in plain mathematical form with 53-bit constants.

        This, `text`, `latex` and `mathml` raise a SymbolNetError for formulas of more than a hundred million nodes, as
        unpruned networks of many layers give them; `python` and `c` write each shared part once.
        """
        self._check_length()
        return _sympy.to_sympy(self.graph, self.outputs, self.input_names)

    def text(self, digits: int | None = None) -> list[str]:
        """Return one line per output that Python and SymPy read; all digits, or `digits` significant ones."""
        self._check_length()
        style = _print.TextStyle(self.input_names, _positive(digits, "digits", 17))
        return _print.print_outputs(self.graph, self.outputs, style)

    def latex(self, digits: int | None = 3) -> list[str]:
        """Return one LaTeX formula per output; `digits` significant digits, or all with None."""
        self._check_length()
        style = _print.LatexStyle(self.input_names, _positive(digits, "digits", 17))
        return _print.print_outputs(self.graph, self.outputs, style)

    def mathml(self, digits: int | None = 3) -> list[str]:
        """Return one MathML element per output, as pages show it; `digits` significant digits, or all with None."""
        self._check_length()
        style = _mathml.MathMLStyle(self.input_names, _positive(digits, "digits", 17))
        return [_mathml.as_math(text) for text in _print.print_outputs(self.graph, self.outputs, style)]

    def python(self, function: str = "formula") -> str:
        """Return a Python module that needs only NumPy, with one function of X; guards and all digits included."""
        return _code.python_code(self.graph, self.outputs, self.input_names, function)

    def c(self, function: str = "formula") -> str:
        """Return a C99 file with ``void formula(const double *x, double *y)``; guards and all digits included."""
        return _code.c_code(self.graph, self.outputs, self.input_names, function)

    def _check_length(self) -> None:
        """A few shared nodes can stand for a tree that would take forever to write."""
        if self.total_complexity > MOST_WRITTEN:
            raise SymbolNetError(
                f"formulas of {self.total_complexity:.3g} nodes are too long to be written out; choose a simpler one, "
                "or python() or c(), which write each shared part once"
            )

    def __repr__(self) -> str:
        outputs = f"{self.n_outputs} output{'s' if self.n_outputs != 1 else ''}"
        return f"Expression({outputs}, complexity={self.complexity:.4g}, n_inputs={self.n_inputs})"

    def _repr_latex_(self) -> str | None:
        """Return what a notebook shows; long formulas are left to `repr`."""
        if self.total_complexity > _MOST_SHOWN:
            return None
        names = [latex_name(name) for name in self.output_names]
        lines = [f"{name} &= {formula}" for name, formula in zip(names, self.latex(), strict=True)]
        return "\n".join([r"$$\begin{aligned}", r" \\ ".join(lines), r"\end{aligned}$$"])

    # -- what can be made of it ----------------------------------------------------------------------------------------

    def round(self, *, digits: int | None = None, bits: int | None = None) -> "Expression":
        """Return the formula with constants of so many significant decimal digits, or bits with the leading one.

        Raises
        ------
        SymbolNetError
            If not exactly one of the two is given, or it is out of range.
        """
        if (digits is None) == (bits is None):
            raise SymbolNetError(f"round needs digits or bits; got digits={digits}, bits={bits}; give one of them")
        digits, bits = _positive(digits, "digits", 17), _positive(bits, "bits", 53)
        rule = _rewrite.significant_digits(digits) if digits else _rewrite.significant_bits(bits or 53)
        return self._with(*_rewrite.round_constants(self.graph, self.outputs, rule))

    def with_whole_numbers(self, tolerance: float, *, zero: bool = True) -> "Expression":
        """Return the formula with constants that are whole but for `tolerance` made so: 0.99999998*x + 3e-9 is x.

        The tolerance is relative to the constant, absolute below 1. Without `zero`, small constants stay. The formula
        stays as it is where a function would lose its argument.
        """
        rule = _rewrite.near_whole(tolerance, zero=zero)
        if _rewrite.loses_arguments(self.graph, self.outputs, rule):
            return self
        return self._with(*_rewrite.round_constants(self.graph, self.outputs, rule))

    def scale_outputs(self, scale: ArrayLike, shift: ArrayLike = 0.0) -> "Expression":
        """Return scale*f + shift, one pair per output or one for all: what undoes a standardised target."""
        pair = [np.asarray(value, dtype=np.float64) for value in (scale, shift)]
        if any(value.shape not in ((), (self.n_outputs,)) or not np.isfinite(value).all() for value in pair):
            raise SymbolNetError(f"scale and shift must be one finite number or {self.n_outputs}, one per output")
        scales, shifts = (np.broadcast_to(value, (self.n_outputs,)) for value in pair)
        return self._with(*_rewrite.scale_outputs(self.graph, self.outputs, scales, shifts))

    def select(self, outputs: Sequence[int]) -> "Expression":
        """Return only some outputs, by number.

        Parameters
        ----------
        outputs : sequence of int
            From 0, in the order wanted; at least one.

        Raises
        ------
        SymbolNetError
            If it is no such list.
        """
        listed: list[Any] = list(outputs) if isinstance(outputs, Iterable) else []
        if not listed or any(not isinstance(k, int | np.integer) or not 0 <= k < self.n_outputs for k in listed):
            raise SymbolNetError(
                f"outputs {outputs!r:.60} must be a list of numbers from 0 to {self.n_outputs - 1}, at least one, such "
                "as [0]"
            )
        chosen = [int(k) for k in listed]
        graph, places = _rewrite.select(self.graph, self.outputs[chosen])
        return Expression(graph, places, self.input_names, tuple(self.output_names[k] for k in chosen))

    def factored(self) -> "Expression":
        """Return the formula with equal coefficients taken out of sums, m*((a + b) - (c + d)), where it saves nodes."""
        return self._with(*_rewrite.factor(self.graph, self.outputs))

    def expanded(self) -> "Expression":
        """Return the formula with numeric factors multiplied into sums; the reverse of `factored`."""
        return self._with(*_rewrite.expand(self.graph, self.outputs))

    def with_names(
        self, input_names: Sequence[str] | None = None, output_names: Sequence[str] | None = None
    ) -> "Expression":
        """Return the same formula with other names."""
        inputs = self.input_names if input_names is None else tuple(input_names)
        if len(inputs) != len(self.input_names):
            raise SymbolNetError(f"{len(inputs)} input names for {len(self.input_names)} inputs; give one each")
        return Expression(self.graph, self.outputs, inputs, tuple(output_names or self.output_names))

    def to_dict(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """Return a manifest that JSON can hold and arrays that ``numpy.savez`` can hold, all that there is to store."""
        return _storage.pack(self.graph, self.outputs, self.input_names, self.output_names)

    @classmethod
    def from_dict(cls, manifest: Any, arrays: Any) -> "Expression":
        """Return what `to_dict` stored.

        Raises
        ------
        ModelFileError
            If anything is missing, of the wrong type or size, unknown, not finite, cyclic or out of range.
        """
        return cls(*_storage.unpack(manifest, arrays))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Expression):
            return NotImplemented
        names = (self.input_names, self.output_names) == (other.input_names, other.output_names)
        return names and np.array_equal(self.outputs, other.outputs) and self.graph.same(other.graph)

    def __hash__(self) -> int:
        return hash((len(self.graph), self.input_names, self.output_names, self.complexities))

    def _with(self, graph: Graph, outputs: NDArray[np.int64]) -> "Expression":
        return Expression(graph, outputs, self.input_names, self.output_names)


def shown(expression: Expression, digits: int) -> list[str]:
    """Return the text of formulas for a table, or how long they are if they cannot be written out."""
    if expression.total_complexity <= MOST_WRITTEN:
        return expression.text(digits)
    return [f"({count:.3g} nodes, too long to be written out)" for count in expression.complexities]


def _default(names: Sequence[str] | None, count: int) -> tuple[str, ...]:
    return tuple(names) if names is not None else tuple(f"y{k}" for k in range(count))


def _positive(value: int | None, name: str, most: int) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 1 <= value <= most:
        raise SymbolNetError(f"{name}={value!r} must be a whole number from 1 to {most}")
    return int(value)
