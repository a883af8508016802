"""How much memory a call has held at most, beside what the process had before."""

from __future__ import annotations

import gc
import re
import sys
from pathlib import Path

__all__ = ["Memory"]

_STATUS = Path("/proc/self/status")
_FORGET_PEAK = "5"
"""What makes Linux forget the highest mark so far."""


class Memory:
    """Made before a call, asked after it."""

    def __init__(self) -> None:
        gc.collect()
        try:
            Path("/proc/self/clear_refs").write_text(_FORGET_PEAK, encoding="ascii")
        except OSError:
            pass  # the highest mark is that of the whole process: a body larger than all before it still shows
        self._before = _kibibytes("VmRSS")

    def held(self) -> int:
        """Bytes."""
        return max(0, _kibibytes("VmHWM") - self._before) * 1024


def _kibibytes(name: str) -> int:
    try:
        found = re.search(rf"^{name}:\s+(\d+) kB$", _STATUS.read_text(encoding="ascii"), re.MULTILINE)
    except OSError:
        found = None
    if found is not None:
        return int(found[1])
    import resource  # which Windows has not

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // 1024 if sys.platform == "darwin" else most
