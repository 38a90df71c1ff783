#!/usr/bin/env python3
"""Runs a command and writes wall seconds, processor seconds and peak memory (kB) of it to a file.

usage: timed.py FILE COMMAND [ARGUMENT ...]
"""
import os
import sys
import time

began = time.monotonic()
child = os.fork()
if child == 0:
    try:
        os.execvp(sys.argv[2], sys.argv[2:])
    except OSError as error:
        print(f"{sys.argv[2]}: {error.strerror}", file=sys.stderr)
    os._exit(127)

_, status, usage = os.wait4(child, 0)
with open(sys.argv[1], "w") as out:
    out.write(f"{time.monotonic() - began:.6f} {usage.ru_utime + usage.ru_stime:.6f} {usage.ru_maxrss}\n")

sys.exit(os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 1)
