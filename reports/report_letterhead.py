"""What stands around the text of a report: letterhead, legal bases, receivers, signature, stamps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from . import report_voice as voice
from .catalogue import text
from .document import Letterhead, Signature
from .report_facts import Facts
from .words import Lang

_PERSONS: Final = frozenset({"Hồ Chí Minh"})
"""After whom a province is named."""


def letterhead(facts: Facts, lang: Lang) -> Letterhead:
    r"""Fill the head of the first page; number and day are left to the registry.

    Ministries and People's Committees name no parent body.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> letterhead(cut(base(dz.demo(communes=4)), "province", "97"), "vi").issuer
    'ỦY BAN NHÂN DÂN\nTỈNH MỘNG SƠN'
    """
    return Letterhead(
        parent="",
        issuer=_issuer(facts, lang, "\n").replace(" \n", "\n").upper(),
        number=text("No.:        /{sign}", lang, sign=_sign(facts)),
        country=text("SOCIALIST REPUBLIC OF VIET NAM", lang),
        motto=text("Independence - Freedom - Happiness", lang),
        place_and_date=text(
            "{place}, day      month      year          ", lang, place=_seat(facts, lang)
        ),
    )


def issuer(facts: Facts, lang: Lang) -> str:
    """Name the body whose report it is.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> issuer(facts, "en")
    "People's Committee of Mộng Sơn province"
    """
    return _issuer(facts, lang)


def _issuer(facts: Facts, lang: Lang, between: str = "") -> str:
    """Name the body; `between` what it is and where it is a line may end."""
    if facts.kind == "nation":
        return text("Ministry of Science and Technology", lang)
    if facts.kind == "area":
        return text("(Name of the issuing body)", lang)
    commune = facts.kind == "commune"
    place = voice.commune(facts.name, lang) if commune else voice.place(facts, lang)
    return text("People's Committee of {name}", lang, name=between + place)


def _sign(facts: Facts) -> str:
    return {"nation": "BC-BKHCN", "area": "BC-"}.get(facts.kind, "BC-UBND")


def _seat(facts: Facts, lang: Lang) -> str:
    """Name where the body sits: by the decree in full where it is named after a person or a number."""
    if facts.kind == "nation":
        return "Hà Nội"
    if facts.kind == "area":
        return "……"
    if facts.kind == "commune":
        first, _, rest = facts.name.partition(" ")
        known = first.casefold() in {"xã", "phường"} and not rest[:1].isdigit()
        return rest if known else facts.name.removeprefix("Đặc khu ")
    return voice.capital(voice.place(facts, lang)) if facts.name in _PERSONS else facts.name


def bases(facts: Facts, lang: Lang) -> tuple[str, ...]:
    """List the legal bases, those of the day of the report; the last one ends the sentence.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4), as_of="2024-12-01"), "nation")
    >>> any("57-NQ/TW" in told for told in bases(facts, "vi"))
    False
    """
    told = [one for day, one in _instruments(facts, lang) if day <= facts.day]
    return (*told[:-1], *(one.removesuffix(";") + "." for one in told[-1:]))


def _instruments(facts: Facts, lang: Lang) -> Iterator[tuple[dt.date, str]]:
    """Give each instrument with the day from which it may be cited."""
    classed = "area_class" in facts.communes and facts.communes["area_class"].notna().any()
    yield (
        dt.date(2024, 7, 1),
        text("Pursuant to the Law on Telecommunications of 24 November 2023;", lang),
    )
    if classed:
        yield (
            dt.date(2025, 10, 16),
            text(
                "Pursuant to Decree No. 272/2025/NĐ-CP of the Government of 16 October 2025 on areas by "
                "level of development;",
                lang,
            ),
        )
    yield (
        dt.date(2025, 12, 1),
        text(
            "Pursuant to Decree No. 295/2025/NĐ-CP of the Government on public-utility telecom;",
            lang,
        ),
    )
    yield (
        dt.date(2024, 10, 9),
        text(
            "Pursuant to Decision No. 1132/QĐ-TTg of the Prime Minister of 9 October 2024 (digital "
            "infrastructure strategy);",
            lang,
        ),
    )
    if classed:
        yield (
            dt.date(2026, 1, 29),
            text(
                "Pursuant to Decision No. 60/QĐ-BDTTG of the Ministry of Ethnic Minorities and "
                "Religions of 29 January 2026;",
                lang,
            ),
        )
    yield (
        dt.date(2024, 12, 22),
        text("Carrying out Resolution No. 57-NQ/TW of the Politburo of 22 December 2024;", lang),
    )
    yield (
        dt.date(2025, 1, 9),
        text("Carrying out Resolution No. 03/NQ-CP of the Government of 9 January 2025;", lang),
    )
    yield (
        dt.date(2025, 10, 31),
        text(
            "Carrying out Notice No. 593/TB-VPCP of the Government Office of 31 October 2025;", lang
        ),
    )


def attached(facts: Facts, lang: Lang) -> str:
    """Say below the title of an annex to which report it belongs.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> attached(cut(base(dz.demo(communes=4)), "province", "97"), "en")
    "(Attached to Report No.       /BC-UBND of day      month      year        of the People's ...)"
    """
    return text(
        "(Attached to Report No.       /{sign} of day      month      year        of the {issuer})",
        lang,
        sign=_sign(facts),
        issuer=issuer(facts, lang),
    )


def signature(facts: Facts, lang: Lang) -> Signature:
    """Say who receives the report, and who signs it.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> signature(cut(base(dz.demo(communes=4)), "province", "97"), "vi").recipients[0]
    '- Bộ Khoa học và Công nghệ (để báo cáo);'
    """
    return Signature(
        recipients_title=text("Receivers:", lang),
        recipients=tuple(_receivers(facts, lang)),
        capacity=_capacity(facts, lang),
        note=text("(Signature, full name)", lang),
    )


def _receivers(facts: Facts, lang: Lang) -> Iterator[str]:
    if facts.kind == "nation":
        yield text("- The Prime Minister (to report);", lang)
        yield text("- Ministry of Industry and Trade;", lang)
        yield text("- People's Committees of the provinces and centrally run cities;", lang)
        yield text("- Vietnam Electricity (EVN); telecom enterprises;", lang)
        yield text("- Viet Nam Public-Utility Telecommunication Service Fund;", lang)
    elif facts.kind == "commune":
        above = text("People's Committee of {name}", lang, name=voice.province(facts, lang))
        yield text("- {who} (to report);", lang, who=above)
        yield text("- Departments of Science and Technology, of Industry and Trade;", lang)
    elif facts.kind != "area":
        yield text("- Ministry of Science and Technology (to report);", lang)
        yield text("- Ministry of Industry and Trade (to report);", lang)
        yield text("- Departments of Science and Technology, of Industry and Trade;", lang)
        yield text("- People's Committees of the communes, wards and special zones;", lang)
    yield text("- Archive: VT.", lang)


def _capacity(facts: Facts, lang: Lang) -> str:
    if facts.kind == "nation":
        return text("MINISTER", lang)
    if facts.kind == "area":
        return text("HEAD OF THE ISSUING BODY", lang)
    return text("ON BEHALF OF THE PEOPLE'S COMMITTEE", lang) + "\n" + text("CHAIRPERSON", lang)


def footer(facts: Facts, lang: Lang) -> str:
    """Name the result by the hash of its manifest.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> footer(cut(base(dz.demo(communes=4)), "nation"), "vi")
    'Kết quả “demo”, mã băm SHA-256 của bản kê: ...'
    """
    return text(
        "Result “{name}”, sha256 of its manifest {digest}",
        lang,
        name=str(facts.manifest.get("name", "")),
        digest=facts.base.digest,
    )


def stamps(facts: Facts, lang: Lang, *, secret: bool) -> tuple[str, ...]:
    """Write the warnings that stand on every page.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> stamps(cut(base(dz.demo(communes=4)), "nation"), "vi", secret=False)
    ('KHÔNG CÔNG BỐ', 'DỮ LIỆU GIẢ LẬP')
    """
    told = [text("SECRET", lang)] if secret else []
    told += [] if facts.public else [text("NOT FOR PUBLICATION", lang)]
    made_up = facts.manifest.get("synthetic") or (facts.change and facts.change.made_up)
    told += [text("MADE-UP DATA", lang)] if made_up else []
    return tuple(told)
