import re

import folium
import pytest
from folium.plugins import MarkerCluster

from deadzones.reports import offline


def plain() -> folium.Map:
    drawn = folium.Map([21.0, 105.8], tiles=None)
    folium.Marker([21.0, 105.8], popup="Hà Nội").add_to(drawn)
    return drawn


def test_a_page_carries_its_scripts_and_links_to_nothing():
    html = offline.page(plain())
    assert "L.version" in html or 'version="1.9.3"' in html
    assert "jQuery" in html
    assert "Hà Nội" in html
    for gone in ("cdn.jsdelivr", "code.jquery.com", "bootstrap", "fontawesome", "sourceMappingURL"):
        assert gone not in html


def test_the_browser_is_told_to_load_nothing():
    html = offline.page(plain())
    assert "default-src 'none'" in html.partition("</head>")[0]


def test_images_of_leaflet_become_data():
    html = offline.page(plain())
    assert "url(images/" not in html
    assert html.count("data:image/png;base64,") >= 5


def test_the_same_map_gives_the_same_bytes():
    assert offline.page(plain()) == offline.page(plain())


def test_rendering_again_changes_nothing():
    drawn = plain()
    assert offline.page(drawn) == offline.page(drawn)


def test_online_tiles_are_refused():
    with pytest.raises(ValueError, match=r"tile\.openstreetmap\.org.*leave out online tiles"):
        offline.page(folium.Map())


def test_tiles_that_are_asked_for_by_name_may_come_from_the_internet():
    html = offline.page(folium.Map(), online=["OpenStreetMap"])
    assert "tile.openstreetmap.org" in html
    policy = re.findall(r'Content-Security-Policy" content="([^"]+)"', html)[0]
    assert policy.endswith("img-src data: blob: https://tile.openstreetmap.org")
    with pytest.raises(ValueError, match=r"no tiles 'Else' on this map: it has openstreetmap"):
        offline.page(folium.Map(), online=["Else"])
    other = folium.Map()
    folium.TileLayer("https://{s}.example.org/{z}/{x}/{y}", attr="a", name="mine").add_to(other)
    with pytest.raises(ValueError, match=r"example\.org"):
        offline.page(other, online=["OpenStreetMap"])


def test_a_plugin_that_links_to_files_is_refused():
    drawn = plain()
    MarkerCluster().add_to(drawn)
    with pytest.raises(ValueError, match="markercluster"):
        offline.page(drawn)


@pytest.mark.parametrize(
    "html",
    [
        '<img src="https://example.org/a.png">',
        '<img src="a.png">',
        '<img srcset="a.png 2x">',
        '<link rel="stylesheet" href="https://example.org/a.css">',
        '<iframe srcdoc="&lt;img src=https://example.org/a.png&gt;"></iframe>',
        '<svg><image xlink:href="https://example.org/a.png"></image></svg>',
        '<svg><use href="sprite.svg#a"></use></svg>',
        '<p style="background: url(https://example.org/a.png)">a</p>',
        "<style>@import 'a.css';</style>",
        "<style>p { background: url('//example.org/a.png') }</style>",
        "<style>@font-face { src: url(a.woff2) }</style>",
        "<script>fetch('a.json')</script>",
        "<script>import('./a.js')</script>",
        '<script type="module">import { a } from "./a.js"</script>',
        "<script>importScripts(name)</script>",
        "<script>new Image().src = 'https://example.org/a.png'</script>",
        '<script>L.tileLayer("//{s}.example.org/{z}/{x}/{y}.png")</script>',
        "<script>box.innerHTML = '<img src=\"https://example.org/a.png\">'</script>",
        "<script>new WebSocket(`wss://example.org`)</script>",
    ],
)
def test_what_a_browser_loads_by_itself_is_refused(html):
    with pytest.raises(ValueError, match="by itself"):
        offline.refuse_loading(html)


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://example.org/data">source</a>',
        '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
        "<script>document.createElementNS('http://www.w3.org/2000/svg', 'svg')</script>",
        "<script>a = '<a href=\"https://example.org\">source</a>'</script>",
        '<img src="data:image/png;base64,AAAA">',
        '<svg><use href="#a"></use><rect fill="url(#b)"></rect></svg>',
        "<style>p { background: url(data:image/png;base64,AAAA) }</style>",
        "<p>fetch(this) from https://example.org</p>",
        "<script>// half // whole\nlet a = 'b';</script>",
    ],
)
def test_links_and_data_may_stay(html):
    offline.refuse_loading(html)


def test_code_is_neither_a_template_nor_an_end_of_the_script():
    element = offline.Inline("script", "let a = '{{ 1 + 1 }}</script>';")
    assert element.render() == r"<script>let a = '{{ 1 + 1 }}<\/script>';</script>"


def test_a_refused_page_leaves_no_file(tmp_path):
    with pytest.raises(ValueError, match="by itself"):
        offline.save(folium.Map(), tmp_path / "map.html")
    assert list(tmp_path.iterdir()) == []


def test_saving_replaces_the_file_and_leaves_nothing_beside_it(tmp_path):
    path = tmp_path / "new" / "map.html"
    offline.save(plain(), path)
    path.write_text("old")
    offline.save(plain(), str(path))
    assert path.read_text(encoding="utf-8") == offline.page(plain())
    assert list(path.parent.iterdir()) == [path]
