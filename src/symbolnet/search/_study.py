"""A study: its plan, what was asked, what was told. The storage holds all of it."""

__all__ = ["Entry", "Study", "create_study", "open_study", "versions"]

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from symbolnet._errors import SymbolNetError
from symbolnet._version import __version__
from symbolnet.search._journal import JournalFile
from symbolnet.search._location import REBUILD, Location, StorageError, Unreachable
from symbolnet.search._propose import distributions, optuna
from symbolnet.search._records import COMPLETE, FAILED, PRUNED, Plan, Result, TrialSpec
from symbolnet.search._tables import FAIL, RUNNING, StoredTrial, TableStorage

_KEY = "symbolnet"
_FORMAT = 1
_STATES = {COMPLETE: "COMPLETE", PRUNED: "PRUNED", FAILED: FAIL}
_PAUSE = (0.2, 5.0)
LOST = "lost"
"""Attribute of a trial whose worker was lost: it does not count, and its index is asked again."""

_T = TypeVar("_T")
Told = tuple[int, str, Sequence[float], dict[str, Any]]
"""Id, state, values, attributes."""


@dataclass(frozen=True)
class Entry:
    """What this process remembers of a trial.

    Attributes
    ----------
    trial_id : int
    state : {"running", "complete", "pruned", "failed"}
    spec : TrialSpec
    job : int
    attempt : int
        0 the first time that the index was asked.
    values : tuple of float
    """

    trial_id: int
    state: str
    spec: TrialSpec
    job: int
    attempt: int
    values: tuple[float, ...] = ()


@dataclass
class Study:
    """An open study.

    Attributes
    ----------
    storage : TableStorage or JournalFile
    study_id : int
    name : str
    document : dict
        "plan", "data" (the fingerprint), "source", "versions", "targets" as they were when it was made.
    plan : Plan
    entries : dict of index → Entry
        The last attempt at each trial; trials that were lost and not asked again are missing.
    attempts : dict of index → int
        How often a trial was lost.
    specs : dict of index → TrialSpec
        What was ever asked.
    patience : float
        Seconds to wait for a storage that does not answer.
    """

    storage: Any
    study_id: int
    name: str
    document: dict[str, Any]
    plan: Plan
    entries: dict[int, Entry] = field(default_factory=dict)
    attempts: dict[int, int] = field(default_factory=dict)
    specs: dict[int, TrialSpec] = field(default_factory=dict)
    patience: float = 120.0
    waiting: Callable[[str], None] = lambda _: None

    @property
    def targets(self) -> list[int]:
        """How many trials were asked for, each time that more were."""
        return [int(n) for n in self.document["targets"]]

    def refresh(self) -> None:
        """Read the trials from the storage."""
        self.entries, self.attempts, self.specs = {}, {}, {}
        for trial in self.guarded(lambda: self.storage.trials(self.study_id)):
            self._remember(trial)

    def set_target(self, n_trials: int) -> None:
        """Ask for more trials."""
        if n_trials > self.targets[-1]:
            self.document = {**self.document, "targets": [*self.targets, n_trials]}
            self.guarded(lambda: self.storage.optuna.set_study_user_attr(self.study_id, _KEY, self.document))

    # --- asking and telling -----------------------------------------------------------------------------------------

    def ask(self, job: int, specs: Sequence[TrialSpec], settings: Mapping[str, Any]) -> None:
        """Put trials into the storage as running; those that are there already are left as they are."""
        about = {"settings": dict(settings), "versions": versions(), "data": self.document["data"]}
        dists = distributions(self.plan.space)
        began = time.monotonic()
        while missing := [spec for spec in specs if spec.index not in self.entries]:
            rows = []
            for spec in missing:
                own = {"index": spec.index, "job": job, "place": spec.place, "seed": spec.seed, **about}
                rows.append((spec.params, {"trial": {**own, "attempt": self.attempts.get(spec.index, 0)}}))
            try:
                ids = self.storage.ask(self.study_id, rows, dists)
            except Exception as error:
                self._wait(error, began)
                continue
            for spec, trial_id in zip(missing, ids, strict=True):
                attempt = self.attempts.get(spec.index, 0)
                self.entries[spec.index] = Entry(trial_id, "running", spec, job, attempt)
                self.specs[spec.index] = spec

    def tell(self, results: Iterable[Result]) -> None:
        """Put results into the storage. A trial that was told already is not told again, whatever the new result."""
        waiting = {result.index: result for result in results}
        began = time.monotonic()
        while untold := [r for r in waiting.values() if self._is(r.index, "running")]:
            rows: list[Told] = []
            for result in untold:
                objectives = result.values if result.state == COMPLETE else []
                attributes: dict[str, Any] = {"result": result.to_json()}
                if result.reason:
                    attributes["reason"] = result.reason
                rows.append((self.entries[result.index].trial_id, _STATES[result.state], objectives, attributes))
            try:
                self.storage.tell(rows)
            except Exception as error:
                self._wait(error, began)
                continue
            for result in untold:
                values = tuple(result.values) if result.state == COMPLETE else ()
                self.entries[result.index] = replace(self.entries[result.index], state=result.state, values=values)

    def lose(self, indexes: Iterable[int], reason: str) -> None:
        """Tell running trials as failed because they were lost; they may be asked again."""
        began = time.monotonic()
        wanted = set(indexes)
        while running := [i for i in sorted(wanted) if self._is(i, "running")]:
            rows: list[Told] = [(self.entries[i].trial_id, FAIL, [], {LOST: True, "reason": reason}) for i in running]
            try:
                self.storage.tell(rows)
            except Exception as error:
                self._wait(error, began)
                continue
            for index in running:
                self.attempts[index] = self.entries.pop(index).attempt + 1

    def told(self, index: int) -> bool:
        """Whether a trial has ended."""
        return index in self.entries and self.entries[index].state != "running"

    def guarded(self, action: Callable[[], _T]) -> _T:
        """The value of `action`, which asks the storage; waits where that does not answer."""
        began = time.monotonic()
        while True:
            try:
                return action()
            except Exception as error:
                self._wait(error, began, refresh=False)

    def close(self) -> None:
        """Give back the connections."""
        self.storage.close()

    # --- inside -----------------------------------------------------------------------------------------------------

    def _is(self, index: int, state: str) -> bool:
        return index in self.entries and self.entries[index].state == state

    def _wait(self, error: BaseException, began: float, *, refresh: bool = True) -> None:
        """Wait a moment after a failure that may pass, else raise what it means."""
        if not _of_a_storage(error):
            raise error
        meaning = error if isinstance(error, StorageError) else self.storage.location.explain(error)
        waited = time.monotonic() - began
        if not isinstance(meaning, Unreachable) or waited > self.patience:
            raise meaning from error
        self.waiting(str(meaning))
        time.sleep(min(max(_PAUSE[0], waited / 4), _PAUSE[1]))
        if refresh:
            # Whether the last write arrived is unknown; the storage tells.
            try:
                self.refresh()
            except StorageError as again:
                raise again from error

    def _remember(self, trial: StoredTrial) -> None:
        own = trial.attributes.get("trial")
        if not isinstance(own, dict):
            return  # enqueued by hand, say in the dashboard: not a trial of the scan
        index, attempt = int(own["index"]), int(own["attempt"])
        spec = TrialSpec(index, int(own["place"]), int(own["seed"]), trial.params)
        self.specs[index] = spec
        if trial.attributes.get(LOST):
            self.attempts[index] = max(self.attempts.get(index, 0), attempt + 1)
            return
        state = {RUNNING: "running", "COMPLETE": COMPLETE, "PRUNED": PRUNED, FAIL: FAILED}.get(trial.state, "running")
        if index in self.entries and self.entries[index].state != "running":
            return  # told once; nothing after it counts
        values = trial.values if state == COMPLETE else ()
        self.entries[index] = Entry(trial.trial_id, state, spec, int(own["job"]), attempt, values)


def create_study(location: Location, name: str, document: dict[str, Any], plan: Plan) -> Study:
    """A new study.

    Raises
    ------
    StorageError
        If the storage cannot be used.
    SymbolNetError
        If it holds a study of that name.
    """
    storage = _open_storage(location, create=True)
    with _closed_on_failure(storage, location):
        present = _names(storage)
        if name in present:
            ours = _KEY in present[name].user_attrs
            remedy = "symbolnet scan resume goes on with it, or choose another --name" if ours else "choose another"
            what = "a scan" if ours else "a study that symbolnet did not make"
            raise SymbolNetError(f"storage {location.shown}: holds {what} of the name {name!r}; {remedy}")
        direction = optuna().study.StudyDirection
        directions = [direction.MAXIMIZE, *[direction.MINIMIZE] * (1 + len(plan.extra))]
        study_id = storage.optuna.create_new_study(directions, name)
        names = [plan.metric, "complexity", *plan.extra]
        storage.optuna.set_study_system_attr(study_id, "study:metric_names", names)
        document = {"format": _FORMAT, "versions": versions(), **document, "plan": plan.to_json()}
        storage.optuna.set_study_user_attr(study_id, _KEY, document)
    return Study(storage, study_id, name, document, plan)


def open_study(location: Location, name: str, *, mend: bool = False) -> Study:
    """The study of that name, with its trials.

    Parameters
    ----------
    mend : bool
        Cut off what a killed process left unfinished in a journal.

    Raises
    ------
    StorageError
        If the storage cannot be used.
    SymbolNetError
        If there is no such scan in it, or it is of a later version.
    """
    storage = _open_storage(location, create=False, mend=mend)
    with _closed_on_failure(storage, location):
        study = _read(storage, location, name)
        study.refresh()
    return study


def _read(storage: Any, location: Location, name: str) -> Study:
    present = _names(storage)
    if not present and location.path is not None:
        raise StorageError(f"storage {location.shown}: holds no study; {REBUILD}")
    if name not in present:
        known = ", ".join(sorted(present)[:5]) or "none"
        raise SymbolNetError(f"storage {location.shown}: no study {name!r}; it has: {known}")
    document = present[name].user_attrs.get(_KEY)
    if not isinstance(document, dict):
        raise SymbolNetError(f"storage {location.shown}: symbolnet did not make the study {name!r}; choose another")
    if not isinstance(document.get("format"), int) or document["format"] > _FORMAT:
        by = dict(document.get("versions") or {}).get("symbolnet")
        raise SymbolNetError(
            f"storage {location.shown}: the study {name!r} was made by symbolnet {by}; this is {__version__}: upgrade "
            "symbolnet"
        )
    try:
        plan = Plan.from_json(document["plan"])
    except (KeyError, TypeError, ValueError) as error:
        raise SymbolNetError(
            f"storage {location.shown}: the plan of the study {name!r} is damaged ({error}); start a new scan"
        ) from error
    return Study(storage, present[name]._study_id, name, document, plan)


@contextmanager
def _closed_on_failure(storage: Any, location: Location) -> Iterator[None]:
    """Give back the connections where something fails, and say in a line what a failure of the storage means."""
    try:
        yield
    except SymbolNetError:
        storage.close()
        raise
    except Exception as error:
        storage.close()
        if not _of_a_storage(error):
            raise
        raise location.explain(error) from error


def versions() -> dict[str, str]:
    """Versions on which the last bits of a result depend."""
    from importlib import metadata

    return {"symbolnet": __version__, **{name: metadata.version(name) for name in ("jax", "numpy", "scikit-learn")}}


def _open_storage(location: Location, *, create: bool, mend: bool = False) -> Any:
    if location.kind == "journal":
        return JournalFile(location, create=create, mend=mend)
    return TableStorage(location, create=create)


def _names(storage: Any) -> dict[str, Any]:
    return {study.study_name: study for study in storage.optuna.get_all_studies()}


def _of_a_storage(error: BaseException) -> bool:
    """Whether an error comes from the storage rather than from a mistake of ours."""
    homes = {kind.__module__.partition(".")[0] for kind in type(error).__mro__}
    return (
        isinstance(error, StorageError | OSError)
        or bool(homes & {"sqlalchemy", "psycopg", "sqlite3"})
        or (type(error).__name__ == "StorageInternalError")
    )
