"""Test vectors: what goes in, what the emulator says must come out, and both as files for a testbench."""

__all__ = ["hex_lines", "make_vectors", "random_ports"]

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from symbolnet.hardware._format import FixedPoint
from symbolnet.hardware._program import Program


def random_ports(program: Program, count: int, seed: int = 0) -> NDArray[np.int64]:
    """Return integers for the input ports, (n_ports, count).

    The first are the ends and the middle of all formats, then ends and middles at random; the rest is uniform.
    """
    rng = np.random.default_rng(seed)
    ports = np.empty((len(program.columns), count), dtype=np.int64)
    corners = max(3, min(64, count // 4))
    for row, form in zip(ports, program.input_formats, strict=True):
        row[:] = rng.integers(form.least, form.most, count, endpoint=True)
        special = np.array([form.least, form.most, (form.least + form.most) // 2])
        row[:corners] = rng.choice(special, corners)[: len(row)]
        row[:3] = special[: len(row)]
    return ports


def make_vectors(program: Program, samples: NDArray[np.int64] | None, count: int) -> NDArray[np.int64]:
    """Return `count` vectors: first what the data gives, as far as it goes up to the half, then random ones."""
    if samples is None or samples.shape[1] == 0:
        return random_ports(program, count)
    real = samples[:, : max(count // 2, 1)]
    return np.concatenate([real, random_ports(program, max(count - real.shape[1], 0))], axis=1)[:, :count]


def hex_lines(integers: NDArray[np.int64], formats: Sequence[FixedPoint]) -> bytes:
    """Return one hexadecimal number a sample: all ports packed, the first in the lowest bits.

    Parameters
    ----------
    integers : int64 array, (n_ports, n_samples)
    formats : sequence of FixedPoint
        Of the ports; one of no bits takes one.
    """
    widths = [max(form.width, 1) for form in formats]
    total = -(-sum(widths) // 8) * 8
    bits = np.zeros((integers.shape[1], total), dtype=np.uint8)
    at = total
    for row, width in zip(integers, widths, strict=True):
        at -= width
        places = np.arange(width - 1, -1, -1)
        bits[:, at : at + width] = (row[:, None] >> places) & 1
    packed = np.packbits(bits, axis=1)
    text = packed.tobytes().hex()
    step = 2 * packed.shape[1]
    spare = step - -(-sum(widths) // 4)  # a digit too many is warned of
    return "\n".join(text[k + spare : k + step] for k in range(0, len(text), step)).encode() + b"\n"
