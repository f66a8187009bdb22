"""Formulas as text, as LaTeX and, with `_mathml.py`, as MathML: one walk over the graph, a style each."""

__all__ = ["ADDED", "LatexStyle", "Style", "TextStyle", "print_outputs"]

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from symbolnet.expression._graph import CONST, INPUT, KINDS, POW, PROD, SUM, Graph, children_of
from symbolnet.expression._names import identifiers, latex_name

# How tightly a printed part binds: what is weaker than its place needs parentheses.
ADDED, MULTIPLIED, ATOM = 0, 1, 2
Part = tuple[str, int]


class Style(ABC):
    """What differs between the forms. A part that is negative begins with a minus sign in all of them."""

    def __init__(self, names: Sequence[str], digits: int | None = None) -> None:
        self.names, self.digits = names, digits

    def digits_of(self, value: float) -> str:
        """Return the shortest text that reads back to the same float, or `digits` significant digits."""
        text = repr(value) if self.digits is None else f"{value:.{self.digits}g}"
        return text[:-2] if text in ("1.0", "-1.0", "0.0") else text

    @abstractmethod
    def number(self, value: float) -> str:
        """Return a number."""

    def sum(self, terms: list[str]) -> str:
        """Return terms added up; one that begins with a minus sign is subtracted."""
        rest = [f" - {text[1:]}" if text.startswith("-") else f" + {text}" for text in terms[1:]]
        return "".join([terms[0], *rest])

    @abstractmethod
    def group(self, inner: str) -> str:
        """Return `inner` in parentheses."""

    @abstractmethod
    def product(self, factors: list[str]) -> str:
        """Return factors times each other."""

    @abstractmethod
    def quotient(self, above: str, below: list[str]) -> str:
        """Return `above` divided by every part of `below`."""

    @abstractmethod
    def divisor(self, text: str, strength: int, *, alone: bool) -> str:
        """Return one part of a denominator, in parentheses where needed."""

    @abstractmethod
    def power(self, base: str, exponent: float) -> str:
        """Return base**exponent, with a positive exponent; negative ones are quotients."""

    @abstractmethod
    def root(self, inner: str) -> str:
        """Return the square root."""

    @abstractmethod
    def call(self, name: str, args: list[str]) -> str:
        """Return a primitive function of args."""


class TextStyle(Style):
    """Python and SymPy syntax."""

    def __init__(self, names: Sequence[str], digits: int | None = None) -> None:
        super().__init__(identifiers(names), digits)

    def number(self, value: float) -> str:
        """Return the shortest text that reads back to the same float, or `digits` significant digits."""
        return self.digits_of(value)

    def group(self, inner: str) -> str:
        """Return `inner` in parentheses."""
        return f"({inner})"

    def product(self, factors: list[str]) -> str:
        """Return factors times each other."""
        return "*".join(factors)

    def quotient(self, above: str, below: list[str]) -> str:
        """Return `above` divided by every part of `below`."""
        return "/".join([above, *below])

    def divisor(self, text: str, strength: int, *, alone: bool) -> str:  # noqa: ARG002
        """Return one part of a denominator."""
        return text if strength == ATOM else self.group(text)

    def power(self, base: str, exponent: float) -> str:
        """Return base**exponent."""
        text = f"{int(exponent)}" if exponent == int(exponent) else repr(exponent)
        return f"{base}**{text}"

    def root(self, inner: str) -> str:
        """Return the square root."""
        return f"sqrt({inner})"

    def call(self, name: str, args: list[str]) -> str:
        """Return a function of args."""
        if name == "cond":
            return f"Piecewise(({args[1]}, {args[0]} > 0), ({args[2]}, True))"
        return f"{_TEXT_NAME.get(name, name)}({', '.join(args)})"


_TEXT_NAME = {"abs": "Abs", "max": "Max", "min": "Min"}


class LatexStyle(Style):
    """LaTeX for a paper."""

    def __init__(self, names: Sequence[str], digits: int | None = None) -> None:
        super().__init__([latex_name(name) for name in names], digits)

    def number(self, value: float) -> str:
        """Return a number, with a power of ten where it has one."""
        mantissa, _, exponent = self.digits_of(value).partition("e")
        return rf"{mantissa} \times 10^{{{int(exponent)}}}" if exponent else mantissa

    def group(self, inner: str) -> str:
        """Return `inner` in parentheses that grow."""
        return rf"\left({inner}\right)"

    def product(self, factors: list[str]) -> str:
        """Return factors beside each other, with a cross between two numbers."""
        text = factors[0]
        for factor in factors[1:]:
            text += (r" \times " if re.match(r"[\d-]", factor) else " ") + factor
        return text

    def quotient(self, above: str, below: list[str]) -> str:
        """Return a fraction."""
        return rf"\frac{{{above}}}{{{' '.join(below)}}}"

    def divisor(self, text: str, strength: int, *, alone: bool) -> str:
        """Return one part of a denominator; alone, the bar is its parentheses."""
        return text if alone or strength != ADDED else self.group(text)

    def power(self, base: str, exponent: float) -> str:
        """Return base^exponent; a base with its own superscript is put in parentheses."""
        text = f"{int(exponent)}" if exponent == int(exponent) else repr(exponent)
        return f"{self.group(base) if '^' in base and not base.startswith(chr(92) + 'left') else base}^{{{text}}}"

    def root(self, inner: str) -> str:
        """Return the square root."""
        return rf"\sqrt{{{inner}}}"

    def call(self, name: str, args: list[str]) -> str:
        """Return a function of args."""
        if name == "cond":
            rows = rf"{args[1]} & \text{{for}}\: {args[0]} > 0 \\ {args[2]} & \text{{otherwise}}"
            return rf"\begin{{cases}} {rows} \end{{cases}}"
        if name == "abs":
            return rf"\left|{args[0]}\right|"
        return rf"\{name}{self.group(', '.join(args))}"


def print_outputs(graph: Graph, outputs: NDArray[np.int64], style: Style) -> list[str]:
    """Return one line for every output.

    In a sum, products and functions come first, then inputs by number, then brackets, then the constant.
    """
    printer = _Printer(graph, style)
    parts = printer.parts()
    return [parts[node][0] for node in outputs.tolist()]


class _Printer:
    def __init__(self, graph: Graph, style: Style) -> None:
        self.style = style
        self.kind: list[int] = graph.kind.tolist()
        self.value: list[float] = graph.value.tolist()
        self.coef: list[float] = graph.coef.tolist()
        self.start: list[int] = graph.start.tolist()
        self.children = children_of(graph)
        self.done: list[Part] = []

    def parts(self) -> list[Part]:
        for node, kind in enumerate(self.kind):
            if kind == CONST:
                text = self.style.number(self.value[node])
                part = (text, ADDED if text.startswith("-") else ATOM)
            elif kind == INPUT:
                part = (self.style.names[int(self.value[node])], ATOM)
            elif kind == SUM:
                part = self.sum(node)
            elif kind == PROD:
                part = (self.product([], self.children[node]), MULTIPLIED)
            elif kind == POW:
                part = self.power(node)
            else:
                part = (self.style.call(KINDS[kind], [self.done[child][0] for child in self.children[node]]), ATOM)
            self.done.append(part)
        return self.done

    def sum(self, node: int) -> Part:
        children, first = self.children[node], self.start[node]
        coefs = self.coef[first : first + len(children)]
        rank = self.kind
        order = sorted(range(len(children)), key=lambda k: (_RANK.get(rank[children[k]], 1), self.value[children[k]]))
        terms = [self.term(coefs[k], children[k]) for k in order]
        if self.value[node] != 0.0:
            terms.append(self.style.number(self.value[node]))
        return self.style.sum(terms), MULTIPLIED if len(terms) == 1 else ADDED

    def term(self, coef: float, child: int) -> str:
        text, strength = self.done[child]
        if coef == 1.0:
            return text
        if (shown := self.style.digits_of(coef)) in ("1", "-1"):
            return shown[:-1] + (self.style.group(text) if strength == ADDED or text.startswith("-") else text)
        number = self.style.number(coef)
        if self.kind[child] == PROD:
            return self.product([number], self.children[child])
        if self.kind[child] == POW and self.value[child] < 0:
            return self.product([number], [child])
        return self.style.product([number, self.factor(child)])

    def product(self, numbers: list[str], children: list[int]) -> str:
        inverse = [c for c in children if self.kind[c] == POW and self.value[c] < 0]
        above = [*numbers, *(self.factor(c) for c in children if c not in inverse)]
        text = self.style.product(above) if above else self.style.number(1.0)
        if not inverse:
            return text
        below = [self.raised(self.children[c][0], -self.value[c]) for c in inverse]
        alone = len(below) == 1
        return self.style.quotient(text, [self.style.divisor(part, strength, alone=alone) for part, strength in below])

    def factor(self, node: int) -> str:
        text, strength = self.done[node]
        nested = self.kind[node] in (SUM, PROD) or strength == ADDED
        return self.style.group(text) if nested else text

    def power(self, node: int) -> Part:
        child, exponent = self.children[node][0], self.value[node]
        if exponent < 0:
            return self.product([], [node]), MULTIPLIED
        return self.raised(child, exponent)

    def raised(self, child: int, exponent: float) -> Part:
        text, strength = self.done[child]
        if exponent == 1:
            return text, strength
        if exponent == 0.5:
            return self.style.root(text), ATOM
        tight = strength == ATOM and self.kind[child] != POW
        return self.style.power(text if tight else self.style.group(text), exponent), ATOM


_RANK = {PROD: 0, POW: 0, INPUT: 2, SUM: 3}
