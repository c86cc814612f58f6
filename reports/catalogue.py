"""What reports say, in English in the code and in Vietnamese in a gettext catalogue.

The language is an argument, never a setting. A sentence that the catalogue does not have is an error,
not English in a Vietnamese page.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from .words import Lang, number, word

CATALOGUE: Final = Path(__file__).parent / "locale" / "vi" / "LC_MESSAGES" / "deadzones.po"

_Key = str | tuple[str, str]


@cache
def vietnamese() -> Mapping[_Key, str]:
    """Read the Vietnamese catalogue, once.

    Returns
    -------
    mapping
        By English sentence; by (singular, plural) where a number decides.

    Raises
    ------
    ModuleNotFoundError
        Without Babel, with the line that installs it.

    Examples
    --------
    >>> vietnamese()["Summary"]
    'Tóm tắt'
    """
    try:
        from babel.messages.pofile import read_po
    except ModuleNotFoundError as error:
        message = "reports need Babel: pip install 'deadzones[report]'"
        raise ModuleNotFoundError(message) from error
    with CATALOGUE.open("rb") as file:
        found = read_po(file, locale="vi")
    said: dict[_Key, str] = {}
    for message in found:
        if message.id and message.string:
            several = not isinstance(message.id, str)
            key: _Key = (message.id[0], message.id[1]) if several else str(message.id)
            said[key] = str(message.string[0] if several else message.string)
    return said


def text(message: str, lang: Lang, **slots: str) -> str:
    """Say a sentence.

    Parameters
    ----------
    message : str
        In English, with named slots.
    lang : {"vi", "en"}
    **slots : str
        What stands in the slots, written already.

    Returns
    -------
    str

    Raises
    ------
    LookupError
        When the sentence is not in the catalogue.

    Examples
    --------
    >>> text("Summary", "vi"), text("Summary", "en")
    ('Tóm tắt', 'Summary')
    """
    return _said(message, message, lang).format(**slots)


def plural(one: str, many: str, n: int, lang: Lang, **slots: str) -> str:
    """Say a sentence about a number of things; ``{n}`` is the number as it is written.

    Parameters
    ----------
    one, many : str
        In English, for one and for any other number.
    n : int
    lang : {"vi", "en"}
    **slots : str
        What stands in the other slots.

    Returns
    -------
    str

    Raises
    ------
    LookupError
        When the sentence is not in the catalogue.

    Examples
    --------
    >>> plural("{n} person", "{n} people", 1, "en"), plural("{n} person", "{n} people", 1200, "vi")
    ('1 person', '1.200 người')
    """
    english = one if n == 1 else many
    return _said(english, (one, many), lang).format(n=number(n, lang), **slots)


def _said(english: str, key: _Key, lang: Lang) -> str:
    if lang == "en":
        return english
    try:
        return vietnamese()[key]
    except KeyError:
        raise LookupError(f"not in {CATALOGUE.name}: {english!r}; translate it there") from None


def one_language(name: str, lang: Lang) -> str:
    """Take the half of a name that stands in both languages, as the names of made-up data do.

    Examples
    --------
    >>> (
    ...     one_language("Made-up country / Đất nước giả tưởng", "vi"),
    ...     one_language("VNPT / MobiFone", "vi"),
    ... )
    ('Đất nước giả tưởng', 'VNPT / MobiFone')
    """
    halves = re.split(r" [/·] ", name)
    ours = [not half.isascii() for half in halves]
    return halves[ours.index(lang == "vi")] if sorted(ours) == [False, True] else name


def title(manifest: Mapping[str, Any], lang: Lang) -> str:
    """Name what a result is about; empty where its study does not.

    Examples
    --------
    >>> title({"title": "Made up / Giả tưởng", "synthetic": True}, "en")
    'Made up'
    """
    told = str(manifest.get("title") or manifest.get("name") or "")
    return one_language(told, lang) if manifest.get("synthetic") else told


def owner(layer: Mapping[str, Any], lang: Lang) -> str:
    """Name whose a layer is; empty where nobody is named.

    Examples
    --------
    >>> owner({"owner": "Giả lập · made up", "evidence": "synthetic"}, "vi"), owner({}, "vi")
    ('Giả lập', '')
    """
    told = str(layer.get("owner") or "")
    return one_language(told, lang) if layer.get("evidence") == "synthetic" else told


def date(day: dt.date, lang: Lang) -> str:
    """Write a day.

    Examples
    --------
    >>> import datetime as dt
    >>> date(dt.date(2026, 3, 5), "vi"), date(dt.date(2026, 3, 5), "en")
    ('05/03/2026', '5 March 2026')
    """
    if lang == "vi":
        return f"{day:%d/%m/%Y}"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS: Final = (
    "January February March April May June July August September October November December"
).split()
_ROMAN: Final = ("I", "II", "III", "IV")


def quarter(day: dt.date, lang: Lang) -> str:
    """Write the quarter of a day: deadlines are set by quarter.

    Examples
    --------
    >>> import datetime as dt
    >>> quarter(dt.date(2026, 3, 5), "vi"), quarter(dt.date(2026, 12, 5), "en")
    ('quý I/2026', 'Q4 2026')
    """
    at = (day.month - 1) // 3
    return f"quý {_ROMAN[at]}/{day.year}" if lang == "vi" else f"Q{at + 1} {day.year}"


def percent(part: float, whole: float, lang: Lang) -> str:
    """Write a share with one decimal; what is not all is never 100, what is something never 0.

    Examples
    --------
    >>> percent(9_999, 10_000, "vi"), percent(1, 10_000, "vi"), percent(0, 0, "vi")
    ('trên 99,9 %', 'dưới 0,1 %', 'chưa có dữ liệu')
    """
    if not whole:
        return word("no_data", lang)
    if part in {0, whole}:
        return word("percent", lang, n="100" if part else "0")
    share = 100.0 * part / whole
    told = word("percent", lang, n=number(share, lang, 1))
    if part < whole and round(share, 1) >= 100.0:
        return text("over {share}", lang, share=word("percent", lang, n=number(99.9, lang, 1)))
    if part > 0 and round(share, 1) <= 0.0:
        return text("under {share}", lang, share=word("percent", lang, n=number(0.1, lang, 1)))
    return told


def large(value: int, lang: Lang) -> str:
    """Write a number to be seen from afar: from a million on in millions.

    Examples
    --------
    >>> large(86_412_799, "vi"), large(440_120, "en")
    ('86,41 triệu', '440,120')
    """
    if value < 1_000_000:
        return number(value, lang)
    return text("{n} million", lang, n=number(value / 1e6, lang, 2))


def money(million_vnd: float, lang: Lang) -> str:
    """Write an amount in the unit that people say it in: đồng, triệu, tỷ, nghìn tỷ.

    Parameters
    ----------
    million_vnd : float
        Millions of VND.
    lang : {"vi", "en"}

    Examples
    --------
    >>> money(999.7, "vi"), money(4_899_998, "vi"), money(0.25, "vi")
    ('1 tỷ đồng', '4,9 nghìn tỷ đồng', '250.000 đồng')
    """
    for power, unit in ((6, "trillion_vnd"), (3, "billion_vnd"), (0, "million_vnd")):
        digits = 2 if power == 6 else 1
        shown = round(million_vnd / 10**power, digits)
        if shown >= 1.0:
            plain = number(shown, lang, digits).rstrip("0").rstrip(word("decimal", lang))
            return word(unit, lang, n=plain)
    return text("VND {n}", lang, n=number(million_vnd * 1e6, lang))
