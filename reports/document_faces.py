"""The fonts that a PDF is set in: one with every Vietnamese letter, and boxes for what no font has."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import typst

FACES: Final = ("Times New Roman", "Liberation Serif", "Tinos", "Libertinus Serif")
"""From the one that the decree asks for to the one that comes with typst; Liberation Serif 2 and
Tinos have the widths of the first."""
_VIETNAMESE: Final = "".join(
    letter + letter.upper()
    for letter in "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
)
_SURE: Final = frozenset(_VIETNAMESE + "".join(map(chr, range(0x20, 0x7F))) + "\n–…")
"""Letters that need no trial: each face that is chosen has them."""
_BOX: Final = "\u25a1"
_TRIAL: Final = b"""
#set text(font: sys.inputs.face, fallback: sys.inputs.fallback == "yes")
#let letters = sys.inputs.letters.codepoints().map(box).join()
#letters #strong(letters) #emph(letters) #strong(emph(letters))
"""


def face(faces: Sequence[str] = FACES) -> str:
    """Choose the first font family that has every Vietnamese letter, upright, italic and bold.

    Raises
    ------
    ValueError
        When none has.

    Examples
    --------
    >>> face(["No Such Face", "Libertinus Serif"])
    'Libertinus Serif'
    """
    return _face(tuple(faces))


@cache
def _face(faces: tuple[str, ...]) -> str:
    here = set(fonts().families())
    for name in faces:
        if name in here and not _undrawable(_VIETNAMESE, name, fallback=False):
            return name
    raise ValueError(f"none of these fonts is here with all Vietnamese letters: {', '.join(faces)}")


@cache
def fonts() -> typst.Fonts:
    """Find the fonts of this machine and those that come with typst.

    Raises
    ------
    ModuleNotFoundError
        Without typst, with the line that installs it.

    Examples
    --------
    >>> "Libertinus Serif" in fonts().families()
    True
    """
    try:
        import typst
    except ModuleNotFoundError as error:
        message = "writing PDF needs typst: pip install 'deadzones[report]'"
        raise ModuleNotFoundError(message) from error
    return typst.Fonts()


def drawable(text: str, face: str) -> str:
    """Put a box for each letter that no font here has: PDF/A forbids what cannot be read again.

    Examples
    --------
    >>> drawable("thôn \U0010fffd Đá", "Libertinus Serif")
    'thôn □ Đá'
    """
    rare = "".join(sorted(set(text) - _SURE))
    missing = _undrawable(rare, face)
    if not missing:
        return text
    box = "?" if _undrawable(_BOX, face) else _BOX
    return text.translate(dict.fromkeys(map(ord, missing), box))


def _undrawable(letters: str, face: str, *, fallback: bool = True) -> str:
    """Find the letters that neither the face nor, with `fallback`, another font has."""
    import typst

    if not letters:
        return ""
    inputs = {"letters": letters, "face": face, "fallback": "yes" if fallback else "no"}
    try:
        typst.compile(
            _TRIAL, font_paths=fonts(), sys_inputs=inputs, pdf_standards="a-2a", timestamp=0
        )
    except typst.TypstError:
        if len(letters) == 1:
            return letters
        half = len(letters) // 2
        parts = letters[:half], letters[half:]
        return "".join(_undrawable(part, face, fallback=fallback) for part in parts)
    return ""
