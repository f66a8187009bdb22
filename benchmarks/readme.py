"""The README's Python runs as it stands, in a new process and an empty folder."""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks._bar import Bar, main

_README = Path(__file__).parents[1] / "README.md"


def snippet() -> str:
    """The first Python block of the README."""
    found = re.search(r"```python\n(.*?)```", _README.read_text(encoding="utf-8"), re.DOTALL)
    if found is None:
        raise SystemExit("README.md has no Python block")
    return found.group(1)


def measure(options: argparse.Namespace) -> list[Bar]:
    text = snippet()
    if options.quick:
        text = re.sub(r"max_iter=\d+", "max_iter=2", text)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "snippet.py"
        file.write_text(text, encoding="utf-8")
        started = time.monotonic()
        done = subprocess.run([sys.executable, str(file)], cwd=folder, check=False, capture_output=True, text=True)
        seconds = time.monotonic() - started
    if options.show:
        print(done.stdout)
    lines = len(text.strip().splitlines())
    failed = "" if done.returncode == 0 else f"; fails: {done.stderr.strip().splitlines()[-1]}"
    return [
        Bar(
            "README: from data to formula",
            "at most thirty lines, run as they stand",
            f"{lines} lines in {seconds:.0f} s{failed}",
            done.returncode == 0 and lines <= 30,
            {"lines": lines, "seconds": seconds},
        )
    ]


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--show", action="store_true", help="print what the lines print")


if __name__ == "__main__":
    main(measure, _arguments)
