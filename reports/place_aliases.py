"""Other names by which people look for the provinces and cities of Viet Nam.

Resolution 202/2025/QH15 made 34 provinces of 63 on 1 July 2025; eleven stayed as they were. A
commune keeps the code of one of the communes that it was made of, and these were numbered province
by province: the range of codes tells from which of the former provinces a commune comes.
"""

from typing import Any, Final

# The provinces that went into another: name, code of the one they are part of now, first and last
# code that their communes carry. Checked against the outlines of 2009 commune by commune.
FORMER_PROVINCES: Final = (
    ("Hà Giang", "08", "00691", "01261"),
    ("Bắc Kạn", "19", "01840", "02191"),
    ("Yên Bái", "15", "04252", "04750"),
    ("Hòa Bình", "25", "04792", "05425"),
    ("Bắc Giang", "24", "07210", "07870"),
    ("Vĩnh Phúc", "25", "08707", "09154"),
    ("Hải Dương", "31", "10507", "11284"),
    ("Thái Bình", "33", "12452", "13279"),
    ("Hà Nam", "37", "13285", "13627"),
    ("Nam Định", "37", "13669", "14308"),
    ("Quảng Bình", "44", "18859", "19318"),
    ("Quảng Nam", "48", "20335", "21004"),
    ("Bình Định", "52", "21553", "22006"),
    ("Phú Yên", "66", "22015", "22319"),
    ("Ninh Thuận", "56", "22738", "22909"),
    ("Bình Thuận", "68", "22918", "23272"),
    ("Kon Tum", "51", "23284", "23548"),
    ("Đắk Nông", "68", "24611", "24760"),
    ("Bình Phước", "75", "25195", "25450"),
    ("Bình Dương", "79", "25747", "25987"),
    ("Bà Rịa - Vũng Tàu", "79", "26506", "26732"),
    ("Long An", "80", "27694", "28243"),
    ("Tiền Giang", "82", "28249", "28747"),
    ("Bến Tre", "86", "28756", "29227"),
    ("Trà Vinh", "86", "29242", "29536"),
    ("Kiên Giang", "91", "30742", "31108"),
    ("Hậu Giang", "92", "31321", "31495"),
    ("Sóc Trăng", "92", "31507", "31810"),
    ("Bạc Liêu", "96", "31825", "31993"),
)

# What people write for a province or city, by its code.
SHORT_NAMES: Final = {
    "01": ("HN",),
    "46": ("Thừa Thiên Huế", "TT Huế"),
    "66": ("Đắc Lắc", "Daklak"),
    "79": ("TP.HCM", "TPHCM", "HCM", "HCMC", "Sài Gòn", "SG"),
}


def of_viet_nam() -> dict[str, Any]:
    """Give the tables as the search of a page takes them.

    Returns
    -------
    dict
        ``former``: rows of name, code now, first and last commune code; ``short``: other names by
        province code.

    Examples
    --------
    >>> of_viet_nam()["former"][0]
    ['Hà Giang', '08', '00691', '01261']
    """
    return {
        "former": [list(row) for row in FORMER_PROVINCES],
        "short": {code: list(names) for code, names in SHORT_NAMES.items()},
    }


def former_province(commune: str, province: str) -> str | None:
    """Tell from which former province a commune comes.

    Parameters
    ----------
    commune, province
        Codes of a commune and of the province that it is part of now.

    Returns
    -------
    str or None
        The former province; None where the province kept its name.

    Examples
    --------
    >>> former_province("00715", "08"), former_province("02215", "08")
    ('Hà Giang', None)
    """
    for name, now, first, last in FORMER_PROVINCES:
        if now == province and first <= commune <= last:
            return name
    return None
