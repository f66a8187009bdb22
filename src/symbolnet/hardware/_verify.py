"""Verification of a bundle: every model that it holds against the emulator, vector by vector."""

__all__ = ["CHECKS", "Check", "Verification", "verify"]

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.hardware._bundle import MANIFEST, PROGRAM, SAMPLES, Bundle, changed_files
from symbolnet.hardware._c import C_FILE, run_c
from symbolnet.hardware._emulate import emulate_integers
from symbolnet.hardware._hls4ml_project import PROJECT, run_project
from symbolnet.hardware._simulate import simulate
from symbolnet.hardware._trace import predict, trace
from symbolnet.hardware._vectors import make_vectors

MOST_VECTORS = 10_000_000


@dataclass(frozen=True)
class Verification:
    """What came out.

    Attributes
    ----------
    vectors : int
    mismatches : dict of str to int
        The vectors with any wrong bit, by model; "rtl" is the sum over the simulators.
    changed : tuple of str
        The files that are not as export wrote them, or were added to the RTL.
    """

    vectors: int
    mismatches: dict[str, int]
    changed: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing differs and no file has changed."""
        return not any(self.mismatches.values()) and not self.changed


Check = Callable[[Bundle, NDArray[np.int64], NDArray[np.int64]], int]
"""Bundle, integers at its input ports (n_ports, n), those expected (n, n_outputs): the number of wrong vectors."""


def verify(bundle: Bundle, vectors: int = 10_000) -> Verification:
    """Compare all models of a bundle with the emulator.

    Half of the vectors come from the data that was given at export, as far as it goes; the others are the ends of the
    formats and random integers. Answers and testbenches are made anew from the bundle's program: those in the bundle,
    for whoever has no SymbolNet, are not used.

    Parameters
    ----------
    bundle : Bundle
        Of `open_bundle`, or as `export` returned it.
    vectors : int
        Samples to compare on, 1 to ten million.

    Returns
    -------
    Verification
        How many vectors each model got wrong, and which files were changed since export.

    Raises
    ------
    SymbolNetError
        If a tool is missing or fails; if a file of the bundle is missing; if the program, the manifest or the samples
        are not those of the export.
    """
    if not 1 <= vectors <= MOST_VECTORS:
        raise SymbolNetError(f"vectors={vectors} must be from 1 to {MOST_VECTORS}")
    changed = changed_files(bundle.path)
    sources = [name for name in changed if name in (MANIFEST, PROGRAM, SAMPLES)]
    if sources:
        raise SymbolNetError(
            f"{bundle.path}: changed since export: {', '.join(sources)}; there is nothing to compare with, so export "
            "the formula anew"
        )
    ports = make_vectors(bundle.program, bundle.samples, vectors)
    expected = emulate_integers(bundle.program, ports)
    found: dict[str, int] = {}
    for name in bundle.manifest["checks"]:
        if name not in CHECKS:
            raise SymbolNetError(f"check {name!r} of {bundle.path} is unknown here; export the formula anew")
        found[name] = CHECKS[name](bundle, ports, expected)
    simulated = [found[name] for name in ("verilator", "icarus") if name in found]
    return Verification(vectors, {**({"rtl": sum(simulated)} if simulated else {}), **found}, changed)


def _wrong(found: NDArray[np.int64], expected: NDArray[np.int64]) -> int:
    return int(np.count_nonzero((found != expected).any(axis=1)))


def _da4ml(bundle: Bundle, ports: NDArray[np.int64], expected: NDArray[np.int64]) -> int:
    return _wrong(predict(trace(bundle.program, bundle.manifest["clock_ns"]), ports), expected)


def _c(bundle: Bundle, ports: NDArray[np.int64], expected: NDArray[np.int64]) -> int:
    return _wrong(run_c(bundle.path / "c" / C_FILE, ports, expected.shape[1]), expected)


def _hls4ml(bundle: Bundle, ports: NDArray[np.int64], expected: NDArray[np.int64]) -> int:
    return _wrong(run_project(bundle.path / PROJECT, bundle.program, ports), expected)


def _rtl(simulator: str) -> Check:
    def check(bundle: Bundle, ports: NDArray[np.int64], expected: NDArray[np.int64]) -> int:
        return simulate(simulator, bundle.path / "rtl", bundle.program, bundle.manifest["stages"], ports, expected)

    return check


CHECKS: Mapping[str, Check] = {
    "da4ml": _da4ml,
    "c": _c,
    "verilator": _rtl("verilator"),
    "icarus": _rtl("icarus"),
    "hls4ml": _hls4ml,
}
"""What a manifest's "checks" may name."""
