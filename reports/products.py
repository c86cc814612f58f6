"""A result: the tables of a study, its map, and the folder that holds them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyogrio

from ..coverage.analysis import Tables, analyse
from ..coverage.inputs import Step
from ..coverage.study import Study
from ..coverage.timing import stage
from ..geodata import geopackage, rasters, synthetic, writing
from ..geodata.faults import BadInput, Fault
from . import notebook, notebook_progress, signal_files

if TYPE_CHECKING:
    import folium

_LAYERS = ("communes", "provinces", "villages", "assets")
_PACKAGES = {"dead_zones": "zone_id", "upgrades": "upgrade_id", "network": None}
"""Layers of GeoPackages, and the column that is their index."""
_CSV = ("communes", "provinces", "villages", "upgrades")
_RELIEF = "relief.tif"
"""Of a study that has terrain: heights of the ground, coarse."""
_RECORDS = ("tasks", "definitions")
"""Of a study that has them: tables of text, passed on as they are."""
_SCENARIOS, _DIFFERENCES = "scenarios.csv", "scenarios.gpkg"
"""Of a study that has scenarios: their plans side by side, and where they differ."""
WRITING = ("writing tables", "drawing the map")
"""Steps that are told of the writing of a result."""


@dataclass(frozen=True, repr=False)
class Result(Tables):
    """The tables of a study, with its map and its folder.

    Examples
    --------
    >>> import deadzones as dz
    >>> dz.demo(communes=4)
    <Result demo: 4 communes, ... dead zones, ... upgrades, evidence synthetic>
    """

    def __repr__(self) -> str:
        """Say in one line what there is."""
        return (
            f"<Result {self.manifest['name']}: {len(self.communes)} communes, "
            f"{len(self.dead_zones)} dead zones, {len(self.upgrades)} upgrades, "
            f"evidence {self.manifest['evidence']}>"
        )

    def _repr_html_(self) -> str:
        return notebook.summary(self.manifest)

    def explore(self, **options: Any) -> folium.Map:
        """Draw the result as an interactive map that needs no network.

        Parameters
        ----------
        **options
            Of :func:`deadzones.reports.maps.draw`: ``measure``, ``province``, ``lang``,
            ``compare``.

        Returns
        -------
        folium.Map

        Examples
        --------
        >>> import deadzones as dz
        >>> result = dz.demo(communes=4)
        >>> type(result.explore(lang="en")).__mro__[1].__name__
        'Map'
        """
        from . import maps

        return maps.draw(self, **options)

    def write(self, folder: str | Path, *, lang: str = "vi", tell: Step = lambda _: None) -> Path:
        """Write all tables, the map and the manifest into a folder, whole or not at all.

        Parameters
        ----------
        folder : str or Path
            Made anew; an earlier result there is replaced.
        lang : {"vi", "en"}
            The language in which the map opens.
        tell : callable
            Called with what is being done.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        BadInput
            When the folder holds something that is no result.

        Examples
        --------
        >>> import deadzones as dz, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     written = dz.demo(communes=4).write(folder + "/out")
        ...     sorted(path.name for path in written.glob("*.gpkg"))
        ['dead_zones.gpkg', 'network.gpkg', 'upgrades.gpkg']
        """
        timings = list(self.timings)
        refuse_foreign(Path(folder).resolve())
        with writing.replacing(Path(folder)) as part:
            with stage(WRITING[0], timings, tell):
                self._write_tables(part)
                writing.write_json(part / "manifest.json", dict(self.manifest))
            with stage(WRITING[1], timings, tell):
                from . import offline

                offline.save(self.explore(lang=lang), part / "map.html")
            start = timings[0]["start"]
            writing.write_json(part / "timings.json", {"start": start, "stages": timings})
        return Path(folder)

    def _write_tables(self, part: Path) -> None:
        for name in _LAYERS:
            getattr(self, name).to_parquet(part / f"{name}.parquet")
        for name, key in _PACKAGES.items():
            table = getattr(self, name)
            geopackage.write(table.reset_index() if key else table, part / f"{name}.gpkg")
        for name in _CSV:
            writing.write_csv(getattr(self, name), part / f"{name}.csv", indexed=name != "villages")
        if len(self.scenarios) > 1:
            writing.write_csv(self.scenarios, part / _SCENARIOS, indexed=True)
            geopackage.write(self.differences, part / _DIFFERENCES)
        for name in _RECORDS:
            if not getattr(self, name).empty:
                getattr(self, name).to_parquet(part / f"{name}.parquet")
        if self.relief is not None:
            rasters.write_cog(part / _RELIEF, {"height": self.relief}, unit="m")
        if not self.manifest.get("public"):
            signal_files.write(self.signal, part, self.manifest["services"])


def refuse_foreign(folder: str | Path) -> None:
    """Refuse a folder that holds something else than an earlier result: it would be replaced.

    Raises
    ------
    BadInput
        When it does, or is no folder.

    Examples
    --------
    >>> refuse_foreign("absent")
    """
    place = Path(folder)
    if place.exists() and (not place.is_dir() or _holds_something_else(place)):
        found = "something that is no result of ours"
        wanted = "a new folder, an empty one, or an earlier result"
        raise BadInput([Fault(str(place), found, wanted, "Choose another folder.")])


def _holds_something_else(folder: Path) -> bool:
    if not any(folder.iterdir()):
        return False
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return "deadzones" not in manifest["versions"]
    except (OSError, ValueError, LookupError, TypeError):
        return True  # other programs write a manifest.json too


def run(
    study: Study, tell: Step | None = None, *, cache: Path | None = None, workers: int = 2
) -> Result:
    """Analyse a study.

    Parameters
    ----------
    study : Study
    tell : callable, optional
        Called with what is being done, in a few words; a notebook shows it by itself.
    cache : Path, optional
        A folder where predictions are kept for the next run.
    workers : int
        Threads for predictions.

    Returns
    -------
    Result

    Raises
    ------
    BadInput
        With all faults of all layers.

    Examples
    --------
    >>> import deadzones as dz, tempfile
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     result = dz.run(dz.Study.read(synthetic.country(folder, communes=1)))
    >>> result.communes["rank"].tolist()
    [1]
    """
    with notebook_progress.showing(study, tell) as told:
        tables = analyse(study, told, cache=cache, workers=workers)
    return Result(**{item.name: getattr(tables, item.name) for item in fields(Tables)})


def demo(*, communes: int = 120, seed: int = 0) -> Result:
    """Make up a country and analyse it: a result to try things on, all of it synthetic.

    Parameters
    ----------
    communes : int, default 120
        How many, 1 to 9,999.
    seed : int, default 0
        The same seed makes the same country.

    Returns
    -------
    Result
        Its input files are not kept; :func:`deadzones.geodata.synthetic.country` keeps them.

    Raises
    ------
    ValueError
        When ``communes`` or ``seed`` is out of range.

    Examples
    --------
    >>> import deadzones as dz
    >>> dz.demo(communes=4)
    <Result demo: 4 communes, ... dead zones, ... upgrades, evidence synthetic>
    """
    with tempfile.TemporaryDirectory() as folder:
        return run(Study.read(synthetic.country(folder, communes=communes, seed=seed)))


def read(folder: str | Path) -> Result:
    """Read a result back from its folder.

    Parameters
    ----------
    folder : str or Path
        As :meth:`Result.write` makes it.

    Returns
    -------
    Result

    Raises
    ------
    BadInput
        When a file of the result is not there or cannot be read.

    Examples
    --------
    >>> read("absent")
    Traceback (most recent call last):
    deadzones.geodata.faults.BadInput: absent: found ...
    """
    path = Path(folder)
    needed = [
        "manifest.json",
        *(f"{n}.parquet" for n in _LAYERS),
        *(f"{n}.gpkg" for n in _PACKAGES),
    ]
    absent = [name for name in needed if not (path / name).is_file()]
    if absent:
        found = "no " + ", ".join(absent)
        wanted = "the folder of a result"
        raise BadInput([Fault(str(path), found, wanted, "Run the study again with --out.")])
    tables: dict[str, Any] = {
        name: _opened(path / f"{name}.parquet", gpd.read_parquet) for name in _LAYERS
    }
    for name, key in _PACKAGES.items():
        table = _opened(path / f"{name}.gpkg", pyogrio.read_dataframe)
        tables[name] = table.set_index(key) if key else table
    if (path / _SCENARIOS).is_file():
        tables["scenarios"] = _opened(path / _SCENARIOS, _read_scenarios)
        tables["differences"] = _opened(path / _DIFFERENCES, pyogrio.read_dataframe)
    for name in _RECORDS:
        if (path / f"{name}.parquet").is_file():
            tables[name] = _opened(path / f"{name}.parquet", pd.read_parquet)
    if (path / _RELIEF).is_file():
        tables["relief"] = _opened(path / _RELIEF, rasters.read_field)
    found = signal_files.files(path)
    tables["signal"] = {key: _opened(file, rasters.read_field) for key, file in found.items()}
    manifest = _opened(path / "manifest.json", lambda file: json.loads(file.read_bytes()))
    return Result(**tables, manifest=manifest)


def _read_scenarios(file: Path) -> pd.DataFrame:
    return pd.read_csv(file, encoding="utf-8-sig").set_index("scenario")


def _opened(file: Path, reader: Callable[[Path], Any]) -> Any:
    """Open a file of a result; tell when it is spoiled."""
    try:
        return reader(file)
    except (OSError, RuntimeError, ValueError, LookupError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        found, wanted = f"a file that cannot be read ({reason})", "a file of a result"
        raise BadInput(
            [Fault(str(file), found, wanted, "Run the study again with --out.")]
        ) from error
