"""The words that stand only on a page which compares two results, in Vietnamese and English."""

from typing import Final

COMPARISON_WORDS: Final[dict[str, tuple[str, str]]] = {
    # which result the colours show
    "comparing": ("So sánh hai kết quả", "Two results compared"),
    "view_before": ("Trước", "Before"),
    "view_after": ("Sau", "After"),
    "view_change": ("Thay đổi", "Change"),
    "view_label": ("Tô màu theo", "Colours show"),
    "with_budget": ("ngân sách {budget}", "budget {budget}"),
    "no_limit": ("không giới hạn", "without limit"),
    "names_alike": (
        "Hai kết quả cùng tên, cùng dữ liệu, cùng ngân sách.",
        "The two results have the same name, data and budget.",
    ),
    "layers_differ": ("Dữ liệu khác nhau: {names}.", "Different data: {names}."),
    "undated": ("dữ liệu không ghi ngày", "undated data"),
    "dated": ("dữ liệu đến {date}", "data to {date}"),
    # how a change is written
    "change_pct": ("{n} điểm %", "{n} pp"),
    "change_points": ("{n} điểm", "{n} points"),
    "change_people": ("{n} người", "{n} people"),
    "change_unchanged": ("không đổi", "no change"),
    "change_least": ("không đổi (dưới {n})", "no change (below {n})"),
    "change_up": ("từ {n} trở lên", "{n} or more"),
    "change_down": ("từ {n} trở xuống", "{n} or less"),
    "change_to": ("{before} → {after}", "{before} → {after}"),
    "change_key": (
        "Tím: tốt lên. Cam, gạch chéo: kém đi.",
        "Purple: better. Hatched orange: worse.",
    ),
    "change_key_pct": ("Đơn vị: điểm phần trăm.", "In percentage points (pp)."),
    "change_key_points": ("Đơn vị: điểm.", "In points."),
    "change_key_people": ("Đơn vị: người.", "In people."),
    "better": ("tốt lên", "better"),
    "worse": ("kém đi", "worse"),
    "not_comparable": ("không so sánh được", "not comparable"),
    # who gained and who lost
    "who_changed": ("Ai được, ai mất", "Who gained, who lost"),
    "who_service": ("Dịch vụ", "Service"),
    "who_gained": ("Thêm", "Gained"),
    "who_lost": ("Mất", "Lost"),
    "who_out": ("Người ra khỏi vùng lõm", "People out of dead zones"),
    "who_into": ("Người rơi vào vùng lõm", "People into dead zones"),
    "who_net": (
        "Số người được phục vụ thêm và số người không còn được phục vụ, tính theo chênh lệch của từng xã.",
        "People newly served and people no longer served, counted net in each commune.",
    ),
    "who_people": (
        "Dân số hai bên khác nhau ({before} và {after} người), nên số này gồm cả biến động dân số.",
        "The populations differ ({before} and {after} people), so these numbers hold that change too.",
    ),
    "most_gained": ("Các xã tốt lên nhiều nhất", "Communes that gained most"),
    "most_lost": ("Các xã kém đi nhiều nhất", "Communes that lost most"),
    "no_commune": ("Không có xã nào.", "None."),
    "by_province": ("Theo tỉnh, thành phố", "By province and city"),
    "province_score": ("Thay đổi điểm số của tỉnh.", "Change of the province's score."),
    "province_persons": (
        "Số người được thêm và số người mất.",
        "People who gained and people who lost.",
    ),
    # dead zones of both
    "zones_both": ("Vùng lõm trước và sau", "Dead zones before and after"),
    "zones_people": ("{n} vùng, {people} người", "{n} zones, {people} people"),
    "zones_gone": ("Đã xóa", "Gone"),
    "zones_new": ("Mới xuất hiện", "New"),
    "zones_kept": ("Vẫn còn", "Still there"),
    "zones_old": ("Ranh giới lúc trước", "Outline before"),
    # what is not compared
    "sources_before": ("Nguồn của kết quả trước", "Sources of the result before"),
    "sources_same": ("Như kết quả sau.", "The same as of the result after."),
    "sources_rest": (
        "Các nguồn còn lại như kết quả sau.",
        "All other sources are those of the result after.",
    ),
    "compared_units": ("So sánh được {n} xã.", "{n} communes are compared."),
    "only_after": (
        "{n} xã chỉ có ở kết quả sau: không so sánh được, gạch xám trên bản đồ.",
        "{n} communes stand only in the result after: not comparable, hatched grey on the map.",
    ),
    "only_before": (
        "{n} xã chỉ có ở kết quả trước: không so sánh được, không vẽ.",
        "{n} communes stand only in the result before: not comparable, not drawn.",
    ),
    "left_out": (
        "Chỉ có ở một kết quả nên không so sánh: {names}.",
        "Only in one of the results, so not compared: {names}.",
    ),
    "no_overall": (
        "Hai kết quả không cùng dịch vụ: điểm số, vùng lõm và tỷ lệ đủ mọi dịch vụ không so sánh được.",
        "The results do not have the same services: score, dead zones and all services are not compared.",
    ),
    "threshold_differs": (
        "Ngưỡng khác nhau – {name}: trước {before}, sau {after}.",
        "Thresholds differ – {name}: {before} before, {after} after.",
    ),
    "score_differs": (
        "Trọng số hoặc mục tiêu của dịch vụ khác nhau: thay đổi của điểm số gồm cả khác biệt này.",
        "Weights or targets of services differ: the change of the score holds that difference too.",
    ),
}
