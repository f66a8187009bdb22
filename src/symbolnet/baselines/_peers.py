"""Genetic programming by other programs, given the same time: pyoperon, gplearn, and PySR where it is installed."""

__all__ = ["PEERS", "PeerSettings", "fit_peer", "installed_peers"]

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from types import MappingProxyType

from symbolnet._errors import SymbolNetError, UnknownNameError, did_you_mean
from symbolnet.baselines import _gplearn, _operon, _pysr
from symbolnet.baselines._one_vs_rest import ClassProblem, Found, class_problems, combine
from symbolnet.baselines._search import SearchSettings
from symbolnet.baselines._task import Task
from symbolnet.expression import Expression


@dataclass(frozen=True)
class _Peer:
    module: str
    install: str
    search: Callable[[ClassProblem, SearchSettings], list[Found]]


PEERS: Mapping[str, _Peer] = MappingProxyType(
    {
        "pyoperon": _Peer("pyoperon", "pip install 'symbolnet[peers]'", _operon.search),
        "gplearn": _Peer("gplearn", "pip install 'symbolnet[peers]'", _gplearn.search),
        "pysr": _Peer("pysr", "pip install pysr", _pysr.search),
    }
)
"""The programs that `fit_peer` knows, by name."""


@dataclass(frozen=True)
class PeerSettings:
    """What a peer is given.

    Attributes
    ----------
    seconds : float
        Wall-clock time for the whole classifier; shared equally by its formulas.
    unary_operators : tuple of str
        Names of this package; a program without one of them goes without it.
    max_inputs : int
        Inputs that each formula may choose from: those with the largest F-statistic.
    max_rows : int
        Rows that formulas are searched on, drawn at random.
    max_length : int
        Nodes that a program may grow to, by its own count.
    random_state : int
    """

    seconds: float
    unary_operators: tuple[str, ...]
    max_inputs: int = 32
    max_rows: int = 10_000
    max_length: int = 60
    random_state: int = 0


def installed_peers() -> tuple[str, ...]:
    """The peers that this environment has."""
    return tuple(name for name, peer in PEERS.items() if find_spec(peer.module) is not None)


def fit_peer(name: str, task: Task, settings: PeerSettings) -> tuple[Expression, ...]:
    """Search classifiers, one class against the rest, simplest first.

    Parameters
    ----------
    name : {"pyoperon", "gplearn", "pysr"}
    task : Task
    settings : PeerSettings

    Returns
    -------
    tuple of Expression
        Of the scaled inputs, one output a class (one for two classes).

    Raises
    ------
    UnknownNameError
        For a name that is not known.
    SymbolNetError
        If the program is not installed, or the time is not a positive number.
    """
    if name not in PEERS:
        raise UnknownNameError(f"unknown peer {name!r}; {did_you_mean(name, PEERS)}")
    peer = PEERS[name]
    if find_spec(peer.module) is None:
        raise SymbolNetError(f"{name} is not installed; {peer.install}")
    if not settings.seconds > 0:
        raise SymbolNetError(f"seconds is {settings.seconds}; give a time above 0")
    problems = class_problems(
        task, max_inputs=settings.max_inputs, max_rows=settings.max_rows, random_state=settings.random_state
    )
    each = SearchSettings(
        settings.seconds / len(problems), settings.unary_operators, settings.max_length, settings.random_state
    )
    return combine(task, [peer.search(problem, each) for problem in problems])
