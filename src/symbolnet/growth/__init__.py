"""Formulas grown term by term: for few inputs and formulas of known form, by least squares."""

__all__ = ["GrownFormula", "grow_front", "merge_fronts"]

from symbolnet.growth._front import GrownFormula, grow_front, merge_fronts
