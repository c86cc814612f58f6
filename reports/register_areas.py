"""In which area of the ethnic-minority and mountainous region a commune lies, or that it lies in none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd

OUTSIDE: Final = "outside"
"""Of a commune that a list of areas I, II and III leaves out although it is complete for its province."""


def area_class(communes: pd.DataFrame, manifest: Mapping[str, Any]) -> pd.Series:
    """Read the area of each commune.

    The decisions on the areas name the communes inside the region and no others. So a commune that
    is not named lies outside, if the list is said to be complete; else nothing is known of it.

    Parameters
    ----------
    communes : DataFrame
        By code; ``province_code``, and ``area_class`` where the study has classes.
    manifest : mapping
        Of the result. A layer of classes with ``options = { complete = true }``, or with the codes of
        provinces in place of ``true``, says so.

    Returns
    -------
    Series
        ``I``, ``II``, ``III``, ``outside``; null where unknown.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"area_class": ["III", None, None], "province_code": ["12", "12", "14"]}
    ... )
    >>> layer = {"role": "classes", "options": {"complete": "['12']"}}
    >>> area_class(table, {"layers": {"classes": layer}}).tolist()
    ['III', 'outside', nan]
    """
    if "area_class" not in communes:
        return pd.Series(None, communes.index, dtype="str")
    told = communes["area_class"].astype("str").where(communes["area_class"].notna())
    said = list(_complete(manifest))
    codes = [code for one in said for code in re.findall(r"\d{2}", one)]
    listed = communes["province_code"].isin(codes) | ("True" in said)
    return told.mask(told.isna() & listed, OUTSIDE)


def _complete(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Read what each list says of itself; a manifest keeps options as text."""
    for layer in manifest.get("layers", {}).values():
        if layer.get("role") == "classes":
            yield str(layer.get("options", {}).get("complete", False))
