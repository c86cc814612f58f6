"""What the made-up country's administration keeps: classes of communes, tasks, definitions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ._synthetic_grid import Floats

PERSONS_A_HOUSEHOLD = 3.6
CLASS_FROM_M = (150.0, 300.0, 500.0)
"""Mean height of a commune's villages from which it is of area I, II, III."""
ONE_TASK_IN = 9  # upland villages
OWNERS = ("Ảo Tel", "Mộng Mobile", "Điện lực Giả Định")
FUNDS = ("Quỹ viễn thông công ích", "Doanh nghiệp", "Ngân sách tỉnh")
DUE = ("31/12/2025", "31/03/2026", "30/06/2026", "30/09/2026", "31/12/2026")
REPORTED = ("not_started", "in_progress", "done", "")
DEFINITIONS = pd.DataFrame(
    {
        "name": ["trắng sóng", "trắng sóng", "lõm điện"],
        "rule": [
            "Trung tâm thôn, bản không thu được tín hiệu của nhà mạng nào",
            "Trên một nửa số hộ của thôn, bản không thu được tín hiệu của nhà mạng nào",
            "Thôn, bản chưa có điện lưới",
        ],
        "source": ["Văn bản giả định số 1", "Văn bản giả định số 2", "Văn bản giả định số 1"],
        "date": ["2026-01-05", "2026-01-20", "2026-01-05"],
    }
)
"""One term has two, as happens."""


def classes(places: pd.DataFrame, height_m: Floats) -> pd.DataFrame:
    """Class the communes by the mean height of their villages; those of the plain have no class."""
    mean = pd.Series(height_m).groupby(places["commune_code"].to_numpy()).mean()
    rank = np.searchsorted(CLASS_FROM_M, mean, side="right")
    table = pd.DataFrame(
        {"commune_code": mean.index, "area_class": np.array(["", "I", "II", "III"])[rank]}
    )
    return table[rank > 0].reset_index(drop=True)


def tasks(rng: np.random.Generator, places: pd.DataFrame, upland: np.ndarray) -> pd.DataFrame:
    """Give some upland villages an owner, a day and a report."""
    key = places[["commune_code", "name"]]
    usable = np.flatnonzero(upland & ~key.duplicated(keep=False).to_numpy())
    chosen = np.sort(rng.permutation(usable)[: -(-len(usable) // ONE_TASK_IN)])
    count = len(chosen)
    reported = rng.choice(REPORTED, count)
    return pd.DataFrame(
        {
            "commune_code": key["commune_code"].to_numpy()[chosen],
            "village": key["name"].to_numpy()[chosen],
            "owner": rng.choice(OWNERS, count),
            "due": rng.choice(DUE, count),
            "status_reported": reported,
            "status_date": np.where(reported == "", "", "15/01/2026"),
            "fund": rng.choice(FUNDS, count),
            "source": "Kế hoạch giả định 2026",
        }
    )
