#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Prints without end, deaf to signals, with children that do the same."""
import os
import signal

signal.signal(signal.SIGTERM, signal.SIG_IGN)

for _ in range(20):
    if os.fork() == 0:
        signal.pause()
while True:
    print("[100/100] everything - right\ntotal: 100/100")
