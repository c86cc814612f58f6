"""Fetching from a server that plays the sources: well, badly, and with ill will."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import stat
import threading
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deadzones.geodata import fetch as fetching
from deadzones.geodata import sources, unpack
from deadzones.geodata.faults import BadInput
from deadzones.geodata.readers import READERS

DATA = bytes(range(256)) * 2_000
SHA = hashlib.sha256(DATA).hexdigest()


ALWAYS: dict[str, tuple[int, bytes, dict[str, str]]] = {
    "gone": (404, b"", {}),
    "elsewhere": (302, b"", {"Location": "ftp://example.org/people.tif"}),
    "page": (200, b"\xef\xbb\xbf\n<!DOCTYPE HTML><title>Log in</title>", {}),
    "nothing": (200, b"", {}),
}
"""What the server says to every question, by its play."""


class Server(ThreadingHTTPServer):
    """Answers as its ``play`` says; remembers what was asked."""

    play: str = "well"
    asked: list[str | None]


class Player(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        pass

    def do_GET(self) -> None:
        server, wanted = self.server, self.headers.get("Range")
        assert isinstance(server, Server)
        server.asked.append(wanted)
        play, body, status = server.play, DATA, 200
        first = len(server.asked) == 1
        if play == "busy" and first:
            return self._say(503, b"")
        if play in ALWAYS:
            return self._say(*ALWAYS[play])
        if wanted and play == "another part" and len(server.asked) == 2:
            return self._say(206, DATA[7:], {"Content-Range": f"bytes 7-{len(DATA) - 1}/*"})
        if wanted and play != "no ranges":
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            body, status = DATA[start:], 206
        headers = {"ETag": '"v2"' if play == "changed" and not first else '"v1"'}
        if status == 206 and self.headers.get("If-Range") != headers["ETag"]:
            body, status = DATA, 200
        if status == 206:
            headers["Content-Range"] = f"bytes {len(DATA) - len(body)}-{len(DATA) - 1}/{len(DATA)}"
        if play == "liar":
            headers["Content-Length"] = str(len(body) + 1_000)
        if play in {"breaks off", "changed", "no ranges", "another part"} and first:
            headers["Content-Length"] = str(len(body))
            body = body[: len(body) // 3]
        return self._say(status, body, headers)

    def _say(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server(("127.0.0.1", 0), Player)
    found.asked = []
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    found.shutdown()
    thread.join()
    found.server_close()


def source(server: Server, **changes: str) -> sources.OpenSource:
    base = sources.catalogue()["worldpop_2020_1km"]
    return replace(base, url=f"http://127.0.0.1:{server.server_port}/people.tif", **changes)


def get(server: Server, folder: Path, **changes: str) -> fetching.Fetched:
    return fetching.fetch(source(server, **changes), folder, wait=lambda _: None)


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("play", ["well", "busy", "breaks off", "changed", "no ranges"])
def test_a_file_comes_whole_whatever_the_server_does(server, tmp_path, play):
    server.play = play
    found = get(server, tmp_path, sha256=SHA)
    assert found.path.read_bytes() == DATA
    assert found.new
    assert len(server.asked) == (1 if play == "well" else 2)
    assert left(tmp_path) == {found.path.name, "sources.json"}


def test_a_file_goes_on_where_it_broke_off(server, tmp_path):
    server.play = "breaks off"
    get(server, tmp_path, sha256=SHA)
    assert server.asked == [None, f"bytes={len(DATA) // 3}-"]


def test_another_part_than_was_asked_for_is_not_taken_for_the_whole(server, tmp_path):
    server.play = "another part"
    assert get(server, tmp_path).path.read_bytes() == DATA
    assert server.asked == [None, f"bytes={len(DATA) // 3}-", None]


def test_what_is_there_is_not_fetched_again_and_works_without_network(server, tmp_path):
    get(server, tmp_path)
    again = fetching.fetch(source(server), tmp_path, offline=True)
    assert not again.new
    assert len(server.asked) == 1


def test_a_file_that_was_spoiled_is_fetched_again(server, tmp_path):
    path = get(server, tmp_path).path
    path.write_bytes(DATA[:-1])
    assert get(server, tmp_path).path.read_bytes() == DATA
    path.write_bytes(b"")
    with pytest.raises(
        BadInput, match=f"found another {path.name} than was fetched in .*no network"
    ):
        fetching.fetch(source(server), tmp_path, offline=True)


@pytest.mark.parametrize(
    ("play", "changes", "said"),
    [
        ("gone", {}, "an answer 404"),
        ("liar", {}, r"no whole file after 5 tries \(512,000 of 513,000 bytes came\)"),
        ("well", {"sha256": "0" * 64}, f"a file with SHA-256 {SHA}"),
        ("elsewhere", {}, "leads to ftp://"),
        ("page", {}, "found a web page at http://"),
        ("nothing", {}, r"no whole file after 5 tries \(nothing came\)"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_stands_in_its_place(
    server, tmp_path, play, changes, said
):
    server.play = play
    with pytest.raises(BadInput, match=said):
        get(server, tmp_path, **changes)
    assert not (tmp_path / source(server).file).exists()
    assert "sources.json" not in left(tmp_path)


def test_the_same_address_must_give_the_same_bytes(server, tmp_path, monkeypatch):
    path = get(server, tmp_path).path
    receipt = json.loads((tmp_path / "sources.json").read_text())["worldpop_2020_1km"]
    assert (receipt["sha256"], receipt["bytes"]) == (SHA, len(DATA))
    assert receipt["licence"] == "CC BY 4.0"
    assert path.name in left(tmp_path)


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            # Not of now: the bytes name a case, which every process must call the same.
            info = zipfile.ZipInfo(name.replace("__", "/"))
            archive.writestr(info, data, compress_type=zipfile.ZIP_DEFLATED)
    return file.getvalue()


def archive(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    return path


def test_a_zip_gives_the_files_asked_for(tmp_path):
    path = archive(tmp_path, zipped(**{"in__a.tif": b"A", "in__b.txt": b"B"}))
    (found,) = unpack.unzip(path, tmp_path / "out", pattern="*.tif")
    assert found == tmp_path / "out" / "in" / "a.tif"
    assert found.read_bytes() == b"A"


def link() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as one:
        info = zipfile.ZipInfo("link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        one.writestr(info, "/etc/passwd")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (zipped(**{"..__..__evil.txt": b"x"}), "a name that stays in its folder"),
        (zipped(**{"__etc__evil.txt": b"x"}), "a name that stays in its folder"),
        (zipped(**{"c:__evil.txt": b"x"}), "a name that stays in its folder"),
        (link(), "a file, not a link"),
        (zipped(a=b"x")[:-10], "an archive that cannot be read"),
        (b"not a zip", "an archive that cannot be read"),
        (zipped(a=b"x", a__b=b"x"), "names that no folder can hold"),
        (zipped(**{".": b"x"}), "names that no folder can hold"),
        (zipped(**{"a" * 300: b"x"}), "names that no folder can hold"),
        (zipped(), "no member"),
    ],
)
def test_an_archive_that_is_amiss_writes_nothing(tmp_path, data, said):
    with pytest.raises(BadInput, match=said):
        unpack.unzip(archive(tmp_path, data), tmp_path / "out")
    assert not (tmp_path / "out").exists() or not left(tmp_path / "out")


def test_a_bomb_is_not_unpacked(tmp_path):
    path = archive(tmp_path, zipped(zeros=bytes(3_000_000)))
    with pytest.raises(BadInput, match="3,000,000 bytes when unpacked"):
        unpack.unzip(path, tmp_path / "out", most_bytes=2_000_000)
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(bytes(3_000_000)))
    with pytest.raises(BadInput, match="more bytes than it may have"):
        unpack.gunzip(packed, tmp_path / "a.csv", most_bytes=2_000_000)
    assert not (tmp_path / "a.csv").exists()
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(BadInput, match="an archive that cannot be read"):
        unpack.gunzip(packed, tmp_path / "a.csv")


def test_a_header_that_lies_about_the_size_is_found_out(tmp_path):
    data = bytearray(zipped(zeros=bytes(500_000)))
    # The directory at the end says how large the member is: say less.
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (1_000).to_bytes(4, "little")
    with pytest.raises(BadInput):
        unpack.unzip(archive(tmp_path, bytes(data)), tmp_path / "out")
    assert not left(tmp_path / "out") if (tmp_path / "out").exists() else True


def test_the_catalogue_is_whole():
    found = sources.catalogue()
    assert {key for group in sources.groups().values() for key in group} <= set(found)
    assert {one.key for one in sources.beside(sources.groups())} <= set(found)
    for one in found.values():
        assert one.url.startswith("https://")
        assert one.licence_url.startswith("https://")
        assert Path(one.file).name == one.file
        assert (one.reader in READERS) == bool(one.reader)
        assert bool(one.reader) == bool(one.role)
        assert one.use in {"any", "non-commercial", "research"}
        assert one.share in {"yes", "same licence", "no"}


def test_who_may_use_what():
    found = sources.catalogue()
    assert sources.refusal(found["worldpop_2020_1km"]) is None
    cases: tuple[tuple[str, sources.Use, bool], ...] = (
        ("ookla_mobile_2025q2", "any", False),
        ("ookla_mobile_2025q2", "non-commercial", True),
        ("ookla_mobile_2025q2", "research", True),
        ("gadm_vnm", "non-commercial", False),
        ("gadm_vnm", "research", True),
        ("viirs_vnl_2024", "research", False),  # a person must log in
    )
    for key, use, allowed in cases:
        assert (sources.refusal(found[key], use) is None) is allowed


def test_what_a_person_must_pick_says_where_and_under_what_terms():
    told = sources.refusal(sources.catalogue()["nso_units"])
    assert told is not None
    assert told.found == "a page on which a person picks the file"
    assert "https://danhmuchanhchinh.nso.gov.vn/ (no open licence stated; for research use)" in (
        told.repair
    )


def test_of_many_files_the_lines_of_a_study_name_the_one_that_is_read(server, tmp_path):
    names = ("README", "gis_osm_places_free_1.shp", "gis_osm_roads_free_1.shp")
    data = zipped(**dict.fromkeys(names, b"x"))
    base = sources.catalogue()["geofabrik_vietnam_shp"]
    (tmp_path / base.file).write_bytes(data)
    found = fetching.fetch(base, tmp_path, offline=True)
    assert found.opened == tmp_path / "geofabrik_vietnam_shp.files" / "gis_osm_roads_free_1.shp"
    assert 'path = "a/b.shp"' in sources.layer(base, "a/b.shp")
    tags = sources.layer(sources.catalogue()["geofabrik_vietnam_pbf"], "vietnam.osm.pbf")
    assert tomllib.loads(tags)["layers"]["roads"]["options"]["layer"] == "lines"


def test_another_file_at_the_same_address_is_told(server, tmp_path):
    first = get(server, tmp_path)
    assert not first.changed
    receipts = json.loads((tmp_path / "sources.json").read_text())
    receipts["worldpop_2020_1km"]["sha256"] = "0" * 64
    (tmp_path / "sources.json").write_text(json.dumps(receipts))
    assert get(server, tmp_path).changed
    assert not get(server, tmp_path).changed


def test_the_catalogue_has_every_kind_of_source_and_claims_no_address_that_was_not_tried():
    found = sources.catalogue()
    readers = {one.reader for one in found.values()}
    assert {
        "communes",
        "people_raster",
        "lines",
        "sites",
        "speed_tests",
        "lights_raster",
    } <= readers
    assert "terrain" in readers
    assert all(one.verified is None for one in found.values())
    assert all(one.size for one in found.values() if one.access == "open")


def test_a_folder_that_takes_no_receipt_still_gives_what_is_there(server, tmp_path):
    (tmp_path / source(server).file).write_bytes(DATA)
    (tmp_path / "sources.json").mkdir()  # stands for a folder that may only be read
    assert fetching.fetch(source(server), tmp_path, offline=True).sha256 == SHA
    with pytest.raises(BadInput, match="a folder that takes no more"):
        get(server, tmp_path / source(server).file)


@pytest.mark.parametrize("receipts", ["[]", "{", '{"worldpop_2020_1km": "x"}'])
def test_spoilt_receipts_are_none(server, tmp_path, receipts):
    get(server, tmp_path)
    (tmp_path / "sources.json").write_text(receipts)
    assert not get(server, tmp_path).new
    assert json.loads((tmp_path / "sources.json").read_text())["worldpop_2020_1km"]["sha256"] == SHA


def test_a_plan_names_sizes_and_refusals(tmp_path):
    wanted = sources.chosen(["vietnam"])
    (tmp_path / wanted[0].file).touch()
    lines, faults = fetching.plan([*wanted, *sources.chosen(["gadm_vnm"])], tmp_path)
    size = sum(one.size for one in wanted[1:]) // 1_000_000
    assert lines[-1] == f"To fetch: some {size} MB into {tmp_path}"
    assert lines[0].endswith("there already")
    assert fetching.plan(wanted[:1], tmp_path)[0][-1] == "To fetch: nothing"
    assert [fault.file for fault in faults] == ["gadm_vnm"]
    with pytest.raises(BadInput, match="Did you mean vietnam"):
        sources.chosen(["vietnm"])
