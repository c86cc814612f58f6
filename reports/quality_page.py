"""The quality of a study's data as a page and as a table."""

from __future__ import annotations

import html
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any, Final

import pandas as pd

from ..coverage.quality import REPAIRED, SEVERITIES, WEIGHTS, scores
from ..geodata.faults import BadInput, Fault
from ..geodata.writing import write_csv
from .quality_words import kind_name, phrase, severity_name
from .result_names import both_languages
from .words import LANGUAGES, Lang, number

_SHOWN: Final = 8
"""Codes or rows of a finding that the page names."""


def write(
    found: pd.DataFrame,
    layers: Iterable[str],
    path: str | Path,
    *,
    name: str,
    lang: Lang = "vi",
    made_up: Iterable[str] = (),
) -> tuple[Path, Path]:
    """Write findings as an HTML page and, beside it, as CSV.

    Parameters
    ----------
    found : DataFrame
        As :func:`deadzones.coverage.quality.findings` gives them.
    layers : iterable of str
        All layers of the study.
    path : str or Path
        Of the page, which names the first codes or rows of a finding. The table has the same name
        and the ending ``.csv``: the findings whole, each with the score of its layer, and a row for
        every layer of which nothing was found.
    name : str
        Of the study.
    lang : {"vi", "en"}
    made_up : iterable of str
        Layers that hold made-up data, which the page says.

    Returns
    -------
    tuple of Path
        The page and the table.

    Raises
    ------
    BadInput
        When the path is not one of a page, or files would be replaced that are no report's.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.quality import of_faults
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page, table = write(
    ...         of_faults([]), ["communes"], folder + "/q.html", name="a", lang="en"
    ...     )
    ...     "Nothing to remark" in page.read_text(encoding="utf-8"), table.name
    (True, 'q.csv')
    """
    page, names = Path(path), list(layers)
    table = page.with_suffix(".csv")
    _check_place(page)
    points = scores(found, names)
    invented = [layer for layer in names if layer in set(made_up)]
    page.write_text(_page(found, points, invented, name, lang), encoding="utf-8")
    write_csv(_scored(found, points), table, indexed=False)
    return page, table


def _check_place(page: Path) -> None:
    """Refuse a place where the report would take that of data: communes.html beside communes.gpkg."""
    if page.suffix.lower() not in (".html", ".htm"):
        repair = f"Call it {page.with_suffix('.html').name}."
        raise BadInput([Fault(str(page), "another ending", "a name that ends in .html", repair)])
    beside = [page.with_suffix(ending) for ending in (".csv", ".gpkg")]
    others = [path.name for path in beside if path.exists()]
    if others and not page.exists():
        found, wanted = f"{' and '.join(others)} of another origin", "no file that it would replace"
        raise BadInput([Fault(str(page), found, wanted, "Choose another name or folder.")])


def _scored(found: pd.DataFrame, points: pd.Series) -> pd.DataFrame:
    """Give each finding the score of its layer, and each layer a row."""
    quiet = [str(layer) for layer in points.index if layer not in set(found["layer"])]
    bare = pd.DataFrame({"layer": quiet}).reindex(columns=found.columns)
    both = pd.concat([found, bare], ignore_index=True) if quiet else found
    return both.assign(score=both["layer"].map(points))


def _page(found: pd.DataFrame, points: pd.Series, made_up: list[str], name: str, lang: Lang) -> str:
    title = phrase("title", lang).format(name=both_languages(name)[LANGUAGES.index(lang)])
    style = resources.files("deadzones.reports").joinpath("quality_page.css").read_text("utf-8")
    parts = [f"<h1>{html.escape(title)}</h1>"]
    if made_up:
        told = phrase("made_up", lang).format(layers=", ".join(made_up))
        parts.append(f"<p class='made-up'>{html.escape(told)}</p>")
    stopped = bool((found["kind"] == "fault").any())
    if stopped:
        parts.append(f"<p class='stopped'>{phrase('stopped', lang)}</p>")
    bars = [
        f"<tr><th scope='row'>{html.escape(str(layer))}</th><td class='bar'>"
        f"<span style='width:{value}%'></span></td><td class='n'>{value}</td></tr>"
        for layer, value in points.items()
    ]
    weights = {key: number(value, lang) for key, value in WEIGHTS.items()}
    parts += [
        f"<h2>{phrase('layers', lang)}</h2><table class='scores'>{''.join(bars)}</table>",
        f"<p class='note'>{phrase('how', lang).format(**weights)}</p>",
        f"<h2>{phrase('found', lang)}</h2>",
    ]
    mended = found["kind"].isin(REPAIRED)
    if mended.all():
        parts.append(f"<p>{phrase('none', lang)}</p>")
    else:
        parts += [f"<p>{_counts(found[~mended], lang)}</p>", _table(found[~mended], lang)]
    if not stopped:
        parts.append(f"<h2>{phrase('repaired', lang)}</h2>")
        parts.append(
            _table(found[mended], lang) if mended.any() else f"<p>{phrase('untouched', lang)}</p>"
        )
    return (
        f"<!DOCTYPE html>\n<html lang='{lang}'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{html.escape(title)}</title><style>{style}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def _counts(found: pd.DataFrame, lang: Lang) -> str:
    """Count the findings by severity."""
    counts = found["severity"].value_counts()
    told = " · ".join(
        f"{severity_name(severity, lang)}: {number(int(counts.get(severity, 0)), lang)}"
        for severity in SEVERITIES
    )
    return told.capitalize()


def _table(found: pd.DataFrame, lang: Lang) -> str:
    columns = ("severity", "layer", "kind", "rows", "share", "detail")
    head = "".join(f"<th scope='col'>{phrase(name, lang)}</th>" for name in columns)
    rows = [
        f"<tr class='{row['severity']}'>"
        f"<td>{severity_name(row['severity'], lang)}</td>"
        f"<td>{html.escape(str(row['layer']))}</td><td>{html.escape(kind_name(row['kind'], lang))}</td>"
        f"<td class='n'>{number(row['rows'], lang) if row['rows'] else ''}</td>"
        f"<td class='n'>{_share(row, lang)}</td>"
        f"<td>{html.escape(_shortened(row))}</td></tr>"
        for severity in SEVERITIES
        for row in _together(found[found["severity"] == severity]).to_dict("records")
    ]
    return f"<div class='wide'><table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"


def _shortened(row: dict[Any, Any]) -> str:
    """Name the first of many codes or rows; the table beside the page has all."""
    told = str(row["detail"])
    listed, _, more = told.partition(" +")
    values = listed.split(", ")
    if row["rows"] <= 1 or len(values) <= _SHOWN:
        return told
    return f"{', '.join(values[:_SHOWN])} +{len(values) - _SHOWN + int(more or 0)}"


def _share(row: dict[Any, Any], lang: Lang) -> str:
    return f"{number(100 * row['share'], lang, 1)} %" if row["rows"] else ""


def _together(found: pd.DataFrame) -> pd.DataFrame:
    """Tell once of several layers what is said of whole layers and of no row."""
    same = found["kind"].where((found["rows"] == 0) & (found["detail"] == ""))
    several = same.duplicated(keep=False) & same.notna()
    names = found[several].groupby("kind", sort=False)["layer"].agg(", ".join)
    once = found[several].drop_duplicates("kind")
    once = once.assign(layer="", detail=once["kind"].map(names))
    return pd.concat([found[~several], once])
