"""What each node of a formula costs: the paper's count, a table of hardware latencies, or the user's own numbers."""

__all__ = ["COST_PRESETS", "NODES", "Costs", "check_budget"]

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from symbolnet._errors import SymbolNetError, UnknownNameError, did_you_mean
from symbolnet.operators import get_operator, operator_names
from symbolnet.operators._builtin import ALIASES
from symbolnet.operators._primitives import PRIMITIVES

_POWERS = ("square", "cube", "sqrt", "/")
NAMES: tuple[str, ...] = ("constant", "variable", "+", "*", "pow", *_POWERS, *PRIMITIVES)
"""What has a cost. The operators have the names that users type."""

_PLACE = {name: k for k, name in enumerate(NAMES)}
_OTHER_WORDS = {word: name for word, name in ALIASES.items() if name in _PLACE} | {
    "Add": "+", "Mul": "*", "Pow": "pow", "**": "pow", "^": "pow", "constants": "constant", "variables": "variable",
    "input": "variable", **{primitive.sympy: name for name, primitive in PRIMITIVES.items()},
}  # fmt: skip

_VU9P = {
    "constant": 1, "variable": 1, "+": 1, "*": 1, "pow": 14, "square": 1, "cube": 1, "sqrt": 5, "/": 29,
    "sin": 8, "cos": 8, "tan": 48, "exp": 3, "sinh": 9, "cosh": 8, "tanh": 51, "log": 3,
    "abs": 1, "max": 1, "min": 1, "cond": 1,
}  # fmt: skip


@dataclass(frozen=True)
class Costs:
    """The cost of each operator, of a constant and of a variable; made by `Costs.of`, never changed.

    The cost of a formula is the sum over the nodes of its SymPy tree, as `sympy.preorder_traversal` visits them:

    - A symbol costs "variable". A number costs "constant", exponents and coefficients included.
    - A sum or product is one operator, "+" or "*", however many arguments it has: the paper counts it as one node.
    - ``u**2``, ``u**3`` and a root cost "square", "cube" and "sqrt", any other power "pow". A negative power is a
      division: it costs the larger of "/" and of the power without its sign. The exponent costs a constant besides.
    - A function costs what its name says; "cond" is all that SymPy writes around the three parts of a Piecewise.
    - Operators that are formulas, such as gauss = exp(-x**2) or x - y = x + (-1)*y, cost the sum of their parts.

    Attributes
    ----------
    values : tuple of float
        In the order of `symbolnet.expression._costs.NAMES`.

    Notes
    -----
    ``nodes`` is the paper's complexity (Section IV.A): 1 each, so that the cost is the number of nodes ("cond" is 6,
    as SymPy writes it with six nodes).

    ``xcvu9p`` holds clock cycles on a Xilinx VU9P (part xcvu9p-flga2577-2-e) for numbers of type ``ap_fixed<16,6>``, as
    Vivado HLS schedules each operator. The table is that of the repository AdrianAlan/hls4sr-configs, which measures
    them for PySR and hls4ml; it goes with Tsoi et al. 2023 (arXiv:2305.04099), the paper's reference [32], where the
    complexity of an operator is its latency. The table has no abs, max, min and cond: they are a comparison and a
    selection, and cost 1 like its sign. Constants and variables cost 1, which is PySR's default beside such a table.
    A cost of a whole formula is a sum of cycles, not the latency of a pipelined circuit: parts run side by side there.
    """

    values: tuple[float, ...]

    @classmethod
    def of(cls, given: Any) -> "Costs":
        """Return the costs that a preset's name, a mapping from names to numbers, or None (nodes) stands for.

        Parameters
        ----------
        given : None, str, mapping or Costs
            A mapping names operators as users type them ("sin", "+", "max") or as SymPy calls them ("Add", "Max"),
            "constant" and "variable". What it leaves out costs 1, a power what "pow" costs if that is given.

        Raises
        ------
        UnknownNameError
            With the closest name that exists.
        SymbolNetError
            If a cost is not a finite number of at least 0, a name stands twice, or an operator is made of others.
        """
        if isinstance(given, Costs):
            return given
        if given is None:
            return NODES
        if isinstance(given, str):
            if given not in COST_PRESETS:
                raise UnknownNameError(
                    f"complexity_of_operators: unknown preset {given!r}; {did_you_mean(given, COST_PRESETS)}"
                )
            return COST_PRESETS[given]
        if not isinstance(given, Mapping):
            raise SymbolNetError(
                f"complexity_of_operators is {given!r}; give one of {', '.join(map(repr, COST_PRESETS))} or a mapping "
                "such as {'sin': 8, 'constant': 2}"
            )
        costs: dict[str, float] = {}
        for word, value in given.items():
            name = _known(word)
            if name in costs:
                raise SymbolNetError(f"complexity_of_operators names {name!r} twice, also as {word!r}; leave one out")
            costs[name] = _number(word, value)
        usual = dict(zip(NAMES, NODES.values, strict=True))
        usual.update({name: costs["pow"] for name in _POWERS if "pow" in costs})
        return cls(tuple((usual | costs)[name] for name in NAMES))

    def __getitem__(self, name: str) -> float:
        return self.values[_PLACE[name]]

    def as_dict(self) -> dict[str, float]:
        """Return the cost of each name."""
        return dict(zip(NAMES, self.values, strict=True))

    def power(self, exponent: float) -> float:
        """Return the cost of the operator u**exponent, without base and exponent."""
        size = abs(exponent)
        name = {2.0: "square", 3.0: "cube", 0.5: "sqrt"}.get(size, "pow")
        if exponent > 0:
            return self[name]
        return self["/"] if size == 1.0 else max(self["/"], self[name])

    def scaled(self, factor: float) -> "Costs":
        """Return all costs multiplied by `factor`."""
        return self if factor == 1.0 else Costs(tuple(value * factor for value in self.values))

    @property
    def typical(self) -> float:
        """The mean cost of what formulas are mostly made of, variables, constants, sums and products; 1 for nodes."""
        mean = sum(self[name] for name in ("variable", "constant", "+", "*")) / 4
        return mean or max(self.values) or 1.0


def check_budget(max_complexity: float, costs: Costs) -> None:
    """Refuse a budget that no formula fits: the simplest one is a constant.

    Parameters
    ----------
    max_complexity : float
        In the units of `costs`.
    costs : Costs

    Raises
    ------
    SymbolNetError
        If `max_complexity` is below the cost of a constant, or NaN.
    """
    least = costs["constant"]
    if not max_complexity >= least:
        unit = f"{least:g} node" if costs == NODES else f"{least:g}"
        raise SymbolNetError(f"max_complexity is {max_complexity}; a constant costs {unit}, so give at least {least:g}")


def _known(word: Any) -> str:
    name = _OTHER_WORDS.get(word, word) if isinstance(word, str) else word
    if name in _PLACE:
        return str(name)
    if isinstance(name, str) and (name in operator_names() or name in ALIASES):
        text = "x + (-1)*y" if get_operator(name).name == "-" else get_operator(name).text
        raise SymbolNetError(f"complexity_of_operators: {word!r} is written {text}; give the costs of its parts")
    near = did_you_mean(str(word), {*NAMES, *_OTHER_WORDS})
    remedy = near if near.startswith("did") else f"known: {', '.join(NAMES)}"
    raise UnknownNameError(f"complexity_of_operators: unknown name {word!r}; {remedy}")


def _number(word: str, value: Any) -> float:
    try:
        number = float(value) if not isinstance(value, bool | str | bytes) else math.nan
    except (TypeError, ValueError):
        number = math.nan
    if not 0 <= number < math.inf:
        raise SymbolNetError(f"complexity_of_operators: {word!r} costs {value!r}; give a finite number of at least 0")
    return number


NODES = Costs(tuple(1.0 + (PRIMITIVES[name].extra_nodes if name in PRIMITIVES else 0) for name in NAMES))
"""The paper's: the number of nodes of the SymPy tree."""

COST_PRESETS: Mapping[str, Costs] = MappingProxyType(
    {"nodes": NODES, "xcvu9p": Costs(tuple(float(_VU9P[name]) for name in NAMES))}
)
