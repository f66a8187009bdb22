"""A study in Optuna's journal file, for file systems that several hosts share."""

__all__ = ["JournalFile"]

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from symbolnet.search._location import REBUILD, Location, StorageError
from symbolnet.search._tables import StoredTrial


class JournalFile:
    """One file to which each operation is appended as a line of JSON.

    Optuna keeps the whole study in memory beside it and replays what others append. Nothing in it is pickled.

    Parameters
    ----------
    location : Location
    create : bool
        Begin a new file where there is none.
    mend : bool
        Cut off a last line that a killed process left unfinished. Only the process that holds the scan may.
    """

    def __init__(self, location: Location, *, create: bool, mend: bool = False) -> None:
        from symbolnet.search._propose import optuna

        assert location.path is not None
        self.location = location
        if not create and not location.path.is_file():
            raise StorageError(f"storage {location.shown}: no such file; {REBUILD}")
        try:
            if mend and location.path.is_file():
                _cut_torn_line(location.path)
            module = optuna()
            backend = module.storages.journal.JournalFileBackend(str(location.path))
            self.optuna = module.storages.JournalStorage(backend)
        except StorageError:
            raise
        except Exception as error:
            if isinstance(error, ValueError | KeyError | AssertionError | TypeError):
                raise StorageError(
                    f"storage {location.shown}: not a journal of Optuna, or damaged; {REBUILD}"
                ) from error
            raise location.explain(error) from error

    def close(self) -> None:
        """Nothing is held open."""

    def ask(self, study_id: int, trials: Sequence[tuple[dict[str, Any], dict[str, Any]]], dists: Any) -> list[int]:
        """Make running trials of (parameters, attributes); return their ids."""
        from symbolnet.search._propose import optuna

        module, ids = optuna(), []
        for params, attributes in trials:
            template = module.trial.create_trial(
                state=module.trial.TrialState.RUNNING,
                params=params,
                distributions={name: dists[name] for name in params},
                user_attrs=attributes,
            )
            ids.append(int(self.optuna.create_new_trial(study_id, template)))
        return ids

    def tell(self, told: Sequence[tuple[int, str, Sequence[float], dict[str, Any]]]) -> None:
        """End running trials: (id, state, values, attributes) each; those that have ended already stay as they are."""
        from symbolnet.search._propose import optuna

        states = optuna().trial.TrialState
        for trial_id, state, values, attributes in told:
            if self.optuna.get_trial(trial_id).state.is_finished():
                continue
            for key, value in attributes.items():
                self.optuna.set_trial_user_attr(trial_id, key, value)
            self.optuna.set_trial_state_values(trial_id, states[state], list(values) or None)

    def trials(self, study_id: int) -> list[StoredTrial]:
        """All trials, in the order in which they were asked."""
        return [
            StoredTrial(t._trial_id, t.state.name, dict(t.params), tuple(t.values or ()), dict(t.user_attrs))
            for t in self.optuna.get_all_trials(study_id, deepcopy=False)
        ]


def _cut_torn_line(path: Path) -> None:
    """Remove what follows the last line end, and a lock that a killed process left."""
    with contextlib.suppress(FileNotFoundError):
        path.with_name(path.name + ".lock").unlink()
    with path.open("r+b") as stream:
        size = stream.seek(0, os.SEEK_END)
        whole, step = size, 0
        while whole and step <= size:
            step += 4096
            start = max(0, size - step)
            stream.seek(start)
            found = stream.read(size - start).rfind(b"\n")
            if found >= 0 or start == 0:
                whole = start + found + 1
                break
        if whole < size:
            stream.truncate(whole)
            os.fsync(stream.fileno())
