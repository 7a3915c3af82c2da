# SPDX-License-Identifier: GPL-2.0-only
"""Samples of bench.sh: reading them, and what follows from them."""
import collections
import json
import statistics

# What a load is made of: processes, VMAs and page-table entries of libraries.
SHAPES = {
    "100": (100, 4000, 127200), "200": (200, 8000, 254400), "400": (400, 16000, 508800),
    "1600": (1600, 64000, 2035200), "one-library": (400, 2000, 63600), "vmas": (1, 20000, 20000),
}
SCALING = ("100", "200", "400", "1600")

Cell = collections.namedtuple("Cell", "median spread rounds most")


def read(path):
    """{(kernel, mode, load, peer): Cell}, in nanoseconds, or instructions."""
    samples = collections.defaultdict(list)
    with open(path, encoding="ascii") as file:
        for line in file:
            row = json.loads(line)
            if "ns" in row:
                key = (row["kernel"], row["mode"], row["load"], row["peer"])
                samples[key].append(row["ns"])
    return {key: Cell(statistics.median(values), spread(values), len(values), max(values))
            for key, values in samples.items()}


def read_memory(path):
    """{(kernel, load, peer): what libshare keeps: bytes, and counts of what is in them}."""
    memory = {}
    with open(path, encoding="ascii") as file:
        for line in file:
            row = json.loads(line)
            if "memory" in row:
                memory[(row["kernel"], row["load"], row["peer"])] = row
    return memory


def spread(values):
    """Half of the range in which the middle half of the samples lies."""
    if len(values) < 4:
        return (max(values) - min(values)) / 2
    low, _, high = statistics.quantiles(values, n=4)
    return (high - low) / 2


def keys_of(cells, index):
    """The different values of a part of the keys, in the order they came."""
    return list(dict.fromkeys(key[index] for key in cells))


def solve(rows, values):
    """Least squares, by the normal equations and Gauss's elimination; None where
    the rows do not tell all unknowns apart."""
    n = len(rows[0])
    matrix = [[sum(row[i] * row[j] for row in rows) for j in range(n)] +
              [sum(row[i] * value for row, value in zip(rows, values))] for i in range(n)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda r: abs(matrix[r][i]))
        matrix[i], matrix[pivot] = matrix[pivot], matrix[i]
        if not matrix[i][i]:
            return None
        for r in range(n):
            if r != i:
                factor = matrix[r][i] / matrix[i][i]
                matrix[r] = [a - factor * b for a, b in zip(matrix[r], matrix[i])]
    return [matrix[i][n] / matrix[i][i] for i in range(n)]


def fit(cells, kernel, mode, peer):
    """Cost of a scan as such, and per process, VMA and entry; or None."""
    rows, values = [], []
    for load, shape in SHAPES.items():
        cell = cells.get((kernel, mode, load, peer))
        if cell:
            # Relative errors count, or the largest load alone would.
            rows.append([part / cell.median for part in (1,) + shape])
            values.append(1)
    # Fewer shapes do not tell processes, VMAs and entries apart.
    return solve(rows, values) if len(rows) == len(SHAPES) else None
