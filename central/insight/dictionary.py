"""The data dictionary of published tables: what each column means."""

from collections.abc import Mapping

from central.insight.summary import KPI_DEFINITION
from protocol.bilingual_text import BilingualText

DICTIONARY: Mapping[str, BilingualText] = {
    "received": BilingualText(
        "จำนวนเรื่องที่ผู้ร้องยื่นในช่วงเวลานี้ (วันที่ในประเทศไทย; นับวันที่มาถึงศูนย์หากเวลาของตู้ไม่แน่นอน)",
        "Cases filed in the period (days in Thailand; the day of arrival where the kiosk's clock was not trusted)",
    ),
    "closed": BilingualText(
        "จำนวนเรื่องที่ยุติในช่วงเวลานี้และยังยุติอยู่ ไม่ว่าจะรับเมื่อใด",
        "Cases closed in the period and still closed, whenever they were received",
    ),
    "open": BilingualText(
        "จำนวนเรื่องที่รับแล้วแต่ยังไม่ยุติเมื่อสิ้นช่วง เรื่องที่เปิดอีกครั้งภายหลังนับเป็นเรื่องคงค้าง",
        "Cases received and not closed at the end of the period; a case that was reopened later counts as open",
    ),
    "in_time_percent": BilingualText(
        "เรื่องที่ยุติไม่เกินวันครบกำหนด หารด้วยเรื่องที่ยุติและมีวันครบกำหนด",
        "Cases closed on the due date or before, of the closed cases that had one",
    ),
    "indicator_percent": KPI_DEFINITION,
    "reopened": BilingualText("จำนวนเรื่องที่เปิดอีกครั้งครั้งล่าสุดในช่วงเวลานี้", "Cases whose last reopening was in the period"),
    "rating": BilingualText(
        "ค่าเฉลี่ยของดาว 1 ถึง 5 ที่ผู้ร้องให้ศูนย์ ครั้งล่าสุดของแต่ละเรื่อง ในตารางหน่วยงานเป็นดาวที่ให้หน่วยงาน",
        "Mean of 1 to 5 stars for the centre, the last rating of each case; in the table of agencies for the agency",
    ),
    "rated": BilingualText("จำนวนเรื่องที่ผู้ร้องให้คะแนน", "Cases that were rated"),
    "median_days": BilingualText("จำนวนวันที่ครึ่งหนึ่งของเรื่องใช้ไม่เกินนี้", "Days within which half of the cases were done"),
    "percentile_90_days": BilingualText(
        "จำนวนวันที่ร้อยละ 90 ของเรื่องใช้ไม่เกินนี้ (มากกว่า 366 วันนับเป็น 366)",
        "Days within which 90 % of the cases were done (more than 366 days count as 366)",
    ),
    "cases": BilingualText("จำนวนเรื่อง", "Number of cases"),
    "now": BilingualText("ค่าของช่วงเวลาที่รายงาน", "Value of the reported period"),
    "before": BilingualText("ค่าของช่วงเวลาชนิดเดียวกันก่อนหน้า", "Value of the period of the same kind before"),
    "hidden": BilingualText(
        "ปกปิด: จำนวน 1 ถึง 4 และจำนวนอื่นที่ใช้คำนวณกลับได้",
        "Hidden: counts from 1 to 4, and others from which they could be calculated",
    ),
}
