"""A PostgreSQL server of a test's own: on the loopback, with a password, in a temporary folder."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PASSWORD = "s3cret&word"


def binaries() -> Path | None:
    """The folder of `initdb`, if the server is installed."""
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))  # where Debian has it, outside of PATH
    return Path(found).resolve().parent if found else folders[-1] if folders else None


class Postgres:
    """A server that can be killed and started again."""

    def __init__(self) -> None:
        bin_folder = binaries()
        assert bin_folder is not None
        self.bin, self.folder = bin_folder, Path(tempfile.mkdtemp(prefix="symbolnet-pg-", dir="/tmp"))
        # The server refuses to be run by root.
        self.as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
        password = self.folder / "password"
        password.write_text(PASSWORD)
        if self.as_user:
            shutil.chown(self.folder, "postgres", "postgres")
            shutil.chown(password, "postgres", "postgres")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._run("initdb", "-D", self.folder / "data", "-U", "scanner", "-A", "scram-sha-256",
                  f"--pwfile={password}", "--no-sync")  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        from urllib.parse import quote

        return f"postgresql://scanner:{quote(PASSWORD)}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories={self.folder}"
        command = [*self.as_user, str(self.bin / "postgres"), "-D", str(self.folder / "data"), *options.split()]
        # What a killed server left behind keeps the next one from starting until its children are gone.
        for _ in range(100):
            self.process = subprocess.Popen(
                command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
            )
            if self._answers():
                return
            self.stop()
        raise RuntimeError("PostgreSQL does not start")

    def _answers(self) -> bool:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process is not None and self.process.poll() is None:
            ready = subprocess.run(
                [self.bin / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)], check=False
            )
            if ready.returncode == 0:
                return True
            time.sleep(0.1)
        time.sleep(0.1)
        return False

    def kill(self) -> None:
        """kill -9 of the server and all its processes."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *words: object) -> None:
        subprocess.run(
            [*self.as_user, str(self.bin / program), *map(str, words)],
            check=True,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
        )
