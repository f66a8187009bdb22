"""Fronts against their definition, worked out the slow way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolnet._errors import SymbolNetError
from symbolnet.pareto import hypervolume, pareto_mask

# Small whole numbers make ties common; NaN and infinity are what a failed model has.
VALUE = st.integers(0, 6).map(float) | st.sampled_from([np.nan, np.inf])
MODELS = st.lists(st.tuples(VALUE, VALUE), max_size=12)


def beats(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return a[0] <= b[0] and a[1] <= b[1] and (a[0] < b[0] or a[1] < b[1])


def brute_force(models: list[tuple[float, float]]) -> list[bool]:
    mask = []
    for k, model in enumerate(models):
        unusable = any(np.isnan(model))
        beaten = any(beats(other, model) for other in models if not any(np.isnan(other)))
        mask.append(not unusable and not beaten and model not in models[:k])
    return mask


@given(MODELS)
def test_mask_is_the_definition(models: list[tuple[float, float]]) -> None:
    cost, loss = [m[0] for m in models], [m[1] for m in models]
    assert pareto_mask(cost, loss).tolist() == brute_force(models)


@given(MODELS.map(lambda models: [m for m in models if np.isfinite(m).all()]))
def test_hypervolume_counts_the_unit_squares_that_are_dominated(models: list[tuple[float, float]]) -> None:
    reference = (5, 4)
    squares = sum(
        any(cost <= x and loss <= y for cost, loss in models) for x in range(reference[0]) for y in range(reference[1])
    )
    cost, loss = [m[0] for m in models], [m[1] for m in models]
    assert hypervolume(cost, loss, reference) == squares


@given(MODELS, st.tuples(VALUE, VALUE))
def test_another_model_never_shrinks_the_volume(models: list[tuple[float, float]], more: tuple[float, float]) -> None:
    def volume(models: list[tuple[float, float]]) -> float:
        return hypervolume([m[0] for m in models], [m[1] for m in models], (7, 7))

    assert volume([*models, more]) >= volume(models)


def test_of_equals_the_first_is_kept() -> None:
    assert pareto_mask([2, 1, 1, 2], [1, 3, 3, 1]).tolist() == [True, True, False, False]


def test_shapes_must_agree() -> None:
    with pytest.raises(SymbolNetError, match=r"cost of shape \(2,\) and loss of shape \(1,\)"):
        pareto_mask([1, 2], [1])
