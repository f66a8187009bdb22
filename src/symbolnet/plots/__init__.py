"""Figures. Each function returns a matplotlib figure; the caller saves it: `figure.savefig(path)`, or `rendered`."""

from symbolnet.plots._bands import pareto_bands
from symbolnet.plots._confusion import confusion_matrix
from symbolnet.plots._decay import decay_factor_curves
from symbolnet.plots._examples import example_images, feature_distributions
from symbolnet.plots._inputs import input_map
from symbolnet.plots._network import network_diagram
from symbolnet.plots._pareto import pareto_front
from symbolnet.plots._predicted import predicted_against_true
from symbolnet.plots._roc import roc_curves
from symbolnet.plots._style import COLOURS, FORMS, STYLE, rendered
from symbolnet.plots._training import training_curves

__all__ = [
    "COLOURS",
    "FORMS",
    "STYLE",
    "confusion_matrix",
    "decay_factor_curves",
    "example_images",
    "feature_distributions",
    "input_map",
    "network_diagram",
    "pareto_bands",
    "pareto_front",
    "predicted_against_true",
    "rendered",
    "roc_curves",
    "training_curves",
]
