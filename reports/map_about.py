"""What a map page tells of the study behind it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from . import measures
from .result_names import both_languages

_KINDS: Final = {"sites": "site", "nodes": "node", "lines": "line", "polygons": "area"}  # by reader


def about(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Choose what a page tells of a study; no path and no checksum, a page travels.

    Parameters
    ----------
    manifest
        ``result.manifest``.

    Returns
    -------
    dict
        JSON values for the scripts: title and owners in both languages, labels, national numbers,
        services and sources.

    Examples
    --------
    >>> about({"name": "lai_chau", "layers": {"people": {"date": "2026-04-30"}}})["title"]
    ('lai_chau', 'lai_chau')
    """
    services = manifest.get("services", {})
    places = measures.service_places(services)
    names = measures.service_names(manifest)
    return {
        "title": both_languages(str(manifest.get("title") or manifest.get("name") or "deadzones")),
        "synthetic": bool(manifest.get("synthetic")),
        "public": bool(manifest.get("public")),
        "evidence": manifest.get("evidence"),
        "national": {
            key: float(value)
            for key, value in manifest.get("national", {}).items()
            if isinstance(value, int | float) and np.isfinite(value)
        },
        "services": [
            {
                "key": key,
                "name": names[key],
                "color": measures.service_color(places[key]),
                "place": places[key],
                "threshold": service.get("threshold"),
                "unit": str(service.get("unit") or ""),
                "better": str(service.get("better") or ""),
            }
            for key, service in services.items()
        ],
        "sources": [_source(name, layer) for name, layer in manifest.get("layers", {}).items()],
    }


def _source(name: str, layer: Mapping[str, Any]) -> dict[str, Any]:
    date = layer.get("date")
    return {
        "name": name,
        "role": str(layer.get("role") or name),
        "kind": _KINDS.get(str(layer.get("reader")), ""),
        "owner": both_languages(str(layer.get("owner") or "")),
        "operator": str(layer.get("operator") or ""),
        "licence": "" if layer.get("licence") == "not stated" else str(layer.get("licence") or ""),
        "date": date.isoformat() if isinstance(date, dt.date) else str(date or ""),
        "evidence": str(layer.get("evidence") or ""),
    }
