"""Formulas: unrolled from a network, simplified, counted, evaluated, rounded, printed and stored."""

__all__ = ["Expression", "count_nodes", "latex_table", "unroll"]

from symbolnet.expression._count import count_nodes
from symbolnet.expression._expression import Expression
from symbolnet.expression._table import latex_table
from symbolnet.expression._unroll import unroll
