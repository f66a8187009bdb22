"""Where a study is stored, and what its failures mean to the user."""

__all__ = ["REBUILD", "Location", "StorageError", "Unreachable"]

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from symbolnet._errors import SymbolNetError

_JOURNALS = (".journal", ".log")
_HIDDEN = "***"

REBUILD = "symbolnet scan resume rebuilds it from results.log of the scan's folder"
"""What mends a storage that is a file."""


class StorageError(SymbolNetError):
    """The storage of a study cannot be used as it is."""


class Unreachable(StorageError):
    """The storage does not answer; it may again."""


@dataclass(frozen=True)
class Location:
    """A SQLite file, a journal file, or a PostgreSQL database.

    Attributes
    ----------
    kind : {"sqlite", "journal", "postgresql"}
    path : Path or None
        The file of the first two.
    url : str
        For Optuna; it may hold a password, so it goes into no message and no file.
    """

    kind: str
    path: Path | None
    url: str

    @staticmethod
    def parse(text: str) -> "Location":
        """Read what the user gave.

        Parameters
        ----------
        text : str
            A path that ends in .db (SQLite) or .journal (a journal, for file systems that several hosts share), or
            `postgresql://user:password@host:port/database`. Without a password in it, libpq's ways apply
            (`PGPASSWORD`, `~/.pgpass`).

        Raises
        ------
        StorageError
            For anything else.
        """
        known = "give a path ending in .db or .journal, or postgresql://USER@HOST/DATABASE"
        if text.startswith("sqlite:///"):
            text = text.removeprefix("sqlite:///")
        if "://" not in text:
            path = Path(text)
            if path.suffix.lower() in _JOURNALS:
                return Location("journal", path, "")
            if path.suffix.lower() in (".db", ".sqlite", ".sqlite3"):
                return Location("sqlite", path, f"sqlite:///{path}")
            raise StorageError(f"storage {text}: unknown kind of file; {known}")
        scheme, _, rest = text.partition("://")
        if scheme.split("+")[0] not in ("postgresql", "postgres"):
            raise StorageError(f"storage {redact(text)}: unknown kind {scheme!r}; {known}")
        try:
            parts = urlsplit(f"postgresql://{rest}")
            _ = parts.port
        except ValueError as error:
            raise StorageError(f"storage {redact(text)}: not a URL ({error}); {known}") from error
        if not parts.path.strip("/"):
            raise StorageError(f"storage {redact(text)}: no database in it; {known}")
        # Braces mean something to Optuna, which fills templates in URLs.
        safe = re.sub(r"[{}]", lambda found: quote(found.group()), f"postgresql+psycopg://{rest}")
        return Location("postgresql", None, safe)

    @property
    def shown(self) -> str:
        """The location without its password: for messages and files."""
        return str(self.path) if self.path is not None else redact(self.url).replace("+psycopg", "", 1)

    def scrub(self, text: str) -> str:
        """`text` on one line without the password, however a library has written it."""
        line = " ".join(text.split())
        if self.path is None:
            secret = urlsplit(self.url).password or ""
            for form in {self.url, secret, unquote(secret), quote(secret)} - {""}:
                line = line.replace(form, _HIDDEN)
        return line

    def explain(self, error: BaseException) -> StorageError:
        """The one line for a failure of the storage: cause, place, remedy."""
        causes = []
        seen: BaseException | None = error
        while seen is not None:
            causes.append(str(seen))
            seen = seen.__cause__ or seen.__context__
        text = " ".join(causes)
        for signs, kind, remedy in _MEANINGS:
            found = next((sign for sign in signs if sign in text), None)
            if found is not None:
                return kind(f"storage {self.shown}: {found}; {remedy}")
        first = next((line for line in causes[-1].splitlines() if line.strip()), type(error).__name__)
        return StorageError(f"storage {self.shown}: {self.scrub(first)[:200]}; check that it is what you meant")


def redact(url: str) -> str:
    """A URL with stars for its password."""
    try:
        parts = urlsplit(url)
        if parts.password is None and "password" not in parts.query:
            return url
        user = f"{parts.username or ''}:{_HIDDEN}@" if parts.password is not None else ""
        host = parts.netloc.rpartition("@")[2]
        query = re.sub(r"(password=)[^&]*", rf"\1{_HIDDEN}", parts.query)
        return urlunsplit((parts.scheme, f"{user}{host}" if user else parts.netloc, parts.path, query, ""))
    except ValueError:
        return re.sub(r"://[^/]*@", f"://{_HIDDEN}@", url)


_MEANINGS: tuple[tuple[tuple[str, ...], type[StorageError], str], ...] = (
    (("database or disk is full", "No space left on device", "disk I/O error", "File too large", "Disk quota exceeded",
      "could not extend file"),
     StorageError, "free some room on its disk, then symbolnet scan resume"),
    (("file is not a database", "database disk image is malformed", "Invalid log format"),
     StorageError, f"the file is damaged; {REBUILD}"),
    (("unable to open database file", "readonly database", "Permission denied", "Is a directory"),
     StorageError, "give a path in a folder that you may write"),
    (("password authentication failed", "no password supplied", "no pg_hba.conf entry", "permission denied",
      "must be owner"),
     StorageError, "check user, password and rights, or ask whoever runs the server"),
    (("does not exist",), StorageError, "check the names in the URL, or create the database (createdb)"),
    (("Name or service not known", "Temporary failure in name resolution", "failed to resolve host",
      "could not translate host name"),
     StorageError, "check the host in the URL"),
    (("Connection refused", "connection is closed", "server closed the connection", "terminating connection",
      "consuming input failed", "could not connect", "connection failed", "connection timeout", "timeout expired",
      "the database system is starting up", "the database system is in recovery",
      "the database system is shutting down",
      "connection is bad", "connection is lost", "Network is unreachable", "No route to host"),
     Unreachable, "start the server or check host and port; a scan that stopped goes on with symbolnet scan resume"),
    (("database is locked", "lock file"), Unreachable,
     "another process holds it; wait, or put the study on PostgreSQL if many processes write"),
)  # fmt: skip
