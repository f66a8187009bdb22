"""From formulas to hardware: fixed point, an exact emulator, RTL, simulation, synthesis."""

from symbolnet.hardware._auto import AutoResult, auto_precision, sample_rows
from symbolnet.hardware._bundle import Bundle, check_out, open_bundle
from symbolnet.hardware._circuit import ESTIMATE, Circuit, circuit_from_json, guessed_luts, nothing
from symbolnet.hardware._emulate import emulate, emulate_integers, saturated_share
from symbolnet.hardware._export import export, export_program, find_target
from symbolnet.hardware._format import FixedPoint, parse_format
from symbolnet.hardware._json import program_from_json, program_to_json
from symbolnet.hardware._lower import lower
from symbolnet.hardware._network import QuantisedLayer, network_program
from symbolnet.hardware._precision import Precision
from symbolnet.hardware._program import Program
from symbolnet.hardware._score import classification_score, fidelity_score, regression_score, score_of_model
from symbolnet.hardware._search import Candidate, choose, search_precision
from symbolnet.hardware._synth import LATENCY_LABEL, Synthesis, synthesise
from symbolnet.hardware._targets import TARGETS, Target
from symbolnet.hardware._verify import Verification, verify
from symbolnet.hardware._within import Limits, check_limits, circuits_within

__all__ = [
    "ESTIMATE",
    "LATENCY_LABEL",
    "TARGETS",
    "AutoResult",
    "Bundle",
    "Candidate",
    "Circuit",
    "FixedPoint",
    "Limits",
    "Precision",
    "Program",
    "QuantisedLayer",
    "Synthesis",
    "Target",
    "Verification",
    "auto_precision",
    "check_limits",
    "check_out",
    "choose",
    "circuit_from_json",
    "circuits_within",
    "classification_score",
    "emulate",
    "emulate_integers",
    "export",
    "export_program",
    "fidelity_score",
    "find_target",
    "guessed_luts",
    "lower",
    "network_program",
    "nothing",
    "open_bundle",
    "parse_format",
    "program_from_json",
    "program_to_json",
    "regression_score",
    "sample_rows",
    "saturated_share",
    "score_of_model",
    "search_precision",
    "synthesise",
    "verify",
]
