"""What the two estimators share: fit, the table of models, and access to the chosen formula."""

__all__ = ["SymbolNetBase"]

import os
import warnings
from abc import ABCMeta, abstractmethod
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.callback import CallbackSupportMixin, with_callbacks
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted

from symbolnet._errors import SymbolNetError
from symbolnet.estimators._checked import checked_data, checked_inputs, checked_weight
from symbolnet.estimators._models import Model, choose, equations_frame
from symbolnet.estimators._targets import Targets, target_names
from symbolnet.expression import Costs, Expression
from symbolnet.hardware import Circuit
from symbolnet.io import BlockSource

Array = NDArray[Any]


class SymbolNetBase(CallbackSupportMixin, BaseEstimator, metaclass=ABCMeta):
    """Base of `SymbolNetClassifier` and `SymbolNetRegressor`, which differ in how targets are encoded."""

    _metric: str

    def __init__(
        self,
        max_complexity: float | None = None,
        *,
        n_layers: int = 1,
        n_unary: int | list[int] = 20,
        n_binary: int | list[int] = 10,
        unary_operators: Any = ("sin", "cos", "gauss", "tanh"),
        binary_operators: Any = ("+", "*"),
        weight_sparsity: float | None = None,
        input_sparsity: float | None = None,
        unary_sparsity: float | None = None,
        binary_sparsity: float | None = None,
        sparsity_decay: float = 0.01,
        loss: Any = "auto",
        learning_rate: float = 0.005,
        batch_size: int | str = "auto",
        max_iter: int = 200,
        n_trials: int = 1,
        complexity_of_operators: Any = None,
        max_luts: float | None = None,
        clock_ns: float = 5.0,
        max_latency_ns: float | None = None,
        model_selection: str = "best",
        validation_fraction: float = 0.1,
        early_stopping: bool = False,
        n_iter_no_change: int = 20,
        time_limit: float | None = None,
        standardize: bool = True,
        warm_start: bool = False,
        random_state: Any = None,
        run_dir: str | os.PathLike[str] | None = None,
        resume: bool = False,
        verbose: int = 0,
    ) -> None:
        self.max_complexity = max_complexity
        self.n_layers = n_layers
        self.n_unary = n_unary
        self.n_binary = n_binary
        self.unary_operators = unary_operators
        self.binary_operators = binary_operators
        self.weight_sparsity = weight_sparsity
        self.input_sparsity = input_sparsity
        self.unary_sparsity = unary_sparsity
        self.binary_sparsity = binary_sparsity
        self.sparsity_decay = sparsity_decay
        self.loss = loss
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.n_trials = n_trials
        self.complexity_of_operators = complexity_of_operators
        self.max_luts = max_luts
        self.clock_ns = clock_ns
        self.max_latency_ns = max_latency_ns
        self.model_selection = model_selection
        self.validation_fraction = validation_fraction
        self.early_stopping = early_stopping
        self.n_iter_no_change = n_iter_no_change
        self.time_limit = time_limit
        self.standardize = standardize
        self.warm_start = warm_start
        self.random_state = random_state
        self.run_dir = run_dir
        self.resume = resume
        self.verbose = verbose

    @abstractmethod
    def _encode(self, y: Array, loss: Any, standardize: bool) -> Targets: ...

    @abstractmethod
    def _check_y(self, y: Array) -> Array: ...

    @with_callbacks  # type: ignore[untyped-decorator]
    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> "SymbolNetBase":
        """Train, unroll the networks to formulas, and keep the front of models in `equations_`.

        Parameters
        ----------
        X : array-like (samples, inputs), or a `symbolnet.io.BlockSource`
            Numbers, all finite. uint8 stays uint8 and is scaled to [0, 1] on the fly. A block source (memory-mapped
            `.npy` files, parquet) is read block by block in every epoch, brings its own targets and takes no weights.
        y : array-like (samples,) or, for several regression targets, (samples, targets)
            The names of a pandas Series or DataFrame become those of the outputs in a regression.
        sample_weight : array-like (samples,), optional

        Returns
        -------
        self

        Raises
        ------
        SymbolNetError or ValueError
            For parameters or data that make no sense, in one line.
        """
        # JAX is loaded here, not with the class.
        from symbolnet.estimators import _fit, _settings

        self._validate_params()
        _settings.costs_of(self)
        _settings.check_hardware(self, streamed=isinstance(X, BlockSource))
        if self.resume and self.run_dir is None:
            raise SymbolNetError("resume=True goes on with the run in run_dir, and run_dir is None; give the folder")
        self._target_names = target_names(y)
        if isinstance(X, BlockSource):
            for name, given in (("y", y), ("sample_weight", sample_weight)):
                if given is not None:
                    raise SymbolNetError(f"{name} has no place beside a block source; leave it out, or give X as array")
            outcome = _fit.fit_blocks(self, X)
        else:
            X, y = checked_data(self, X, y)
            weight = None if sample_weight is None else checked_weight(sample_weight, X)
            outcome = _fit.fit_arrays(self, X, y, weight)
        self._keep(outcome)
        return self

    def _keep(self, outcome: Any) -> None:
        """Turn the outcome of a fit into fitted attributes."""
        self.models_ = outcome.models
        self.targets_ = outcome.targets
        self.sparsity_ = outcome.sparsity
        self.n_iter_ = outcome.n_iter
        self.stopped_ = outcome.stopped
        self._history = outcome.history
        self._warm_states = outcome.states
        self._limit = outcome.limit
        # As they were in this fit: the parameter may be set anew before the next one.
        self._costs = Costs.of(self.complexity_of_operators)
        for line in outcome.unreached:
            warnings.warn(line, ConvergenceWarning, stacklevel=4)
        if self.run_dir is not None:
            from symbolnet.estimators._persistence import write_run

            write_run(self)

    # --- the chosen formula -----------------------------------------------------------------------------------------

    @property
    def equations_(self) -> pd.DataFrame:
        """The models, one row each, simplest first; `pareto` marks the front of loss against complexity."""
        check_is_fitted(self)
        return equations_frame(self.models_, self._metric, self._costs)

    @property
    def history_(self) -> pd.DataFrame:
        """One row an epoch and trial, with the curves of the paper's Fig. 7; by budget, one row a model examined."""
        check_is_fitted(self)
        columns = {name: values.ravel() for name, values in self._history.items()}
        if not columns:
            return pd.DataFrame()
        n_epochs, n_trials = next(iter(self._history.values())).shape
        if "complexity" in columns:
            return pd.DataFrame({"examined": np.arange(1, n_epochs + 1), **columns})
        epochs, trials = np.repeat(np.arange(1, n_epochs + 1), n_trials), np.tile(np.arange(n_trials), n_epochs)
        return pd.DataFrame({"epoch": epochs, "trial": trials, **columns})

    @property
    def best_index_(self) -> int:
        """The row of `equations_` that `model_selection` chooses."""
        check_is_fitted(self)
        return choose(self.models_, self.model_selection, self._limit, self._costs)

    def expression(self, index: int | None = None) -> Expression:
        """The formulas of one row of `equations_`, in the units of X.

        Parameters
        ----------
        index : int, optional
            Row; the one that `model_selection` chooses if None.

        Raises
        ------
        SymbolNetError
            If there is no such row.
        """
        return self._model(index).expression

    def _model(self, index: int | None) -> Model:
        check_is_fitted(self)
        chosen: Any = self.best_index_ if index is None else index
        whole = isinstance(chosen, Integral)
        if not whole or not -len(self.models_) <= chosen < len(self.models_):
            raise SymbolNetError(f"index {index!r} is not a row of equations_; give 0 to {len(self.models_) - 1}")
        model: Model = self.models_[int(chosen)]
        return model

    def circuit(self, index: int | None = None) -> Circuit:
        """The circuit of one row of a fit by `max_luts`; `symbolnet.hardware.emulate` runs its program.

        Parameters
        ----------
        index : int, optional
            Row; the one that `model_selection` chooses if None.

        Raises
        ------
        SymbolNetError
            If there is no such row, or `max_luts` was not given.
        """
        found = self._model(index).circuit
        if found is None:
            raise SymbolNetError("this fit has no circuits; fit with max_luts, or export with --precision auto")
        return found

    def sympy(self, index: int | None = None) -> list[Any]:
        """One SymPy expression an output."""
        return self.expression(index).sympy()

    def latex(self, index: int | None = None, digits: int | None = 2) -> list[str]:
        """One LaTeX formula an output, constants shown with `digits` significant digits (all of them if None)."""
        return self.expression(index).latex(digits=digits)

    def latex_table(self, index: int | None = None, digits: int = 2) -> str:
        """A LaTeX table in the form of the paper's Table I: output, expression, complexity."""
        from symbolnet.expression import latex_table

        expression = self.expression(index)
        heading = "Output" if self.targets_.classes is None else "Class"
        return latex_table(expression, digits=digits, heading=heading)

    @property
    def selected_features_(self) -> tuple[str, ...]:
        """The names of the inputs that the chosen formulas use."""
        expression = self.expression()
        return tuple(expression.input_names[k] for k in expression.used_inputs)

    def _values(self, X: Any, index: int | None) -> NDArray[np.float64]:
        """The value of each formula, (samples, outputs)."""
        check_is_fitted(self)
        return self.expression(index)(checked_inputs(self, X))

    # --- files ------------------------------------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the fitted model to one file without pickle; `symbolnet.load` reads it.

        Parameters
        ----------
        path : path
            A file that is there is replaced, and stays as it is if writing fails.

        Raises
        ------
        SymbolNetError
            If `path` is no path.
        OSError
            If the file cannot be written.
        """
        from symbolnet.estimators._persistence import save

        save(self, path)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "models_")
