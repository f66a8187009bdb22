"""Symbolic regression by adaptive dynamic pruning: short, exact formulas from data with thousands of inputs.

The public names load on first use (PEP 562), so `import symbolnet` answers at once and brings in neither JAX nor
scikit-learn.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from symbolnet._errors import SymbolNetError
from symbolnet._version import __version__

if TYPE_CHECKING:
    from symbolnet import datasets, plots
    from symbolnet.estimators import SymbolNetClassifier, SymbolNetRegressor, load
    from symbolnet.expression import Expression
    from symbolnet.operators import operator_names, register_operator

__all__ = [
    "Expression",
    "SymbolNetClassifier",
    "SymbolNetError",
    "SymbolNetRegressor",
    "__version__",
    "datasets",
    "load",
    "operator_names",
    "plots",
    "register_operator",
]

# Where each lazy name lives; a submodule lives in itself.
_HOME = {
    "Expression": "symbolnet.expression",
    "SymbolNetClassifier": "symbolnet.estimators",
    "SymbolNetRegressor": "symbolnet.estimators",
    "datasets": "symbolnet.datasets",
    "load": "symbolnet.estimators",
    "operator_names": "symbolnet.operators",
    "plots": "symbolnet.plots",
    "register_operator": "symbolnet.operators",
}


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'symbolnet' has no attribute {name!r}")
    module = import_module(home)
    value = module if home == f"symbolnet.{name}" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
