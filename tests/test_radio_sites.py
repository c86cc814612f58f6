"""The table of sectors: defaults, faults, masts."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from deadzones.coverage.radio import Mast, element_power_dbm, masts, read_sectors
from deadzones.geodata.faults import BadInput
from deadzones.geodata.readers import sites as reader
from deadzones.geodata.source import Source


def table(**columns: Any) -> pd.DataFrame:
    """Two sites; a column given as one value holds in both."""
    return pd.DataFrame({"lon": [105.0, 105.1], "lat": [21.0, 21.1], **columns})


def faults(sites: Any, **options: Any) -> list[tuple[int | None, str | None]]:
    with pytest.raises(BadInput) as caught:
        read_sectors(sites, **options)
    return [(fault.row, fault.column) for fault in caught.value.faults]


# --- defaults -----------------------------------------------------------------------------------


def test_what_a_table_gives_is_kept() -> None:
    given = {
        "operator": ["A", "B"], "technology": ["4G", "5G"], "band_mhz": [1800, 3700],
        "height_m": [42.0, 25.0], "azimuth_deg": [10.0, 200.0], "tilt_deg": [1.0, 2.0],
        "mechanical_tilt_deg": [3.0, 4.0], "bandwidth_mhz": [10, 60], "scs_khz": [15, 30],
        "eirp_dbm": [55.0, 65.0], "radius_km": [5.0, 6.0],
    }  # fmt: skip
    found = read_sectors(table(**given))
    for name, values in given.items():
        assert found[name].tolist() == values
    assert found["row"].tolist() == [0, 1]
    assert found[["lon", "lat"]].to_numpy().tolist() == [[105.0, 21.0], [105.1, 21.1]]
    assert found.attrs["defaulted"] == {}
    assert found["element_dbm"].tolist() == [
        element_power_dbm(55, 10, technology="4G"),
        element_power_dbm(65, 60),
    ]


def test_what_it_lacks_comes_from_its_band_and_is_counted() -> None:
    found = read_sectors(table(band_mhz=[700, 1800], height_m=[np.nan, 50.0]))
    assert found["technology"].tolist() == ["5G", "4G"]
    assert found["f_ghz"].tolist() == [0.768, 1.8425]
    assert found["eirp_dbm"].tolist() == [46 + 15 - 3, 46 + 18 - 3]
    assert found["height_m"].tolist() == [30, 50]
    assert found["azimuth_deg"].isna().all()
    assert found.attrs["defaulted"]["height_m"] == 1
    assert found.attrs["defaulted"]["azimuth_deg"] == 2
    assert found.attrs["defaulted"]["power_dbm"] == 2
    assert "band_mhz" not in found.attrs["defaulted"]


@pytest.mark.parametrize(
    ("technology", "operator", "f_ghz"),
    [
        ("4G", "Viettel", 1.8425), ("5G", "Viettel", 2.55), ("5G", "VinaPhone", 3.75),
        ("5G", "MobiFone", 3.85), ("5G", None, 2.55), (None, None, 1.8425),
    ],
)  # fmt: skip
def test_a_site_without_a_band_has_that_of_its_operator(
    technology: str | None, operator: str | None, f_ghz: float
) -> None:
    found = read_sectors(table(technology=technology, operator=operator))
    assert found["f_ghz"].tolist() == [f_ghz] * 2
    assert found.attrs["defaulted"]["band_mhz"] == 2


def test_a_frequency_that_is_no_band_is_taken_as_it_is() -> None:
    found = read_sectors(table(band_mhz=[773.5, 1850]))
    assert found["f_ghz"].tolist() == [0.7735, 1.85]
    assert found["bandwidth_mhz"].tolist() == [10, 20]


def test_power_gain_and_loss_make_the_radiated_power_unless_it_is_given() -> None:
    parts = {"power_dbm": [40, 43], "gain_dbi": [10, 17], "loss_db": [1, 2]}
    assert read_sectors(table(**parts))["eirp_dbm"].tolist() == [49, 58]
    found = read_sectors(table(**parts, eirp_dbm=[np.nan, 60]))
    assert found["eirp_dbm"].tolist() == [49, 60]


def test_4g_in_a_wide_band_takes_one_carrier_and_its_share_of_the_power() -> None:
    found = read_sectors(table(technology=["4G", "5G"], band_mhz=2600))
    assert found["bandwidth_mhz"].tolist() == [20, 100]
    assert found["power_dbm"].round(6).tolist() == [46.010300, 53]
    density = found["eirp_dbm"] - 10 * np.log10(found["bandwidth_mhz"])
    assert density[0] == pytest.approx(density[1])


def test_a_row_without_azimuth_is_one_antenna_or_three() -> None:
    given = table(azimuth_deg=[np.nan, 77.0])
    assert len(read_sectors(given)) == 2
    found = read_sectors(given, sectors=3)
    assert found["azimuth_deg"].tolist() == [0, 120, 240, 77]
    assert found["row"].tolist() == [0, 0, 0, 1]
    assert faults(given, sectors=0) == [(None, None)]


# --- where tables come from ---------------------------------------------------------------------


def test_files_and_tables_of_the_reader_give_the_same(tmp_path: Path) -> None:
    rows = {"operator": "Viettel", "technology": "5G", "band_mhz": 700, "azimuth_deg": [0.0, 90.0]}
    given = table(**rows)
    wanted = read_sectors(given)
    given.to_csv(tmp_path / "sites.csv", index=False)
    points = gpd.GeoDataFrame(
        given.drop(columns=["lon", "lat"]),
        geometry=gpd.points_from_xy(given["lon"], given["lat"]),
        crs=4326,
    )
    points.to_crs(32648).to_file(tmp_path / "sites.gpkg")
    read = reader.read(Source(tmp_path / "sites.csv", "sites.csv"))
    for sites in (tmp_path / "sites.csv", str(tmp_path / "sites.gpkg"), points, read):
        found = read_sectors(sites)
        assert found["row"].tolist() == [0, 1]
        numbers = wanted.select_dtypes("number").columns
        np.testing.assert_allclose(found[numbers], wanted[numbers], rtol=1e-9)
        assert found["operator"].tolist() == ["Viettel", "Viettel"]
    assert found is not read
    assert read_sectors(found) is found


def test_opencellid_rows_are_known() -> None:
    cells = table(radio=["LTE", "NR"], mcc=452, net=[4, 2], area=1, cell=[1, 2])
    found = read_sectors(cells)
    assert found["operator"].tolist() == ["Viettel", "VinaPhone"]
    assert found["f_ghz"].tolist() == [1.8425, 3.75]


def test_several_points_of_a_site_are_its_middle() -> None:
    site = gpd.GeoDataFrame(geometry=[shapely.MultiPoint([(105, 21), (105.2, 21)])], crs=4326)
    assert read_sectors(site)[["lon", "lat"]].iloc[0].tolist() == [105.1, 21.0]


def test_nothing_given_is_changed() -> None:
    given = table(azimuth_deg=[np.nan, 5.0], technology=["5G", None])
    copy = given.copy()
    read_sectors(given, sectors=3)
    pd.testing.assert_frame_equal(given, copy)


# --- faults -------------------------------------------------------------------------------------


def test_all_faults_are_told_with_row_and_column() -> None:
    given = table(
        height_m=[0.0, 5000.0], tilt_deg=[95, 3], band_mhz=["x", "700"], technology=["4G", "6G"],
        azimuth_deg=[math.inf, 3], eirp_dbm=[30, -3],
    )  # fmt: skip
    given.loc[1, "lat"] = np.nan
    assert sorted(map(str, faults(given))) == sorted(
        map(
            str,
            [
                (1, "height_m"), (2, "height_m"), (1, "tilt_deg"), (1, "band_mhz"),
                (2, "technology"), (1, "azimuth_deg"), (2, "eirp_dbm"), (2, "lat"),
            ],
        )
    )  # fmt: skip


def test_a_carrier_that_does_not_exist_is_told_with_its_rows() -> None:
    given = table(technology=["5G", "3G"], band_mhz=[700, 2100], bandwidth_mhz=[12, 5])
    assert faults(table(technology="5G", scs_khz=[15.5, 30])) == [(1, "scs_khz")]
    with pytest.raises(BadInput) as caught:
        read_sectors(given)
    message = str(caught.value)
    assert "sites, row 1, column bandwidth_mhz: found 12" in message
    assert "sites, row 2, column technology: found '3G'; wanted 4G or 5G" in message
    assert "Leave the others out" in message


def test_missing_places_and_swapped_axes_are_told() -> None:
    with pytest.raises(BadInput, match="a column lon"):
        read_sectors(pd.DataFrame({"lat": [21.0]}))
    with pytest.raises(BadInput, match="swap"):
        read_sectors(pd.DataFrame({"lon": [21.0], "lat": [105.0]}))


# --- masts --------------------------------------------------------------------------------------


def test_sectors_share_a_mast_where_place_height_and_frequency_are_one() -> None:
    given = pd.DataFrame(
        [
            [105.0, 21.0, 30, 700, 0],
            [105.1, 21.0, 30, 700, 0],
            [105.0, 21.0, 30, 700, 120],
            [105.0, 21.0, 40, 700, 0],
            [105.0, 21.0, 30, 1800, 0],
            [105.000_000_001, 21.0, 30, 700, 240],
        ],
        columns=["lon", "lat", "height_m", "band_mhz", "azimuth_deg"],
    )
    found = masts(read_sectors(given))
    assert [rows.tolist() for rows in found.values()] == [[0, 2, 5], [1], [3], [4]]
    assert next(iter(found)) == Mast(105.0, 21.0, 30.0, 0.768, 30.0)


def test_every_sector_has_one_mast() -> None:
    rng = np.random.default_rng(2)
    given = pd.DataFrame({"lon": 105 + rng.integers(0, 5, 200) / 10, "lat": 21.0})
    sectors = read_sectors(given.assign(height_m=rng.integers(20, 23, 200)))
    found = masts(sectors)
    rows = np.concatenate(list(found.values()))
    assert np.array_equal(np.sort(rows), np.arange(200))
    assert len(found) == 15
    for mast, members in found.items():
        assert (np.diff(members) > 0).all()
        assert set(sectors["lon"].iloc[members].round(7)) == {mast.lon}
        assert set(sectors["height_m"].iloc[members]) == {mast.height_m}
    first = [members[0] for members in found.values()]
    assert first == sorted(first)
    assert masts(sectors.head(0)) == {}
