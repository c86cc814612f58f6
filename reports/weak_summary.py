"""Weak points of networks in plain words, and as files beside a result."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd

from ..coverage import standing_tables
from ..coverage.analysis import Tables
from ..coverage.inputs import Inputs
from ..coverage.services import SERVICES
from ..coverage.standing import NO_LINES
from ..coverage.standing_tables import Weakness
from ..coverage.standing_weak import BRIDGE, LINK, LONGEST_LINK_KM, NODE, RING
from ..geodata import geopackage, writing
from . import summary
from .words import LANGUAGES, Lang, number, word

FIRST: Final = 5
"""Weak points of a network that are named."""
NAME: Final = "weak_points"
"""Of the files."""

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "head": (
        "Điểm yếu của mạng {service} (bằng chứng: {evidence}; {people} người nối được tới nguồn qua mạng này):",
        "Weak points of the {service} network (evidence: {evidence}; {people} people reach a source through it):",
    ),
    "bridge": (
        "  {rank}. Đoạn tuyến {km} km {place}: đứt thì {who} {lose}",
        "  {rank}. Line of {km} km {place}: a break leaves {who} {lose}",
    ),
    "node": (
        "  {rank}. {node} {place}: hỏng thì {who} ở phía sau {lose}{there}",
        "  {rank}. {node} {place}: a failure leaves {who} behind it {lose}{there}",
    ),
    "named": ("Nút {name},", "Node {name},"),
    "junction": ("Điểm rẽ nhánh", "Branching point"),
    "there": (", cùng với {who} ngay tại đó", ", as well as {who} right there"),
    "ring": (
        "  {rank}. Hai đoạn của một vòng, một đoạn {place}, một đoạn {other}: cùng đứt thì {who} {lose}",
        "  {rank}. Two lines of one ring, one {place}, one {other}: if both break, that leaves {who} {lose}",
    ),
    "link": (
        (
            "  Nên nối thêm trước hết: một tuyến {km} km từ {place} đến {other}; "
            "khi đó {people} người không còn phụ thuộc vào một đoạn hay một nút duy nhất"
        ),
        (
            "  Best single line to add: {km} km from {place} to {other}; "
            "{people} people then hang on no single line or node"
        ),
    ),
    "no_link": (
        "  Không có tuyến nào ngắn hơn {km} km mà chỉ cần thêm nó là gỡ được một điểm yếu.",
        "  No single line shorter than {km} km would mend a weak point.",
    ),
    "none": (
        "  Không thấy điểm yếu nào có người ở phía sau.",
        "  No weak point with anybody behind it was found.",
    ),
    "unfed": (
        "  {people} người ở gần những đoạn chưa thấy nối tới nguồn nào: chưa nói được điểm yếu nào ảnh hưởng đến họ.",
        "  {people} people are near lines that no known source reaches: their weak points are not known.",
    ),
    "far": (
        "  {people} người khác có dịch vụ nhưng ở xa mạng này.",
        "  {people} more people have the service, but are far from this network.",
    ),
    "isolated": (
        "  {count} nút đứng riêng, không có tuyến nào đến.",
        "  Nodes that stand alone, with no line near: {count}.",
    ),
    "no_lines": (
        (
            "Mạng {service}: chưa chỉ ra được điểm yếu vì bài toán không có lớp {lines}. "
            'Hãy thêm một lớp có role = "{key}", reader = "lines".'
        ),
        (
            "The {service} network: its weak points cannot be told, for the study has no layer of {lines}. "
            'Add one with role = "{key}", reader = "lines".'
        ),
    ),
    "no_sources": (
        (
            "Mạng {service}: chưa chỉ ra được điểm yếu vì chưa biết nguồn ở đâu. "
            'Hãy thêm một lớp {nodes} (role = "{key}", reader = "nodes"), hoặc ghi nguồn vào lớp đã có, '
            "chẳng hạn options = {{ sources = {{ {example} }} }}."
        ),
        (
            "The {service} network: its weak points cannot be told, for nothing is known to feed it. "
            'Add a layer of {nodes} (role = "{key}", reader = "nodes"), or name the sources in a layer, '
            "such as options = {{ sources = {{ {example} }} }}."
        ),
    ),
    "no_network": (
        "Bài toán không có mạng cáp quang hay điện lưới nào để tìm điểm yếu.",
        "The study has no network of fibre or power to look for weak points in.",
    ),
    "public": (
        "Điểm yếu của mạng {service} (bằng chứng: {evidence}; bản công khai, chỉ đếm theo xã):",
        "Weak points of the {service} network (evidence: {evidence}; public edition, counted by commune only):",
    ),
    "count": (
        "  {kind}: {count}, ở {communes} xã; nhiều nhất là {commune} ({most})",
        "  {kind}: {count} in {communes} communes; most in {commune} ({most})",
    ),
    "count_bridge": ("Đoạn tuyến yếu", "Weak lines"),
    "count_node": ("Nút yếu", "Weak nodes"),
    "count_ring": ("Vòng yếu", "Weak rings"),
    "near": ("gần {name}, {commune}", "near {name}, {commune}"),
    "in": ("tại {commune}", "in {commune}"),
    "near_outside": ("gần {name}, ngoài vùng xét", "near {name}, outside the area"),
    "outside": ("ngoài vùng xét", "outside the area"),
    "and": ("{one} và {other}", "{one} and {other}"),
    "person": ("{n} người", "{n} person"),
    "persons": ("{n} người", "{n} people"),
    "site": ("{n} trạm di động", "{n} mobile site"),
    "sites": ("{n} trạm di động", "{n} mobile sites"),
    "lose_fibre": ("mất kết nối", "cut off"),
    "lose_power": ("mất điện", "without power"),
    "lines_fibre": ("tuyến cáp quang", "cables"),
    "lines_power": ("đường dây điện", "power lines"),
    "nodes_fibre": ("nút mạng cáp quang", "fibre nodes"),
    "nodes_power": ("trạm biến áp nguồn", "substations"),
}
_EXAMPLE: Final = {"fibre": 'kind = ["core"]', "power": "voltage_kv = [110]"}


def of_result(result: Tables, lang: Lang, folder: Path | None = None) -> list[str]:
    """Find the weak points of a result's networks, write them, and say them in plain words.

    Parameters
    ----------
    result : Tables
        Just analysed.
    lang : {"vi", "en"}
    folder : Path, optional
        Where the result was written; nothing is written without.

    Returns
    -------
    list of str
        Lines of :func:`sentences`.

    Raises
    ------
    ValueError
        When the result was read from a folder.

    Examples
    --------
    >>> import deadzones as dz
    >>> of_result(dz.demo(communes=4), "vi")[1].startswith("Điểm yếu của mạng cáp quang")
    True
    """
    prospect = result.prospect
    if prospect is None:
        raise ValueError(
            "result: found one that was read from a folder; wanted one that was just analysed. Run the"
            " study."
        )
    found = standing_tables.find(prospect.inputs, prospect.cells, prospect.state)
    if folder is not None:
        write(found, folder)
    return list(sentences(found, prospect.inputs, lang))


def sentences(found: Weakness, inputs: Inputs, lang: Lang, first: int = FIRST) -> Iterator[str]:
    """Say in plain words which failures cut off most people, network by network.

    Parameters
    ----------
    found : Weakness
    inputs : Inputs
        Of the same study.
    lang : {"vi", "en"}
    first : int
        Weak points of each network that are named; of those behind which mostly the same people
        stand the worst alone.

    Yields
    ------
    str
        One line.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.coverage import standing_tables
    >>> prospect = dz.demo(communes=4).prospect
    >>> found = standing_tables.find(prospect.inputs, prospect.cells, prospect.state)
    >>> for line in sentences(found, prospect.inputs, "en"):
    ...     print(line)
    SYNTHETIC DATA: ...
    Weak points of the fibre network (evidence: synthetic; ... people reach a source through it):
    ...
    The grid power network: its weak points cannot be told, for nothing is known to feed it. ...
    """
    if (found.networks["evidence"] == "synthetic").any():
        yield summary.SENTENCES["synthetic"][LANGUAGES.index(lang)]
    if found.networks.empty:
        yield _say("no_network", lang)
    for key, row in found.networks.iterrows():
        kind = inputs.study.services[str(key)].type
        words = {
            "service": _service(str(key), kind, lang),
            "evidence": word(str(row["evidence"]), lang),
        }
        own = found.table[found.table["service"] == key]
        if row["lacks"]:
            yield _lacking(str(row["lacks"]), str(key), kind, lang, words["service"])
        elif found.public:
            yield _say("public", lang, **words)
            yield from _counts(own, inputs, lang)
        else:
            yield _say("head", lang, people=number(row["people_fed"], lang), **words)
            yield from _worst(own, inputs, kind, lang, first)
        if not row["lacks"]:
            yield from _caveats(row, lang)


def write(found: Weakness, folder: Path) -> None:
    """Write weak points beside the tables of a result: ``weak_points.gpkg`` and ``.csv``.

    Parameters
    ----------
    found : Weakness
    folder : Path
        Of a result that was written.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.coverage import standing_tables
    >>> prospect = dz.demo(communes=4).prospect
    >>> found = standing_tables.find(prospect.inputs, prospect.cells, prospect.state)
    >>> with tempfile.TemporaryDirectory() as home:
    ...     write(found, Path(home))
    ...     sorted(path.name for path in Path(home).iterdir())
    ['weak_points.csv', 'weak_points.gpkg']
    """
    table = found.table if found.public else found.table.reset_index()
    with tempfile.TemporaryDirectory(prefix=".weak-", dir=folder) as part:
        geopackage.write(table, Path(part, f"{NAME}.gpkg"))
        writing.write_csv(table, Path(part, f"{NAME}.csv"), indexed=False)
        for file in sorted(Path(part).iterdir()):
            file.replace(folder / file.name)


def _say(sentence: str, lang: Lang, **slots: str) -> str:
    return SENTENCES[sentence][LANGUAGES.index(lang)].format(**slots)


def _service(key: str, kind: str, lang: Lang) -> str:
    name = getattr(SERVICES[kind], f"name_{lang}")
    return name if key == kind else f"{name} ({key})"


def _lacking(lacks: str, key: str, kind: str, lang: Lang, service: str) -> str:
    if lacks == NO_LINES:
        return _say("no_lines", lang, service=service, key=key, lines=_say(f"lines_{kind}", lang))
    nodes, example = _say(f"nodes_{kind}", lang), _EXAMPLE[kind]
    return _say("no_sources", lang, service=service, key=key, nodes=nodes, example=example)


def _worst(table: pd.DataFrame, inputs: Inputs, kind: str, lang: Lang, first: int) -> Iterator[str]:
    lose = _say(f"lose_{kind}", lang)
    told = (table["people_behind"].round() > 0) | (table["sites_behind"] > 0)
    weak = table[told & (table["same_as"] == "")].head(first)
    if weak.empty:
        yield _say("none", lang)
    for rank, row in enumerate(weak.to_dict("records"), start=1):
        words = {
            "rank": str(rank),
            "place": _place(row["nearest_place"], row["commune_code"], inputs, lang),
            "who": _who(row["people_behind"], row["sites_behind"], lang),
            "lose": lose,
        }
        if row["kind"] == BRIDGE:
            yield _say("bridge", lang, km=number(row["length_km"], lang, 1), **words)
        elif row["kind"] == RING:
            other = _place(row["other_place"], row["other_commune"], inputs, lang)
            yield _say("ring", lang, other=other, **words)
        else:
            there = _who(row["people_there"], row["sites_there"], lang)
            name = _say("named", lang, name=row["name"]) if row["name"] else _say("junction", lang)
            more = _say("there", lang, who=there) if there else ""
            yield _say("node", lang, node=name, there=more, **words)
    links = table[table["kind"] == LINK]
    if links.empty and weak["kind"].isin([BRIDGE, NODE]).any():
        yield _say("no_link", lang, km=number(LONGEST_LINK_KM, lang))
    for row in links.to_dict("records"):
        yield _say(
            "link",
            lang,
            km=number(row["length_km"], lang, 1),
            place=_bare(row["nearest_place"], row["commune_code"], inputs, lang),
            other=_bare(row["other_place"], row["other_commune"], inputs, lang),
            people=number(row["people_freed"], lang),
        )


def _caveats(row: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    """Say of whom nothing is known."""
    unfed = row["people_near"] - row["people_fed"]
    if unfed >= 1.0:
        yield _say("unfed", lang, people=number(unfed, lang))
    far = row["people_served"] - row["people_near"]
    if far >= 1.0:
        yield _say("far", lang, people=number(far, lang))
    if row["isolated"]:
        yield _say("isolated", lang, count=number(row["isolated"], lang))


def _counts(table: pd.DataFrame, inputs: Inputs, lang: Lang) -> Iterator[str]:
    if table.empty:
        yield _say("none", lang)
    for kind in (BRIDGE, NODE, RING):
        own = table[table["kind"] == kind].sort_values(
            ["weak_points", "commune_code"], ascending=[False, True]
        )
        if len(own):
            yield _say(
                "count",
                lang,
                kind=_say(f"count_{kind}", lang),
                count=number(own["weak_points"].sum(), lang),
                communes=number(own["commune_code"].nunique(), lang),
                commune=inputs.communes.at[own["commune_code"].iloc[0], "commune_name"],
                most=number(own["weak_points"].iloc[0], lang),
            )


def _who(people: float, sites: float, lang: Lang) -> str:
    parts = [
        _say(one if round(count) == 1 else many, lang, n=number(count, lang))
        for one, many, count in (("person", "persons", people), ("site", "sites", sites))
        if round(count) > 0
    ]
    return _say("and", lang, one=parts[0], other=parts[1]) if len(parts) > 1 else "".join(parts)


def _place(name: Any, code: Any, inputs: Inputs, lang: Lang) -> str:
    near = isinstance(name, str)
    if not isinstance(code, str):
        return _say("near_outside", lang, name=name) if near else _say("outside", lang)
    commune = inputs.communes.at[code, "commune_name"]
    return (
        _say("near", lang, name=name, commune=commune)
        if near
        else _say("in", lang, commune=commune)
    )


def _bare(name: Any, code: Any, inputs: Inputs, lang: Lang) -> str:
    if isinstance(name, str):
        return name
    return (
        inputs.communes.at[code, "commune_name"] if isinstance(code, str) else _say("outside", lang)
    )
