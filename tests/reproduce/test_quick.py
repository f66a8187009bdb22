"""`symbolnet reproduce digits --quick` as a newcomer runs it: the whole command, in a process of its own."""

import json
import re
import subprocess
import sys
from pathlib import Path


def test_the_quick_command_writes_a_folder_to_publish_from(tmp_path: Path) -> None:
    out = tmp_path / "digits"
    command = [sys.executable, "-m", "symbolnet", "reproduce", "digits", "--quick", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr
    settings = json.loads((out / "settings.json").read_text(encoding="utf-8"))
    assert settings["plan"]["name"] == "digits"
    assert {stage["stage"] for stage in settings["stages"]} >= {"example", "dense", "symbolnet"}
    # A busy machine may have no time for a stage; the command then says so, and so does the page.
    page = (out / "README.md").read_text(encoding="utf-8")
    assert all(stage in done.stderr and stage in page for stage in settings["left_out"])
    links = re.findall(r"\]\(([^)]+)\)", page)
    assert len(links) > 10
    assert all((out / link).is_file() for link in links)
    assert "hypervolume" in page
