"""Run a program that ends when the process that started it ends: `python tether.py PARENT_PID PROGRAM ARGUMENT...`.

A parent that is killed cannot stop its children, so the kernel is asked to (Linux: PR_SET_PDEATHSIG; it outlives exec).
A step of its own because doing it between fork and exec in the parent is unsafe where the parent has threads. The
signal comes when the *thread* that started this ends, so start it from one that lives as long as the child should.
Elsewhere than on Linux the program simply runs. Imports nothing of ours: it is started by path, without site-packages.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    parent, program = int(arguments[0]), arguments[1:]
    end_with(parent)
    os.execv(program[0], program)  # noqa: S606 - the program is ours, by list


def end_with(parent: int) -> None:
    """Have this process ended when its parent, the process of that id, ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it ended before we asked
            raise SystemExit("the starting process has ended")


if __name__ == "__main__":
    main(sys.argv[1:])
