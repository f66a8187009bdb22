"""One process at a time asks and tells: a lease in the storage, renewed while the process lives."""

__all__ = ["Lease", "LeaseLost", "alive"]

import os
import socket
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from symbolnet._errors import SymbolNetError

KEY = "lease"
_STALE = 60.0
"""Seconds without renewal after which a process counts as dead. On the same host a dead process is known at once."""
_RENEW = 10.0


class LeaseLost(SymbolNetError):
    """Another process has taken the scan over."""


@dataclass
class Lease:
    """The right to write to a study.

    Parameters
    ----------
    storage : of Optuna
    study_id : int
    name : str
        Of the study, for messages.
    """

    storage: Any
    study_id: int
    name: str
    token: str = field(default_factory=lambda: uuid4().hex)
    _renewed: float = 0.0

    def take(self, *, by_force: bool = False) -> None:
        """Take the lease.

        Raises
        ------
        SymbolNetError
            If another process that seems alive holds it, unless `by_force`.
        """
        held = self._read()
        if held and not by_force and not held.get("ended") and alive(held):
            age = time.time() - float(held.get("time", 0))
            raise SymbolNetError(
                f"the scan {self.name!r} is being run by process {held.get('pid')} on {held.get('host')} (last sign of "
                f"life {age:.0f} s ago); wait for it, stop it, or take over with --take-over"
            )
        self._write(ended=False)

    def renew(self) -> None:
        """Give a sign of life every ten seconds.

        Raises
        ------
        LeaseLost
            If the lease is another process's by now.
        """
        if time.monotonic() - self._renewed < _RENEW:
            return
        held = self._read()
        if held and held.get("token") != self.token:
            raise LeaseLost(f"process {held.get('pid')} on {held.get('host')} has taken over the scan {self.name!r}")
        self._write(ended=False)

    def give_back(self) -> None:
        """Let the next process in at once."""
        held = self._read()
        if held and held.get("token") == self.token:
            self._write(ended=True)

    def _read(self) -> dict[str, Any]:
        found = self.storage.get_study_user_attrs(self.study_id).get(KEY)
        return found if isinstance(found, dict) else {}

    def _write(self, *, ended: bool) -> None:
        sign = {"token": self.token, "host": socket.gethostname(), "pid": os.getpid(), "time": time.time()}
        self.storage.set_study_user_attr(self.study_id, KEY, {**sign, "ended": ended})
        self._renewed = time.monotonic()


def alive(held: dict[str, Any]) -> bool:
    """Whether the process that holds a lease seems to live."""
    if held.get("host") == socket.gethostname():
        try:
            os.kill(int(held["pid"]), 0)
        except (ProcessLookupError, KeyError, TypeError, ValueError):
            return False
        except PermissionError:
            pass
    return time.time() - float(held.get("time", 0)) < _STALE
