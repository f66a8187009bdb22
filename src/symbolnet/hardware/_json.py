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
    """Return a program as what `json.dumps` takes."""
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
        names = [tuple(str(name) for name in content[key]) for key in ("input_names", "output_names")]
        return Program(nodes, tuple(int(k) for k in content["outputs"]), names[0], names[1], semantics)
    except (KeyError, TypeError, OverflowError) as error:
        raise SymbolNetError(f"the program of the bundle is damaged ({error}); export the formula anew") from error


def _node(entry: dict[str, Any]) -> Node:
    form = FixedPoint.from_json(entry["type"])
    args = tuple(int(arg) for arg in entry["args"])
    match entry["node"], args:
        case "input", ():
            return Input(int(entry["column"]), form)
        case "constant", ():
            return Constant(int(entry["value"]), form)
        case "affine", (_, *_):
            weights = tuple(int(weight) for weight in entry["weights"])
            if len(weights) != len(args):
                raise SymbolNetError("a sum of the bundle has lost a weight; export the formula anew")
            return Affine(args, weights, int(entry["constant"]), form)
        case "cast", (a,):
            return Cast((a,), form)
        case "table", (a,):
            values = np.array(entry["values"], dtype=np.int64)
            values.setflags(write=False)
            return Table((a,), values, form, str(entry["what"]))
        case "multiply", (a, b):
            return Multiply((a, b), form)
        case "extremum", (a, b):
            return Extremum((a, b), bool(entry["largest"]), form)
        case "select", (a, b, c):
            return Select((a, b, c), form)
    raise SymbolNetError(f"{str(entry.get('node'))[:40]!r} is no node of a program; export the formula anew")
