"""What a scan has found, as rows and counts."""

__all__ = ["Row", "count_states", "front_rows", "refit", "scan_rows"]

from dataclasses import dataclass
from typing import Any

from symbolnet._errors import SymbolNetError
from symbolnet.search._data import ScanData
from symbolnet.search._front import Front
from symbolnet.search._records import COMPLETE, Result
from symbolnet.search._schedule import Schedule
from symbolnet.search._study import LOST, Study


@dataclass(frozen=True)
class Row:
    """A trial that has ended.

    Attributes
    ----------
    index : int
    job : int
    params : dict
    seed : int
    result : Result
    settings, versions : dict
    data : str
        Fingerprint.
    pareto : bool
        Whether it is on the front.
    """

    index: int
    job: int
    params: dict[str, Any]
    seed: int
    result: Result
    settings: dict[str, Any]
    versions: dict[str, str]
    data: str
    pareto: bool


def scan_rows(study: Study) -> list[Row]:
    """Every trial that has ended, by index.

    Parameters
    ----------
    study : Study

    Returns
    -------
    list of Row
    """
    found: dict[int, Row] = {}
    front = Front()
    for entry in study.entries.values():
        if entry.state == COMPLETE:
            front.offer(entry.spec.index, entry.values)
    for trial in study.guarded(lambda: study.storage.trials(study.study_id)):
        own, result = trial.attributes.get("trial"), trial.attributes.get("result")
        if own is None or result is None or trial.attributes.get(LOST) or int(own["index"]) in found:
            continue
        index = int(own["index"])
        found[index] = Row(
            index, int(own["job"]), trial.params, int(own["seed"]), Result(**result), own["settings"],
            own["versions"], own["data"], index in front.members,
        )  # fmt: skip
    return [found[index] for index in sorted(found)]


def front_rows(study: Study) -> list[Row]:
    """The trials on the front, simplest first.

    Parameters
    ----------
    study : Study

    Returns
    -------
    list of Row
        By ascending complexity.
    """
    rows = [row for row in scan_rows(study) if row.pareto]
    return sorted(rows, key=lambda row: (row.result.complexity or 0.0, row.index))


def count_states(study: Study) -> dict[str, int]:
    """How many trials are complete, pruned, failed and running."""
    counts = dict.fromkeys(("complete", "pruned", "failed", "running"), 0)
    for entry in study.entries.values():
        counts[entry.state] += 1
    return counts


def refit(study: Study, data: ScanData, index: int | None = None) -> tuple[Any, Row, bool]:
    """Train a trial of a scan again.

    Parameters
    ----------
    study : Study
    data : ScanData
        That of the scan.
    index : int, optional
        The trial; the one with the best metric without it.

    Returns
    -------
    estimator : fitted estimator
    row : Row
        What the scan knows of the trial.
    same : bool
        Whether the formulas are those of the scan, to the last digit.

    Raises
    ------
    SymbolNetError
        If there is no such trial, it has no formulas, or the data is not that of the scan.
    """
    from symbolnet.search._work import Worker, digest, train_one

    rows = {row.index: row for row in scan_rows(study) if row.result.state == COMPLETE}
    if not rows:
        raise SymbolNetError(f"the scan {study.name!r} has no complete trial yet; let it run")
    if index is None:
        index = max(rows.values(), key=lambda row: (row.result.metric or 0.0, -(row.result.complexity or 0.0))).index
    if index not in rows:
        state = study.entries[index].state if index in study.entries else "unknown"
        raise SymbolNetError(f"trial {index} has no formulas ({state}); symbolnet scan pareto shows those that do")
    row = rows[index]
    if row.data != data.fingerprint:
        raise SymbolNetError(f"not the data that the scan {study.name!r} was made on; give that data")
    spec, result = study.entries[index].spec, row.result
    job = Schedule(study).job(row.job)
    estimator = train_one(Worker(data), job, spec, result.slot, result.first_epoch, result.epochs)
    return estimator, row, digest(estimator.expression()) == result.digest
