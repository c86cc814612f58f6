"""The words of the map page itself: its controls, the search, its edges, in Vietnamese and English."""

from typing import Final

PAGE_WORDS: Final[dict[str, tuple[str, str]]] = {
    # the page
    "map": ("Bản đồ", "Map"),
    "menu": ("Chú giải và lớp", "Legend and layers"),
    "close": ("Đóng", "Close"),
    "language": ("Ngôn ngữ", "Language"),
    "zoom_in": ("Phóng to", "Zoom in"),
    "zoom_out": ("Thu nhỏ", "Zoom out"),
    "whole": ("Xem toàn bộ", "See everything"),
    "loading": ("Đang mở bản đồ…", "Opening the map…"),
    "too_old": (
        "Trình duyệt này quá cũ để mở bản đồ. Cần Chrome 80, Edge 80, Firefox 113, Safari 16.4 trở lên.",
        "This browser is too old for the map. It needs Chrome 80, Edge 80, Firefox 113, Safari 16.4 or newer.",
    ),
    "broken": (
        "Không mở được dữ liệu của bản đồ. Hãy tạo lại trang này.",
        "The data of the map cannot be opened. Make this page again.",
    ),
    "no_script": ("Bản đồ cần JavaScript.", "The map needs JavaScript."),
    "units": ("{n} xã, phường, đặc khu", "{n} communes, wards and special zones"),
    "in_provinces": ("{n} tỉnh, thành phố", "{n} provinces and cities"),
    "newest": ("dữ liệu mới nhất {date}", "newest data {date}"),
    # finding
    "find": ("Tìm xã, tỉnh hoặc mã", "Find a commune, province or code"),
    "find_short": ("Xã, tỉnh hoặc mã", "Commune, province, code"),
    "merged_from": ("Sáp nhập từ: {names}", "Merged from: {names}"),
    "formerly": ("gồm {name} cũ", "takes in the former {name}"),
    "found": ("{n} kết quả", "{n} found"),
    "found_first": ("{shown} kết quả đầu trong {n}", "first {shown} of {n} found"),
    "found_more": ("Xem thêm kết quả", "Show more"),
    "once_in": ("thuộc {name} cũ", "in the former {name}"),
    "unknown_commune": (
        "Trang này không có xã mã {code}.",
        "This page has no commune with code {code}.",
    ),
    "unknown_province": (
        "Trang này không có tỉnh mã {code}.",
        "This page has no province with code {code}.",
    ),
    "unknown_measure": (
        "Trang này không tô màu được theo {code}.",
        "This page cannot colour by {code}.",
    ),
    "not_found": ("Không tìm thấy", "Nothing found"),
    "province": ("Tỉnh, thành phố", "Province or city"),
    # at the edges of the map, and in its lists
    "north": ("B", "N"),
    "south": ("N", "S"),
    "east": ("Đ", "E"),
    "west": ("T", "W"),
    "badges": (
        "Số thứ tự trên bản đồ: dùng phím mũi tên để đi tiếp",
        "Ranks on the map: the arrow keys lead from one to the next",
    ),
    "in_view": ("Trong khung nhìn", "In view"),
    "zones_in_view": ("Vùng lõm trong khung nhìn", "Dead zones in view"),
    "villages_in_view": (
        "Thôn, bản thiếu dịch vụ trong khung nhìn",
        "Villages lacking a service in view",
    ),
    "no_zone_in_view": ("Không có vùng lõm nào.", "No dead zone."),
    "no_village_in_view": ("Không có thôn, bản nào.", "No village."),
    "show_more": ("Xem thêm {n} mục", "Show {n} more"),
}
