"""The tiny country of a year ago, to hold today's against."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from tiny_result import XSS, TinyResult, tiny

TITLE = f"Xứ Mây năm trước {XSS}"
GAINED = {"00003": 30.0, "00005": 12.5, "00008": 0.5}  # points of mobile since a year ago
LOST = {"00004": 9.0}


def earlier(**manifest: Any) -> TinyResult:
    """A year ago: the last commune had another code; keywords change the manifest."""
    result = tiny()
    communes = result.communes.rename(index={"00009": "00010"})
    since = pd.Series(GAINED | {code: -points for code, points in LOST.items()})
    points = since.reindex(communes.index).fillna(0.0)
    communes = communes.assign(
        mobile_people_pct=communes["mobile_people_pct"] - points,
        score=communes["score"] - points / 3,
        dead_people=communes["dead_people"] + np.where(points > 0, 100, 0),
    )
    about = result.manifest
    layers = {
        name: layer | {"date": dt.date(2025, 1, 31)} for name, layer in about["layers"].items()
    }
    return replace(
        result,
        communes=communes,
        dead_zones=_zones(result),
        manifest=about | {"title": TITLE, "layers": layers} | manifest,
    )


def _zones(result: TinyResult) -> Any:
    """The first one stood elsewhere, the second was smaller, the third lacked more."""
    zones = result.dead_zones
    shapes = zones.geometry.copy()
    moved = zones.geometry.iloc[[0]].translate(0, 0.09).iloc[0]
    smaller = zones.geometry.iloc[1].buffer(-0.005, join_style="mitre")
    shapes.iloc[0], shapes.iloc[1] = moved, smaller
    lacks = zones["lacks"].where(zones.index != zones.index[2], "mobile+fibre+power")
    return zones.assign(geometry=shapes, lacks=lacks)


def without(result: TinyResult, service: str) -> TinyResult:
    """The same, of a study without one of its services."""
    services = {key: about for key, about in result.manifest["services"].items() if key != service}
    gone = [name for name in result.communes.columns if name.startswith(f"{service}_")]
    return replace(
        result,
        communes=result.communes.drop(columns=gone),
        manifest=result.manifest | {"services": services},
    )
