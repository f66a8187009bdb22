"""The parameters that both estimators share: what values they take, and their documentation."""

__all__ = ["PARAMETER_CONSTRAINTS", "document"]

import os
from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any, TypeVar

from sklearn.utils._param_validation import Interval, StrOptions

_SPARSITY = [None, Interval(Real, 0, 1, closed="left")]

PARAMETER_CONSTRAINTS: dict[str, list[Any]] = {
    # Where a constant costs one node, at least 1: what a fit can reach is checked with the costs.
    "max_complexity": [None, Interval(Real, 0, None, closed="neither")],
    "n_layers": [Interval(Integral, 1, None, closed="left")],
    "n_unary": [Interval(Integral, 0, None, closed="left"), "array-like"],
    "n_binary": [Interval(Integral, 0, None, closed="left"), "array-like"],
    "unary_operators": [list, tuple],
    "binary_operators": [list, tuple],
    "weight_sparsity": _SPARSITY,
    "input_sparsity": _SPARSITY,
    "unary_sparsity": _SPARSITY,
    "binary_sparsity": _SPARSITY,
    "sparsity_decay": [Interval(Real, 0, None, closed="neither")],
    "loss": [str, callable],
    "learning_rate": [Interval(Real, 0, None, closed="neither")],
    "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
    "max_iter": [Interval(Integral, 1, None, closed="left")],
    "n_trials": [Interval(Integral, 1, None, closed="left")],
    "complexity_of_operators": [None, str, Mapping],
    "max_luts": [None, Interval(Real, 0, None, closed="neither")],
    "clock_ns": [Interval(Real, 0, None, closed="neither")],
    "max_latency_ns": [None, Interval(Real, 0, None, closed="neither")],
    "model_selection": [StrOptions({"best", "accuracy", "score"})],
    "validation_fraction": [Interval(Real, 0, 1, closed="left")],
    "early_stopping": ["boolean"],
    "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
    "time_limit": [None, Interval(Real, 0, None, closed="neither")],
    "standardize": ["boolean"],
    "warm_start": ["boolean"],
    "random_state": ["random_state"],
    # Whether the path is usable is found out where the folder is made.
    "run_dir": [None, str, os.PathLike],
    "resume": ["boolean"],
    "verbose": ["verbose"],
}

_T = TypeVar("_T", bound=type)

_PARAMETERS = """Parameters
    ----------
    max_complexity : float, optional
        Mean number of nodes per formula that no model of the result exceeds (paper Section IV.A), or mean cost where
        `complexity_of_operators` says what nodes cost. Given without sparsity targets, it steers the training.
    n_layers : int
        Symbolic layers.
    n_unary, n_binary : int or list of int
        Unary and binary operator nodes of each layer (u and b of the paper).
    unary_operators, binary_operators : tuple of str, or one list a layer
        Operators that the nodes take in turn; see `symbolnet.operator_names()` and `symbolnet.register_operator`. By
        budget, formulas hold sums and what is named here; left at the defaults, the search chooses:
        products, squares, tanh and absolute values for classes, for values also sines, bells and what grows of the
        operators named (`docs/explanation/budget.md`).
    weight_sparsity, input_sparsity, unary_sparsity, binary_sparsity : float in [0, 1), optional
        Target sparsities α of the paper's Eq. 3. Giving any of them trains the paper's objective; those left out are 0.
    sparsity_decay : float
        d of Eq. 1.
    loss : {"auto", "mse", "cross_entropy", "huber", "poisson"} or callable (y, f) -> (samples,)
        "auto" is the mean squared error, as in the paper, for regression and for the paper's objective, and
        the cross-entropy for classification by budget. A callable is written with jax.numpy; y and f have shape
        (samples, outputs). A saved model cannot hold it: give it again before a new `fit`.
    learning_rate : float
        Of Adam.
    batch_size : int or "auto"
        "auto": a sixteenth of the samples, between 32 and 256.
    max_iter : int
        Epochs.
    n_trials : int
        Networks trained together from different initial weights; all their models enter `equations_`.
    complexity_of_operators : {"nodes", "xcvu9p"} or mapping from names to numbers, optional
        What each node costs: "nodes", the paper's count; "xcvu9p", clock cycles on that FPGA; or numbers, such as
        ``{"sin": 8, "*": 2, "constant": 0.5, "variable": 1}``, where what is left out costs 1. Complexity then means
        this cost everywhere; see `symbolnet.expression.Costs`.
    max_luts : float, optional
        LUTs that the circuit of no model of the result exceeds, without DSP blocks: Yosys counts them where it is
        installed, else they are estimated, and the column `counted_by` says so. The fit then searches formulas and
        precision for it; "best" means the best circuit. `max_complexity` may be given as well. Needs
        ``symbolnet[hardware]``, and data in memory.
    clock_ns : float
        The clock period that circuits are pipelined for, with `max_luts`.
    max_latency_ns : float, optional
        With `max_luts`: what cycles times `clock_ns` of no circuit exceeds.
    model_selection : {"best", "accuracy", "score"}
        "best": the lowest validation loss within the complexity asked for. "accuracy", "score": as in PySR.
    validation_fraction : float in [0, 1)
        Share of the samples held out to compare models. With 0, or too few samples, all samples serve for both.
    early_stopping : bool
        Stop once the targets are met and the validation loss has not fallen for `n_iter_no_change` epochs.
    n_iter_no_change : int
    time_limit : float, optional
        Seconds after which training ends with what there is; a warning says where that is only a constant.
    standardize : bool
        Standardise inputs (and regression targets) for the training; the formulas are in the units of the data all
        the same.
    warm_start : bool
        Go on from the networks of the last `fit`.
    random_state : int, RandomState or None
    run_dir : path, optional
        Folder for checkpoints, history, the table of models and the model.
    resume : bool
        Continue the run in `run_dir` from its checkpoint.
    verbose : int
        1 shows progress."""

_ATTRIBUTES = """equations_ : DataFrame
        One row a model, simplest first: complexity (mean), expanded_complexity, total_complexity, n_inputs, loss, the
        metric, score, pareto, equations; with costs other than nodes also nodes (mean). Loss and metric are of the
        formula, on the validation data. With `max_luts` also luts, latency_ns, counted_by and the metric of the circuit
        (circuit_accuracy or circuit_r2), on the rows that its precision was chosen on.
    history_ : DataFrame
        The curves of the paper's Fig. 7, one row an epoch and trial. By budget: complexity and loss of every model that
        the search examined, in its order; squared errors there relative to the variance of the targets.
    selected_features_ : tuple of str
        Inputs that the chosen formulas use.
    sparsity_ : DataFrame
        Target and reached sparsity of each type and trial.
    best_index_ : int
        The row that `model_selection` chooses.
    n_iter_ : int
        Epochs trained; by budget, models examined.
    stopped_ : str
        Why training ended.
    n_features_in_, feature_names_in_ : as in scikit-learn"""


def document(estimator: _T) -> _T:
    """Fill `{parameters}` and `{attributes}` into the docstring."""
    text = estimator.__doc__ or ""
    estimator.__doc__ = text.replace("{parameters}", _PARAMETERS).replace("{attributes}", _ATTRIBUTES)
    return estimator
