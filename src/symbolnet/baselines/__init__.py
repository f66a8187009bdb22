"""What SymbolNet is compared with: three-stage EQL, genetic programming by other programs, dense networks as they are
and quantised and pruned.
"""

from symbolnet.baselines._dense import DenseResult, DenseSettings, fit_dense
from symbolnet.baselines._eql import EqlModel, EqlSettings, train_eql
from symbolnet.baselines._hgq import HGQ_PYTHON, HgqData, HgqNetwork, HgqSettings, find_hgq_python, fit_hgq
from symbolnet.baselines._peers import PEERS, PeerSettings, fit_peer, installed_peers
from symbolnet.baselines._smoothed import SMOOTHING, smoothed_l05
from symbolnet.baselines._task import Task, class_task

__all__ = [
    "HGQ_PYTHON",
    "PEERS",
    "SMOOTHING",
    "DenseResult",
    "DenseSettings",
    "EqlModel",
    "EqlSettings",
    "HgqData",
    "HgqNetwork",
    "HgqSettings",
    "PeerSettings",
    "Task",
    "class_task",
    "find_hgq_python",
    "fit_dense",
    "fit_hgq",
    "fit_peer",
    "installed_peers",
    "smoothed_l05",
    "train_eql",
]
