# SPDX-License-Identifier: GPL-2.0-only
"""The build ID of an ELF file, read from the file."""
import struct

PT_NOTE, NT_GNU_BUILD_ID = 4, 3


def notes(data):
    """(type, offset of the note, its owner and description) of all segments."""
    if data[:4] != b"\x7fELF" or data[4] not in (1, 2):
        return
    wide = data[4] == 2
    if wide:
        phoff, = struct.unpack_from("<Q", data, 32)
        size, count = struct.unpack_from("<HH", data, 54)
    else:
        phoff, = struct.unpack_from("<I", data, 28)
        size, count = struct.unpack_from("<HH", data, 42)
    for number in range(count):
        at = phoff + number * size
        if wide:
            kind, _, offset, _, _, length = struct.unpack_from("<IIQQQQ", data, at)
        else:
            kind, offset, _, _, length = struct.unpack_from("<IIIII", data, at)
        if kind != PT_NOTE:
            continue
        end = offset + length
        while offset + 12 <= end:
            names, descs, note = struct.unpack_from("<III", data, offset)
            name = data[offset + 12:offset + 12 + names]
            start = offset + 12 + (names + 3) // 4 * 4
            yield note, offset, name, data[start:start + descs]
            offset = start + (descs + 3) // 4 * 4


def build_id(path):
    """In hex, or None."""
    with open(path, "rb") as f:
        data = f.read()
    for note, _, name, description in notes(data):
        if note == NT_GNU_BUILD_ID and name == b"GNU\0" and description:
            return description.hex()
    return None


def note_page(path, page_size):
    """The page of the file where the note with the build ID begins."""
    with open(path, "rb") as f:
        data = f.read()
    return next(o // page_size for t, o, n, _ in notes(data)
                if t == NT_GNU_BUILD_ID and n == b"GNU\0")
