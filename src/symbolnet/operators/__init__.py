"""Operators: one record each, holding every form of it."""

__all__ = [
    "Operator",
    "get_operator",
    "operator_names",
    "register_operator",
    "unregister_operator",
]

from symbolnet.operators._operator import Operator
from symbolnet.operators._registry import get_operator, operator_names, register_operator, unregister_operator
