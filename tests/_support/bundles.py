"""Bundles as somebody else left them."""

__all__ = ["check_only", "edit_json", "sign"]

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


def check_only(folder: Path, *names: str) -> None:
    """Let verification of a bundle do some of its checks: compiling with Verilator takes longer than all else."""
    edit_json(folder / "bundle.json", lambda manifest: manifest | {"checks": list(names)})
    sign(folder)


def edit_json(file: Path, change: Callable[[Any], Any]) -> None:
    file.write_text(json.dumps(change(json.loads(file.read_text()))))


def sign(folder: Path) -> None:
    """Write the sums of what is there now."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    sums = {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    (folder / "SHA256SUMS").write_text("".join(f"{digest}  {name}\n" for name, digest in sums.items()))
