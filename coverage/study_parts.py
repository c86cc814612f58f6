"""The parts of a study: area, layers, services, rules; their defaults and where they come from."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import pandas as pd
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from ..geodata import schema
from ..geodata.readers import READERS
from ..geodata.units import Quantity, parse
from .services import SERVICES

EVIDENCE = ("measured", "declared", "predicted", "proxy", "synthetic")
"""Classes of evidence, best first."""

PATTERNS = {
    "^[a-z0-9_-]+$": "small letters from a to z, digits, _ and - only",
    "^[0-9]{2}$": 'two digits in quotes, such as "12"',
}
"""What text must look like, and the same in words."""


_RESULTS = ("result_communes", "result_dead_zones")
"""Tables of the data dictionary with a column for each service."""


def written_over(service: str) -> list[str]:
    """Name the columns of a result that a service of this name would write over.

    Examples
    --------
    >>> written_over("road"), written_over("fibre")
    (['road_km'], [])
    """
    tables = [schema.columns(table) for table in _RESULTS]
    made = [(name.replace("<service>", service), name, table) for table in tables for name in table]
    return [column for column, name, table in made if column != name and column in table]


class Part(BaseModel):
    """A table of a study: frozen, no unknown keys, no wrong types.

    Examples
    --------
    >>> Part.model_config["extra"]
    'forbid'
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        strict=True,
        allow_inf_nan=False,
    )


def sourced(default: Any, source: str, **more: Any) -> Any:
    """Declare a key with its default and where that comes from.

    Examples
    --------
    >>> sourced(0, "any whole number").json_schema_extra
    {'source': 'any whole number'}
    """
    return Field(default=default, json_schema_extra={"source": source}, **more)


class Area(Part):
    """Where to look; everything in the communes layer when empty.

    Examples
    --------
    >>> Area(provinces=("12",)).provinces
    ('12',)
    """

    provinces: tuple[Annotated[str, Field(pattern="^[0-9]{2}$")], ...] = sourced(
        (), "codes of provinces; none: all", strict=False
    )
    bbox: tuple[float, float, float, float] | None = sourced(
        None, "west, south, east, north in degrees (WGS 84); communes that touch it", strict=False
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.provinces and self.bbox:
            raise ValueError("provinces or a bbox, not both")
        if self.bbox is not None:
            west, south, east, north = self.bbox
            if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
                raise ValueError("bbox = [west, south, east, north] in degrees, west < east")
        return self

    @property
    def is_all(self) -> bool:
        """Whether it is everything in the communes layer."""
        return not self.provinces and self.bbox is None


class Layer(Part):
    """One layer of data: its file, what it is for, and what it is worth.

    Examples
    --------
    >>> layer = Layer(role="people", reader="people_raster", path="people.tif", evidence="proxy")
    >>> layer.owner
    'not stated'
    """

    role: str
    reader: str
    path: Any
    evidence: Literal["measured", "declared", "predicted", "proxy", "synthetic"]
    owner: str = sourced("not stated", "the owner of the data")
    date: dt.date | None = sourced(None, "the date of the data")
    licence: str = sourced("not stated", "under what terms the data may be used and passed on")
    operator: str | None = sourced(None, "the operator of all its rows; else its own column")
    columns: dict[str, str] = sourced({}, "documented column = the file's own column")
    options: dict[str, Any] = sourced({}, "options of the reader")

    @field_validator("path")
    @classmethod
    def _path(cls, value: Any) -> Any:
        if isinstance(value, Path | pd.DataFrame) or (isinstance(value, str) and value):
            return value
        raise ValueError("a path, or a GeoDataFrame in Python")

    @field_validator("reader")
    @classmethod
    def _reader(cls, value: str) -> str:
        if value not in READERS:
            raise ValueError("one of " + ", ".join(READERS))
        return value


class Rule(Part):
    """When a service counts as there, and what it counts for.

    Examples
    --------
    >>> str(Rule(type="fibre", threshold="5 km").limit)
    '5 km'
    """

    type: str
    threshold: str = sourced("", "the default of its type")
    weight: float = sourced(1.0, "equal weights until the ministry sets others", gt=0)
    target_pct: float = sourced(
        100.0, "anchor of the index: 100 means the target is met", gt=0, le=100
    )

    @field_validator("type")
    @classmethod
    def _type(cls, value: str) -> str:
        if value not in SERVICES:
            raise ValueError("one of " + ", ".join(SERVICES))
        return value

    @field_validator("threshold", mode="before")
    @classmethod
    def _threshold(cls, value: Any, info: ValidationInfo) -> str:
        service = SERVICES.get(info.data.get("type", ""))
        if service is None or value == "":
            return str(value)
        return str(parse(value, service.unit))

    @property
    def limit(self) -> Quantity:
        """The threshold in the service's unit."""
        service = SERVICES[self.type]
        if not self.threshold:
            return Quantity(service.threshold, service.unit)
        return parse(self.threshold, service.unit)


class Radio(Part):
    """How the signal of mobile sites is found.

    Examples
    --------
    >>> Radio().probability
    0.9
    """

    model: Literal["auto", "p1812", "radius"] = sourced(
        "auto", "p1812 (ITU-R P.1812-8 over terrain) where the study has terrain, else radius"
    )
    probability: float = sourced(
        0.9,
        "share of the places that get the signal; cell edge of the FCC's 4G and 5G maps",
        gt=0,
        lt=1,
    )
    model_sigma_db: float = sourced(
        7.5,
        "error of the predicted median; with the spread of places that of 3GPP TR 38.901",
        ge=0,
        le=30,
    )
    building: Literal["traditional", "efficient"] | None = sourced(
        None, "outdoors; else indoors by ITU-R P.2109-2"
    )
    rx_height_m: float = sourced(1.5, "a phone in the hand, ITU-R P.1812", ge=1, le=100)
    sectors: int = sourced(1, "sites without azimuth radiate alike in all directions", ge=1, le=12)
    delta_n: float = sourced(47.0, "ITU-R P.453: middle of Viet Nam", ge=0, le=150)
    n0: float = sourced(385.0, "ITU-R P.453: middle of Viet Nam", ge=200, le=500)
    outside: Literal["refuse", "sea"] = sourced(
        "refuse", "what lies beyond the terrain: nothing is predicted there; or sea at 0 m"
    )
    sea: str | None = sourced(None, "a raster that is above 0 where there is sea; none: all land")


class People(Part):
    """What becomes of totals of communes that a raster of people does not add up to.

    Examples
    --------
    >>> People().totals
    'apart'
    """

    totals: Literal["apart", "reconcile"] = sourced(
        "apart",
        "apart: the raster's people count, the totals stand beside them; reconcile: the raster is "
        "scaled within each commune until it has the total",
    )


class DeadZones(Part):
    """Which clusters of cells are dead zones.

    Examples
    --------
    >>> DeadZones().min_people
    50.0
    """

    min_people: float = sourced(
        50.0,
        "about a dozen households; smaller clusters are counted, not drawn",
        ge=0,
    )
    join_km: float = sourced(
        0.0,
        "0: cells join over edges and corners; else also within this distance",
        ge=0,
        le=100,
    )


class Costs(Part):
    """Which costs are used, and how they are brought to one time.

    Examples
    --------
    >>> Costs().column
    'base'
    """

    path: str | None = sourced(None, "the built-in coverage/costs.csv")
    column: Literal["low", "base", "high"] = sourced("base", "the middle of each range")
    horizon_years: int = sourced(
        10, "Oughton et al. 2022, doi 10.1016/j.techfore.2021.121409", gt=0, le=100
    )
    discount_rate: float = sourced(0.05, "Oughton et al. 2022", ge=0, lt=1)


class Upgrades(Part):
    """How upgrades are chosen.

    Examples
    --------
    >>> Upgrades(budget_vnd=5e11).budget_vnd
    500000000000.0
    """

    budget_vnd: float | None = sourced(None, "none: all that gain people are ranked", ge=0)
    objective: Literal["people", "equity", "deprivation"] = sourced(
        "people",
        "people: each counts once a service; equity: more where the commune is worse off; "
        "deprivation: more where more is lacking",
    )
    kinds: tuple[str, ...] = sourced(
        (), "kinds of upgrades that are allowed; none: all", strict=False
    )
    without: tuple[str, ...] = sourced(
        (), "what may not stand in for networks: microwave, leo, solar", strict=False
    )
    reach: Literal["auto", "p1812", "radius"] = sourced(
        "auto", "whom a new site serves: predicted where the signal of sites is, else a radius"
    )
    site_band_mhz: float = sourced(700.0, "reaches farthest of the 5G bands", ge=30, le=6000)
    site_height_m: float = sourced(40.0, "a rural tower: judgement", ge=1, le=300)
    site_radius_km: float = sourced(
        6.0, "how far the signal of a new site is predicted: judgement", ge=0.5, le=50
    )
    off_road_km: float = sourced(
        5.0, "farthest from a road, or to what stands, that a line leaves the road: judgement", ge=0
    )
    join_roads_m: float = sourced(
        0.0, "0: separate pieces of road are left apart; else joined within this distance", ge=0
    )
    steep_pct: float = sourced(
        18.0,
        "mean slope (10 degrees) from which a line costs as in difficult land: judgement",
        ge=0,
    )
    leo_terminals: float = sourced(600_000.0, "licence of 14/2/2026: at most 600,000", ge=0)
    leo_per_km2: float = sourced(
        0.1, "terminals for each km2: some 25 Mbit/s each; a satellite's beam is shared", ge=0
    )
    stability: bool = sourced(
        True, "each upgrade: in what share of plans with other costs and weights it stays"
    )
    max_gap: float | None = sourced(
        None, "sought longer, and said, where the plan may be farther from the best", ge=0
    )
    province_people: float = sourced(
        0.0, "people to be gained in every province first, where they can be", ge=0
    )


class Scenario(Part):
    """Another plan beside the study's own; what it does not say is as there.

    Examples
    --------
    >>> Scenario(without=["leo"]).without
    ('leo',)
    """

    budget_vnd: float | None = sourced(None, "the study's", ge=0)
    objective: Literal["people", "equity", "deprivation"] | None = sourced(None, "the study's")
    kinds: tuple[str, ...] = sourced(
        (), "kinds of upgrades that are allowed; none: all", strict=False
    )
    without: tuple[str, ...] = sourced((), "what may not stand in for networks", strict=False)
    costs: Literal["low", "base", "high"] | None = sourced(None, "the study's column")


class Case(Part):
    """Suppositions to score under, each list crossed with the others; what it leaves out is the study's.

    Examples
    --------
    >>> Case(operator=["Viettel", "MobiFone"]).operator
    ('Viettel', 'MobiFone')
    """

    operator: tuple[str, ...] = sourced((), "every operator together", strict=False)
    technology: tuple[str, ...] = sourced((), "those of the layers", strict=False)
    band_mhz: tuple[float, ...] = sourced((), "every band together", strict=False)
    until: tuple[dt.date, ...] = sourced((), "layers of every date", strict=False)
    thresholds: dict[str, Annotated[tuple[str, ...], Field(strict=False, min_length=1)]] = sourced(
        {}, "the services'"
    )


COST_COLUMNS = ("low", "base", "high")
OPTIONS = ("microwave", "leo", "solar")
"""What can stand in for a network."""
