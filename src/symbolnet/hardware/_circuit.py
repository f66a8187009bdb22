"""A formula's circuit as a fit by LUTs keeps it: the program, what it is worth and what it takes."""

__all__ = ["ESTIMATE", "Circuit", "circuit_from_json", "count_luts", "guessed_luts", "nothing"]

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike

from symbolnet._errors import SymbolNetError
from symbolnet.expression import Expression
from symbolnet.hardware._cost import guess_luts
from symbolnet.hardware._export import export
from symbolnet.hardware._fused import lower_fused
from symbolnet.hardware._json import program_from_json, program_to_json
from symbolnet.hardware._precision import Precision, prepare
from symbolnet.hardware._program import Program
from symbolnet.hardware._synth import synthesise
from symbolnet.hardware._tools import find

ESTIMATE = "estimate"
"""What `Circuit.counted_by` says where no Yosys counted."""


@dataclass(frozen=True, eq=False)
class Circuit:
    """One circuit.

    Attributes
    ----------
    program : Program or None
        None for a formula without inputs, which takes no logic.
    score : float
        Accuracy or R² of the circuit, by the exact emulator, on the rows that its precision was chosen on.
    luts : int
        Without DSP blocks.
    counted_by : str
        The version of Yosys, or "estimate".
    stages : int
        Clock cycles.
    clock_ns : float
        The assumed period.
    """

    program: Program | None
    score: float
    luts: int
    counted_by: str
    stages: int
    clock_ns: float

    @property
    def latency_ns(self) -> float:
        """Cycles times the assumed clock; nothing was placed or timed."""
        return self.stages * self.clock_ns

    def to_json(self) -> dict[str, Any]:
        """Return what a model file holds."""
        program = None if self.program is None else program_to_json(self.program)
        names = ("score", "luts", "counted_by", "stages", "clock_ns")
        return {"program": program, **{name: getattr(self, name) for name in names}}


def nothing(score: float, clock_ns: float) -> Circuit:
    """Return the circuit of a formula without inputs.

    Parameters
    ----------
    score : float
        Accuracy or R² of the constant.
    clock_ns : float
        The assumed period, in nanoseconds.

    Returns
    -------
    Circuit
        Without a program, of 0 LUTs and 0 cycles.
    """
    return Circuit(None, score, 0, "no logic", 0, clock_ns)


def circuit_from_json(entry: Mapping[str, Any]) -> Circuit:
    """Return the circuit that `Circuit.to_json` wrote.

    Parameters
    ----------
    entry : mapping
        As `json.loads` gives it back.

    Returns
    -------
    Circuit

    Raises
    ------
    SymbolNetError
        If the program in it makes no sense.
    """
    program = None if entry["program"] is None else program_from_json(entry["program"])
    return Circuit(
        program, float(entry["score"]), int(entry["luts"]), str(entry["counted_by"]), int(entry["stages"]),
        float(entry["clock_ns"]),
    )  # fmt: skip


def guessed_luts(expression: Expression, X: ArrayLike) -> float:
    """Return the LUTs of a formula as its nodes tell, at the same bits for every formula: 6 an input and a table.

    It takes milliseconds and compares formulas. Fewer bits may do for one of them and not for another: a search for the
    precision finds out.

    Parameters
    ----------
    expression : Expression
    X : array, (n_samples, n_inputs)
        Data that ranges are taken from.
    """
    if not expression.used_inputs:
        return 0.0  # constants are wires
    return float(round(guess_luts(lower_fused(*prepare(expression, X, squares=False), Precision()))))


def count_luts(expression: Expression, program: Program, clock_ns: float) -> tuple[int, str] | None:
    """Return the LUTs that Yosys counts, without DSP blocks, and its version; None where there is no Yosys."""
    try:
        find("yosys")
    except SymbolNetError:
        return None
    with tempfile.TemporaryDirectory() as folder:
        bundle = export(expression, Path(folder) / "count", precision=program, clock_ns=clock_ns)
        found = synthesise(bundle, dsp=False)
    return found.lut, found.tool
