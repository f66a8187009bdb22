"""Which trials of a job share a compiled program: their nodes are padded to one of few sizes."""

__all__ = ["Cell", "cells_of", "levels_of"]

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from symbolnet.search._records import Job, TrialSpec
from symbolnet.search._space import Number, Space

_SMALL = 8
"""Fewer nodes than this take hardly less time."""


@dataclass(frozen=True)
class Cell:
    """Trials that are trained as one population.

    Attributes
    ----------
    nodes : dict
        Numbers of nodes of the arrays in which their networks lie.
    trials : tuple of TrialSpec
    padded : bool
        Whether any of them has fewer nodes.
    """

    nodes: dict[str, int]
    trials: tuple[TrialSpec, ...]

    @property
    def padded(self) -> bool:
        return any(spec.params[name] != n for spec in self.trials for name, n in self.nodes.items())


def levels_of(space: Space) -> dict[str, list[int]]:
    """The numbers of nodes to which those of the trials are padded: the largest of the space, and its halves.

    A program for each number of nodes would take longer to compile than a trial takes to train; a single one, for the
    largest, would spend more time on padding.
    """
    levels: dict[str, list[int]] = {}
    for name in space.padded_names:
        parameter = space.parameters[name]
        if isinstance(parameter, Number):
            lowest, most = int(parameter.low), int(parameter.high)
        else:
            lowest, most = min(parameter.values), max(parameter.values)
        found = [most]
        while (half := -(-found[-1] // 2)) > max(_SMALL, lowest) and half < found[-1]:
            found.append(half)
        levels[name] = found[::-1]
    return levels


def cells_of(job: Job) -> list[Cell]:
    """The trials of a job by the size to which they are padded; in each cell the order of the queue.

    A cell of fewer trials than the population has places joins the next one. Every other job goes from large to small,
    so that two of them that begin together do not wait for the same program. Cells depend on the job alone, so that it
    is the same whenever it is run.
    """
    sized: dict[tuple[int, ...], list[TrialSpec]] = {}
    for spec in job.trials:
        sized.setdefault(_size(job.levels, spec.params), []).append(spec)
    groups: list[tuple[tuple[int, ...], list[TrialSpec]]] = []
    for size in sorted(sized, key=lambda size: (sum(size), size)):
        if groups and len(groups[-1][1]) < job.width:
            smaller, trials = groups.pop()
            groups.append((tuple(map(max, smaller, size)), trials + sized[size]))
        else:
            groups.append((size, sized[size]))
    if len(groups) > 1 and len(groups[-1][1]) < job.width:
        (size, trials), (smaller, others) = groups.pop(), groups.pop()
        groups.append((tuple(map(max, smaller, size)), others + trials))
    cells = [
        Cell(dict(zip(job.levels, size, strict=True)), tuple(sorted(trials, key=lambda spec: spec.place)))
        for size, trials in groups
    ]
    return cells[::-1] if job.number % 2 else cells


def _size(levels: Mapping[str, list[int]], params: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(next(level for level in found if level >= params[name]) for name, found in levels.items())
