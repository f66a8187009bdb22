"""The most accurate formulas within a complexity budget: the whole front from one fit."""

__all__ = ["Candidate", "FrontModel", "fit_front"]

from symbolnet.budget._front import fit_front
from symbolnet.budget._records import Candidate, FrontModel
