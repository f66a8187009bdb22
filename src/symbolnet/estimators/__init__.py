"""scikit-learn estimators: validate, train, and keep the formulas."""

__all__ = ["SymbolNetClassifier", "SymbolNetRegressor", "evaluate", "load", "network_values", "rounded"]

from symbolnet.estimators._classifier import SymbolNetClassifier
from symbolnet.estimators._evaluation import evaluate, rounded
from symbolnet.estimators._forward import network_values
from symbolnet.estimators._persistence import load
from symbolnet.estimators._regressor import SymbolNetRegressor
