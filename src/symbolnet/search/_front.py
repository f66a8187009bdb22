"""The front of a scan as it grows, and the model files of its members."""

__all__ = ["Front", "ModelStore"]

import contextlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from symbolnet._errors import SymbolNetError
from symbolnet.io import atomic_write

Values = tuple[float, ...]


class Front:
    """The trials that no other beats: the metric is to be large, the costs behind it small.

    Of trials that are equal in all objectives, the one with the lowest index is on the front, so that the front does
    not depend on the order in which they were told.
    """

    def __init__(self) -> None:
        self.members: dict[int, Values] = {}

    def offer(self, index: int, values: Sequence[float]) -> bool:
        """Look at a trial; return whether it is on the front now. Members that it beats leave."""
        new = tuple(float(v) for v in values)
        for member, old in self.members.items():
            if _no_worse(old, new) and (old != new or member < index):
                return False
        beaten = [member for member, old in self.members.items() if _no_worse(new, old)]
        for member in beaten:
            del self.members[member]
        self.members[index] = new
        return True

    def would_enter(self, index: int, values: Sequence[float]) -> bool:
        """Whether `offer` would answer true."""
        new = tuple(float(v) for v in values)
        return not any(_no_worse(old, new) and (old != new or m < index) for m, old in self.members.items())

    def sorted(self) -> list[int]:
        """The members, simplest first."""
        return sorted(self.members, key=lambda index: (self.members[index][1], index))


def _no_worse(a: Values, b: Values) -> bool:
    """Whether `a` is at least as good as `b` in every objective."""
    return a[0] >= b[0] and all(x <= y for x, y in zip(a[1:], b[1:], strict=True))


class ModelStore:
    """The model files of a scan: those of the front and no others, so that the room they take stays bounded.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, index: int) -> Path:
        """Where the model of a trial is, if it is on the front."""
        return self.folder / f"{index:06d}.symbolnet"

    def save(self, index: int, content: bytes) -> None:
        """Write a model file, atomically."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            atomic_write(self.path(index), content)
        except (OSError, SymbolNetError) as error:
            cause = getattr(error if isinstance(error, OSError) else error.__cause__, "strerror", None) or error
            raise SymbolNetError(
                f"cannot keep the model of trial {index} in {self.folder}: {cause}; free some room on its disk, then "
                "symbolnet scan resume"
            ) from error

    def keep_only(self, indexes: Iterable[int]) -> None:
        """Remove the files of all other trials, and what a killed process left half-written."""
        kept = {self.path(index) for index in indexes}
        if self.folder.is_dir():
            for file in self.folder.iterdir():
                if file not in kept and (file.suffix == ".part" or file.stem.isdigit()):
                    with contextlib.suppress(OSError):
                        file.unlink()
