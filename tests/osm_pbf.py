"""A tiny OpenStreetMap file, put together byte by byte after the description of its format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

Node = tuple[int, float, float, Mapping[str, str]]
Way = tuple[int, Sequence[int], Mapping[str, str]]


def write(path: Path, nodes: Sequence[Node], ways: Sequence[Way]) -> Path:
    """Write nodes (id, lon, lat, tags) and ways (id, nodes, tags)."""
    words = [""]
    for _, *_, tags in [*nodes, *ways]:
        words += [word for pair in tags.items() for word in pair if word not in words]

    def tagged(tags: Mapping[str, str]) -> bytes:
        if not tags:
            return b""
        keys = b"".join(_varint(words.index(key)) for key in tags)
        values = b"".join(_varint(words.index(value)) for value in tags.values())
        return _bytes(2, keys) + _bytes(3, values)

    group = b""
    for number, lon, lat, tags in nodes:
        place = _number(8, _signed(round(lat * 1e7))) + _number(9, _signed(round(lon * 1e7)))
        group += _bytes(1, _number(1, _signed(number)) + tagged(tags) + place)
    for number, refs, tags in ways:
        steps = b"".join(
            _varint(_signed(ref - before))
            for before, ref in zip([0, *refs[:-1]], refs, strict=True)
        )
        group += _bytes(3, _number(1, number) + tagged(tags) + _bytes(8, steps))
    table = b"".join(_bytes(1, word.encode()) for word in words)
    header = _bytes(4, b"OsmSchema-V0.6")
    path.write_bytes(
        _blob(b"OSMHeader", header) + _blob(b"OSMData", _bytes(1, table) + _bytes(2, group))
    )
    return path


def _blob(kind: bytes, data: bytes) -> bytes:
    blob = _bytes(1, data)  # raw
    head = _bytes(1, kind) + _number(3, len(blob))
    return len(head).to_bytes(4, "big") + head + blob


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, data: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _signed(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1
