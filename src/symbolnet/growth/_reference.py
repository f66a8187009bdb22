"""A smooth model of few noisy samples: what it predicts, how sure it is, and what it leaves of samples left out."""

__all__ = ["Reference", "reference"]

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symbolnet.growth._values import Rows, make_rows

F64 = NDArray[np.float64]
_MIXED = 600
"""Further samples between two of the data, where the formula must follow the reference as well."""
_REACH = 0.5
"""Share of the way from one sample to another that such a sample goes at most."""
_NEGLIGIBLE = 1e-6
"""Root of a weight, as a share of the largest, below which a sample says nothing."""
_TUNED_ON = 400
"""Samples that the reference's scales are chosen on: the time grows with their cube."""


@dataclass(frozen=True, eq=False)
class Reference:
    """What a Gaussian process says of some samples.

    Attributes
    ----------
    points : Rows
        The samples that have a weight, and others between them; y is what the process predicts there, all weights one.
    variance : float
        Of the function at the points, given the samples: how far the truth may be from the prediction, squared.
    samples : int array, (samples with a weight,)
        Which samples the first of the points are.
    left : float64 array, (samples with a weight,)
        Residual of each sample if the process had not seen it.
    """

    points: Rows
    variance: float
    samples: NDArray[np.intp]
    left: F64


def reference(rows: Rows, rng: np.random.Generator) -> Reference:
    """Fit a Gaussian process.

    The process is a plane plus a smooth function of all standardised inputs (a squared exponential of one length
    scale) plus noise (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, sections 2.2 and 5.4.1).

    Parameters
    ----------
    rows : Rows
    rng : numpy Generator
    """
    samples = np.flatnonzero(rows.root > _NEGLIGIBLE * rows.root.max())
    x, y, weight = rows.x[:, samples].T, rows.y[samples], rows.root[samples] ** 2
    mean, spread = x.mean(axis=0), x.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    first, second = rng.integers(len(x), size=(2, _MIXED))
    mixed = x[first] + rng.uniform(0, _REACH, (_MIXED, 1)) * (x[second] - x[first])
    everywhere = np.concatenate([x, mixed])
    tuned = rng.permutation(len(x))[:_TUNED_ON]
    middle, unit = y.mean(), y.std() or 1.0
    smooth, deviation, left = _process(
        (x - mean) / spread, (y - middle) / unit, weight / weight.mean(), tuned, (everywhere - mean) / spread
    )
    points = make_rows(np.ascontiguousarray(everywhere.T), middle + unit * smooth, np.ones(len(everywhere)))
    return Reference(points, float(np.mean((unit * deviation) ** 2)), samples, unit * left)


def _process(z: F64, y: F64, weight: F64, tuned: NDArray[np.intp], at: F64) -> tuple[F64, F64, F64]:
    """A process fitted to standardised inputs z (samples, inputs) and targets.

    Returns
    -------
    predictions, standard deviations : arrays, at other inputs
    left : (samples,) array
        Residuals, each sample left out but for the choice of the scales.
    """
    from scipy.linalg import cho_solve
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, DotProduct, WhiteKernel

    kernel = ConstantKernel(1.0) * RBF(3.0, (0.2, 1e3)) + ConstantKernel(0.1) * DotProduct(1.0, "fixed")
    with warnings.catch_warnings():
        # A scale at its bound is an answer: no such effect.
        warnings.simplefilter("ignore")
        chosen = GaussianProcessRegressor(kernel + WhiteKernel(0.1)).fit(z[tuned], y[tuned])
        signal, noise = chosen.kernel_.k1, chosen.kernel_.k2.noise_level
        model = GaussianProcessRegressor(signal, alpha=noise / weight, optimizer=None).fit(z, y)
        smooth, deviation = model.predict(at, return_std=True)
    inverse = cho_solve((model.L_, True), np.eye(len(z)))
    left = np.ravel(model.alpha_) / np.diag(inverse)  # section 5.4.2, equation 5.12
    return np.asarray(smooth), np.asarray(deviation), np.asarray(left)
