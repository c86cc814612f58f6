"""A folium map as one file that opens without the internet.

folium links to Leaflet, jQuery and more on the internet. Here Leaflet and jQuery come from their
Python packages and are written into the page, the rest is left out, and a page that would still
load something is refused. The page also forbids it to the browser (Content-Security-Policy).
Online tiles are let through only where they are asked for by name.
"""

import base64
import json
import mimetypes
import os
import re
import tempfile
from collections.abc import Callable, Collection, Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import folium
import xstatic.pkg.jquery
import xstatic.pkg.leaflet
from branca.element import Element, Figure
from jinja2 import Template

LEAFLET: Final = Path(xstatic.pkg.leaflet.BASE_DIR)
JQUERY: Final = Path(xstatic.pkg.jquery.BASE_DIR)

# folium's names of what it links to. Bootstrap and the icon fonts only dress folium's own markers:
# they are left out, and a DivIcon does their work.
_LEFT_OUT: Final = frozenset(
    "bootstrap bootstrap_css awesome_markers awesome_markers_css awesome_markers_font_css "
    "awesome_rotate_css glyphicons_css".split()
)
_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
)

# Addresses in a script, other than names of XML formats and links to click on.
_SCRIPT_LOADS: Final = re.compile(
    r"""(?<!href=)(?<!href=\\)["'`](?:(?:https?|wss?|ftp):)?//(?!www\.w3\.org/)[\w{$][^"'`\s]*"""
    r"""|<link\b[^>]*href|\b(?:import|importScripts|fetch)\s*\(|\bimport\s+["'{*\w][^;\n]*["']"""
)
_CSS_LOADS: Final = re.compile(
    r"""@import[^;]+|url\(\s*["']?(?!data:|\#)[^)"'\s]+["']?\s*\)""", re.IGNORECASE
)
_LOADING_ATTRIBUTES: Final = frozenset("src srcset poster background data xlink:href".split())
_HREF_LOADS: Final = frozenset("base feimage image link use".split())
_PACKED: Final = re.compile(r'"[A-Za-z0-9+/]{400,}={0,2}"')


class Inline(Element):
    """A style or a script inside the page. The code is not read as a template.

    Parameters
    ----------
    tag
        ``"style"`` or ``"script"``.
    code
        CSS or JavaScript.

    Examples
    --------
    >>> Inline("script", "let a = '{{ b }}'").render()
    "<script>let a = '{{ b }}'</script>"
    """

    _template = Template("<{{ this.tag }}>{{ this.code }}</{{ this.tag }}>")

    def __init__(self, tag: str, code: str) -> None:
        super().__init__()
        self._name = "Inline"
        self.tag, self.code = tag, code.replace("</script", "<\\/script")


def page(drawn: folium.Map, *, online: Collection[str] = ()) -> str:
    """Write a map as one HTML text with everything inside.

    Parameters
    ----------
    drawn
        A folium map. Online tiles and plugins that link to files are refused.
    online
        Names of the map's tile layers that may come from the internet, such as
        ``["OpenStreetMap"]``. Without a network their place stays empty, and the rest works.

    Returns
    -------
    str
        HTML. The same map content gives the same text: folium's random names are renumbered.

    Raises
    ------
    ValueError
        If a browser would load an address by itself, or the map has no such tiles; the message
        shows which.

    Examples
    --------
    >>> page(folium.Map(tiles=None)).startswith("<!DOCTYPE html>")
    True
    """
    figure = drawn.get_root()
    if not isinstance(figure, Figure):
        raise TypeError("the map stands in no figure: give the map that folium.Map made")
    tiles = _tiles(drawn, online)
    figure.render()  # fills the header with links; rendering again would only add them anew
    for name, element in _inlined(figure).items():
        figure.header.add_child(element, name=name)
    inside = "\n".join(
        [
            "<head>",
            f'<meta http-equiv="Content-Security-Policy" content="{_policy(tiles)}">',
            '<link rel="icon" href="data:,">',
            f"<title>{figure.title or 'deadzones'}</title>",
            figure.header.render(),
            "</head>\n<body>",
            figure.html.render(),
            f"<script>\n{figure.script.render()}\n</script>",
            "</body>",
        ]
    )
    html = _renumber(f"<!DOCTYPE html>\n<html>\n{inside}\n</html>\n")
    asked = html
    for address in tiles:
        asked = asked.replace(json.dumps(address), '""')
    refuse_loading(asked)
    return html


def save(drawn: folium.Map, path: str | os.PathLike[str], *, online: Collection[str] = ()) -> None:
    """Write a map as one HTML file; the file is whole or absent.

    Parameters
    ----------
    drawn
        A folium map.
    path
        Where to write. Missing folders are made.
    online
        As ``page``.

    Raises
    ------
    ValueError
        As ``page``.

    Examples
    --------
    >>> save(folium.Map(tiles=None), "map.html")
    """
    target = Path(path)
    html = page(drawn, online=online)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".map-") as folder:
        written = Path(folder) / "map.html"
        written.write_text(html, encoding="utf-8", newline="\n")
        written.replace(target)


def refuse_loading(html: str) -> None:
    """Refuse a page that makes a browser load something by itself.

    Parameters
    ----------
    html
        The page.

    Raises
    ------
    ValueError
        With the first address found in an attribute, a style or a script. Names of XML formats,
        ``data:`` and links to click on may stay.

    Examples
    --------
    >>> refuse_loading('<a href="https://example.org/data">source</a>')
    """
    reader = _Loads()
    reader.feed(html)
    reader.close()
    if reader.found:
        raise ValueError(
            f"the page would load {reader.found[0]!r} by itself, and must open without the "
            "internet: leave out online tiles and plugins that link to files"
        )


def _tiles(drawn: folium.Map, names: Collection[str]) -> list[str]:
    """Addresses of the tile layers that are asked for by name."""
    inside: Any = drawn
    layers: dict[str, str] = {
        each.tile_name: str(each.tiles)
        for each in inside._children.values()  # noqa: SLF001 - folium has no other way to them
        if isinstance(each, folium.TileLayer)
    }
    wanted = {"".join(name.lower().split()): name for name in names}
    if strays := set(wanted) - set(layers):
        there = ", ".join(sorted(layers)) or "none"
        raise ValueError(f"no tiles {wanted[min(strays)]!r} on this map: it has {there}")
    return [address for name, address in layers.items() if name in wanted]


def _policy(tiles: Iterable[str]) -> str:
    parts = [urlsplit(address.replace("{s}", "*")) for address in tiles]
    return " ".join([_POLICY, *sorted({f"{part.scheme}://{part.netloc}" for part in parts})])


class _Loads(HTMLParser):
    """Gathers what a browser would load by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag if tag in ("script", "style") else ""
        for name, value in attrs:
            if name == "style":
                self.found += _CSS_LOADS.findall(value or "")
            elif name == "srcdoc":
                refuse_loading(value or "")
            elif name in _LOADING_ATTRIBUTES or (name == "href" and tag in _HREF_LOADS):
                self.found += [value] if value and not value.startswith(("data:", "#")) else []

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser's own signature
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            self.found += _CSS_LOADS.findall(data)
        elif self._inside == "script":
            self.found += _SCRIPT_LOADS.findall(_PACKED.sub('""', data))


def _inlined(figure: Figure) -> dict[str, Element]:
    """Elements to stand where folium put its links, by the names that folium gave them."""
    inline: dict[str, Callable[[], Element]] = {
        "leaflet": lambda: Inline("script", _leaflet()),
        "jquery": lambda: Inline("script", (JQUERY / "jquery.min.js").read_text("utf-8")),
        "leaflet_css": lambda: Inline("style", _with_images(LEAFLET / "leaflet.css")),
        **dict.fromkeys(_LEFT_OUT, Element),
    }
    there: dict[str, Any] = figure.header.to_dict(depth=1)["children"]
    return {name: inline[name]() for name in there if name in inline}


def _leaflet() -> str:
    """Leaflet without its source map, and with the default marker as data."""
    code = (LEAFLET / "leaflet.js").read_text("utf-8").partition("//# sourceMappingURL")[0]
    images = {
        "iconUrl": "marker-icon.png",
        "iconRetinaUrl": "marker-icon-2x.png",
        "shadowUrl": "marker-shadow.png",
    }
    options = json.dumps(
        {key: _data_uri(LEAFLET / "images" / name) for key, name in images.items()}
    )
    own = f"delete L.Icon.Default.prototype._getIconUrl;L.Icon.Default.mergeOptions({options});"
    return f"{code}\n{own}"


def _with_images(style: Path) -> str:
    """Turn the addresses in a style sheet into data; drop those that only old browsers read."""

    def replace(match: re.Match[str]) -> str:
        image = style.parent / match[1]
        return f"url({_data_uri(image)})" if image.is_file() else match[0]

    return re.sub(r"""url\(\s*["']?([^)"'#]+?)["']?\s*\)""", replace, style.read_text("utf-8"))


def _data_uri(image: Path) -> str:
    kind = mimetypes.guess_type(image.name)[0]
    return f"data:{kind};base64,{base64.b64encode(image.read_bytes()).decode('ascii')}"


def _renumber(html: str) -> str:
    """Replace folium's random names by numbers, so that the same map is the same text."""
    numbers: dict[str, str] = {}
    return re.sub(
        r"(?<=_)[0-9a-f]{32}\b",
        lambda match: numbers.setdefault(match[0], str(len(numbers) + 1)),
        html,
    )
