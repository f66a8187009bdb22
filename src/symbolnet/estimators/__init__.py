"""scikit-learn estimators: validate, train, and keep the formulas."""

__all__ = ["SymbolNetClassifier", "SymbolNetRegressor", "load"]

from symbolnet.estimators._classifier import SymbolNetClassifier
from symbolnet.estimators._persistence import load
from symbolnet.estimators._regressor import SymbolNetRegressor
