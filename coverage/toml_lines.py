"""Where a key of a TOML file stands: tomllib does not tell."""

from __future__ import annotations

import re

Key = tuple[str, ...]
"""Parts of a dotted key."""


def line_of(text: str, location: Key) -> int | None:
    r"""Return the line of a study where a key, or failing that its table, stands.

    Parameters
    ----------
    text : str
        TOML.
    location : tuple of str
        The parts of the dotted key.

    Returns
    -------
    int or None
        1 = the first line; None where nothing of it stands in the text.

    Examples
    --------
    >>> line_of('[layers.people]\npath = "a.tif"', ("layers", "people", "path"))
    2
    """
    lines: dict[Key, int] = {}
    table: Key = ()
    for number, line in enumerate(text.split("\n"), start=1):
        header = re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]", line)
        entry = re.match(r'\s*([A-Za-z0-9_\-."\']+)\s*=', line)
        if header:
            table = _parts(header[1])
            lines.setdefault(table, number)
        elif entry:
            lines.setdefault(table + _parts(entry[1]), number)
    for length in range(len(location), 0, -1):
        if location[:length] in lines:
            return lines[location[:length]]
    return None


def _parts(key: str) -> Key:
    return tuple(part.strip("\"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.\s]+", key))
