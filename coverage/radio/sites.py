"""The table of sectors: what it may hold, what stands in for what it lacks, and its masts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...geodata import schema
from ...geodata.faults import BadInput, Fault, of_rows
from ...geodata.readers import sites as sites_reader
from ...geodata.source import Source
from . import _bands
from .link_budget import element_power_dbm

DEFAULTED = "defaulted"
"""Attribute of a table of sectors: column -> how many of its rows a default stands in."""
UNUSED = "unused"
"""Attribute of a table of sectors: the names of its source's columns that say nothing here."""
LABEL = "label"
"""Attribute of a table of sectors: its source's name in messages."""

_NUMBERS = tuple(
    name for name, column in schema.columns("sites").items() if column.type == "number"
)

_READY = {*_NUMBERS, "element_dbm", "f_ghz", "lat", "lon", "operator", "row", "technology"}
"""Columns of a table that has been read already; its attributes say so too."""
_KNOWN = {*schema.columns("sites"), "geometry", "lat", "lon"}
"""Columns that mean something, besides those of OpenCelliD."""
_OPENCELLID = {
    "area", "averageSignal", "cell", "changeable", "created", "mcc", "net", "radio", "range",
    "samples", "unit", "updated",
}  # fmt: skip
_SAME_PLACE = 7
"""Decimals of a degree within which two rows stand on one mast: 1 cm."""

Sites = str | Path | pd.DataFrame


@dataclass(frozen=True)
class Mast:
    """What a disc of losses is computed for; all sectors that share it share the disc.

    Parameters
    ----------
    lon, lat : float
        Degrees, WGS 84.
    height_m : float
        Of the antenna above ground.
    f_ghz : float
        Frequency.
    radius_km : float
        How far it is computed.

    Examples
    --------
    >>> Mast(105.0, 21.0, 30.0, 0.768, 30.0).f_ghz
    0.768
    """

    lon: float
    lat: float
    height_m: float
    f_ghz: float
    radius_km: float


def read_sectors(sites: Sites, *, sectors: int = 1, label: str = "sites") -> pd.DataFrame:
    """Read and check a table of sites or sectors, and fill in what it lacks.

    Parameters
    ----------
    sites : path or GeoDataFrame or DataFrame
        A file that the reader of sites takes, or a table: a row a sector, with its geometry or
        ``lon`` and ``lat``. All other columns may be absent or have gaps, which are filled from
        ``coverage/radio/bands.csv``: ``operator``, ``technology`` (4G or 5G), ``band_mhz`` (700,
        1800, ... stand for their downlink; any other number is the frequency itself; 1800 where
        neither band nor technology is known), ``height_m``,
        ``azimuth_deg``, ``tilt_deg`` (electrical), ``mechanical_tilt_deg``, ``bandwidth_mhz``,
        ``scs_khz``, ``eirp_dbm`` (else ``power_dbm + gain_dbi - loss_db``), ``radius_km``.
    sectors : int
        What a row without azimuth is: 1 an antenna alike in all directions, 3 (or any other number)
        so many sectors, the first to the north.
    label : str
        The table's name in messages.

    Returns
    -------
    DataFrame
        A row a sector, without gaps but ``azimuth_deg`` (NaN for all directions): those columns,
        ``lon``, ``lat``, ``f_ghz``, ``element_dbm`` (radiated power of a resource element), and
        ``row``, the number of its record in the source, 0 = first. Its attribute `DEFAULTED` counts
        the defaults, `UNUSED` names the columns of the source that were not used. Such a table may
        be changed and handed on: ``f_ghz`` and ``element_dbm`` then follow from ``band_mhz`` and
        ``eirp_dbm`` anew; defaults that were filled in stay.

    Raises
    ------
    BadInput
        With all faults, their rows and columns.

    Examples
    --------
    >>> table = pd.DataFrame({"lon": [105.8], "lat": [21.0], "technology": ["4G"]})
    >>> read_sectors(table)[["band_mhz", "eirp_dbm", "height_m"]].iloc[0].tolist()
    [1800.0, 61.0, 30.0]
    """
    if isinstance(sites, str | Path):
        source = Source(Path(sites), Path(sites).name)
    elif DEFAULTED in sites.attrs and set(sites.columns) >= _READY:
        return _renewed(sites)
    else:
        source = Source(sites, label)
    places = sites_reader.read(source)
    table = _filled(places, source.label)
    table.attrs |= {LABEL: source.label, UNUSED: _unused(places)}
    return _split(table, sectors)


def masts(sectors: pd.DataFrame) -> dict[Mast, np.ndarray]:
    """Gather the sectors that one disc of losses serves: same place, height, frequency, radius.

    Parameters
    ----------
    sectors : DataFrame
        As :func:`read_sectors` gives it.

    Returns
    -------
    dict of Mast to ndarray of int
        The positions of its sectors, in the order in which masts first appear.

    Examples
    --------
    >>> table = pd.DataFrame({"lon": [105.8], "lat": [21.0], "technology": ["4G"]})
    >>> [rows.tolist() for rows in masts(read_sectors(table, sectors=3)).values()]
    [[0, 1, 2]]
    """
    keys = [sectors[name].round(_SAME_PLACE) for name in ("lon", "lat")]
    keys += [sectors[name] for name in ("height_m", "f_ghz", "radius_km")]
    group = sectors.groupby(keys, sort=False).ngroup().to_numpy()
    ends = np.cumsum(np.bincount(group))
    members = np.split(np.argsort(group, kind="stable"), ends[:-1])
    return {
        Mast(*(float(key.iloc[rows[0]]) for key in keys)): rows for rows in members if rows.size
    }


def _renewed(sectors: pd.DataFrame) -> pd.DataFrame:
    """A table that has been read, with what follows from columns that were changed since."""
    label = str(sectors.attrs.get(LABEL, "sites"))
    follows = {
        "f_ghz": _frequencies_ghz(sectors, _bands.of_sectors(sectors)),
        "element_dbm": _element_powers(sectors, label),
    }
    if all(np.array_equal(sectors[name], values) for name, values in follows.items()):
        return sectors
    return sectors.assign(**follows)


def _unused(places: gpd.GeoDataFrame) -> list[str]:
    names = {str(name) for name in places.columns}
    foreign = _OPENCELLID if names >= {"radio", "mcc", "net", "area", "cell"} else set[str]()
    return sorted(names - _KNOWN - foreign)


def _filled(places: gpd.GeoDataFrame, label: str) -> pd.DataFrame:
    points = shapely.centroid(places.geometry.to_numpy())  # of a site drawn as several points
    numbers = {name: places.get(name, np.nan) for name in _NUMBERS}
    table = pd.DataFrame(numbers, index=places.index).assign(row=places.index)
    table["lon"], table["lat"] = shapely.get_x(points), shapely.get_y(points)
    for name in ("operator", "technology"):
        known = places[name] if name in places else pd.Series("", places.index)
        table[name] = known.astype("object").fillna("").astype(str)
    missing = {
        name: int(table[name].isna().sum()) for name in (*_bands.COLUMNS, "band_mhz", "azimuth_deg")
    }
    bands = _bands.of_sectors(table)
    table["f_ghz"] = _frequencies_ghz(table, bands)
    table["band_mhz"] = table["band_mhz"].fillna(bands["band_mhz"].astype(float))
    table["technology"] = table["technology"].where(table["technology"] != "", bands["technology"])
    for name, values in _bands.defaults(bands, table["technology"]).items():
        table[name] = table[name].fillna(values)
    given = table["eirp_dbm"].notna()
    sums = table["power_dbm"] + table["gain_dbi"] - table["loss_db"]
    table["eirp_dbm"] = table["eirp_dbm"].fillna(sums)
    table["mechanical_tilt_deg"] = table["mechanical_tilt_deg"].fillna(0.0)
    for name in ("power_dbm", "gain_dbi", "loss_db"):
        gaps = places[name].isna() if name in places else True
        missing[name] = int((~given & gaps).sum())
    table["element_dbm"] = _element_powers(table, label)
    table.attrs[DEFAULTED] = {name: count for name, count in missing.items() if count}
    return table


def _frequencies_ghz(table: pd.DataFrame, bands: pd.DataFrame) -> np.ndarray:
    named = table["band_mhz"].isna() | (table["band_mhz"] == bands["band_mhz"])
    return np.where(named, bands["downlink_mhz"], table["band_mhz"]) / 1000.0


def _element_powers(table: pd.DataFrame, label: str) -> np.ndarray:
    powers = np.zeros(len(table))
    wrong: dict[tuple[str, str, str, str], list[int]] = {}
    columns = ("eirp_dbm", "bandwidth_mhz", "technology", "scs_khz")
    for at, values in enumerate(zip(*(table[name] for name in columns), strict=True)):
        eirp_dbm, bandwidth_mhz, technology, scs_khz = values
        try:
            powers[at] = element_power_dbm(
                eirp_dbm, bandwidth_mhz, technology=technology, scs_khz=scs_khz
            )
        except BadInput as error:
            fault = error.faults[0]
            key = (fault.file, fault.found, fault.wanted, fault.repair)
            wrong.setdefault(key, []).append(int(table["row"].iloc[at]) + 1)
    faults: list[Fault] = []
    for (column, found, wanted, repair), rows in wrong.items():
        told = of_rows(
            label, rows, [found] * len(rows), column=column, wanted=wanted, repair=repair,
            in_words=True,
        )  # fmt: skip
        faults += told
    if faults:
        raise BadInput(faults)
    return powers


def _split(table: pd.DataFrame, sectors: int) -> pd.DataFrame:
    """Make sectors of the rows without azimuth."""
    if sectors == 1:
        whole = table.reset_index(drop=True)
        whole.loc[whole["azimuth_deg"].isna(), "mechanical_tilt_deg"] = 0.0
        return whole
    if not 1 < sectors <= 12:
        wanted = "1 (all directions), 3, or another number up to 12"
        raise BadInput([Fault("sectors", f"{sectors}", wanted, "Give 3.")])
    bare = table["azimuth_deg"].isna().to_numpy()
    times = np.where(bare, sectors, 1)
    split = table.iloc[np.repeat(np.arange(len(table)), times)].reset_index(drop=True)
    turn = np.concatenate([np.arange(count) for count in times]) * 360.0 / sectors
    split["azimuth_deg"] = split["azimuth_deg"].fillna(pd.Series(turn))
    split.attrs = table.attrs
    return split
