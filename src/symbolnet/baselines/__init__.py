"""What SymbolNet is compared with: three-stage EQL, genetic programming by other programs, dense networks."""

from symbolnet.baselines._dense import DenseResult, DenseSettings, fit_dense
from symbolnet.baselines._eql import EqlModel, EqlSettings, train_eql
from symbolnet.baselines._peers import PEERS, PeerSettings, fit_peer, installed_peers
from symbolnet.baselines._smoothed import SMOOTHING, smoothed_l05
from symbolnet.baselines._task import Task, class_task

__all__ = [
    "PEERS",
    "SMOOTHING",
    "DenseResult",
    "DenseSettings",
    "EqlModel",
    "EqlSettings",
    "PeerSettings",
    "Task",
    "class_task",
    "fit_dense",
    "fit_peer",
    "installed_peers",
    "smoothed_l05",
    "train_eql",
]
