"""The paper's experiments from one call: scans, baselines, tables, figures (paper Sections IV and V)."""

from symbolnet.reproduce._configs import CONFIGS, Config, Example, Published
from symbolnet.reproduce._plan import FULL_MINUTES, METHODS, Plan, make_plan
from symbolnet.reproduce._run import RunReport, reproduce

__all__ = [
    "CONFIGS",
    "FULL_MINUTES",
    "METHODS",
    "Config",
    "Example",
    "Plan",
    "Published",
    "RunReport",
    "make_plan",
    "reproduce",
]
