"""Figures. Each function returns a matplotlib figure; the caller saves it: `figure.savefig(path)`."""

from symbolnet.plots._inputs import input_map
from symbolnet.plots._pareto import pareto_front
from symbolnet.plots._roc import roc_curves
from symbolnet.plots._style import COLOURS, STYLE
from symbolnet.plots._training import training_curves

__all__ = ["COLOURS", "STYLE", "input_map", "pareto_front", "roc_curves", "training_curves"]
