"""A formula as the C++ of an hls4ml SymbolicExpression project, in hls4ml's own spelling.

hls4ml 1.3 takes a formula as text and parses it with SymPy, which distributes ``0.15*(a + b)`` over the bracket and
turns odd functions round; other constants would be quantised than those of the formula. So the arithmetic is written
here, from the formula's graph: every constant in its place as ``result_t(c)``, each common part once.
"""

__all__ = ["arithmetic", "table_definitions"]

from collections import Counter
from collections.abc import Mapping, Sequence

from symbolnet.expression import Expression
from symbolnet.expression._graph import CONST, INPUT, KINDS, POW, PROD, SUM, children_of
from symbolnet.hardware._hls4ml import CHOICES, LookUp, exact_power

_FLAT = 4
"""Terms in a row; longer sums are written as a tree, for ap_fixed grows by a bit with each addition."""


def table_definitions(tables: Mapping[int, LookUp]) -> str:
    """Return the lines that define the tables, one for each function and range."""
    return "\n".join(
        f"nnet::lookup_table<result_t, {table.size}, functions::{table.function.name}> "
        f"{name}({table.start!r}, {table.end!r});"
        for table, name in _names(tables).items()
    )


def _names(tables: Mapping[int, LookUp]) -> dict[LookUp, str]:
    names: dict[LookUp, str] = {}
    for table in tables.values():
        names.setdefault(table, f"{table.function.name}_lut{len(names)}")
    return names


def arithmetic(expression: Expression, tables: Mapping[int, LookUp], columns: Sequence[int]) -> list[str]:
    """Return the lines that compute y from x.

    Parameters
    ----------
    expression : Expression
    tables : mapping of node to LookUp
    columns : sequence of int
        The column of each x, in order. An input that is not there meets a factor that the type holds as zero.
    """
    graph, names = expression.graph, _names(tables)
    places = {column: f"x[{place}]" for place, column in enumerate(columns)}
    children = children_of(graph)
    outputs = expression.outputs.tolist()
    kinds = graph.kind.tolist()
    users = Counter(outputs)
    reached = set(outputs)
    for node in range(len(graph) - 1, -1, -1):
        if node in reached:
            reached.update(children[node])
            twice = 2 if kinds[node] == POW and exact_power(float(graph.value[node])) else 1  # it is written out
            users.update({part: count * twice for part, count in Counter(children[node]).items()})
    lines: list[str] = []
    bare: dict[int, str] = {}
    texts: dict[int, str] = {}  # in brackets where an operator may follow
    for node in sorted(reached):
        parts, value = children[node], float(graph.value[node])
        first = int(graph.start[node])
        if kinds[node] == CONST:
            text = f"result_t({value!r})"
        elif kinds[node] == INPUT:
            text = places.get(int(value), "result_t(0)")
        elif kinds[node] == SUM:
            coefs = graph.coef[first : first + len(parts)].tolist()
            text = _sum([_term(c, texts[part]) for c, part in zip(coefs, parts, strict=True)], value)
        elif kinds[node] == PROD:
            text = "*".join(texts[part] for part in parts)
        elif kinds[node] == POW and (factors := exact_power(value)):
            text = "*".join([texts[parts[0]]] * factors)
        elif KINDS[kinds[node]] in CHOICES:
            text = _choice(KINDS[kinds[node]], [bare[part] for part in parts])
        else:
            text = f"{names[tables[node]]}((result_t)({bare[parts[0]]}))"
        bare[node] = text
        if kinds[node] not in (CONST, INPUT) and users[node] > 1:
            lines.append(f"const auto v{node} = {text};")
            text = bare[node] = f"v{node}"
        elif kinds[node] in (SUM, PROD, POW) and node not in outputs:
            text = f"({text})"
        texts[node] = text
    return [*lines, *(f"y[{k}] = {texts[node]};" for k, node in enumerate(outputs))]


def _choice(kind: str, args: list[str]) -> str:
    if kind == "cond":
        return f"(({args[0]}) > 0 ? (result_t)({args[1]}) : (result_t)({args[2]}))"
    text, *others = (f"(result_t)({arg})" for arg in args)
    if not others:
        return f"functions::{kind}({text})" if kind == "abs" else text
    for other in others:
        text = f"functions::{kind}({text}, {other})"
    return text


def _term(coefficient: float, text: str) -> str:
    if abs(coefficient) == 1.0:
        return text if coefficient > 0 else f"-{text}"
    return f"{'-' if coefficient < 0 else ''}result_t({abs(coefficient)!r})*{text}"


def _sum(terms: list[str], constant: float) -> str:
    """An added constant keeps its sign inside: it quantises with it."""
    return _tree([*terms, *([f"result_t({constant!r})"] if constant else [])]) or "result_t(0)"


def _tree(terms: list[str]) -> str:
    if len(terms) > _FLAT:
        half = len(terms) // 2
        return f"({_tree(terms[:half])}) + ({_tree(terms[half:])})"
    return " + ".join(terms).replace("+ -", "- ")
