"""Reads in Python what the map page reads in JavaScript."""

import base64
import json
import struct
import zlib

import numpy as np

from deadzones.reports.map_elements import PackedLayer


def unpack(text):
    """The columns of a packed layer, and for each row its parts as arrays of degrees."""
    raw = zlib.decompress(base64.b64decode(text))
    (size,) = struct.unpack("<I", raw[:4])
    head = json.loads(raw[4 : 4 + size])
    numbers = list(varints(raw[4 + size :]))
    rows = head["rows"]
    part_counts, numbers = numbers[:rows], numbers[rows:]
    sizes, numbers = numbers[: sum(part_counts)], numbers[sum(part_counts) :]
    steps = np.array([-(n + 1) // 2 if n % 2 else n // 2 for n in numbers]).reshape(2, -1)
    places = steps.cumsum(axis=1).T * head["precision"]
    pieces = iter(np.split(places, np.cumsum(sizes)[:-1]))
    shapes = [[next(pieces) for _ in range(count)] for count in part_counts]
    return head["columns"], shapes


def varints(raw):
    value = shift = 0
    for byte in raw:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield value
            value = shift = 0


def layer(drawn, role):
    return next(
        child
        for child in drawn._children.values()
        if isinstance(child, PackedLayer) and child.role == role
    )


def settings(drawn):
    return list(drawn._children.values())[-1].settings
