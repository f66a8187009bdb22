"""Scans over architecture, operators, sparsity and learning rates: space, study, executors."""

__all__ = [
    "Choice",
    "DaskExecutor",
    "Executor",
    "Number",
    "PRESETS",
    "Plan",
    "ProcessExecutor",
    "ScanData",
    "ScanProgress",
    "Space",
    "ThreadExecutor",
    "front_rows",
    "open_scan",
    "preset",
    "refit",
    "resume_scan",
    "run_scan",
    "scan_rows",
    "start_scan",
]

from symbolnet.search._dask import DaskExecutor
from symbolnet.search._data import ScanData
from symbolnet.search._executors import Executor, ProcessExecutor, ThreadExecutor
from symbolnet.search._open import open_scan, resume_scan, start_scan
from symbolnet.search._presets import PRESETS, preset
from symbolnet.search._records import Plan
from symbolnet.search._scan import ScanProgress, run_scan
from symbolnet.search._space import Choice, Number, Space
from symbolnet.search._summary import front_rows, refit, scan_rows
