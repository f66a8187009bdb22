"""Export: from a formula to a bundle."""

__all__ = ["PART", "export", "export_program", "find_target"]

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from symbolnet._errors import UnknownNameError, did_you_mean
from symbolnet.expression import Expression
from symbolnet.hardware._bundle import Bundle, write_bundle
from symbolnet.hardware._emulate import quantise_inputs
from symbolnet.hardware._format import FixedPoint
from symbolnet.hardware._lower import lower
from symbolnet.hardware._precision import Precision
from symbolnet.hardware._program import Program
from symbolnet.hardware._targets import TARGETS, Design, Target

PART = "xcvu9p-flga2577-2-e"
"""The paper's device, a Virtex UltraScale+ VU9P of speed grade 2."""

_MOST_SAMPLES = 5000


def find_target(name: str) -> Target:
    """Return a target by its name.

    Parameters
    ----------
    name : str
        What `export` takes as `to`: a key of `TARGETS`.

    Returns
    -------
    Target

    Raises
    ------
    UnknownNameError
        If there is none, with the closest name.
    """
    if name not in TARGETS:
        raise UnknownNameError(f"--to {name}: no such target; {did_you_mean(name, TARGETS)}")
    return TARGETS[name]


def export(
    expression: Expression,
    path: str | Path,
    *,
    to: str = "verilog",
    precision: Precision | FixedPoint | Program | None = None,
    X: ArrayLike | None = None,
    clock_ns: float = 5.0,
    part: str = PART,
    name: str = "formula",
    overwrite: bool = False,
) -> Bundle:
    """Write a bundle for a formula.

    Parameters
    ----------
    expression : Expression
        Of raw inputs.
    path : path
        A new or empty folder.
    to : str
        One of `TARGETS`.
    precision : Precision, FixedPoint or Program, optional
        As for `lower`; a program that `search_precision` made is taken as it is.
    X : array, (n_samples, n_inputs), optional
        Data for ranges and for test vectors.
    clock_ns : float
        The period of the clock that the pipeline is cut for.
    part : str
        The device, as Vivado names it.
    name : str
        Of the formula, for its reader.
    overwrite : bool
        Whether a bundle in that folder may be replaced.

    Raises
    ------
    SymbolNetError
        If the formula has no hardware form at this precision; if more than 1 % of the samples saturate; if a tool or
        package is missing; if the folder is not free.
    """
    target = find_target(to)
    if isinstance(precision, Program):
        program = precision
    else:
        program = lower(expression, X, precision=precision, semantics=target.semantics)
    more = {"precision": precision.to_json()} if isinstance(precision, Precision | FixedPoint) else {}
    return export_program(
        program, path, to=to, X=X, clock_ns=clock_ns, part=part, name=name, overwrite=overwrite,
        expression=expression, manifest=more,
    )  # fmt: skip


def export_program(
    program: Program,
    path: str | Path,
    *,
    to: str = "verilog",
    X: ArrayLike | None = None,
    clock_ns: float = 5.0,
    part: str = PART,
    name: str = "formula",
    overwrite: bool = False,
    expression: Expression | None = None,
    manifest: Mapping[str, Any] = MappingProxyType({}),
) -> Bundle:
    """Write a bundle for a program, wherever it comes from; parameters as for `export`.

    Parameters
    ----------
    program : Program
    expression : Expression, optional
        What it was lowered from; a target may need it.
    manifest : mapping
        What else the manifest is to hold.
    """
    target = find_target(to)
    samples = np.zeros((len(program.columns), 0), dtype=np.int64)
    if X is not None:
        rows = np.asarray(X)
        rows = rows[np.linspace(0, len(rows) - 1, min(len(rows), _MOST_SAMPLES)).astype(int)]
        samples = quantise_inputs(program, rows)
    files, more = target.write(Design(expression, program, samples, clock_ns, part, name, X))
    about: dict[str, Any] = {"target": to, "name": name, "part": part, "clock_ns": float(clock_ns)}
    return write_bundle(Path(path), program, {**about, **manifest, **more}, samples, files, overwrite=overwrite)
