"""Which of Salama's processes come first when all want the processor."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def give_way(niceness: int, process_id: int | None = None) -> None:
    """Let the others come first: `niceness` from 1 to 19, of this process or of another one of the same user.

    Linux shares the processor out among sessions first (sched(7), autogroup) and asks for niceness within one only, and
    each process that the supervisor starts has a session of its own.
    """
    process_id = process_id or os.getpid()
    with contextlib.suppress(OSError):  # it may have ended
        os.setpriority(os.PRIO_PROCESS, process_id, niceness)
    with contextlib.suppress(OSError):  # a kernel without them
        Path(f"/proc/{process_id}/autogroup").write_text(str(niceness))
