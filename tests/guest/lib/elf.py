# SPDX-License-Identifier: GPL-2.0-only
"""What an ELF file says of itself: its build ID, and the parts that a loader maps."""
import struct

PT_LOAD, PT_NOTE, PT_GNU_RELRO, NT_GNU_BUILD_ID = 1, 4, 0x6474e552, 3
PF_X, PF_W = 1, 2


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


def segments(path, page_size):
    """How many pages of the file a loader maps as text, rodata, relro and data; where
    one ends and the other begins is up to the linker, and another on each machine."""
    with open(path, "rb") as f:
        data = f.read()
    phoff, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    pages = dict.fromkeys(("text", "rodata", "relro", "data"), 0)
    relro_end = 0
    headers = [struct.unpack_from("<IIQQQQ", data, phoff + n * size) for n in range(count)]
    for kind, _, _, address, _, length in headers:
        if kind == PT_GNU_RELRO:
            relro_end = (address + length) // page_size
    for kind, flags, _, address, _, length in headers:
        if kind != PT_LOAD:
            continue
        first, end = address // page_size, (address + length + page_size - 1) // page_size
        if flags & PF_W:
            pages["relro"] += max(0, relro_end - first)
            pages["data"] += end - max(first, relro_end)
        else:
            pages["text" if flags & PF_X else "rodata"] += end - first
    return pages
