"""What the receipt of a repair says of each fault, in Vietnamese and English."""

from __future__ import annotations

REASONS: dict[str, dict[str, str]] = {
    "lost_zeros": {
        "vi": "Mất chữ số 0 ở cuối: các nguồn khác cho thấy số dân lớn gấp {factor} lần.",
        "en": "Trailing zeros were lost: other counts say {factor} times as many.",
    },
    "too_many_digits": {
        "vi": "Thừa chữ số: các nguồn khác cho thấy số dân nhỏ hơn {factor} lần.",
        "en": "Too many digits: other counts say {factor} times fewer.",
    },
    "permuted_row": {
        "vi": "Số dân của đơn vị khác: số của đơn vị này nằm ở dòng {source}.",
        "en": "The number of another unit: this one's stands in row {source}.",
    },
    "thousands_separator": {
        "vi": "Có dấu phân cách hàng nghìn, hoặc dấu đó bị đọc thành dấu thập phân: đã bỏ dấu.",
        "en": "A thousands separator, or one that was read as a decimal mark: taken out.",
    },
    "zero_for_unknown": {
        "vi": "Số 0 được ghi thay cho chưa có dữ liệu.",
        "en": "Zero was written for unknown.",
    },
    "missing": {"vi": "Chưa có dữ liệu.", "en": "No number was given."},
    "impossible_density": {
        "vi": "Mật độ dân số không thể có: hơn {most} người/km².",
        "en": "An impossible density: above {most} people per km2.",
    },
    "part_of_unit": {
        "vi": "Diện tích công bố và số dân đều quá nhỏ: dòng này chỉ nói về một phần của đơn vị.",
        "en": "Published area and people are both too small: the row tells of a part of the unit.",
    },
    "unsure_digits": {
        "vi": "Chưa rõ đã mất bao nhiêu chữ số 0: để trống, không suy đoán.",
        "en": "How many zeros were lost cannot be told: left unknown.",
    },
    "disagrees": {
        "vi": "Số dân khác xa các nguồn khác, chưa rõ nguyên nhân.",
        "en": "The number is far from other counts, for no known reason.",
    },
}
"""What is wrong, by fault and language."""
