"""The paper's experiments from one call: scans, baselines, tables, figures (paper Sections IV and V)."""

from symbolnet.reproduce._configs import CONFIGS, Config, Example, Published
from symbolnet.reproduce._plan import FULL_MINUTES, METHODS, Plan, make_plan
from symbolnet.reproduce._run import RunReport, reproduce
from symbolnet.reproduce._table4 import Table4Report, reproduce_table4
from symbolnet.reproduce._table4_plan import Plan4, make_plan4

__all__ = [
    "CONFIGS",
    "FULL_MINUTES",
    "METHODS",
    "Config",
    "Example",
    "Plan",
    "Plan4",
    "Published",
    "RunReport",
    "Table4Report",
    "make_plan",
    "make_plan4",
    "reproduce",
    "reproduce_table4",
]
