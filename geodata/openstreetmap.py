"""What is odd in files of OpenStreetMap: the tags of PBF files, and zeros of Geofabrik's shapefiles."""

from __future__ import annotations

import re
from typing import Final

import pandas as pd

TAGS: Final = (
    "power", "voltage", "operator", "place", "population", "amenity", "tower:type",
    "communication:mobile_phone",
)  # fmt: skip
"""Keys that become columns, where the file has no such column of its own."""

_PAIR: Final = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')


def tagged(table: pd.DataFrame) -> pd.DataFrame:
    """Spread the tags of a layer over columns, under the names that readers know.

    Parameters
    ----------
    table : DataFrame
        A layer as GDAL reads it, with ``other_tags``: ``"power"=>"line","voltage"=>"110000"``.

    Returns
    -------
    DataFrame
        The same with a column for each key of ``TAGS``; ``voltage_kv`` is the highest voltage of a
        line, ``people`` the population of a place, where these are numbers (of people: whole).

    Examples
    --------
    >>> table = pd.DataFrame({"other_tags": ['"power"=>"line","voltage"=>"110000;22000"']})
    >>> tagged(table)[["power", "voltage_kv"]].to_numpy().tolist()
    [['line', 110.0]]
    """
    if "other_tags" not in table:
        return table
    found = [_tags(text) for text in table["other_tags"]]
    new = {
        key: pd.Series([each.get(key) for each in found], table.index, dtype="str")
        for key in TAGS
        if key not in table
    }
    spread = table.drop(columns="other_tags").assign(**new)
    numbers = {
        "voltage_kv": _highest(spread["voltage"]) / 1000.0,
        "people": _people(spread["population"]),
    }
    return spread.assign(**{name: values for name, values in numbers.items() if name not in table})


def uncounted(table: pd.DataFrame) -> pd.DataFrame:
    """Make the population 0 of Geofabrik's layers unknown: it stands where the map has no number.

    Parameters
    ----------
    table : DataFrame
        Any; only one with the columns ``osm_id``, ``fclass`` and ``population`` is changed.

    Examples
    --------
    >>> table = pd.DataFrame({"osm_id": ["7"], "fclass": ["hamlet"], "population": [0]})
    >>> uncounted(table)["population"].tolist()
    [nan]
    """
    if not {"osm_id", "fclass", "population"} <= set(table.columns):
        return table
    nobody = pd.to_numeric(table["population"], errors="coerce") == 0.0
    return table.assign(population=table["population"].mask(nobody))


def _tags(text: object) -> dict[str, str]:
    if not isinstance(text, str):
        return {}
    return {_plain(key): _plain(value) for key, value in _PAIR.findall(text)}


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _people(counts: pd.Series) -> pd.Series:
    """Read counts of people: 1.200 and 1,200 have a mark among thousands, and no parts of persons."""
    grouped = counts.str.fullmatch(r"\d{1,3}(?:[., ]\d{3})+").fillna(value=False).astype(bool)
    plain = counts.where(~grouped, counts.str.replace(r"\D", "", regex=True))
    numbers = pd.to_numeric(plain, errors="coerce")
    return numbers.where(numbers % 1 == 0)


def _highest(voltages: pd.Series) -> pd.Series:
    parts = voltages.str.split(";").explode()
    return pd.to_numeric(parts, errors="coerce").groupby(level=0).max().reindex(voltages.index)
