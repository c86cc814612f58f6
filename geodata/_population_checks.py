"""What a repair of counts cannot work on, told before it begins."""

from __future__ import annotations

import pandas as pd

CODE = "commune_code"
COPIED = 0.5
"""Share of rows in which a count is the published number itself, and so no evidence of it."""

_ENOUGH = 10  # rows, to tell a copy from chance
_NUMBERS = {"integer", "floating", "mixed-integer-float", "decimal", "empty"}


def by_code(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table by commune code, which may be a column."""
    return table.set_index(CODE) if CODE in table else table


def check(table: pd.DataFrame, evidence: pd.DataFrame) -> None:
    """Refuse tables that lack what a repair needs, or that do not belong together."""
    wanted = ("population_raw", "commune_name", "province_code")
    if missing := [name for name in wanted if name not in table]:
        raise ValueError(f"the table has no column {', '.join(missing)}; it needs them to repair.")
    if table.empty:
        raise ValueError("the table has no rows; give communes of at least one province.")
    if not table.index.is_unique:
        twice = table.index[table.index.duplicated()][0]
        raise ValueError(f"the code {twice} stands in two rows of the table; codes are unique.")
    if not evidence.index.is_unique:
        raise ValueError("a code stands in two rows of the evidence; codes are unique.")
    if table["province_code"].isna().any():
        code = table.index[table["province_code"].isna()][0]
        raise ValueError(f"row {code} has no province_code; people are compared within provinces.")
    if not [name for name in evidence if name != "area_km2"]:
        raise ValueError(
            "the evidence has no column of people, such as those of a raster; give one."
        )
    _check_areas(table)
    words = [str(name) for name in evidence if not _is_numbers(evidence[name])]
    if words:
        raise ValueError(
            f"the evidence has columns that are no numbers: {', '.join(words)}; give the area and "
            "counts of people only."
        )
    if not table.index.isin(evidence.index).any():
        raise ValueError(
            "no code of the table is in the evidence; give both of one date, their codes as text "
            "with leading zeros."
        )


def _check_areas(table: pd.DataFrame) -> None:
    for name in table.columns.intersection(["area_km2", "area_km2_raw"]):
        odd = table[name][pd.to_numeric(table[name], errors="coerce").isna() & table[name].notna()]
        if len(odd):
            raise ValueError(
                f"row {odd.index[0]}: found an {name} of {odd.iloc[0]!r}; wanted a number of km2, "
                "such as 17.956. Mend it, or leave it empty if it is unknown."
            )


def check_origin(people: pd.Series, evidence: pd.DataFrame) -> None:
    """Refuse a count that is a copy of the published numbers, or of another repair of them."""
    for name in evidence.columns.drop("area_km2", errors="ignore"):
        count = pd.to_numeric(evidence[name]).reindex(people.index)
        both = (people > 0.0) & count.notna()
        if both.sum() >= _ENOUGH and (people == count)[both].mean() > COPIED:
            raise ValueError(
                f"the column {name} of the evidence has the published numbers themselves in most "
                "rows: it is no other count. Leave it out."
            )


def _is_numbers(values: pd.Series) -> bool:
    plain = pd.api.types.is_numeric_dtype(values)
    return plain or pd.api.types.infer_dtype(values, skipna=True) in _NUMBERS
