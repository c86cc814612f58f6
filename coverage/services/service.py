"""What a service is: a level in a unit, a threshold, and how a lack of it is mended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...geodata.faults import Fault
from ...geodata.rasters import Field

if TYPE_CHECKING:
    from ..cells import Cells
    from ..inputs import Inputs, LayerData

Levels = dict[str, np.ndarray]
"""Operator ("" where none is named) -> level on each cell, NaN where unknown."""


@dataclass(frozen=True)
class How:
    """How long work is done: where results are kept, on how many threads, and who is told.

    Parameters
    ----------
    cache : Path, optional
        A folder where costly parts are kept for the next run.
    workers : int
        Threads.
    tell : callable
        Told what is being done, in a few words.
    """

    cache: Path | None = None
    workers: int = 2
    tell: Callable[[str], None] = lambda _: None


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a model says of a layer, in place of a plain radius.

    Parameters
    ----------
    levels : dict of str to ndarray
        By operator, on the cells.
    signal : Field
        The best of all operators, on a part of the terrain's grid; NaN where nothing reaches.
    notes : tuple of str
        What was done to the input, in plain words.
    """

    levels: Levels
    signal: Field
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """A way to reach the network: a cost item for every ``step_km``, begun steps counted whole.

    Parameters
    ----------
    item : str
        Item of the cost table.
    step_km : float
        Length that one unit bridges; 0 where the item is paid by the kilometre.
    """

    item: str
    step_km: float = 0.0


@dataclass(frozen=True)
class Remedy:
    """The standard upgrade where a service lacks.

    Parameters
    ----------
    kind : str
        Name of the upgrade.
    fixed : tuple of (str, float)
        Cost items and how many of them one upgrade takes.
    per_household : tuple of (str, float)
        Cost items and how many of them each household served takes.
    links : tuple of Link
        Ways to the nearest asset of ``link_to``; the cheapest is taken.
    link_to : str
        Type of service whose assets the upgrade is joined to.
    reach_km : float, optional
        How far the upgrade serves; the threshold of the service where absent.
    needs : tuple of str
        Types of service that must be there first.
    """

    kind: str
    fixed: tuple[tuple[str, float], ...] = ()
    per_household: tuple[tuple[str, float], ...] = ()
    links: tuple[Link, ...] = ()
    link_to: str = ""
    reach_km: float | None = None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Service:
    """A service that people have or lack.

    Parameters
    ----------
    name_vi, name_en : str
        Names on pages.
    unit : str
        Unit of the level.
    higher_is_better : bool
        Whether a level at or above the threshold serves, or one at or below it.
    threshold : float
        The default, in ``unit``.
    threshold_source : str
        Where the default comes from.
    readers : tuple of str
        Readers whose layers this service takes.
    proxies : tuple of str
        Those whose level only stands in for the service: their evidence is ``proxy`` at best.
    level : callable
        ``level(layer, cells) -> Levels``, for every reader but ``polygons``.
    inside : callable, optional
        ``inside(layer) -> float``: the level within the polygons of a layer of that reader. They
        are gathered over all layers, so that a cell which two areas fill together is served.
    predict : callable, optional
        ``predict(layer, cells, inputs, how) -> Prediction``: takes the place of ``level`` for the
        readers of ``predicted``, where the study asks for it.
    check : callable, optional
        ``check(layer) -> list of Fault``: what of a layer a model cannot take.
    predicted : tuple of str
        Readers whose layers a model can take.
    remedy : Remedy, optional
        The standard upgrade; without it no upgrade is proposed.
    """

    name_vi: str
    name_en: str
    unit: str
    higher_is_better: bool
    threshold: float
    threshold_source: str
    readers: tuple[str, ...]
    proxies: tuple[str, ...]
    level: Callable[[LayerData, Cells], Levels]
    inside: Callable[[LayerData], float] | None = None
    predict: Callable[[LayerData, Cells, Inputs, How], Prediction] | None = None
    check: Callable[[LayerData], list[Fault]] | None = None
    predicted: tuple[str, ...] = ()
    remedy: Remedy | None = None

    def serves(self, level: np.ndarray, threshold: float) -> np.ndarray:
        """Tell which levels serve: 1 yes, 0 no, -1 unknown.

        Examples
        --------
        >>> from deadzones.coverage.services import SERVICES
        >>> SERVICES["mobile"].serves(np.array([-100.0, -120.0, np.nan]), -110.0)
        array([ 1,  0, -1], dtype=int8)
        """
        good = level >= threshold if self.higher_is_better else level <= threshold
        return np.where(np.isnan(level), -1, good).astype(np.int8)
