"""Formulas as presentation MathML, which browsers draw without a script (MathML Core, W3C)."""

__all__ = ["MathMLStyle", "as_math", "breakable"]

import re
from collections.abc import Sequence
from html import escape
from itertools import pairwise

from symbolnet.expression._print import ADDED, Style

_TIMES = "<mo>\N{INVISIBLE TIMES}</mo>"
_APPLY = "<mo>\N{FUNCTION APPLICATION}</mo>"
_THIN = '<mspace width="0.17em"></mspace>'
_MINUS = "<mo>\N{MINUS SIGN}</mo>"
_TALL = ("<mfrac>", "<msqrt>", "<mtable>")
_CLOSING = re.compile(r"<mo[^>]*>[)|]</mo>$")
_MATH = re.compile("(<math[^>]*>)(.*)(</math>)", re.DOTALL)
_TAG = re.compile(r"<(/?)\w+[^>]*>")
_CALL = re.compile(rf"<mi>\w+</mi>{_APPLY}")
_ELEMENT = re.compile(r"<(mi|mn|msub)>(?:(?!<\1>).)*</\1>")


def as_math(inner: str) -> str:
    """Return the element that a page or a notebook draws, for one formula as `print_outputs` gives it."""
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML">{_signed(inner)}</math>'


def breakable(math: str) -> list[str]:
    """Return one element for each term of the element `math`: between elements a browser may begin a new line."""
    opening, inner, closing = _MATH.fullmatch(math).groups()  # type: ignore[union-attr]  # `as_math` made it
    cuts, depth = [0], 0
    for tag in _TAG.finditer(inner):
        sign = inner.startswith(("<mo>+</mo>", _MINUS), tag.start())
        if sign and depth == 0 and tag.start() > 0:
            cuts.append(tag.start())
        depth += -1 if tag[1] else 1
    terms = [inner[a:b] for a, b in pairwise([*cuts, len(inner)])]
    # A sign that begins an element would else be drawn as that of a number, without room around it.
    infix = [terms[0], *(term.replace("<mo>", '<mo form="infix">', 1) for term in terms[1:])]
    return [f"{opening}{term}{closing}" for term in infix]


class MathMLStyle(Style):
    """MathML for a page.

    Sums, products and arguments lie flat, in no row of their own, where nothing in them is tall: a page may then break
    a long formula at any sign of it.
    """

    def __init__(self, names: Sequence[str], digits: int | None = None) -> None:
        super().__init__([_name(name) for name in names], digits)

    def number(self, value: float) -> str:
        """Return a number, with a power of ten where it has one."""
        mantissa, _, exponent = self.digits_of(value).partition("e")
        sign, size = ("-", mantissa[1:]) if mantissa.startswith("-") else ("", mantissa)
        return f"{sign}<mn>{size}</mn>" + (
            f"<mo>×</mo><msup><mn>10</mn>{_exponent(float(exponent))}</msup>" if exponent else ""
        )

    def sum(self, terms: list[str]) -> str:
        """Return terms added up; one that begins with a minus sign is subtracted."""
        rest = [_MINUS + text[1:] if text.startswith("-") else f"<mo>+</mo>{text}" for text in terms[1:]]
        return "".join([terms[0], *rest])

    def group(self, inner: str) -> str:
        """Return `inner` in parentheses that grow with it."""
        return _fenced("(", _signed(inner), ")")

    def product(self, factors: list[str]) -> str:
        """Return factors beside each other, with a cross between two numbers."""
        text = factors[0]
        for factor in factors[1:]:
            text += (
                ("<mo>×</mo>" if factor.startswith("<mn>") else _TIMES)
                + (_THIN if _CALL.match(factor) else "")
                + factor
            )
        return text

    def quotient(self, above: str, below: list[str]) -> str:
        """Return a fraction, its sign before it."""
        sign = "-" if above.startswith("-") else ""
        return f"{sign}<mfrac><mrow>{above.removeprefix('-')}</mrow><mrow>{_signed(_TIMES.join(below))}</mrow></mfrac>"

    def divisor(self, text: str, strength: int, *, alone: bool) -> str:
        """Return one part of a denominator; alone, the bar is its parentheses."""
        return text if alone or strength != ADDED else self.group(text)

    def power(self, base: str, exponent: float) -> str:
        """Return base^exponent; the exponent stands at a closing bracket, so that what is inside can be broken."""
        raised = _exponent(exponent)
        if closing := _CLOSING.search(base):
            return f"{base[: closing.start()]}<msup>{closing[0]}{raised}</msup>"
        return f"<msup>{base if _ELEMENT.fullmatch(base) else f'<mrow>{base}</mrow>'}{raised}</msup>"

    def root(self, inner: str) -> str:
        """Return the square root."""
        return f"<msqrt>{_signed(inner)}</msqrt>"

    def call(self, name: str, args: list[str]) -> str:
        """Return a function of args."""
        parts = [_signed(arg) for arg in args]
        if name == "cond":
            rows = (
                (parts[1], f"<mtext>for\N{NO-BREAK SPACE}</mtext>{parts[0]}<mo>&gt;</mo><mn>0</mn>"),
                (parts[2], "<mtext>otherwise</mtext>"),
            )
            cells = "".join(f"<mtr>{''.join(f'<mtd>{cell}</mtd>' for cell in row)}</mtr>" for row in rows)
            return f"<mrow><mo>{{</mo><mtable>{cells}</mtable></mrow>"
        if name == "abs":
            return _fenced("|", parts[0], "|")
        return f"<mi>{name}</mi>{_APPLY}{_fenced('(', '<mo>,</mo>'.join(parts), ')')}"


def _signed(text: str) -> str:
    return f'<mo form="prefix">\N{MINUS SIGN}</mo>{text[1:]}' if text.startswith("-") else text


def _fenced(opening: str, inner: str, closing: str) -> str:
    if any(tall in inner for tall in _TALL):  # brackets grow with the row that they stand in
        return f'<mrow><mo form="prefix">{opening}</mo>{inner}<mo form="postfix">{closing}</mo></mrow>'
    return f'<mo form="prefix" stretchy="false">{opening}</mo>{inner}<mo form="postfix" stretchy="false">{closing}</mo>'


def _exponent(value: float) -> str:
    size = f"<mn>{int(abs(value)) if value == int(value) else repr(abs(value))}</mn>"
    return size if value >= 0 else f"<mrow>{_MINUS}{size}</mrow>"


def _name(name: str) -> str:
    """x374 as x with an index; a longer name upright; LaTeX, which MathML cannot hold, as its source."""
    if match := re.fullmatch(r"([^\W\d_])_?(\d+)", name):
        return f"<msub><mi>{match[1]}</mi><mn>{match[2]}</mn></msub>"
    return f"<mi>{escape(name)}</mi>"
