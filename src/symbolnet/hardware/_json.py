"""A program as JSON, and back with every number checked."""

__all__ = ["program_from_json", "program_to_json"]

from typing import Any

import numpy as np

from symbolnet._errors import SymbolNetError
from symbolnet.hardware._format import FixedPoint
from symbolnet.hardware._program import (
    Affine,
    Cast,
    Constant,
    Extremum,
    Input,
    Multiply,
    Node,
    Program,
    Select,
    Table,
)

FORMAT = 1


def program_to_json(program: Program) -> dict[str, Any]:
    """Return a program as what `json.dumps` takes.

    Parameters
    ----------
    program : Program

    Returns
    -------
    dict
        Plain values, which `program_from_json` reads back.
    """
    return {
        "format": FORMAT,
        "semantics": program.semantics,
        "input_names": list(program.input_names),
        "output_names": list(program.output_names),
        "outputs": list(program.outputs),
        "nodes": [_entry(node) for node in program.nodes],
    }


def _entry(node: Node) -> dict[str, Any]:
    entry: dict[str, Any] = {"node": type(node).__name__.lower(), "args": list(node.args)}
    entry["type"] = node.format.to_json()
    match node:
        case Input(column):
            entry["column"] = column
        case Constant(value):
            entry["value"] = value
        case Affine():
            entry |= {"weights": list(node.weights), "constant": node.constant}
        case Table():
            entry |= {"what": node.what, "values": node.values.tolist()}
        case Extremum():
            entry["largest"] = node.largest
    return entry


def program_from_json(content: Any) -> Program:
    """Return the program that `program_to_json` wrote.

    Parameters
    ----------
    content : dict
        As `json.loads` gives it back; anything else is refused.

    Returns
    -------
    Program

    Raises
    ------
    SymbolNetError
        If it is damaged or of a later version.
    """
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise SymbolNetError("the program of the bundle is damaged or of a later version; export the formula anew")
    try:
        nodes = tuple(_node(entry) for entry in content["nodes"])
        semantics = content["semantics"]
        if semantics not in ("fused", "hls4ml"):
            raise SymbolNetError(f"semantics {semantics!r} of the bundle is unknown; export the formula anew")
        names = [_names(content[key]) for key in ("input_names", "output_names")]
        return Program(nodes, _integers(content["outputs"]), names[0], names[1], semantics)
    except (KeyError, TypeError, OverflowError) as error:
        raise SymbolNetError(f"the program of the bundle is damaged ({error}); export the formula anew") from error


def _names(entries: Any) -> tuple[str, ...]:
    if not isinstance(entries, list) or not all(isinstance(name, str) for name in entries):
        raise TypeError(f"{str(entries)[:40]!r} are no names")
    return tuple(entries)


def _integers(entries: Any) -> tuple[int, ...]:
    if not isinstance(entries, list):
        raise TypeError(f"{str(entries)[:40]!r} is no list")
    return tuple(_integer(entry) for entry in entries)


def _integer(entry: Any) -> int:
    """An integer that an int64 holds; JSON has larger ones, and `int` would take text and fractions."""
    if type(entry) is not int or not -(2**63) <= entry < 2**63:
        raise TypeError(f"{str(entry)[:40]!r} is no whole number of 64 bits")
    return entry


def _node(entry: Any) -> Node:
    form = FixedPoint.from_json(entry["type"])
    args = _integers(entry["args"])
    match entry["node"], args:
        case "input", ():
            return Input(_integer(entry["column"]), form)
        case "constant", ():
            return Constant(_integer(entry["value"]), form)
        case "affine", (_, *_):
            weights = _integers(entry["weights"])
            if len(weights) != len(args):
                raise SymbolNetError("a sum of the bundle has lost a weight; export the formula anew")
            return Affine(args, weights, _integer(entry["constant"]), form)
        case "cast", (a,):
            return Cast((a,), form)
        case "table", (a,):
            values = np.array(_integers(entry["values"]), dtype=np.int64)
            values.setflags(write=False)
            return Table((a,), values, form, _names([entry["what"]])[0])
        case "multiply", (a, b):
            return Multiply((a, b), form)
        case "extremum", (a, b):
            if not isinstance(entry["largest"], bool):
                raise TypeError(f"{str(entry['largest'])[:40]!r} is neither true nor false")
            return Extremum((a, b), entry["largest"], form)
        case "select", (a, b, c):
            return Select((a, b, c), form)
    raise SymbolNetError(f"{str(entry.get('node'))[:40]!r} is no node of a program; export the formula anew")
