"""Two results held against each other: what changed in each commune, who gained and who lost.

``after`` is the new state and ``before`` the one that it is held against: before and after a plan,
two dates, two operators. Communes are matched by their code. A change is after minus before, and
unknown where either is. Persons count net in each commune: where ten get a service and four lose
it, six have gained.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..geodata.faults import BadInput, Fault

SHARE = "_people_pct"
KNOWN = "_known_people"


class NotComparable(BadInput):
    """Two results share nothing that could be held against each other.

    Parameters
    ----------
    message : str
        What they do not share.

    Examples
    --------
    >>> error = NotComparable("the two results share no land")
    >>> str(error), error.faults[0].file
    ('the two results share no land', 'the result before')
    """

    def __init__(self, message: str) -> None:
        wanted, repair = "two results of the same country", "Choose another result before."
        super().__init__([Fault("the result before", message, wanted, repair)])
        self.message = message

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True)
class Match:
    """Which communes stand in both results and which in one.

    Attributes
    ----------
    both, only_after, only_before
        Commune codes, in the order of their own table.
    """

    both: "pd.Index[str]"
    only_after: "pd.Index[str]"
    only_before: "pd.Index[str]"


def match(after: "pd.Index[str]", before: "pd.Index[str]") -> Match:
    """Match the communes of two results by their code.

    Parameters
    ----------
    after, before
        Commune codes.

    Returns
    -------
    Match
        The codes of both, and of one only.

    Raises
    ------
    NotComparable
        If no code stands in both; the message shows some of each.

    Examples
    --------
    >>> import pandas as pd
    >>> found = match(pd.Index(["00001", "00004"]), pd.Index(["00004", "00007"]))
    >>> list(found.both), list(found.only_after), list(found.only_before)
    (['00004'], ['00001'], ['00007'])
    """
    shared = after.isin(before)
    if not shared.any():
        raise NotComparable(
            "the two results share no commune: codes such as "
            f"{_some(after)} in the one, {_some(before)} in the other"
        )
    return Match(after[shared], after[~shared], before[~before.isin(after)])


def aligned(after: pd.DataFrame, before: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Put the values of before on the rows of after.

    Parameters
    ----------
    after, before
        Tables by commune or by province, indexed by code.
    columns
        Columns that both have.

    Returns
    -------
    pandas.DataFrame
        Floats on the index of ``after``; NaN where ``before`` has no such row or no value.

    Examples
    --------
    >>> import pandas as pd
    >>> after = pd.DataFrame({"score": [80.0, 90.0]}, index=["00001", "00004"])
    >>> aligned(after, after.iloc[:1] - 30, ["score"])["score"].tolist()
    [50.0, nan]
    """
    return _floats(before[columns]).reindex(after.index)


def change(after: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Subtract before from after.

    Parameters
    ----------
    after
        A table by commune or by province, indexed by code.
    before
        What :func:`aligned` gives for it.

    Returns
    -------
    pandas.DataFrame
        After minus before in the unit of each column of ``before`` (of percentages, percentage
        points), on the index of ``after``; NaN where either is unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> after = pd.DataFrame({"score": [80.0]}, index=["00001"])
    >>> change(after, aligned(after, after - 30, ["score"]))["score"].tolist()
    [30.0]
    """
    return _floats(after[list(before.columns)]) - before


def persons(after: pd.DataFrame, before: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Count in each commune how many more persons are well off than before.

    Parameters
    ----------
    after, before
        Communes, indexed by code, with ``people``; where there is a ``..._known_people``, a
        percentage is of these.
    columns
        Percentages of people (``..._people_pct``) and ``dead_people`` that both have.

    Returns
    -------
    pandas.DataFrame
        Persons, on the index of ``after``: newly served, or no longer in a dead zone; negative
        where persons lost it, NaN where either is unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> after = pd.DataFrame({"people": [200.0], "mobile_people_pct": [75.0]}, index=["00001"])
    >>> before = after.assign(mobile_people_pct=25.0)
    >>> persons(after, before, ["mobile_people_pct"])["mobile_people_pct"].tolist()
    [100.0]
    """
    found = {
        name: _well_off(after, name) - _well_off(before, name).reindex(after.index)
        for name in columns
    }
    return pd.DataFrame(found, index=after.index, columns=columns, dtype=float)


def totals(persons: pd.DataFrame, groups: "pd.Series[str]") -> pd.DataFrame:
    """Add up who gained and who lost, group by group.

    Parameters
    ----------
    persons
        What :func:`persons` gives.
    groups
        The group of each commune, such as its province, on the same index.

    Returns
    -------
    pandas.DataFrame
        A row a group; columns ``("gained", measure)`` and ``("lost", measure)`` in persons, 0 and
        up, NaN where nothing in the group is known.

    Examples
    --------
    >>> import pandas as pd
    >>> net = pd.DataFrame({"mobile_people_pct": [60.0, -15.0]}, index=["00001", "00004"])
    >>> found = totals(net, pd.Series(["01", "01"], index=net.index))
    >>> found.loc["01"].tolist()
    [60.0, 15.0]
    """
    # Adding 0.0 turns -0.0 into 0.0.
    parts = {"gained": persons.clip(lower=0) + 0.0, "lost": (-persons).clip(lower=0) + 0.0}
    return pd.concat(parts, axis=1).groupby(groups).sum(min_count=1)


def _well_off(table: pd.DataFrame, name: str) -> "pd.Series[float]":
    values = _floats(table[[name]])[name]
    if not name.endswith(SHARE):
        return -values
    known = name.removesuffix(SHARE) + KNOWN
    people = known if known in table.columns else "people"
    return values / 100 * _floats(table[[people]])[people]


def _floats(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: pd.to_numeric(table[name]).astype("Float64").to_numpy(float, na_value=np.nan)
            for name in table.columns
        },
        index=table.index,
    )


def _some(codes: "pd.Index[str]") -> str:
    return ", ".join(codes[:3].astype(str)) if len(codes) else "none"
