"""The paper's experiment from one command, in its quick form on the digits: the time it takes and what it leaves.

A new process with an empty cache of compiled programs, as a newcomer meets it. The comparison that it prints measures
nothing: see docs/results/reproduce for the full runs.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks._bar import Bar, main

LIMIT = 180.0


def measure(_: argparse.Namespace) -> list[Bar]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "digits"
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "symbolnet", "reproduce", "digits", "--quick", "--json", "--out", str(out)],
            env=os.environ | {"XDG_CACHE_HOME": folder},
            check=False,
            capture_output=True,
            text=True,
        )
        seconds = time.monotonic() - started
        if done.returncode != 0:
            return [Bar("reproduce digits --quick", "", f"failed: {done.stderr.strip()[-200:]}", False)]
        document = json.loads(done.stdout)
        figures, tables = (len(list((out / part).iterdir())) for part in ("figures", "tables"))
    whole = not document["left_out"] and figures >= 20 and tables >= 6
    left_out = len(document["left_out"])
    figure = f"{seconds:.0f} s; {figures} files of figures, {tables} of tables; {left_out} stages left out"
    values = {"seconds": seconds}
    return [Bar("reproduce digits --quick", "at most 3 minutes on 2 cores", figure, whole and seconds <= LIMIT, values)]


if __name__ == "__main__":
    main(measure)
