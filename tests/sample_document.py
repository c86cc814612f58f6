"""A provincial report written by hand: every kind of block, in both languages."""

from __future__ import annotations

import datetime as dt
import struct
import zlib
from dataclasses import replace

from deadzones.reports.document import (
    Document,
    Figures,
    Heading,
    Letterhead,
    PageBreak,
    Paragraph,
    Picture,
    Signature,
    Table,
)

DAY = dt.date(2026, 4, 5)
EVIL = (
    "- Bản Nà Hẩu",
    "= Thôn $x^2$",
    "<b>\"Xóm\" & 'Ấp'</b>",
    '#panic("x") [a] @nhan *đậm* _nghiêng_ `mã`',
    "+ 1. / term: \\ ~ -- https://vi.example/ </script>",
    "{{ x }} <!-- --> ]]> %",
)
"""What means something to typst, to HTML or to XML, and must come out as it is written."""


def png(width: int = 320, height: int = 180) -> bytes:
    """Draw a slope of colours."""
    rows = b"".join(
        b"\0" + bytes(value for x in range(width) for value in (y % 256, 90, x * 255 // width))
        for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def register(rows: int) -> Table:
    """A wide table of villages."""
    return Table(
        caption=f"Danh mục {rows} thôn, bản chưa có sóng hoặc chưa có điện",
        header=(
            "STT", "Xã", "Thôn, bản", "Khu vực", "Số hộ", "Số nhân khẩu", "Tình trạng sóng",
            "Tình trạng điện", "Đơn vị chịu trách nhiệm", "Thời hạn",
        ),
        rows=tuple(
            (
                str(at + 1), "Xã Thượng Lâm", f"Bản Nà Hẩu {at + 1}", "III", str(20 + at % 70),
                f"{1 + at % 3}.{at % 1000:03d}", "trắng sóng", "chưa có dữ liệu",
                "Sở Khoa học và Công nghệ", "30/06/2026",
            )
            for at in range(rows)
        ),
        align=("right", "left", "left", "centre", "right", "right", "left", "left", "left", "centre"),
        widths=(5, 12, 15, 6, 6, 8, 12, 14, 16, 10),
    )  # fmt: skip


def by_power() -> Table:
    return Table(
        caption="Bảng 1. Thôn, bản trắng sóng theo địa bàn và tình trạng điện",
        header=("Địa bàn", "Thôn, bản", "Số hộ", "Số nhân khẩu", "Tỷ lệ (%)"),
        rows=(
            ("Đặc biệt khó khăn, đã có điện", "37", "1.912", "8.604", "60,7"),
            ("Ngoài khu vực khó khăn, đã có điện", "12", "655", "2.751", "19,7"),
            ("Chưa có điện", "12", "chưa có dữ liệu", "2.747", "19,6"),
            ("Tổng cộng", "61", "2.567", "14.102", "100,0"),
        ),
        align=("left", "right", "right", "right", "right"),
        widths=(40, 15, 20, 20, 15),
        totals=1,
    )


SAMPLE = Document(
    lang="vi",
    title="Báo cáo",
    subtitle="Tình hình phủ sóng di động, cáp quang và điện\ntrên địa bàn tỉnh Tuyên Quang "
    "tính đến ngày 31 tháng 3 năm 2026",
    day=DAY,
    letterhead=Letterhead(
        parent="Ủy ban nhân dân\ntỉnh Tuyên Quang",
        issuer="Sở Khoa học và Công nghệ",
        number="Số:       /BC-SKHCN",
        country="Cộng hòa xã hội chủ nghĩa Việt Nam",
        motto="Độc lập - Tự do - Hạnh phúc",
        place_and_date="Tuyên Quang, ngày      tháng      năm 2026",
    ),
    summary=(
        Heading("Tóm tắt dành cho lãnh đạo"),
        Paragraph(
            "Toàn tỉnh còn 61 thôn, bản trắng sóng với 14.102 người; có thể xóa 49 thôn, bản "
            "trong năm 2026 với 118,5 tỷ đồng.",
            "lead",
        ),
        Figures(
            (
                ("61", "thôn, bản trắng sóng"),
                ("14.102", "người chưa được phục vụ"),
                ("93,4 %", "dân số có sóng 5G"),
                ("118,5 tỷ đồng", "kinh phí đề xuất"),
            )
        ),
        Paragraph("Tỷ lệ dân số có sóng 5G còn thấp hơn mục tiêu 99 % là 5,6 điểm phần trăm."),
        Paragraph("Có 12 thôn, bản chưa có điện: chỉ lắp trạm được sau khi có nguồn điện.", "item"),
        Paragraph("Có 7 nhiệm vụ quá hạn, trong đó 4 nhiệm vụ của doanh nghiệp viễn thông.", "item"),
        by_power(),
        Paragraph("Số liệu trong báo cáo là dữ liệu tự tạo, chỉ để minh họa.", "note"),
    ),
    body=(
        Paragraph(
            "Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ về công tác "
            "văn thư; thực hiện chỉ đạo của Bộ Khoa học và Công nghệ về xóa vùng lõm sóng, Sở Khoa "
            "học và Công nghệ báo cáo như sau:"
        ),
        Heading("I. Tình hình chung"),
        Paragraph(
            "Tỉnh có 124 xã, phường với 1.865.270 người. Đến ngày 31 tháng 3 năm 2026, 93,4 % dân số "
            "có sóng 5G, 99,1 % có điện lưới quốc gia; 61 thôn, bản còn trắng sóng."
        ),
        Heading("1. Địa hình và dân cư", 2),
        Paragraph("Hai phần ba diện tích cao từ 200 m trở lên; dân cư thưa, đường đi xa."),
        Heading("a) Xã miền núi", 3),
        Paragraph("Có 96 xã miền núi, trong đó 41 xã thuộc khu vực III."),
        by_power(),
        Heading("II. Kết quả đạt được"),
        Paragraph("So với kỳ trước, thêm 21.480 người được phục vụ, trong đó:"),
        *(Paragraph(f"Nhà mạng {name} phát sóng thêm {n} trạm;", "item") for name, n in
          (("Viettel", 31), ("VinaPhone", 18), ("MobiFone", 9))),
        Picture(png(), "Bản đồ các xã, màu càng đậm càng thiếu nhiều; đậm nhất ở phía bắc.",
                "Hình 1. Tỷ lệ dân số có sóng 5G theo xã", 140),
        Heading("III. Tồn tại, hạn chế và nguyên nhân"),
        *(Paragraph(f"Nguyên nhân thứ {n}: " + "địa hình chia cắt, nguồn điện không ổn định, chi "
                    "phí đầu tư lớn trong khi số người sử dụng ít. " * 3) for n in range(1, 6)),
        Heading("IV. Nhiệm vụ và giải pháp kỳ tới"),
        Table(
            "Bảng 2. Nhiệm vụ theo quý",
            ("Nhiệm vụ", "Đơn vị chịu trách nhiệm", "Thời hạn", "Kết quả đo được"),
            tuple((f"Phủ sóng 5G cho {n} thôn, bản của xã Thượng Lâm, {text}", "Viettel",
                   "30/06/2026", "4.120 người")
                  for n, text in enumerate(EVIL, 1)),
            ("left", "left", "centre", "right"),
            (44, 24, 14, 18),
        ),
        Heading("V. Đề xuất, kiến nghị"),
        Paragraph("Đề nghị Bộ Khoa học và Công nghệ bố trí 118,5 tỷ đồng từ Quỹ Dịch vụ viễn thông "
                  "công ích Việt Nam để xóa 49 thôn, bản trắng sóng trong năm 2026."),
    ),
    signature=Signature(
        recipients_title="Nơi nhận:",
        recipients=("Bộ Khoa học và Công nghệ", "UBND tỉnh (để báo cáo)", "Lưu: VT, BCVT"),
        capacity="Giám đốc",
        note="(Ký, ghi rõ họ tên, đóng dấu)",
    ),
    annexes=(
        PageBreak(landscape=True),
        Heading("Phụ lục I\nDANH MỤC THÔN, BẢN"),
        register(60),
        PageBreak(),
        Heading("Phụ lục II\nNGUỒN VÀ ĐỊNH NGHĨA"),
        Paragraph("Thôn, bản trắng sóng là nơi không đo được sóng của nhà mạng nào."),
        Heading("Nguồn số liệu", 2),
        Paragraph("Dân số: tổng điều tra; sóng: mô hình ITU-R P.1812."),
    ),
    stamps=("DỮ LIỆU TỰ TẠO", "KHÔNG CÔNG BỐ"),
    footer="deadzones · kết quả 3f9a1c07b2d4 · 05/04/2026",
)  # fmt: skip

ENGLISH = replace(
    SAMPLE,
    lang="en",
    title="Report",
    subtitle="Mobile, fibre and power in Tuyen Quang",
    stamps=("MADE-UP DATA",),
    footer="deadzones · result 3f9a1c07b2d4 · 05/04/2026",
    letterhead=Letterhead(
        "Ministry of Science and Technology", "Authority of Telecommunications", "No:      /BC-CVT",
        "Socialist Republic of Viet Nam", "Independence - Freedom - Happiness",
        "Ha Noi,      April 2026",
    ),
    summary=(Heading("Summary"), Paragraph("61 villages have no signal.", "lead")),
    body=(Heading("I. Situation"), Paragraph("It has 124 communes and wards.")),
    annexes=(),
)  # fmt: skip
