"""Names of the made-up country: Vietnamese in sound, of words for dream, illusion and pretence."""

from __future__ import annotations

from itertools import product

import numpy as np

from ._synthetic_grid import Bools, Ints

STEMS = "Mộng Ảo Huyễn Hư Vọng Giả Mơ Mị Tưởng Ảnh Ngỡ Phỏng Thoáng Chiêm".split()
TAILS = (
    "Sơn Giang Khê Lĩnh Hà Thủy Lâm Điền Phong Vân Thạch Hồ Nguyên Đài Xuyên Châu Cốc Tuyền "
    "Kiều Trung Phú Bình Sa Trì"
).split()
ENDINGS = ("", " Thượng", " Hạ", " Đông", " Tây", " Nam", " Bắc", " Nhất", " Nhị", " Tam")
PROVINCES = (
    "Mộng Sơn",
    "Ảo Giang",
    "Huyễn Lĩnh",
    "Hư Khê",
    "Vọng Nguyên",
    "Giả Châu",
    "Mơ Tuyền",
    "Tưởng Hà",
    "Phỏng Vân",
)
# Above the last real code (96) first, then codes that no province has ever had.
PROVINCE_CODES = ("97", "98", "99", "03", "05", "07", "09", "13", "16")
HILL_HEADS = "Nà Pá Huổi Phiêng Co Nậm Khuổi Pù".split()
MOST_COMMUNES = 9_999


def province_names(numbers: Ints) -> list[tuple[str, str]]:
    """Return code and name of the province of each commune."""
    return [(PROVINCE_CODES[i], f"Tỉnh {PROVINCES[i]}") for i in numbers.tolist()]


def commune_codes(count: int) -> list[str]:
    """Return unique codes of five digits, above all real ones."""
    step = 3 if count <= 3_000 else 1
    return [f"{90_001 + step * i:05d}" for i in range(count)]


def commune_names(rng: np.random.Generator, province: Ints, wards: int) -> list[str]:
    """Return names with their kind: unique in a province, two of them repeated in each other."""
    pairs = [f"{a} {b}" for a, b in product(STEMS, TAILS) if f"{a} {b}" not in PROVINCES]
    mixed = [pairs[i] for i in rng.permutation(len(pairs))]
    endings = [*ENDINGS, *(f" {number}" for number in range(2, 99))]
    names = [mixed[i % len(mixed)] + endings[i // len(mixed)] for i in range(province.size)]
    rural = [
        np.flatnonzero((province == p) & (np.arange(province.size) >= wards)) for p in range(9)
    ]
    for members in rural[1:]:
        for own, model in zip(members[:2], rural[0][:2], strict=False):
            names[own] = names[model]
    return [f"{'Phường' if i < wards else 'Xã'} {name}" for i, name in enumerate(names)]


def village_names(rng: np.random.Generator, commune: Ints, rank: Ints, upland: Bools) -> list[str]:
    """Return village names, unique in a commune: Bản in the hills, Thôn in the plain."""
    hill = [f"Bản {a} {b}" for a, b in product(HILL_HEADS, STEMS)]
    plain = [f"Thôn {a} {b}" for a, b in product(STEMS, TAILS)]
    start = rng.integers(0, len(hill) * len(plain), int(commune.max()) + 1)
    step = 37  # prime to both lists' lengths, so that a commune's names differ
    place = start[commune] + step * rank
    chosen = zip(place.tolist(), upland.tolist(), strict=True)
    return [hill[i % len(hill)] if high else plain[i % len(plain)] for i, high in chosen]
