"""What a report says of the result it rests on: its day, and the hash that names it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any


def day_of(manifest: Mapping[str, Any]) -> dt.date:
    """Find the day of the newest input: a report is never dated by the clock.

    Examples
    --------
    >>> day_of({"layers": {"a": {"date": "2026-01-31"}, "b": {"date": None}}})
    datetime.date(2026, 1, 31)
    """
    told = [layer.get("date") for layer in manifest.get("layers", {}).values()]
    days = [
        one if isinstance(one, dt.date) else dt.date.fromisoformat(str(one)) for one in told if one
    ]
    if not days:
        raise ValueError("as_of: no layer of this result has a date; give the day of the report")
    return max(days)


def digest(manifest: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a manifest, as it stands in the folder of its result.

    Examples
    --------
    >>> digest({})[:8]
    'ca3d163b'
    """
    text = json.dumps(dict(manifest), ensure_ascii=False, indent=2, default=str)
    return hashlib.sha256((text + "\n").encode()).hexdigest()
