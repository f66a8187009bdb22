"""A fit in two halves: the data made ready for training, and a network that was trained elsewhere kept as the model."""

__all__ = ["Prepared", "keep_network", "prepare", "trial_of"]

from dataclasses import dataclass, replace
from typing import Any

from sklearn.utils import check_random_state

from symbolnet._errors import SymbolNetError
from symbolnet.estimators._base import SymbolNetBase
from symbolnet.estimators._checked import checked_data
from symbolnet.estimators._fit import Job, batch_size, constant_model, job_of_arrays, model_of
from symbolnet.estimators._models import Model
from symbolnet.estimators._outcome import Outcome
from symbolnet.estimators._settings import architecture, costs_of, targets_of
from symbolnet.network import Architecture, FrozenNetwork
from symbolnet.training import Snapshot, TrainData, TrainSettings, Trial


@dataclass(frozen=True)
class Prepared:
    """What `training` needs for the parameters of an estimator, and what turns its networks into formulas.

    Attributes
    ----------
    architecture : Architecture
    settings : TrainSettings
        Its seed is that of the fit that the estimator itself would do.
    job : Job
        Names, scaling, targets and held-out samples.
    """

    architecture: Architecture
    settings: TrainSettings
    job: Job

    @property
    def data(self) -> TrainData:
        """The samples to train on."""
        assert isinstance(self.job.data, TrainData)  # `prepare` takes arrays only
        return self.job.data

    @property
    def validation(self) -> TrainData:
        """The samples that models are compared on."""
        return self.job.validation


def prepare(estimator: SymbolNetBase, X: Any, y: Any, like: Prepared | None = None) -> Prepared:
    """Check parameters and data as `fit` does, then scale, encode and split.

    Parameters
    ----------
    estimator : estimator
        Its `random_state` draws the split, so that equal seeds make models comparable.
    X : array-like (samples, inputs)
    y : array-like (samples,) or (samples, targets)
    like : Prepared, optional
        From an estimator that differs only in parameters of the network and the training; its arrays are taken over.

    Raises
    ------
    SymbolNetError or ValueError
        In one line, as `fit`.
    """
    estimator._validate_params()
    costs_of(estimator)
    if like is None:
        X, y = checked_data(estimator, X, y)
        job = job_of_arrays(estimator, X, y, None, check_random_state(estimator.random_state))
    else:
        job = replace(like.job, batch_size=batch_size(estimator, like.data.n_samples))
    settings = TrainSettings(
        loss=job.loss,
        metric="r2" if job.targets.classes is None else "accuracy",
        max_iter=int(estimator.max_iter),
        batch_size=job.batch_size,
        seed=job.seed,
    )
    return Prepared(architecture(estimator, len(job.names), job.targets.n_outputs), settings, job)


def trial_of(estimator: SymbolNetBase, seed: int) -> Trial:
    """The member of a population that the parameters describe."""
    return Trial(
        seed,
        **targets_of(estimator),
        decay=float(estimator.sparsity_decay),
        learning_rate=float(estimator.learning_rate),
    )


def keep_network(estimator: SymbolNetBase, prepared: Prepared, network: FrozenNetwork, n_iter: int) -> Model:
    """Make `estimator` a fitted one that holds the formulas of one network, after the best constant that they beat.

    Parameters
    ----------
    estimator : estimator
        That of `prepare`, or one with the same parameters of data.
    prepared : Prepared
    network : FrozenNetwork
    n_iter : int
        Epochs that it was trained.

    Returns
    -------
    Model
        The row of the network.

    Raises
    ------
    SymbolNetError
        If the formulas give values that are not finite on the held-out samples.
    """
    import pandas as pd

    job = prepared.job
    model = model_of(job, Snapshot(network, n_iter, 0, 0.0, 0.0), final=True)
    if model is None:
        raise SymbolNetError("the formulas are not finite on the held-out samples; take a smaller learning_rate")
    estimator.n_features_in_ = len(job.names)
    if job.targets.classes is not None:
        estimator.classes_ = job.targets.classes
    constant = constant_model(job)
    # A constant that does better would be the model that the estimator chooses.
    models = (constant, model) if constant.loss > model.loss else (model,)
    nothing = pd.DataFrame(columns=["trial", "type", "target", "reached", "met"])
    limit = model.expression.cost(estimator.complexity_of_operators)
    estimator._keep(Outcome(models, job.targets, {}, nothing, (), n_iter, "max_iter", None, limit))
    return model
