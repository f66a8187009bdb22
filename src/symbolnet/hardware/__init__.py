"""From formulas to hardware: fixed point, an exact emulator, RTL, simulation, synthesis."""

from symbolnet.hardware._emulate import emulate, emulate_integers, saturated_share
from symbolnet.hardware._format import FixedPoint, parse_format
from symbolnet.hardware._json import program_from_json, program_to_json
from symbolnet.hardware._lower import lower
from symbolnet.hardware._precision import Precision
from symbolnet.hardware._program import Program

__all__ = [
    "FixedPoint",
    "Precision",
    "Program",
    "emulate",
    "emulate_integers",
    "lower",
    "parse_format",
    "program_from_json",
    "program_to_json",
    "saturated_share",
]
