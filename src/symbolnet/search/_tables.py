"""A study in Optuna's tables, read and written in bulk.

Optuna's own storage class spends some 25 ms on each trial, a statement for every parameter and attribute. Here all
trials of a job are asked in one transaction, and all that one message brings are told in one. The tables are those
that Optuna made and whose version it has checked; optuna-dashboard and Optuna itself read them unchanged.
"""

__all__ = ["StoredTrial", "TableStorage"]

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from symbolnet.search._location import REBUILD, Location, StorageError

RUNNING, COMPLETE, PRUNED, FAIL = "RUNNING", "COMPLETE", "PRUNED", "FAIL"
_NEEDED = {
    "studies": {"study_id", "study_name"},
    "trials": {"trial_id", "number", "study_id", "state", "datetime_start", "datetime_complete"},
    "trial_params": {"trial_id", "param_name", "param_value", "distribution_json"},
    "trial_values": {"trial_id", "objective", "value", "value_type"},
    "trial_user_attributes": {"trial_id", "key", "value_json"},
}


@dataclass(frozen=True)
class StoredTrial:
    """A trial as the storage has it.

    Attributes
    ----------
    trial_id : int
    state : {"RUNNING", "COMPLETE", "PRUNED", "FAIL", "WAITING"}
    params : dict
    values : tuple of float
        Empty unless complete.
    attributes : dict
    """

    trial_id: int
    state: str
    params: dict[str, Any]
    values: tuple[float, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict)


class TableStorage:
    """SQLite or PostgreSQL.

    Parameters
    ----------
    location : Location
    create : bool
        Make the tables where there are none.

    Raises
    ------
    StorageError
        If it cannot be reached, read or written, holds something else, or is of another version of Optuna.
    """

    def __init__(self, location: Location, *, create: bool) -> None:
        self.location = location
        self.optuna: Any = None
        try:
            self._open(create)
        except StorageError:
            self.close()
            raise
        except Exception as error:  # whatever the driver, SQLAlchemy, Alembic or Optuna raises
            self.close()
            raise location.explain(error) from error

    def _open(self, create: bool) -> None:
        import sqlalchemy
        from sqlalchemy import event

        from symbolnet.search._propose import optuna

        module, location = optuna(), self.location
        if location.kind == "sqlite":
            assert location.path is not None
            if not create and not location.path.is_file():
                raise StorageError(f"storage {location.shown}: no such file; {REBUILD}")
            # A write waits for another process's instead of failing.
            arguments: dict[str, Any] = {"connect_args": {"timeout": 30}}
        else:
            _driver()
            arguments = {"pool_pre_ping": True, "pool_size": 2, "connect_args": {"connect_timeout": 10}}
        engine = sqlalchemy.create_engine(location.url, **arguments)
        try:
            names = set(sqlalchemy.inspect(engine).get_table_names())
        finally:
            engine.dispose()
        ours = "studies" in names
        if not ours and not create:
            remedy = REBUILD if location.path is not None else "give the storage of symbolnet scan run"
            raise StorageError(f"storage {location.shown}: holds no study; {remedy}")
        if not ours and names and location.kind == "sqlite":
            raise StorageError(f"storage {location.shown}: a database of another program; choose another file")
        if ours and "alembic_version" not in names:
            raise StorageError(f"storage {location.shown}: written by a very old Optuna; {_upgrade(location)}")
        if location.kind == "sqlite" and not ours:
            # Readers and the writer do not wait for each other, and a killed writer leaves no torn page.
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            engine.dispose()
        try:
            with _closed_on_failure():
                self.optuna = module.storages.RDBStorage(
                    location.url, engine_kwargs=arguments, skip_table_creation=ours
                )
        except RuntimeError as error:
            if "no longer compatible" not in str(error) and type(error).__module__ != "alembic.util.exc":
                raise
            raise StorageError(
                f"storage {location.shown}: tables of another version of Optuna (here {module.__version__}); "
                f"{_upgrade(location)}"
            ) from error
        if location.kind == "sqlite":
            # In a write-ahead log this is safe against a killed process; only a power cut may cost the last moment.
            event.listen(self.optuna.engine, "connect", lambda c, _: c.execute("PRAGMA synchronous=NORMAL"))
            self.optuna.scoped_session.remove()
            self.optuna.engine.dispose()
        metadata = sqlalchemy.MetaData()
        metadata.reflect(self.optuna.engine, only=sorted(_NEEDED))
        self._tables = metadata.tables
        for name, columns in _NEEDED.items():
            if name not in self._tables or not columns <= set(self._tables[name].columns.keys()):
                raise StorageError(
                    f"storage {location.shown}: Optuna {module.__version__} keeps {name} in another form; "
                    "install a symbolnet that knows it"
                )

    def close(self) -> None:
        """Give back the connections."""
        if self.optuna is not None:
            self.optuna.scoped_session.remove()
            self.optuna.engine.dispose()

    def ask(self, study_id: int, trials: Sequence[tuple[dict[str, Any], dict[str, Any]]], dists: Any) -> list[int]:
        """Make running trials of (parameters, attributes), all or none; return their ids."""
        import sqlalchemy as sa

        t = self._tables
        text = {name: _json_of(distribution) for name, distribution in dists.items()}
        with self.optuna.engine.begin() as connection:
            # The row of the study is the lock under which numbers are given, as in Optuna itself.
            connection.execute(sa.select(t["studies"]).where(t["studies"].c.study_id == study_id).with_for_update())
            # The last trial has the largest number; a maximum over all of them would grow with the study.
            last = sa.select(t["trials"].c.number).where(t["trials"].c.study_id == study_id)
            number = connection.execute(last.order_by(t["trials"].c.trial_id.desc()).limit(1)).scalar()
            first = 0 if number is None else int(number) + 1
            now = datetime.now()
            rows = [
                {"number": first + k, "study_id": study_id, "state": RUNNING, "datetime_start": now}
                for k in range(len(trials))
            ]
            made = sa.insert(t["trials"]).returning(t["trials"].c.trial_id, sort_by_parameter_order=True)
            ids = [int(row[0]) for row in connection.execute(made, rows)]
            params, attributes = [], []
            for trial_id, (values, own) in zip(ids, trials, strict=True):
                for name, value in values.items():
                    inner = float(dists[name].to_internal_repr(value))
                    params.append(
                        {
                            "trial_id": trial_id,
                            "param_name": name,
                            "param_value": inner,
                            "distribution_json": text[name],
                        }
                    )
                attributes += _attributes(trial_id, own)
            connection.execute(sa.insert(t["trial_params"]), params)
            connection.execute(sa.insert(t["trial_user_attributes"]), attributes)
        return ids

    def tell(self, told: Sequence[tuple[int, str, Sequence[float], dict[str, Any]]]) -> None:
        """End running trials: (id, state, values, attributes) each; those that have ended already stay as they are."""
        import sqlalchemy as sa

        t = self._tables
        with self.optuna.engine.begin() as connection:
            for trial_id, state, values, own in told:
                trials = t["trials"]
                running = (trials.c.trial_id == trial_id) & (trials.c.state == RUNNING)
                ended = sa.update(trials).where(running).values(state=state, datetime_complete=datetime.now())
                if not connection.execute(ended).rowcount:
                    continue
                rows = [
                    {"trial_id": trial_id, "objective": k, "value": value, "value_type": "FINITE"}
                    for k, value in enumerate(values)
                ]
                if rows:
                    connection.execute(sa.insert(t["trial_values"]), rows)
                connection.execute(sa.insert(t["trial_user_attributes"]), _attributes(trial_id, own))

    def trials(self, study_id: int) -> list[StoredTrial]:
        """All trials, in the order in which they were asked."""
        import sqlalchemy as sa

        t = self._tables
        ids = sa.select(t["trials"].c.trial_id).where(t["trials"].c.study_id == study_id)
        with self.optuna.engine.connect() as connection:
            heads = connection.execute(
                sa.select(t["trials"].c.trial_id, t["trials"].c.state)
                .where(t["trials"].c.study_id == study_id)
                .order_by(t["trials"].c.trial_id)
            ).all()
            columns = ("trial_id", "param_name", "param_value", "distribution_json")
            params = connection.execute(_of(t["trial_params"], columns, ids)).all()
            values = connection.execute(_of(t["trial_values"], ("trial_id", "objective", "value"), ids)).all()
            attributes = connection.execute(
                _of(t["trial_user_attributes"], ("trial_id", "key", "value_json"), ids)
            ).all()
        return _assemble(heads, params, values, attributes)


@contextmanager
def _closed_on_failure() -> Iterator[None]:
    """Close the connections that Optuna's class has opened if it cannot be made: nobody else can reach them then."""
    from sqlalchemy import event
    from sqlalchemy.pool import Pool

    opened: list[Any] = []

    def note(connection: Any, _: Any) -> None:
        opened.append(connection)

    event.listen(Pool, "connect", note)
    try:
        yield
    except BaseException:
        for connection in opened:
            connection.close()
        raise
    finally:
        event.remove(Pool, "connect", note)


def _assemble(heads: Any, params: Any, values: Any, attributes: Any) -> list[StoredTrial]:
    from symbolnet.search._propose import optuna

    read, known = optuna().distributions.json_to_distribution, dict[str, Any]()
    found = {trial_id: StoredTrial(trial_id, str(state), {}) for trial_id, state in heads}
    for trial_id, name, value, text in params:
        if text not in known:
            known[text] = read(text)
        found[trial_id].params[name] = known[text].to_external_repr(value)
    objectives: dict[int, dict[int, float]] = {}
    for trial_id, objective, value in values:
        objectives.setdefault(trial_id, {})[objective] = value
    for trial_id, key, text in attributes:
        found[trial_id].attributes[key] = json.loads(text)
    return [
        StoredTrial(
            trial.trial_id,
            trial.state,
            trial.params,
            tuple(value for _, value in sorted(objectives.get(trial.trial_id, {}).items())),
            trial.attributes,
        )
        for trial in found.values()
    ]


def _of(table: Any, names: tuple[str, ...], ids: Any) -> Any:
    import sqlalchemy as sa

    return sa.select(*(table.c[name] for name in names)).where(table.c.trial_id.in_(ids))


def _attributes(trial_id: int, own: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"trial_id": trial_id, "key": key, "value_json": json.dumps(value, allow_nan=False)}
        for key, value in own.items()
    ]


def _json_of(distribution: Any) -> str:
    from symbolnet.search._propose import optuna

    text: str = optuna().distributions.distribution_to_json(distribution)
    return text


def _upgrade(location: Location) -> str:
    return f"optuna storage upgrade --storage {location.shown}, or install the Optuna that wrote it"


def _driver() -> None:
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        raise StorageError("PostgreSQL needs the package psycopg; pip install 'symbolnet[search]'") from error
