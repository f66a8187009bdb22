"""Formulas as programs: a Python module that needs only NumPy, and C99. Both hold the guards that training had."""

__all__ = ["c_code", "python_code"]

import builtins
import inspect
import keyword
import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Container, Sequence

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.expression._c_helpers import C_HELPERS
from symbolnet.expression._graph import CONST, INPUT, KINDS, POW, PROD, SUM, Graph, children_of
from symbolnet.expression._names import identifiers
from symbolnet.operators import _numpy
from symbolnet.operators._primitives import FACTOR_BOUND, LOG_FLOOR

_TERMS_A_LINE = 6
_LONGEST_INLINE = 6


def python_code(graph: Graph, outputs: NDArray[np.int64], names: Sequence[str], function: str) -> str:
    """Return a module with one function of an (n_samples, n_inputs) array."""
    return _Python(graph, names).module(outputs.tolist(), _checked(function, _PYTHON_NAMES))


def c_code(graph: Graph, outputs: NDArray[np.int64], names: Sequence[str], function: str) -> str:
    """Return a C99 file with one function of n_inputs doubles, for one sample."""
    return _C(graph, names).module(outputs.tolist(), _checked(function, _C_NAMES))


# What the emitted module itself uses, besides the builtins.
_PYTHON_HELPERS = {*_numpy.__dict__, "np", "Array", "FACTOR_BOUND", "LOG_FLOOR"}
_PYTHON_NAMES = _PYTHON_HELPERS | set(dir(builtins)) | set(keyword.kwlist)
_C_WORDS = """
auto break case char const continue default do double else enum extern float for goto if inline int long register
restrict return short signed sizeof static struct switch typedef union unsigned void volatile while main
acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh erf erfc exp exp2 expm1 fabs fdim floor fma fmax fmin
fmod frexp gamma hypot ilogb j0 j1 jn ldexp lgamma llrint llround log log10 log1p log2 logb lrint lround modf nan
nearbyint nextafter nexttoward pow remainder remquo rint round scalbln scalbn sin sinh sqrt tan tanh tgamma trunc y0 y1
yn isfinite isinf isnan isnormal signbit fpclassify
"""
_C_NAMES = {*_C_WORDS.split(), *(f"sn_{name}" for name in C_HELPERS)}


def _checked(function: str, taken: Container[str]) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", function):
        raise SymbolNetError(f"function name {function!r} is not an identifier; use letters, digits and underscores")
    if function in taken:
        raise SymbolNetError(f"function name {function!r} is taken in the code; give e.g. {function}_formula")
    return function


class _Coder(ABC):
    """Writes every node that is used once in place, and the others as variables."""

    def __init__(self, graph: Graph, names: Sequence[str]) -> None:
        self.graph = graph
        self.children = children_of(graph)
        self.kind: list[int] = graph.kind.tolist()
        self.value: list[float] = graph.value.tolist()
        self.limit: list[float] = graph.limit.tolist()
        self.coef: list[float] = graph.coef.tolist()
        self.start: list[int] = graph.start.tolist()
        self.names = list(names)
        self.columns = sorted({int(v) for v in graph.value[graph.kind == INPUT].tolist()})
        self.helpers: set[str] = set()
        self.bare: dict[str, str] = {}
        self.lines: list[str] = []

    @abstractmethod
    def input(self, column: int) -> str: ...

    @abstractmethod
    def apply(self, name: str, args: list[str], limit: float) -> str: ...

    @abstractmethod
    def assign(self, variable: str, text: str, *, more: bool) -> str: ...

    def body(self, outputs: list[int]) -> list[str]:
        """Fill `lines` and return the text of each output."""
        uses = np.bincount(self.graph.child, minlength=len(self.graph))
        np.add.at(uses, outputs, 1)
        done: list[str] = []
        for node, kind in enumerate(self.kind):
            if kind == CONST:
                text = repr(self.value[node])
                done.append(f"({text})" if text.startswith("-") else text)
            elif kind == INPUT:
                done.append(self.input(int(self.value[node])))
            elif kind == SUM:
                done.append(self.sum(node, done, int(uses[node])))
            else:
                args = [self.bare.get(done[child], done[child]) for child in self.children[node]]
                name = "product" if kind == PROD else "power" if kind == POW else KINDS[kind]
                if kind == POW:
                    args.append(repr(self.value[node]))
                text = self.apply(name, args, self.limit[node])
                done.append(self.variable(text) if uses[node] > 1 else text)
        return [self.bare.get(done[node], done[node]) for node in outputs]

    def variable(self, text: str) -> str:
        name = f"t{len(self.lines)}_"
        self.lines.append(self.assign(name, text, more=False))
        return name

    def sum(self, node: int, done: list[str], uses: int) -> str:
        first = self.start[node]
        terms = []
        for k, child in enumerate(self.children[node]):
            coef = self.coef[first + k]
            sign = "" if coef == 1.0 else "-" if coef == -1.0 else f"{coef!r}*"
            terms.append(sign + done[child])
        if self.value[node] != 0.0:
            terms.append(repr(self.value[node]))
        if len(terms) <= _LONGEST_INLINE:
            text = _joined(terms)
            if uses > 1:
                return self.variable(text)
            self.bare[f"({text})"] = text
            return f"({text})"
        name = self.variable(_joined(terms[:_TERMS_A_LINE]))
        for begin in range(_TERMS_A_LINE, len(terms), _TERMS_A_LINE):
            self.lines.append(self.assign(name, _joined(terms[begin : begin + _TERMS_A_LINE]), more=True))
        return name


def _joined(terms: list[str]) -> str:
    return terms[0] + "".join(f" - {t[1:]}" if t.startswith("-") else f" + {t}" for t in terms[1:])


_NUMPY = {"sin": "np.sin", "cos": "np.cos", "tanh": "np.tanh"}
_GUARDED = {"abs": "absolute", "max": "maximum", "min": "minimum"}


class _Python(_Coder):
    def __init__(self, graph: Graph, names: Sequence[str]) -> None:
        super().__init__(graph, names)
        # The shared variables of the code are t0_, t1_ and so on, fewer than there are nodes.
        variables = {f"t{number}_" for number in range(len(graph))}
        self.symbols = identifiers(names, _PYTHON_HELPERS | {"y"} | variables)

    def input(self, column: int) -> str:
        return self.symbols[column]

    def apply(self, name: str, args: list[str], limit: float) -> str:
        if name in _NUMPY:
            return f"{_NUMPY[name]}({args[0]})"
        function = _GUARDED.get(name, name)
        self.helpers.add(function)
        inner = f"[{', '.join(args)}]" if function in ("product", "maximum", "minimum") else ", ".join(args)
        return f"{function}({inner})" if name == "log" else f"{function}({inner}, {limit!r})"

    def assign(self, variable: str, text: str, *, more: bool) -> str:
        return f"    {variable} {'+=' if more and not text.startswith('-') else '='} " + (
            f"{variable} - {text[1:]}" if more and text.startswith("-") else text
        )

    def module(self, outputs: list[int], function: str) -> str:
        results = self.body(outputs)
        parts = ["import numpy as np", "", "Array = np.ndarray"]
        if "product" in self.helpers:
            parts.append(f"FACTOR_BOUND = {FACTOR_BOUND!r}")
        if "log" in self.helpers:
            parts.append(f"LOG_FLOOR = {LOG_FLOOR!r}")
        needs_clip = self.helpers - {"log", "exp", "absolute"}
        before = [*(["clip"] if needs_clip else []), *(["power_edge"] if "power" in self.helpers else [])]
        for helper in (*before, *sorted(self.helpers)):
            parts += ["", "", inspect.getsource(getattr(_numpy, helper)).rstrip()]
        parts += ["", "", f"def {function}(X: Array) -> Array:"]
        parts.append(f'    """Return the {len(outputs)} output(s) for X of {len(self.names)} columns."""')
        parts.append("    X = np.asarray(X, dtype=np.float64)")
        parts += [f"    {self.symbols[column]} = X[:, {column}]" for column in self.columns]
        parts += self.lines
        parts.append(f"    y = np.empty((len(X), {len(outputs)}))")
        parts += [f"    y[:, {k}] = {text}" for k, text in enumerate(results)]
        return "\n".join([*parts, "    return y", ""])


class _C(_Coder):
    def input(self, column: int) -> str:
        return f"x[{column}]"

    def apply(self, name: str, args: list[str], limit: float) -> str:
        if name in _NUMPY:
            return f"{name}({args[0]})"
        self.helpers.add(name)
        if name == "log":
            return f"sn_log({args[0]})"
        if name in ("product", "max", "min"):
            text = args[0]
            for place, arg in enumerate(args[1:], start=2):
                inner = FACTOR_BOUND if name == "product" and place < len(args) else limit
                text = f"sn_{name}({text}, {arg}, {inner!r})"
            return text if len(args) > 1 else f"sn_{name}({text}, {text}, {limit!r})"
        return f"sn_{name}({', '.join(args)}, {limit!r})"

    def assign(self, variable: str, text: str, *, more: bool) -> str:
        return f"    {variable} += {text};" if more else f"    double {variable} = {text};"

    def module(self, outputs: list[int], function: str) -> str:
        results = self.body(outputs)
        used = [f"   x[{column}] {_comment(self.names[column])}" for column in self.columns]
        parts = ["/* One sample: x holds all the inputs, y receives the outputs. Used are:", *used, "*/"]
        parts += ["#include <math.h>", ""]
        parts += [text for name, text in C_HELPERS.items() if name in self.helpers or name == "clip"]
        parts += ["", f"void {function}(const double *x, double *y)", "{"]
        parts += self.lines
        parts += [] if self.columns else ["    (void)x;"]
        parts += [f"    y[{k}] = {text};" for k, text in enumerate(results)]
        return "\n".join([*parts, "}", ""])


def _comment(name: str) -> str:
    """Return a name as every compiler takes it in a comment, in ASCII, and as tells it from other names."""
    letters = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", name))  # without their accents
    plain = re.sub(r"[^ -~]", lambda match: _ascii(match[0]), letters).replace("\\", "/")
    # Last of all the pairs are split, for what was replaced may have made one: the end of the comment, or a trigraph.
    return re.sub(r"\*(?=/)|/(?=\*)|\?(?=\?)", r"\g<0> ", plain)


def _ascii(letter: str) -> str:
    """Return a Greek letter by its name, another letter of Latin's in plain ones, all else by its code point."""
    if letter in "ßẞ":
        return "ss"
    form = r"(?:GREEK|LATIN) (SMALL|CAPITAL) LETTER (?:FINAL )?([A-Z]+)(?: WITH .*)?"
    match = re.fullmatch(form, unicodedata.name(letter, ""))
    if match is None:
        return f"<U+{ord(letter):04X}>"
    return match[2].lower() if match[1] == "SMALL" else match[2].capitalize()
