"""How far a run is, shown below a notebook's cell while it runs."""

from __future__ import annotations

import importlib
import re
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from html import escape
from typing import Any, Final

from ..coverage.analysis import Stage
from ..coverage.inputs import Step
from ..coverage.study import Study
from .words import LANGUAGES, number

STEPS: Final[dict[str, str]] = {
    Stage.READ: "đọc dữ liệu",
    Stage.SHARE: "chia dân số về các xã",
    Stage.ASSESS: "tìm xem ai đã được phục vụ",
    Stage.CLUSTER: "tìm các vùng lõm",
    Stage.DESCRIBE: "mô tả các vùng lõm",
    Stage.SCORE: "chấm điểm các xã và tỉnh",
    Stage.OFFER: "tìm những gì có thể xây dựng",
    Stage.RANK: "xếp thứ tự ưu tiên",
    Stage.COMPARE: "so sánh với các phương án khác",
}
"""The steps of a run in Vietnamese; they are told in English."""


def in_kernel() -> bool:
    """Whether this Python answers to a notebook, so that what is shown can be shown anew.

    IPython is not imported: where no one has loaded it, there is no notebook.

    Examples
    --------
    >>> in_kernel()
    False
    """
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if hasattr(ipython, "get_ipython") else None
    return getattr(shell, "kernel", None) is not None


@contextmanager
def showing(study: Study, tell: Step | None = None) -> Generator[Step]:
    """Show in a notebook how far the run of a study is; elsewhere, or to one who listens, nothing.

    Parameters
    ----------
    study : Study
        Its layers are steps of their own.
    tell : callable, optional
        Who is told instead.

    Yields
    ------
    callable
        To be called with what is being done.

    Examples
    --------
    >>> with showing(Study.model_construct(layers={}), print) as tell:
    ...     tell("reading")
    reading
    """
    if tell is not None or not in_kernel():
        yield tell or (lambda _: None)
        return
    steps, told = len(Stage) + len(study.layers), dict[str, None]()
    show, start = _shown(bar(Stage.READ, 0, steps)), time.perf_counter()

    def follow(text: str) -> None:
        told[text.partition(":")[0]] = None  # what follows a colon is a part of the step
        show(bar(text, len(told) - 1, steps))

    try:
        yield follow
    except BaseException:
        vi, en = _step(next(reversed(told), Stage.READ))
        show(_line(f"Dừng lại khi đang {vi}.", f"Stopped while {en}."))
        raise
    took = time.perf_counter() - start
    vi, en = (number(took, lang, 1) for lang in LANGUAGES)
    show(_line(f"Xong sau {vi} giây.", f"Done in {en} s."))


def bar(text: str, done: int, steps: int) -> str:
    """Draw how far a run is, as HTML: what is being done in both languages, and a bar.

    Parameters
    ----------
    text : str
        What is being done, as it is told.
    done, steps : int

    Returns
    -------
    str

    Examples
    --------
    >>> page = bar("scoring communes and provinces", 3, 12)
    >>> 'value="3" max="12"' in page, "Chấm điểm các xã và tỉnh" in page
    (True, True)
    """
    vi, en = _step(text)
    return (
        f'<label style="display:block;max-width:40em">{_spans(vi[:1].upper() + vi[1:], en)}'
        f'<progress value="{done}" max="{steps}" style="display:block;width:100%"></progress>'
        "</label>"
    )


def _step(text: str) -> tuple[str, str]:
    """Say a step in both languages, with the count of its parts."""
    name, _, part = text.partition(":")
    count = re.search(r"(\d+) of (\d+) masts", part)
    tail = f" ({count[1]}/{count[2]})" if count else ""
    layer = name.removeprefix(f"{Stage.READ} ") if name not in STEPS else name
    vi = f"{STEPS[Stage.READ]}: {layer}" if layer != name else STEPS.get(name, name)
    return f"{vi}{tail}", f"{name}{tail}"


def _line(vi: str, en: str) -> str:
    return f'<div role="status">{_spans(vi, en)}</div>'


def _spans(vi: str, en: str) -> str:
    """Two languages side by side, each named, so that a screen reader speaks it rightly."""
    return f'<span lang="vi">{escape(vi)}</span> · <span lang="en">{escape(en)}</span>'


def _shown(page: str) -> Callable[[str], None]:
    """Show a piece of HTML below the cell; what is returned puts another in its place."""
    display: Any = importlib.import_module("IPython.display")
    handle = display.display(display.HTML(page), display_id=True)
    return lambda text: handle.update(display.HTML(text))
