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
class Supply:
    """How a service's network is built along a way: cost items by the kilometre.

    Parameters
    ----------
    way : str
        Name of such a way in plans.
    line : str
        Item of a line of its own.
    difficult : str
        The same in steep land and where there is no road.
    on_poles : str, optional
        Item of a line on poles that stand, where it can hang on the poles of ``poles_of``.
    poles_of : str
        Type of service whose lines have such poles.
    where_served : bool
        Whether the network is there already wherever the service is.
    """

    way: str
    line: str
    difficult: str
    on_poles: str = ""
    poles_of: str = ""
    where_served: bool = False

    @property
    def items(self) -> tuple[str, ...]:
        """The cost items that it may take."""
        return tuple(filter(None, (self.line, self.difficult, self.on_poles)))


@dataclass(frozen=True)
class Instead:
    """What a single upgrade can have in place of a network.

    Parameters
    ----------
    name : str
        Its name in plans.
    of : str
        Type of service whose network it stands in for.
    items : tuple of (str, float)
        Cost items and how many of them it takes.
    terminals : float
        Satellite terminals that it takes.
    reach_km : float, optional
        A hop from a standing site or from another new one, this long at most in sight over the
        terrain. Without it, it can be had anywhere.
    reach_unseen_km : float
        How long a hop may be that is not known to be in sight.
    """

    name: str
    of: str
    items: tuple[tuple[str, float], ...]
    terminals: float = 0.0
    reach_km: float | None = None
    reach_unseen_km: float = 0.0


@dataclass(frozen=True)
class Remedy:
    """An upgrade where a service lacks.

    Parameters
    ----------
    kind : str
        Name of the upgrade.
    fixed : tuple of (str, float)
        Cost items and how many of them one upgrade takes.
    per_household : tuple of (str, float)
        Cost items and how many of them each household served takes.
    needs : tuple of str
        Types of service whose networks must reach it.
    instead : tuple of Instead
        What can stand in for them.
    reach_km : float, optional
        How far the upgrade serves; the threshold of the service where absent.
    on_sites : bool
        It is built on what stands of the service, not anywhere.
    gain_db : float
        Where it is built on a site: how much stronger the site becomes.
    least_households : float
        It is offered only where so many can be served.
    terminals_per_household : float
        Satellite terminals.
    """

    kind: str
    fixed: tuple[tuple[str, float], ...] = ()
    per_household: tuple[tuple[str, float], ...] = ()
    needs: tuple[str, ...] = ()
    instead: tuple[Instead, ...] = ()
    reach_km: float | None = None
    on_sites: bool = False
    gain_db: float = 0.0
    least_households: float = 0.0
    terminals_per_household: float = 0.0

    @property
    def items(self) -> tuple[str, ...]:
        """The cost items that it may take."""
        parts = (
            *self.fixed,
            *self.per_household,
            *(i for each in self.instead for i in each.items),
        )
        return tuple(item for item, _ in parts)


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
    remedies : tuple of Remedy
        The upgrades to choose from; without any none is proposed.
    supply : Supply, optional
        How its network is built, where upgrades can be joined to it.
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
    remedies: tuple[Remedy, ...] = ()
    supply: Supply | None = None

    def serves(self, level: np.ndarray, threshold: float) -> np.ndarray:
        """Tell which levels serve: 1 yes, 0 no, -1 unknown.

        Examples
        --------
        >>> from deadzones.coverage.services import SERVICES
        >>> SERVICES["mobile"].serves(np.array([-100.0, -120.0, np.nan]), -110.0)
        array([ 1,  0, -1], dtype=int8)
        """
        good = level >= threshold if self.higher_is_better else level <= threshold
        return np.where(np.isnan(level), np.int8(-1), good)
