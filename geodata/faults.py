"""What is wrong with an input, said so that its owner can mend it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

SHOWN_PER_KIND = 5
"""Rows named one by one for the same fault; the rest are counted in one line."""

_MISSING = {"nan", "NaN", "NaT", "None", "<NA>", "''"}
"""How a missing value is written, which nobody wrote into the file."""


@dataclass(frozen=True)
class Fault:
    """One fault of one input.

    Parameters
    ----------
    file : str
        The file, as the study names it.
    found, wanted, repair : str
        What came, what should have come, and what to do about it.
    row : int, optional
        Line of a study or text file; number of the record (1 = first) in a table.
    column : str, optional
        Column of a table, or dotted key of a study.

    Examples
    --------
    >>> print(Fault("a.csv", "-3", "people >= 0", "Mend the count.", row=7, column="people"))
    a.csv, row 7, column people: found -3; wanted people >= 0. Mend the count.
    """

    file: str
    found: str
    wanted: str
    repair: str
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", column {self.column}"
        return f"{place}: found {self.found}; wanted {self.wanted}. {self.repair}"

    def as_dict(self) -> dict[str, Any]:
        """Return the fault as plain values, ready for JSON, in the order in which it is read.

        Examples
        --------
        >>> Fault("a.csv", "-3", "people >= 0", "Mend the count.").as_dict()["found"]
        '-3'
        """
        plain = asdict(self)
        return {key: plain[key] for key in ("file", "row", "column", "found", "wanted", "repair")}


class BadInput(ValueError):
    """Inputs with faults; ``faults`` lists them all.

    Examples
    --------
    >>> BadInput([Fault("a.csv", "nothing", "a file", "Give one.")]).faults[0].file
    'a.csv'
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def of_rows(
    file: str,
    rows: Iterable[int],
    found: Iterable[object],
    *,
    column: str | None,
    wanted: str,
    repair: str,
    in_words: bool = False,
) -> list[Fault]:
    """Tell the same fault of many rows: the first few one by one, the rest as a count.

    Parameters
    ----------
    file : str
        The file, as the study names it.
    rows : iterable of int
        Numbers of the records at fault, 1 = first.
    found : iterable
        What stands in each of them.
    column : str or None
        The column at fault.
    wanted, repair : str
        The same for all rows.
    in_words : bool
        Whether ``found`` says what is there, in place of what the file has, which is quoted.

    Returns
    -------
    list of Fault

    Examples
    --------
    >>> faults = of_rows(
    ...     "a.csv", range(1, 9), [-1] * 8, column="n", wanted="n >= 0", repair="Mend."
    ... )
    >>> len(faults), faults[-1].found
    (6, '3 more rows with the same fault')
    """
    pairs = list(zip(rows, found, strict=True))
    told = [
        Fault(
            file,
            str(value) if in_words else _short(value),
            wanted,
            repair,
            row=int(row),
            column=column,
        )
        for row, value in pairs[:SHOWN_PER_KIND]
    ]
    if len(pairs) > SHOWN_PER_KIND:
        rest = f"{len(pairs) - SHOWN_PER_KIND} more rows with the same fault"
        told.append(Fault(file, rest, wanted, repair, column=column))
    return told


def _short(value: object, limit: int = 60) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    if text in _MISSING:
        return "nothing"
    return text if len(text) <= limit else text[: limit - 1] + "…"
