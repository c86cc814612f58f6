"""Pictures of a result for reports and papers: still, printable, the same bytes each time.

Every picture names its sources and the weakest evidence; one that rests on made-up data says so in
both languages. Colours and classes are those of the map page (``measures.py``).
"""

from __future__ import annotations

import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if find_spec("matplotlib") is None:
    raise ImportError("charts need matplotlib: pip install deadzones[report]")

from . import _chart_budget, _chart_change, _chart_classes, _chart_map, _chart_target
from ._chart_page import checked
from ._chart_type import drawing
from .words import Lang

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .maps import Mapped

PNG_DPI: Final = 200
"""Dots to the inch: 1,500 across a page."""
_UNDATED: Final[dict[str, dict[str, Any]]] = {
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "ModDate": None, "Creator": "deadzones", "Producer": None},
    "svg": {"Date": None, "Creator": None},
}
"""What each format would otherwise say of the day and the version."""


def choropleth(
    result: Mapped, *, measure: str = "score", province: str | None = None, lang: Lang = "vi"
) -> Figure:
    """Draw the communes of a result by class, as a page to print.

    Parameters
    ----------
    result : Result
        Or anything with the same tables (EPSG:4326) and manifest.
    measure : str
        As :func:`deadzones.reports.maps.draw` takes it: ``"score"``, ``"dead_people"``,
        ``"all_people_pct"``, a service such as ``"mobile"``, or any ``..._people_pct`` column.
    province : str, optional
        Two-digit code of the one province to draw.
    lang : {"vi", "en"}

    Returns
    -------
    matplotlib.figure.Figure
        7.5 by 9.8 inches. On the real Viet Nam the archipelagos Hoàng Sa and Trường Sa are drawn
        and named: in their place on the nation's map, in an inset on a province's.

    Raises
    ------
    ValueError
        If there is no such measure, province or language; the message lists what there is.

    Examples
    --------
    >>> import deadzones as dz
    >>> figure = choropleth(dz.demo(communes=4), measure="fibre", lang="en")
    >>> save(figure, "fibre.png")
    """
    checked(lang)
    communes, provinces = result.communes, result.provinces
    chosen = _chart_classes.chosen(measure, communes.columns, result.manifest)
    if province is not None:
        if province not in provinces.index:
            known = ", ".join(provinces.index.astype(str))
            raise ValueError(f"no province {province!r} in this result: choose one of {known}")
        communes = communes[communes["province_code"] == province]
        provinces = provinces.loc[[province]]
    with drawing():
        return _chart_map.choropleth(communes, provinces, result.manifest, chosen, lang)


def budget_curve(result: Mapped, *, lang: Lang = "vi") -> Figure:
    """Draw what money buys: people gained against the cost of the ranked upgrades.

    Parameters
    ----------
    result : Result
        Or anything with the same ``upgrades`` and ``manifest``.
    lang : {"vi", "en"}

    Returns
    -------
    matplotlib.figure.Figure
        7.5 by 4.8 inches: a step an upgrade, the budget, and what no plan can exceed where the
        plan aims at people. People are counted once a service.

    Raises
    ------
    ValueError
        If there is no such language.

    Examples
    --------
    >>> import deadzones as dz
    >>> figure = budget_curve(dz.demo(communes=4), lang="en")
    >>> figure.get_label()
    'VND ... brings a service to ... more people'
    """
    checked(lang)
    with drawing():
        return _chart_budget.budget_curve(result.upgrades, result.manifest, lang)


def against_target(result: Mapped, *, service: str, lang: Lang = "vi") -> Figure:
    """Draw the share of people served in each province against a service's target.

    Parameters
    ----------
    result : Result
        Or anything with the same ``provinces`` and ``manifest``.
    service : str
        A service of the study, such as ``"mobile"``.
    lang : {"vi", "en"}

    Returns
    -------
    matplotlib.figure.Figure
        7.5 by 9.8 inches; 7.5 by 4.8 for up to ten provinces. The lowest share is on top; beyond 40
        provinces the lowest 40 are drawn, which the figure says.

    Raises
    ------
    ValueError
        If there is no such service or language (the message lists what there is), or the service
        has no target.

    Examples
    --------
    >>> import deadzones as dz
    >>> figure = against_target(dz.demo(communes=4), service="power", lang="en")
    >>> figure.get_label()
    'Grid power: ... provinces and cities meet the target of 100%'
    """
    checked(lang)
    with drawing():
        return _chart_target.against_target(result.provinces, result.manifest, service, lang)


def distribution(result: Mapped, *, measure: str = "score", lang: Lang = "vi") -> Figure:
    """Draw how many people live in communes of each class.

    Parameters
    ----------
    result : Result
        Or anything with the same ``communes`` and ``manifest``.
    measure : str
        As :func:`choropleth` takes it.
    lang : {"vi", "en"}

    Returns
    -------
    matplotlib.figure.Figure
        7.5 by 4.8 inches: a bar a class, in the colours of the map, and a hatched one for communes
        without data.

    Raises
    ------
    ValueError
        If there is no such measure or language; the message lists what there is.

    Examples
    --------
    >>> import deadzones as dz
    >>> figure = distribution(dz.demo(communes=4), measure="mobile", lang="en")
    >>> figure.get_label()
    '...% of people live in communes with less than 50% served'
    """
    checked(lang)
    chosen = _chart_classes.chosen(measure, result.communes.columns, result.manifest)
    with drawing():
        return _chart_classes.distribution(result.communes, result.manifest, chosen, lang)


def before_after(
    before: Mapped, after: Mapped, *, measure: str = "score", lang: Lang = "vi"
) -> Figure:
    """Draw where each province was and where it is: two results side by side.

    Parameters
    ----------
    before, after : Result
        Or anything with the same tables and manifest. Where both are of one and the same province
        its communes are drawn.
    measure : str
        As :func:`choropleth` takes it, of those that both have.
    lang : {"vi", "en"}

    Returns
    -------
    matplotlib.figure.Figure
        7.5 by 9.8 inches; 7.5 by 4.8 for up to ten rows. The greatest gain is on top; beyond 40
        rows the 40 that change most are drawn. The figure says what is left out.

    Raises
    ------
    ValueError
        If there is no such measure or language (the message lists what there is), or the results
        have no place in common.

    Examples
    --------
    >>> import deadzones as dz
    >>> result = dz.demo(communes=4)
    >>> before_after(result, result, lang="en").get_label()
    'No place changes'
    """
    checked(lang)
    codes = set(before.provinces.index)
    communes = len(codes) == 1 and codes == set(after.provinces.index)
    table, name = ("communes", "commune_name") if communes else ("provinces", "province_name")
    old, new = getattr(before, table), getattr(after, table)
    both = [column for column in new.columns if column in old.columns]
    chosen = _chart_classes.chosen(measure, both, after.manifest)
    rows, missing = _chart_change.compared(old, new, chosen.key, name)
    with drawing():
        manifests = (before.manifest, after.manifest)
        return _chart_change.before_after(
            rows, missing, chosen, manifests, lang, provinces=not communes
        )


def save(figure: Figure, path: str | Path) -> None:
    """Write a figure as SVG, PDF or PNG; the same figure gives the same bytes.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    path : str or Path
        Its ending chooses the format. Missing folders are made; the file is whole or absent.
        Letters are embedded: as shapes in SVG, as TrueType in PDF.

    Raises
    ------
    ValueError
        If the ending is none of these.

    Examples
    --------
    >>> import deadzones as dz
    >>> save(budget_curve(dz.demo(communes=4)), "budget.svg")
    """
    target = Path(path)
    kind = target.suffix.lower().removeprefix(".")
    if kind not in _UNDATED:
        wanted = ", ".join(f".{known}" for known in _UNDATED)
        raise ValueError(f"no format {target.suffix!r} for charts: choose one of {wanted}")
    about = _UNDATED[kind] | {"Title": str(figure.get_label())}
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".chart-") as folder, drawing():
        part = Path(folder) / f"chart.{kind}"
        figure.savefig(part, format=kind, dpi=PNG_DPI, metadata=about)
        part.replace(target)
