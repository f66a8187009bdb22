"""How much of an experiment fits into the time that is given, decided before anything runs."""

__all__ = ["FULL_MINUTES", "METHODS", "Plan", "make_plan"]

from dataclasses import asdict, dataclass
from typing import Any

from symbolnet._errors import SymbolNetError, UnknownNameError, did_you_mean
from symbolnet.reproduce._configs import CONFIGS, Config

FULL_MINUTES = 50.0
"""The limit of a full run. The plans of `CONFIGS` take about half of it on two cores that do nothing else, so that a
slower or shared machine leaves no stage out."""

METHODS = {
    "symbolnet": "SymbolNet, the paper's objective",
    "budget": "SymbolNet, max_complexity",
    "eql": "EQL, three stages",
    "pyoperon": "pyoperon",
    "gplearn": "gplearn",
    "pysr": "PySR",
}
"""Keys in files → names in figures and tables."""

_SMALLEST = 0.04  # of the full plan; below it the runs would say nothing


@dataclass(frozen=True)
class Plan:
    """What is run.

    Attributes
    ----------
    name : str
        Of the experiment.
    minutes : float
        The limit.
    quick : bool
    seeds : tuple of int
    widths : tuple of layers of (u, b)
    trials, epochs : int
        Trials an architecture and seed, epochs of each.
    strengths, thresholds : tuple of float
    max_complexity : float
    budget_seconds : float
        Limit of one fit by budget; genetic programming gets the time that the fit of its seed took.
    example_epochs : int
    dense_epochs : int
    peers : tuple of str
    max_rows : int or None
        Rows to fit on, at most.
    cuts : tuple of str
        What is smaller than in the full plan, in words.
    """

    name: str
    minutes: float
    quick: bool
    seeds: tuple[int, ...]
    widths: tuple[tuple[tuple[int, int], ...], ...]
    trials: int
    epochs: int
    strengths: tuple[float, ...]
    thresholds: tuple[float, ...]
    max_complexity: float
    budget_seconds: float
    example_epochs: int
    dense_epochs: int
    peers: tuple[str, ...]
    max_rows: int | None
    cuts: tuple[str, ...]

    @property
    def config(self) -> Config:
        """The settings of the experiment of that name."""
        return CONFIGS[self.name]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def make_plan(
    name: str,
    *,
    minutes: float | None = None,
    quick: bool = False,
    seeds: int | None = None,
    peers: tuple[str, ...] | None = None,
) -> Plan:
    """Scale the experiment to a time limit.

    Trials shrink with the root of the time, epochs with the rest; more time than the full plan's buys epochs. A quick
    plan has one seed, one architecture and takes a few minutes: it shows that everything works.

    Parameters
    ----------
    name : {"jets", "mnist", "svhn", "digits"}
    minutes : float, optional
        Limit; 50 without it (3 for a quick plan).
    quick : bool
    seeds : int, optional
        Repetitions; 3 without it (1 for a quick plan).
    peers : tuple of str, optional
        Genetic programming to compare with; all that are installed without it.

    Raises
    ------
    UnknownNameError
        For a name that is not known.
    SymbolNetError
        If the time is too short for anything to be learned, or there is no seed.
    """
    from symbolnet.baselines import PEERS, installed_peers

    if name not in CONFIGS:
        raise UnknownNameError(f"unknown experiment {name!r}; {did_you_mean(name, CONFIGS)}")
    seeds = (1 if quick else 3) if seeds is None else seeds
    if seeds < 1:
        raise SymbolNetError(f"seeds is {seeds}; give at least 1")
    for peer in peers or ():
        if peer not in PEERS:
            raise UnknownNameError(f"unknown peer {peer!r}; {did_you_mean(peer, PEERS)}")
    config, present = CONFIGS[name], installed_peers()
    chosen = present if peers is None else peers
    missing = [peer for peer in PEERS if peer not in chosen]
    cuts = [f"without {METHODS[peer]}, which is not installed" for peer in missing if peer not in present]
    if quick:
        return _quick(config, name, minutes or 3.0, seeds, chosen, cuts)
    limit = FULL_MINUTES if minutes is None else minutes
    share = limit / FULL_MINUTES
    if share < _SMALLEST:
        raise SymbolNetError(
            f"{limit:g} minutes are too short for {name}; give at least {_SMALLEST * FULL_MINUTES:g}, or --quick"
        )
    trials = config.trials if share >= 1 else max(2, 2 * round(config.trials * share**0.5 / 2))
    epochs = max(4, round(config.epochs * share * config.trials / trials))
    short = min(1.0, share)
    plan = Plan(
        name,
        limit,
        False,
        tuple(range(seeds)),
        config.widths,
        trials,
        epochs,
        config.strengths,
        config.thresholds,
        config.budgets[-1],
        round(max(30.0, 200.0 * share), 1),
        max(10, round(config.example.epochs * short)),
        max(2, round(config.dense_epochs * short)),
        chosen,
        None,
        (),
    )
    if trials != config.trials:
        cuts.append(f"{trials} of {config.trials} trials an architecture and seed")
    for what, now, full in (
        ("epochs a trial", epochs, config.epochs),
        ("epochs of the example", plan.example_epochs, config.example.epochs),
        ("epochs of the dense reference", plan.dense_epochs, config.dense_epochs),
    ):
        if now < full:
            cuts.append(f"{now} of {full} {what}")
    if seeds < 3:
        cuts.append(f"{seeds} of 3 seeds")
    return _with(plan, cuts=tuple(cuts))


def _quick(config: Config, name: str, minutes: float, seeds: int, peers: tuple[str, ...], cuts: list[str]) -> Plan:
    cuts = [
        "a quick run, which shows that everything works and measures nothing",
        *([f"{seeds} of 3 seeds"] if seeds < 3 else []),
        f"one of {len(config.widths)} architectures",
        "few epochs, seconds for each search",
        *cuts,
    ]
    if name != "digits":
        cuts.append("2,000 rows to fit on")
    return Plan(
        name,
        minutes,
        True,
        tuple(range(seeds)),
        config.widths[-1:],
        4,
        200,
        config.strengths[:4],
        config.thresholds[1:],
        config.budgets[1],
        15.0,
        100,
        20,
        peers,
        None if name == "digits" else 2_000,
        tuple(cuts),
    )


def _with(plan: Plan, **changes: Any) -> Plan:
    from dataclasses import replace

    return replace(plan, **changes)
