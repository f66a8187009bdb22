"""Formulas: unrolled from a network, simplified, counted, evaluated, rounded, printed and stored."""

__all__ = ["COST_PRESETS", "NODES", "Costs", "Expression", "check_budget", "count_nodes", "latex_table", "unroll"]

from symbolnet.expression._costs import COST_PRESETS, NODES, Costs, check_budget
from symbolnet.expression._count import count_nodes
from symbolnet.expression._expression import Expression
from symbolnet.expression._table import latex_table
from symbolnet.expression._unroll import unroll
