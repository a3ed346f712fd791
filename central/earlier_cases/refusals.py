"""Why a step of an import is not possible, as sentences for people."""

from collections.abc import Mapping

from central.earlier_cases.statuses import MAX_WORDS
from central.earlier_cases.table_file import MAX_FILE_BYTES, MAX_ROWS, TableRefusal
from protocol.bilingual_text import BilingualText

NOT_PERMITTED = BilingualText("ท่านไม่มีสิทธิ์นำเข้าเรื่องเดิมของศูนย์นี้", "You may not import cases at this centre")
FILE_REFUSALS: Mapping[TableRefusal, BilingualText] = {
    TableRefusal.DAMAGED: BilingualText(
        "เปิดไฟล์นี้ไม่ได้ โปรดบันทึกเป็น Excel (.xlsx) หรือ CSV", "This file cannot be opened. Save it as Excel (.xlsx) or CSV"
    ),
    TableRefusal.OLD_EXCEL: BilingualText(
        "ไฟล์ Excel รุ่นเก่าหรือมีรหัสผ่าน โปรดบันทึกเป็น .xlsx ที่ไม่มีรหัสผ่าน",
        "An old Excel file, or one with a password. Save it as .xlsx without a password",
    ),
    TableRefusal.TOO_LARGE: BilingualText("ไฟล์ใหญ่เกินไป โปรดแบ่งเป็นหลายไฟล์", "The file is too large. Split it"),
    TableRefusal.TOO_MANY_ROWS: BilingualText(
        f"ไฟล์มีเกิน {MAX_ROWS:,} แถว โปรดแบ่งเป็นหลายไฟล์", f"The file has more than {MAX_ROWS:,} rows. Split it"
    ),
    TableRefusal.NOT_TEXT: BilingualText(
        "อ่านไฟล์นี้ไม่ได้ โปรดบันทึกเป็น Excel (.xlsx) หรือ CSV (UTF-8)",
        "This file cannot be read. Save it as Excel (.xlsx) or CSV (UTF-8)",
    ),
    TableRefusal.EMPTY: BilingualText("ไฟล์ไม่มีแถวข้อมูล", "The file has no rows"),
}
TOO_LARGE = BilingualText(f"ไฟล์ใหญ่เกิน {MAX_FILE_BYTES >> 20} MB", f"The file is larger than {MAX_FILE_BYTES >> 20} MB")
NOT_READ = BilingualText("อ่านไฟล์ไม่สำเร็จ โปรดแบ่งเป็นไฟล์ที่เล็กลง", "The file could not be read. Split it into smaller ones")
NOT_TRIED = BilingualText("ตรวจแถวไม่สำเร็จ โปรดกดตรวจอีกครั้ง", "The rows could not be checked. Check them again")
MISSING_COLUMNS = BilingualText("โปรดเลือกคอลัมน์วันที่ยื่นเรื่องและรายละเอียด", "Choose the columns of filing date and complaint")
COLUMN_TWICE = BilingualText("เลือกคอลัมน์เดียวกันสองครั้ง", "One column of the file is chosen twice")
TOO_MANY_WORDS = BilingualText(
    f"คอลัมน์สถานะมีเกิน {MAX_WORDS} คำ โปรดเลือกคอลัมน์อื่น",
    f"The status column has more than {MAX_WORDS} different words. Choose another one",
)
WRONG_STATE = BilingualText("ทำขั้นตอนนี้กับการนำเข้านี้ไม่ได้แล้ว", "This step is not possible for this import any more")
UNFINISHED = BilingualText("ยังมีการนำเข้าที่ไม่เสร็จของศูนย์นี้", "Another import of this centre is not finished")


class ImportRefusedError(Exception):
    """A step of an import that is not possible; `sentence` is for people."""

    def __init__(self, sentence: BilingualText) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence
