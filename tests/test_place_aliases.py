import itertools

from deadzones.reports import place_aliases, sovereignty


def test_34_provinces_were_63():
    names = [name for name, *_ in place_aliases.FORMER_PROVINCES]
    assert len(set(names)) == len(names) == 63 - 34
    assert {now for _, now, *_ in place_aliases.FORMER_PROVINCES} < sovereignty.PROVINCE_CODES
    assert set(place_aliases.SHORT_NAMES) < sovereignty.PROVINCE_CODES


def test_no_commune_comes_from_two_former_provinces():
    ranges = sorted((first, last) for *_, first, last in place_aliases.FORMER_PROVINCES)
    assert all(len(code) == 5 for pair in ranges for code in pair)
    assert all(first < last for first, last in ranges)
    assert all(last < later for (_, last), (later, _) in itertools.pairwise(ranges))


def test_a_commune_of_another_province_within_the_range_is_not_of_it():
    assert place_aliases.former_province("04924", "25") == "Hòa Bình"
    assert place_aliases.former_province("04930", "01") is None
