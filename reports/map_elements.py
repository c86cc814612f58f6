"""The pieces of the map page that folium puts together: packed layers and the page around the map.

``PackedLayer`` hands one packed layer to the scripts. ``Page`` adds styles, scripts, the panel with
its controls, and starts the map once everything has arrived. Text from data reaches the page only
as JSON with ``<``, ``>``, ``&`` and ``'`` escaped, or through ``html.escape``.
"""

from collections.abc import Mapping
from html import escape
from importlib import resources
from typing import Any, Final

from branca.element import Figure, MacroElement
from folium.template import Template

from .offline import Inline
from .words import LANGUAGES, Lang, word

SCRIPTS: Final = (
    "map_data.js",
    "map_sheet.js",
    "map_page.js",
    "map_layers.js",
    "map_graticule.js",
    "map_names.js",
    "map_card.js",
    "map_popups.js",
    "map_sources.js",
    "map_in_view.js",
    "map_link.js",
    "map_controls.js",
    "map_find.js",
    "map_print.js",
    "map_start.js",
)
COMPARING: Final = "map_compare.js"  # only on a page that compares two results


class PackedLayer(MacroElement):
    """Rows with shapes, or a picture; ``map_data.js`` unpacks them, ``map_layers.js`` draws them.

    Parameters
    ----------
    role
        ``communes``, ``provinces``, ``zones``, ``upgrades``, ``villages``, ``assets``, ``signal``,
        ``compared`` or ``old_zones``.
    text
        What ``packing.pack`` gives; of a signal, the base64 of a PNG.
    about
        JSON values that go with the layer, such as how many rows are shown of how many.

    Examples
    --------
    >>> layer = PackedLayer("zones", "eJw=", {"shown": 0, "total": 0})
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            deadzones.receive({{ this.role|tojson }}, {{ this.about|tojson }}, "{{ this.text }}");
        {% endmacro %}
        """
    )

    def __init__(self, role: str, text: str, about: Mapping[str, Any]) -> None:
        super().__init__()
        self._name = "PackedLayer"
        self.role, self.text, self.about = role, text, dict(about)


class Page(MacroElement):
    """Styles, scripts, panel and controls around the map. Add it after the layers.

    Parameters
    ----------
    settings
        JSON values for ``map_start.js``; see ``maps.draw``.

    Examples
    --------
    >>> page = Page({"lang": "vi", "title": ("Thử", "Demo"), "synthetic": True})
    """

    _template = Template(
        """
        {% macro html(this, kwargs) %}{{ this.skeleton() }}{% endmacro %}
        {% macro script(this, kwargs) %}
            deadzones.start({{ this._parent.get_name() }}, {{ this.settings|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__()
        self._name = "Page"
        self.settings = dict(settings)

    def render(self, **kwargs: Any) -> None:
        """Add styles and scripts to the head of the page, then render as every macro does."""
        figure = self.get_root()
        if not isinstance(figure, Figure):
            raise TypeError("a Page renders only inside a Figure: add it to a map first")
        figure.header.add_child(Inline("style", _own("map_page.css")), name="deadzones_css")
        comparing = (COMPARING,) if self.settings.get("compare") else ()
        for name in (*SCRIPTS, *comparing):
            figure.header.add_child(Inline("script", _own(name)), name=name)
        figure.title = escape(self._title())
        super().render(**kwargs)

    def skeleton(self) -> str:
        """Build the fixed HTML of the page in its first language.

        Returns
        -------
        str
            HTML; ``data-word`` names the word that the language switch writes.

        Examples
        --------
        >>> page = Page({"lang": "vi", "title": ("Thử", "Demo"), "synthetic": False})
        >>> "dz-panel" in page.skeleton()
        True
        """
        lang: Lang = self.settings["lang"]
        synthetic = bool(self.settings["synthetic"])
        weak = not synthetic and self.settings.get("evidence") == "proxy"
        return _SKELETON.render(
            title=escape(self._title()),
            synthetic=synthetic,
            mild="proxy_band" if weak else "",
            compare=self.settings.get("compare"),
            word=lambda key: escape(word(key, lang)),
        )

    def _title(self) -> str:
        return str(self.settings["title"][LANGUAGES.index(self.settings["lang"])])


def _own(name: str) -> str:
    return resources.files("deadzones.reports").joinpath(name).read_text(encoding="utf-8")


_SKELETON = Template(
    """
<noscript>{{ word("no_script") }}</noscript>
<div id="dz-loading" role="status" data-word="loading">{{ word("loading") }}</div>
{% if mild %}<p id="dz-band" class="dz-mild" data-word="{{ mild }}">{{ word(mild) }}</p>{% endif %}
{% if synthetic %}
<svg id="dz-watermark" aria-hidden="true" width="100%" height="100%">
  <pattern id="dz-marks" width="360" height="200" patternUnits="userSpaceOnUse"
    patternTransform="rotate(-24)"><text x="0" y="40" data-word="synthetic_band">{{
    word("synthetic_band") }}</text></pattern>
  <rect width="100%" height="100%" fill="url(#dz-marks)"></rect>
</svg>
<p id="dz-band" data-word="synthetic_band">{{ word("synthetic_band") }}</p>
{% endif %}
<div id="dz-panel" role="region" data-word-label="map" aria-label="{{ word("map") }}">
  <header id="dz-head">
    <div class="dz-row">
      <h1 id="dz-title">{{ title }}</h1>
      <div id="dz-lang" role="group" data-word-label="language" aria-label="{{ word("language") }}">
        <button type="button" data-lang="vi" lang="vi" aria-label="Tiếng Việt">vi</button>
        <button type="button" data-lang="en" lang="en" aria-label="English">en</button>
      </div>
    </div>
    <p id="dz-subtitle"></p>
    <div class="dz-row" id="dz-search">
      <div class="dz-find" role="search">
        <input id="dz-find" type="search" role="combobox" autocomplete="off" spellcheck="false"
          aria-expanded="false" aria-controls="dz-found" aria-autocomplete="list"
          data-word-label="find" aria-label="{{ word("find") }}"
          data-word-placeholder="find" data-word-short="find_short"
          placeholder="{{ word("find") }}">
        <div id="dz-results" hidden>
          <ul id="dz-found" role="listbox" data-word-label="find" aria-label="{{ word("find") }}">
          </ul>
          <p id="dz-found-count" role="status"></p>
          <button type="button" id="dz-found-more" class="dz-link" data-word="found_more"
            hidden>{{ word("found_more") }}</button>
        </div>
      </div>
      <button type="button" id="dz-menu" aria-expanded="false" aria-controls="dz-body"
        data-word-label="menu" aria-label="{{ word("menu") }}"><span></span></button>
    </div>
    {% if compare %}
    <div id="dz-views" role="radiogroup" data-word-label="view_label"
      aria-label="{{ word("view_label") }}">
      {% for view in ("before", "after", "change") %}
      <label><input type="radio" name="dz-view" value="{{ view }}"><span
        data-word="view_{{ view }}">{{ word("view_" + view) }}</span></label>
      {% endfor %}
    </div>
    {% endif %}
  </header>
  <div id="dz-body">
    {% if compare %}
    <section>
      <h2 class="dz-heading" data-word="comparing">{{ word("comparing") }}</h2>
      <dl id="dz-held"></dl>
      <div id="dz-held-notes"></div>
    </section>
    {% endif %}
    <dl id="dz-headline"></dl>
    <section>
      <label class="dz-heading" for="dz-measure" data-word="color_by">{{ word("color_by") }}</label>
      <select id="dz-measure"></select>
      <p id="dz-paper" class="dz-paper" aria-hidden="true"></p>
      <div id="dz-legend"></div>
    </section>
    {% if compare %}
    <section id="dz-who" data-word-label="who_changed" aria-label="{{ word("who_changed") }}">
    </section>
    {% endif %}
    <section>
      <h2 class="dz-heading" data-word="layers">{{ word("layers") }}</h2>
      <div id="dz-layers"></div>
    </section>
    <details id="dz-in-view">
      <summary class="dz-heading" data-word="in_view">{{ word("in_view") }}</summary>
      <div></div>
    </details>
    <details id="dz-sources">
      <summary class="dz-heading" data-word="sources">{{ word("sources") }}</summary>
      <div id="dz-sources-list"></div>
    </details>
    <div id="dz-notes"></div>
  </div>
</div>
<button type="button" id="dz-mini" aria-controls="dz-body"></button>
<aside id="dz-card" tabindex="-1" hidden></aside>
"""
)
