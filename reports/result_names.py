"""What two results on one page are called, and what of their studies differs.

Two results often carry one title, because the study was run twice. A reader then needs to see which
is which: the name of the study or its folder, the newest date, the budget, the data.
"""

import datetime as dt
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, Final

VIETNAMESE: Final = frozenset("ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ")
SEPARATORS: Final = (" / ", " · ")  # between the two languages of a made-up title or owner


def both_languages(text: str) -> tuple[str, str]:
    """Take a text that says the same in two languages apart.

    Parameters
    ----------
    text
        Such as ``Made-up country / Đất nước giả tưởng``.

    Returns
    -------
    tuple of str
        Vietnamese, English; twice the whole text where it is not two parts of which one has
        Vietnamese letters.

    Examples
    --------
    >>> both_languages("Made-up country / Đất nước giả tưởng")
    ('Đất nước giả tưởng', 'Made-up country')
    >>> both_languages("Lai Châu")
    ('Lai Châu', 'Lai Châu')
    """
    for separator in SEPARATORS:
        parts = text.split(separator)
        if len(parts) == 2:
            first, second = (any(letter in VIETNAMESE for letter in part.lower()) for part in parts)
            if first and not second:
                return parts[0], parts[1]
            if second and not first:
                return parts[1], parts[0]
    return text, text


def differing(
    after: Mapping[str, Any],
    before: Mapping[str, Any],
    names: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """Tell two results apart by what differs between their studies.

    Parameters
    ----------
    after, before
        Manifests.
    names
        What the caller calls them, after and before, such as their folders; of paths only as much
        of the end as tells them apart, a page travels.

    Returns
    -------
    dict
        ``after`` and ``before``: lists of ``[key, value]`` with keys ``study`` (text), ``newest``
        (date) and ``budget`` (VND, None where unlimited), each only where the two differ.
        ``layers``: roles of the layers of which the two have different data. ``alike``: whether
        nothing at all tells them apart.

    Examples
    --------
    >>> told = differing({"name": "plan_b"}, {"name": "plan_a"})
    >>> told["after"], told["before"], told["alike"]
    ([['study', 'plan_b']], [['study', 'plan_a']], False)
    """
    new, old = dict(_facts(after)), dict(_facts(before))
    if names is not None and new["study"] == old["study"]:
        new["study"], old["study"] = _ends(*names)
    keys = [key for key in new if new[key] != old[key]]
    layers = _changed_layers(after, before)
    titles = _title(after) != _title(before)
    return {
        "after": [[key, new[key]] for key in keys],
        "before": [[key, old[key]] for key in keys],
        "layers": layers,
        "alike": not (keys or layers or titles),
    }


def _ends(one: str, other: str) -> tuple[str, str]:
    """Cut two paths to their last parts, as many as it takes to differ."""
    first, second = PurePath(one).parts, PurePath(other).parts
    for length in range(1, max(len(first), len(second))):
        if first[-length:] != second[-length:]:
            return "/".join(first[-length:]), "/".join(second[-length:])
    return one, other


def _title(manifest: Mapping[str, Any]) -> str:
    return str(manifest.get("title") or manifest.get("name") or "")


def _facts(manifest: Mapping[str, Any]) -> list[tuple[str, Any]]:
    dates = [_date(layer.get("date")) for layer in manifest.get("layers", {}).values()]
    budget = manifest.get("upgrades", {}).get("budget_vnd")
    return [
        ("study", str(manifest.get("name") or "")),
        ("newest", max(dates, default="")),
        ("budget", None if budget is None else float(budget)),
    ]


def _date(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value or "")


def _changed_layers(after: Mapping[str, Any], before: Mapping[str, Any]) -> list[str]:
    """Roles of layers that one result has in another state than the other, or alone."""
    new, old = (_layers(each) for each in (after, before))
    roles = [role for role, state in new.items() if old.get(role) != state]
    return roles + [role for role in old if role not in new]


def _layers(manifest: Mapping[str, Any]) -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for name, layer in manifest.get("layers", {}).items():
        state = (str(layer.get("sha256") or ""), _date(layer.get("date")), str(layer.get("owner")))
        found.setdefault(str(layer.get("role") or name), []).append(state)
    return {role: sorted(states) for role, states in found.items()}
