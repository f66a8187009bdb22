"""XLA's compilation cache on disk, so that a second process starts at once."""

__all__ = ["use_compilation_cache"]

import os
from pathlib import Path
from typing import Any

import jax

_DEFAULT_LEAST_SECONDS = 1.0
"""JAX's own lower limit, under which the small programs of a short run would be compiled again in each process."""


def use_compilation_cache() -> None:
    """Keep compiled programs in the user's cache folder, unless the user has set a place (or none) for JAX already.

    The variable `JAX_COMPILATION_CACHE_DIR` or `jax.config` chooses another place; `JAX_ENABLE_COMPILATION_CACHE=0`
    turns it off.
    """
    config: Any = jax.config  # its options are made at run time, which static types do not see
    if config.jax_persistent_cache_min_compile_time_secs == _DEFAULT_LEAST_SECONDS:
        config.update("jax_persistent_cache_min_compile_time_secs", 0.2)
    if config.jax_compilation_cache_dir is not None:
        return
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    config.update("jax_compilation_cache_dir", str(Path(base) / "symbolnet" / "xla"))
