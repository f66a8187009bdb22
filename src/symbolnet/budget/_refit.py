"""The exact refit of all constants: Levenberg-Marquardt on the generalised Gauss-Newton matrix of the loss."""

__all__ = ["Quadratic", "quadratic", "refit"]

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symbolnet.budget._model import Columns, Jacobian, Model, jacobian, values
from symbolnet.budget._target import Target

F64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Quadratic:
    """The loss near a model: value, gradient and Gauss-Newton matrix in its parameters, and the same for whole units.

    Attributes
    ----------
    loss : float
    gradient : (parameters,)
    matrix : (parameters, parameters)
    unit_gradient : (units,)
        Slope of the loss in each unit's contribution.
    unit_curvature : (units,)
    unit_cross : (units, parameters)
    jacobian : Jacobian
    """

    loss: float
    gradient: F64
    matrix: F64
    unit_gradient: F64
    unit_curvature: F64
    unit_cross: F64
    jacobian: Jacobian


def quadratic(model: Model, columns: Columns, target: Target, units: bool = True) -> Quadratic:
    """Expand the loss to second order at the model; without `units` in its constants alone."""
    jac = jacobian(model, columns, units)
    slope, curvature = target.derivatives(jac.z)
    n, size = columns.n_samples, len(jac.rows) + len(jac.contributions)
    owner = np.concatenate([jac.output, jac.unit_output])
    gradient, matrix = np.empty(size), np.zeros((size, size))
    root = np.sqrt(target.weight)
    # diag(p) - p pᵀ for softmax: the second part couples the classes, the first only the parameters of one class.
    coupled = np.empty((size, n), np.float32) if target.softmax else None
    for k in range(len(target.y)):
        mine = np.flatnonzero(owner == k)
        rows = jac.rows[jac.output == k]
        if units:
            rows = np.concatenate([rows, jac.contributions[jac.unit_output == k]])
        gradient[mine] = rows @ slope[k] / n
        if coupled is not None:
            coupled[mine] = rows * (curvature[k] * root)
            half = np.sqrt(curvature[k]) * root
        else:
            half = np.sqrt(curvature[k])
        rows *= half  # a fresh array: an index array copies
        matrix[np.ix_(mine, mine)] = rows @ rows.T
    if coupled is not None:
        matrix -= coupled @ coupled.T
    matrix /= n
    p = model.size
    return Quadratic(
        loss=target.value(jac.z),
        gradient=gradient[:p].astype(np.float64),
        matrix=matrix[:p, :p],
        unit_gradient=gradient[p:].astype(np.float64),
        unit_curvature=np.diag(matrix)[p:].copy(),
        unit_cross=matrix[p:, :p],
        jacobian=jac,
    )


def refit(
    model: Model, columns: Columns, target: Target, steps: int, damping: float = 1e-2
) -> tuple[Model, float, float]:
    """Improve all constants by at most `steps` damped Newton steps; the loss never grows.

    Returns
    -------
    model, loss, damping
    """
    if model.size == 0:
        return model, target.value(values(model, columns)), damping
    loss = float("inf")
    ridge = target.ridge
    for _ in range(steps):
        with np.errstate(all="ignore"):
            at = quadratic(model, columns, target, units=False)
        loss, w = at.loss, model.vector()
        if not (np.isfinite(loss) and np.isfinite(at.matrix).all() and np.isfinite(at.gradient).all()):
            return model, loss, damping
        diagonal = np.diag(at.matrix) + 1e-8
        found: tuple[float, float, Model] | None = None
        for _ in range(5):
            step = -np.linalg.solve(at.matrix + np.diag(damping * diagonal + ridge), at.gradient + ridge * w)
            tried = model.with_vector(w + step)
            with np.errstate(all="ignore"):
                new = target.value(values(tried, columns))
                gain = loss - new - 0.5 * ridge * float(np.sum((w + step) ** 2) - np.sum(w**2))
            if gain > 0:
                found = gain, new, tried
                break
            damping *= 6
        if found is None:
            break
        gain, loss, model = found
        damping = max(damping / 5, 1e-7)
        if gain < 1e-6 * (abs(loss) + 1e-12):
            break
    return model, loss, damping
