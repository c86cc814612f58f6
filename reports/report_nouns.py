"""Words of a sentence that need no figures of a report: counted things, names, lists."""

from __future__ import annotations

from collections.abc import Sequence

from .catalogue import plural, text
from .words import Lang


def people(n: int, lang: Lang) -> str:
    """Count people.

    Examples
    --------
    >>> people(1, "en"), people(2, "en")
    ('1 person', '2 people')
    """
    return plural("{n} person", "{n} people", n, lang)


def communes(n: int, lang: Lang) -> str:
    """Count communes.

    Examples
    --------
    >>> communes(1, "en"), communes(2, "en")
    ('1 commune', '2 communes')
    """
    return plural("{n} commune", "{n} communes", n, lang)


def provinces(n: int, lang: Lang) -> str:
    """Count provinces.

    Examples
    --------
    >>> provinces(1, "en"), provinces(2, "en")
    ('1 province or city', '2 provinces and cities')
    """
    return plural("{n} province or city", "{n} provinces and cities", n, lang)


def settlements(n: int, lang: Lang) -> str:
    """Count settlements: villages and clusters of people.

    Examples
    --------
    >>> settlements(1, "en"), settlements(2, "en")
    ('1 settlement', '2 settlements')
    """
    return plural("{n} settlement", "{n} settlements", n, lang)


def proposals(n: int, lang: Lang) -> str:
    """Count proposed upgrades.

    Examples
    --------
    >>> proposals(1, "en"), proposals(2, "en")
    ('1 proposal', '2 proposals')
    """
    return plural("{n} proposal", "{n} proposals", n, lang)


def tasks(n: int, lang: Lang) -> str:
    """Count tasks.

    Examples
    --------
    >>> tasks(1, "en"), tasks(2, "en")
    ('1 task', '2 tasks')
    """
    return plural("{n} task", "{n} tasks", n, lang)


def moved_borders(n: int, lang: Lang) -> str:
    """Say that figures of an earlier period are estimates where borders of communes moved.

    Examples
    --------
    >>> moved_borders(2, "en")
    'Borders of 2 communes moved: their earlier figures are shared out by area, an estimate.'
    """
    return plural(
        "Borders of {n} commune moved: its earlier figures are shared out by area, an estimate.",
        "Borders of {n} communes moved: their earlier figures are shared out by area, an estimate.",
        n,
        lang,
    )


def made_up_before(lang: Lang) -> str:
    """Say that the earlier period is of no real place.

    Examples
    --------
    >>> made_up_before("vi")
    'Số liệu kỳ trước là dữ liệu giả lập.'
    """
    return text("The figures of the previous period are made up.", lang)


def commune(name: str, lang: Lang) -> str:
    """Write the name of a commune inside a sentence: its kind is no part of its name.

    Examples
    --------
    >>> commune("Xã Mường Than", "vi")
    'xã Mường Than'
    """
    return name[:1].lower() + name[1:] if lang == "vi" else name


def capital(sentence: str) -> str:
    """Begin with a capital letter.

    Examples
    --------
    >>> capital("điện lưới")
    'Điện lưới'
    """
    return sentence[:1].upper() + sentence[1:]


def listed(items: Sequence[str], lang: Lang) -> str:
    """Join things in a sentence: a, b and c.

    Examples
    --------
    >>> listed(["a", "b", "c"], "vi"), listed(["a"], "en")
    ('a, b và c', 'a')
    """
    if len(items) < 2:
        return "".join(items)
    return text("{first} and {last}", lang, first=", ".join(items[:-1]), last=items[-1])
