"""`fit_front`: one fit, the whole front of models below a budget."""

__all__ = ["fit_front"]

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet.budget._descent import Descent, Plan, descend
from symbolnet.budget._emit import emit
from symbolnet.budget._free import free_front
from symbolnet.budget._model import Columns, cost
from symbolnet.budget._records import Candidate, FrontModel, Split, pareto, split_rows
from symbolnet.budget._tied import STYLES, tied_front
from symbolnet.budget._target import Target
from symbolnet.objectives import Loss


def fit_front(
    X: NDArray[Any],
    y: NDArray[Any],
    sample_weight: NDArray[Any] | None = None,
    *,
    loss: Loss,
    max_complexity: float,
    random_state: int = 0,
    input_names: Sequence[str] | None = None,
    output_names: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    tied: bool | None = None,
    callback: Callable[[FrontModel], None] | None = None,
) -> tuple[FrontModel, ...]:
    rng = np.random.default_rng(random_state)
    X = np.asarray(X)
    y = np.asarray(y, dtype=np.float32)
    y = (y[:, None] if y.ndim == 1 else y).T.copy()
    n, d = X.shape
    weight = np.ones(n) if sample_weight is None else np.asarray(sample_weight, np.float64)
    weight = (weight / weight.mean()).astype(np.float32)
    mean, std = X.mean(axis=0, dtype=np.float64), X.std(axis=0, dtype=np.float64)
    used = std > 1e-12 * (1 + np.abs(mean))
    if tied is None:
        tied = loss.link == "logit" and _commensurate(X, used)
    scale = np.where(used, std, 1.0)
    if tied:
        scale = np.full(d, float(np.sqrt(np.mean(std[used] ** 2))) if used.any() else 1.0)
    std = np.where(used, std, 0.0)
    fit_rows, held_rows = split_rows(y, rng)
    x = (X.astype(np.float32) / scale.astype(np.float32)).T
    columns = Columns(np.ascontiguousarray(x), mean / scale, scale)
    target = Target(loss, y, weight)
    split = Split(columns.rows(fit_rows), target.rows(fit_rows), columns.rows(held_rows), target.rows(held_rows))
    found: list[Candidate] = []
    data = Descent(X[fit_rows], mean, scale, std / scale, split.target)
    import time
    t=time.time()
    if tied:
        small = n < 20_000
        plan = Plan((), max_complexity, True, 2500 if small else 6000, 128 if small else 256, l1=1e-3 if small else 3e-4)
        cb=found.append
        def cb(c): found.append(c); print(f'   {time.time()-t:.1f} {c.cost:.1f} {c.loss:.4f} {c.model.size}',flush=True)
        tied_front(data, split, plan, max_complexity, tuple(STYLES) if small else ("mixed",), rng, cb)
    else:
        names = tuple(kinds or ("tanh",) * 6 + ("linear",))
        plan = Plan(names, 4 * 260 / len(y), False, 6000, 512, rate=5e-3, l1=5e-4, power=3)
        model = descend(data, plan, int(rng.integers(2**31)))
        print('descent',time.time()-t,cost(model),model.size)
        free_front(model, split, max_complexity, rng, found.append)
    print('all',time.time()-t)
    out = []
    for c in pareto(found):
        e = emit(c.model, mean / scale, scale, input_names or [f"x{i}" for i in range(d)], output_names or [f"y{i}" for i in range(len(y))])
        out.append(FrontModel(e, e.complexity, c.loss))
    return tuple(out)


def _commensurate(X: NDArray[Any], used: NDArray[np.bool_]) -> bool:
    """Whether the inputs are many and of one scale, as pixels are: they may then share coefficients."""
    if used.sum() < 32:
        return False
    if X.dtype.kind in "ub":
        return True
    span = np.ptp(X[:, used], axis=0)
    return bool(np.percentile(span, 90) < 2 * np.median(span))
