"""Training on the paper's objective: the compiled step, populations of trials, feeds, history and checkpoints."""

__all__ = [
    "ArrayFeed",
    "BlockFeed",
    "Feed",
    "Progress",
    "Slots",
    "Snapshot",
    "TrainData",
    "TrainResult",
    "TrainSettings",
    "Trial",
    "history_columns",
    "interruptible",
    "train",
    "use_compilation_cache",
]

from symbolnet.training._cache import use_compilation_cache
from symbolnet.training._feed import ArrayFeed, BlockFeed, Feed
from symbolnet.training._interrupt import interruptible
from symbolnet.training._records import Snapshot, TrainData, TrainResult, TrainSettings, Trial, history_columns
from symbolnet.training._slots import Slots
from symbolnet.training._train import Progress, train
