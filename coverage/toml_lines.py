"""Where a key of a TOML file stands: tomllib does not tell."""

from __future__ import annotations

import re
from collections import Counter

Key = tuple[str, ...]
"""Parts of a dotted key."""


def line_of(text: str, location: Key) -> int | None:
    r"""Return the line of a study where a key, or failing that its table, stands.

    Parameters
    ----------
    text : str
        TOML.
    location : tuple of str
        The parts of the dotted key; of a list of tables (`[[scenario]]`) its number, from 0.

    Returns
    -------
    int or None
        1 = the first line; None where nothing of it stands in the text.

    Examples
    --------
    >>> line_of('[layers.people]\npath = "a.tif"', ("layers", "people", "path"))
    2
    >>> line_of("[[scenario]]\n[[scenario]]\nuntil = []", ("scenario", "1", "until"))
    3
    """
    lines: dict[Key, int] = {}
    table: Key = ()
    counts: Counter[Key] = Counter()
    for number, line in enumerate(text.split("\n"), start=1):
        header = re.match(r"\s*\[(\[?)\s*([^\]]+?)\s*\]", line)
        entry = re.match(r'\s*([A-Za-z0-9_\-."\']+)\s*=', line)
        if header:
            table = _parts(header[2])
            lines.setdefault(table, number)
            if header[1]:
                counts[table] += 1
                table = (*table, str(counts[table] - 1))
                lines[table] = number
        elif entry:
            lines.setdefault(table + _parts(entry[1]), number)
    for length in range(len(location), 0, -1):
        if location[:length] in lines:
            return lines[location[:length]]
    return None


def _parts(key: str) -> Key:
    return tuple(part.strip("\"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.\s]+", key))
