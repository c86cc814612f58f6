"""What kind of place a report is on, and how it is called."""

from __future__ import annotations

from typing import Final, Literal

import pandas as pd

from . import sovereignty
from .products import Result

Level = Literal["nation", "province", "commune"]
Kind = Literal["nation", "area", "province", "city", "commune"]
"""Of place; an area is a study that is not the whole country."""
LEVELS: Final = ("nation", "province", "commune")
CHOSEN_BY: Final = {"nation": (), "province": ("province",), "commune": ("province", "commune")}
"""Codes by which the places of a level are chosen."""
CITIES: Final = frozenset("01 31 46 48 75 79 92".split())
"""Provinces that are centrally run cities since 30 April 2026, in the real Viet Nam."""


def in_city(result: Result, communes: pd.DataFrame) -> bool:
    """Tell whether the first commune lies in a centrally run city.

    Examples
    --------
    >>> import deadzones as dz
    >>> result = dz.demo(communes=4)
    >>> in_city(result, result.communes)
    False
    """
    name, code = (str(communes[key].iloc[0]) for key in ("province_name", "province_code"))
    real = sovereignty.is_viet_nam(result.manifest, result.communes)
    return (real and code in CITIES) or name.casefold().startswith("thành phố ")


def named(result: Result, communes: pd.DataFrame, level: Level) -> tuple[str, Kind]:
    """Name the place of a report by its communes, and say what kind of place it is.

    Examples
    --------
    >>> import deadzones as dz
    >>> result = dz.demo(communes=4)
    >>> named(result, result.communes, "province")
    ('Mộng Sơn', 'province')
    """
    if level == "commune":
        return str(communes["commune_name"].iloc[0]), "commune"
    if level == "province":
        kind: Kind = "city" if in_city(result, communes) else "province"
        return short(str(communes["province_name"].iloc[0])), kind
    real = sovereignty.is_viet_nam(result.manifest, result.communes)
    if real and set(communes["province_code"]) >= sovereignty.PROVINCE_CODES:
        return "", "nation"
    title = result.manifest.get("title") or result.manifest.get("name") or ""
    return str(title), "area"


def short(name: str) -> str:
    """Strip the kind of a province off its name.

    Examples
    --------
    >>> short("Tỉnh Lai Châu"), short("TP. Hồ Chí Minh")
    ('Lai Châu', 'Hồ Chí Minh')
    """
    for kind in ("tỉnh ", "thành phố ", "tp. "):
        if name.casefold().startswith(kind):
            return name[len(kind) :]
    return name
