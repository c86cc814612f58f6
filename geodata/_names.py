"""Vietnamese names of places, compared as people mean them."""

from __future__ import annotations

import re
import unicodedata

_TONES = "\u0300\u0301\u0303\u0309\u0323"
"""Grave, acute, tilde, hook above, dot below."""
_LOOKALIKES = str.maketrans(
    {
        "\u00d0": "Đ",  # eth, of Icelandic
        "\u00f0": "đ",
        "\u0189": "Đ",  # African D
        "\u0256": "đ",
        **dict.fromkeys("\u2018\u2019\u201b\u02bb\u02bc\u02b9\u2032\uff07\u00b4\ua78c\u055a`", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        **dict.fromkeys("\u200b\u200c\u200d\ufeff\u00ad", None),
    }
)
_KINDS = {
    "xã": ("xã", "x."),
    "phường": ("phường", "p."),
    "đặc khu": ("đặc khu", "đk."),
    "thị trấn": ("thị trấn", "tt.", "tt"),
    "tỉnh": ("tỉnh",),
    "thành phố": ("thành phố", "tp.", "tp"),
    "quận": ("quận", "q."),
    "huyện": ("huyện", "h."),
    "thị xã": ("thị xã", "tx.", "tx"),
}


def key(name: str) -> str:
    """Return what two spellings of the same name have in common.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
        In NFC and lower case, the tone at the end of its syllable (hoà and hòa are one, hoa is
        another), one kind of apostrophe and of hyphen, single spaces. đ is not d.

    Examples
    --------
    >>> key("Thuỷ  Nguyên") == key("THỦY NGUYÊN"), key("Xã B'Lao") == key("xã B’lao")
    (True, True)
    >>> key("Đức Hoà") == key("Dức Hòa")
    False
    """
    text = unicodedata.normalize("NFD", name.translate(_LOOKALIKES)).casefold()
    text = re.sub(r"\s*(['-])\s*", r"\1", " ".join(text.split()))
    return unicodedata.normalize(
        "NFC", re.sub(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f])*", _tone_last, text)
    )


def _tone_last(syllable: re.Match[str]) -> str:
    letters = "".join(mark for mark in syllable[0] if mark not in _TONES)
    return letters + "".join(mark for mark in syllable[0] if mark in _TONES)


def bare(name: str) -> str:
    """Write a name without marks and in small letters, as many programs sort it.

    For an order of names, not for their identity: that is :func:`key`.

    Examples
    --------
    >>> bare("Đắk Lắk")
    'dak lak'
    """
    apart = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).casefold()


def kind_of(name: str) -> tuple[str, str]:
    """Part a name into what kind of unit it says to be, and the rest.

    Parameters
    ----------
    name : str

    Returns
    -------
    tuple of str
        The kind in lower case, ``""`` where the name says none; and the name without it.

    Examples
    --------
    >>> kind_of("Phường Ba Đình"), kind_of("TP. Huế"), kind_of("Xã Phường")
    (('phường', 'Ba Đình'), ('thành phố', 'Huế'), ('xã', 'Phường'))
    >>> kind_of("TP Hồ Chí Minh")
    ('thành phố', 'Hồ Chí Minh')
    """
    text = " ".join(unicodedata.normalize("NFC", name).split())
    low = text.casefold()
    for kind, openings in _KINDS.items():
        for opening in openings:
            rest = text[len(opening) :].strip()
            parted = opening.endswith(".") or low[len(opening) :].startswith(" ")
            if low.startswith(opening) and parted and rest:
                return kind, rest
    return "", text
