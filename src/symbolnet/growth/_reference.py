"""A smooth model of few noisy samples, whose predictions formulas are fitted to instead of the samples."""

__all__ = ["reference_rows"]

import warnings

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


def reference_rows(rows: Rows, rng: np.random.Generator) -> Rows:
    """The samples, and others between them, with what a Gaussian process predicts there.

    The process is a plane plus a smooth function of all standardised inputs (a squared exponential of one length
    scale) plus noise (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, sections 2.2 and 5.4.1).

    Parameters
    ----------
    rows : Rows
    rng : numpy Generator

    Returns
    -------
    Rows
        Of weight one each; y without noise.
    """
    known = rows.root > _NEGLIGIBLE * rows.root.max()
    x, y, weight = rows.x[:, known].T, rows.y[known], rows.root[known] ** 2
    mean, spread = x.mean(axis=0), x.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    first, second = rng.integers(len(x), size=(2, _MIXED))
    mixed = x[first] + rng.uniform(0, _REACH, (_MIXED, 1)) * (x[second] - x[first])
    everywhere = np.concatenate([x, mixed])
    tuned = rng.permutation(len(x))[:_TUNED_ON]
    smooth = _process((x - mean) / spread, y, weight / weight.mean(), tuned, (everywhere - mean) / spread)
    return make_rows(np.ascontiguousarray(everywhere.T), smooth, np.ones(len(everywhere)))


def _process(z: F64, y: F64, weight: F64, tuned: NDArray[np.intp], at: F64) -> F64:
    """Predictions of a Gaussian process fitted to standardised inputs z (samples, inputs), at other inputs."""
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, DotProduct, WhiteKernel

    kernel = ConstantKernel(1.0) * RBF(3.0, (0.2, 1e3)) + ConstantKernel(0.1) * DotProduct(1.0, "fixed")
    with warnings.catch_warnings():
        # A scale at its bound is an answer: no such effect.
        warnings.simplefilter("ignore")
        chosen = GaussianProcessRegressor(kernel + WhiteKernel(0.1), normalize_y=True).fit(z[tuned], y[tuned])
        signal, noise = chosen.kernel_.k1, chosen.kernel_.k2.noise_level
        model = GaussianProcessRegressor(signal, alpha=noise / weight, optimizer=None, normalize_y=True).fit(z, y)
        return np.asarray(model.predict(at), dtype=np.float64)
