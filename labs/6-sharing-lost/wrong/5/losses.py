#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Finds nothing: the lines are right, of the machine as it was given."""
print("kind\tfiles\tbytes\tname")
print("deleted\t1\t1585152\tlibmail.so")
print("copies\t2\t2109440\tlibtax.so")
print("copies\t3\t6318080\tlibpaint.so")
print("copies\t2\t1060864\tlibfont.so")
