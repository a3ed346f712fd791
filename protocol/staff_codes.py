"""The table of staff codes: one code, one cause and one cure.

A citizen reads a code out to staff, a heartbeat carries codes to the centre, and the handbooks have a row for each.
Words between ` ` are commands and names as they are typed.
"""

from dataclasses import dataclass

from protocol.bilingual_text import BilingualText


@dataclass(frozen=True)
class StaffCode:
    """Why a code appears, and what a technician does about it."""

    cause: BilingualText
    cure: BilingualText


def _code(cause_th: str, cause_en: str, cure_th: str, cure_en: str) -> StaffCode:
    return StaffCode(BilingualText(cause_th, cause_en), BilingualText(cure_th, cure_en))


STAFF_CODES: dict[str, StaffCode] = {
    "K-01": _code(
        "ตู้ยังไม่ได้ลงทะเบียนกับศูนย์ หรือข้อมูลการลงทะเบียนเสียหาย",
        "The kiosk is not enrolled at a centre, or its enrolment is damaged",
        "ทำขั้นลงทะเบียนบนจอให้เสร็จ หรือสั่ง `kiosk enrol` แล้วให้เจ้าหน้าที่ศูนย์ใส่รหัส",
        "Finish the enrolment on the screen, or run `kiosk enrol` and have an officer enter the code",
    ),
    "K-02": _code(
        "ดิสก์ใกล้เต็ม มักเป็นเพราะตู้ส่งเรื่องไม่ได้มานาน",
        "The disk is nearly full, as a rule because nothing could be sent for a long time",
        "แก้เครือข่ายก่อน (N-01) ถ้าส่งไม่ได้ ให้นำเรื่องออกด้วย `sudo kiosk outbox export DIR` แล้วนำไฟล์ไปส่งศูนย์",
        "Repair the network first (N-01). Else `sudo kiosk outbox export DIR`, and bring the files to the centre",
    ),
    "K-03": _code(
        "เปิดที่เก็บเรื่องไม่ได้ ดิสก์อาจเสีย หรือไฟล์ผิดสิทธิ์",
        "The store of complaints does not open: the disk may be failing, or a file has wrong permissions",
        "เริ่มเครื่องใหม่หนึ่งครั้ง ถ้ายังเป็น ให้เปลี่ยนดิสก์ และเก็บดิสก์เดิมไว้ เรื่องที่ค้างอยู่ในนั้น",
        "Restart the machine once. If it stays, replace the disk and keep the old one: waiting complaints are on it",
    ),
    "K-04": _code(
        "บันทึกเรื่องหนึ่งไม่สำเร็จ",
        "One complaint could not be saved",
        "กดส่งอีกครั้ง ถ้าเกิดซ้ำ ให้ดู K-02 และ K-03",
        "Press Send again. If it happens again, see K-02 and K-03",
    ),
    "K-05": _code(
        "มีเรื่องรอส่งเกินหนึ่งวัน เรื่องไม่หาย",
        "Complaints have waited for more than a day; nothing is lost",
        "ตรวจเครือข่าย (N-01) ถ้าเครือข่ายกลับมาช้า ให้สั่ง `sudo kiosk outbox export DIR` แล้วนำไฟล์ไปส่งศูนย์",
        "Check the network (N-01). Without one: `sudo kiosk outbox export DIR`, and bring the files to the centre",
    ),
    "K-06": _code(
        "ศูนย์ไม่รับบางเรื่อง",
        "The centre refused some complaints",
        "โทรหาศูนย์ให้แก้ก่อน แล้วสั่ง `kiosk outbox retry`",
        "Call the centre, which has to resolve it, then `kiosk outbox retry`",
    ),
    "K-07": _code(
        "ที่เก็บเรื่องเสียหายและถูกกันไว้ ตู้ใช้ที่เก็บใหม่แล้ว",
        "The store was damaged and set aside; the kiosk uses a new one",
        "คัดลอกไฟล์ที่หน้าช่างบอกชื่อ แล้วส่งให้ศูนย์ และตรวจดิสก์ (T-14)",
        "Copy the file that the technician’s screen names, give it to the centre, and check the disk (T-14)",
    ),
    "K-08": _code(
        "ไฟดับตอนท้ายของการแจ้งเรื่อง จึงไม่แน่ว่าประชาชนได้รหัสแล้ว",
        "The power failed at the end of a visit: these citizens may not have their codes",
        "จดเลขเรื่องให้ศูนย์ ศูนย์ออกรหัสใหม่ได้ที่หน้าเรื่อง",
        "Tell the centre the case numbers: the desk can issue new codes",
    ),
    "K-09": _code(
        "โปรแกรมผิดพลาดในครั้งนั้น เรื่องที่ยังไม่ส่งถูกลบ",
        "The program failed during this visit; what was not sent is erased",
        "เริ่มใหม่ ถ้าเกิดบ่อย ให้ศูนย์กด “ขอชุดข้อมูลเพื่อตรวจสอบ” ที่หน้าของตู้",
        "Begin again. If it happens often, have the centre request a support bundle on the kiosk’s page",
    ),
    "K-10": _code(
        "`kiosk.id` หรือ `centre.url` ในไฟล์ตั้งค่าไม่ตรงกับที่ลงทะเบียนไว้",
        "`kiosk.id` or `centre.url` differs from the enrolment, which is used",
        "แก้ค่านั้นกลับ หรือลงทะเบียนใหม่ด้วย `kiosk enrol`",
        "Restore the option, or enrol again: `kiosk enrol`",
    ),
    "K-11": _code(
        "ผู้ใช้ที่สั่งคำสั่งเปิดที่เก็บเรื่องไม่ได้",
        "This user may not read the outbox",
        "สั่งใหม่โดยใช้ `sudo`",
        "Run the command with `sudo`",
    ),
    "K-12": _code(
        "ที่เก็บเรื่องถูกลบไป อาจมีเรื่องหาย",
        "The store was removed: complaints in it may be lost",
        "แจ้งศูนย์ว่าอาจมีเรื่องหาย แล้วลบไฟล์ `lost-outbox…`",
        "Tell the centre, then remove the file `lost-outbox…`",
    ),
    "K-13": _code(
        "ศูนย์เพิกถอนตู้นี้",
        "The centre has revoked this kiosk",
        "ถามศูนย์ว่าเพราะอะไร ถ้าให้ใช้ต่อ สั่ง `kiosk enrol --new-key` เรื่องที่ค้างจะถูกส่งหลังจากนั้น",
        "Ask the centre why. If it may serve again: `kiosk enrol --new-key`; what waits is sent afterwards",
    ),
    "K-14": _code(
        "เขียนรายงานสถานะไม่ได้ ศูนย์จึงไม่เห็นอุปกรณ์ของตู้",
        "The status report cannot be written: the centre does not see the devices",
        "ดูที่ว่างด้วย `df -h` และ `df -i` แล้วเริ่มเครื่องใหม่",
        "Look at the free space with `df -h` and `df -i`, then restart the machine",
    ),
    "K-15": _code(
        "ไฟล์ `kiosk.toml` มีข้อผิดพลาดที่ทำให้หน้าจอไม่เปิด",
        "`kiosk.toml` has an error, with which the interface does not start; the page on the screen names the key",
        "แก้บรรทัดที่จอบอก `kiosk settings` ตรวจให้ ไฟล์ก่อนตั้งค่าคือ `kiosk.toml.before-setup`",
        "Correct it; `kiosk settings` checks the file. The one from before the set-up is `kiosk.toml.before-setup`",
    ),
    "K-16": _code(
        "หน้าจอของตู้เปิดไม่ขึ้น",
        "The interface does not start",
        "เริ่มเครื่องใหม่ ถ้ายังเป็น ดู `journalctl -u damrongdham-kiosk-ui` หรือใช้ Recovery ในเมนูเปิดเครื่อง",
        "Restart the machine. If it stays: `journalctl -u damrongdham-kiosk-ui`, or *Recovery* in the boot menu",
    ),
    "C-01": _code(
        "ไม่พบเครื่องอ่านบัตร หรือเครื่องไม่ตอบ",
        "No card reader was found, or it does not respond",
        "ตรวจสาย ถอดแล้วเสียบใหม่ ถ้ายังเป็น ลองช่อง USB อื่น แล้วเปลี่ยนเครื่อง",
        "Check the cable and plug it in again. If it stays, try another USB port, then replace the reader",
    ),
    "C-02": _code(
        "บัตรกลับด้าน หรือชิปสกปรกหรือเสีย",
        "The card is upside down, or its chip is dirty or broken",
        "พลิกบัตร ถ้าเป็นกับทุกบัตร ทำความสะอาดเครื่องอ่าน แล้วเปลี่ยนเครื่อง",
        "Turn the card over. If it happens with every card, clean the reader, then replace it",
    ),
    "C-03": _code(
        "เป็นบัตรอื่น เช่น บัตรธนาคาร",
        "It is another card, such as a bank card",
        "ใช้บัตรประชาชน หรือทำต่อโดยไม่ใช้บัตร",
        "Use an ID card, or continue without one",
    ),
    "C-04": _code(
        "ไม่มีบัตรในช่อง หรือดึงออกระหว่างอ่าน",
        "There is no card in the slot, or it was removed while it was read",
        "เสียบบัตรให้สุด แล้วค้างไว้จนอ่านเสร็จ",
        "Insert the card completely and leave it in until it is read",
    ),
    "C-05": _code(
        "ข้อมูลบนบัตรอ่านไม่ครบ",
        "The data on the card could not be read completely",
        "ลองอีกครั้งด้วยบัตรอื่น ถ้าเป็นทุกบัตร ทำความสะอาดเครื่องอ่าน แล้วเปลี่ยนเครื่อง",
        "Try another card. If it happens with every card, clean the reader, then replace it",
    ),
    "C-06": _code(
        "เครื่องอ่านบัตรยังไม่ตอบ",
        "The card reader has not answered yet",
        "รอครู่หนึ่ง ถ้ายังเป็น ดู C-01",
        "Wait a moment. If it stays, see C-01",
    ),
    "C-07": _code(
        "มีบัตรค้างอยู่ในเครื่องอ่าน",
        "A card was left in the reader",
        "นำบัตรส่งเจ้าหน้าที่เคาน์เตอร์",
        "Give the card to the service desk",
    ),
    "P-01": _code(
        "ไม่พบเครื่องพิมพ์ หรือเครื่องไม่ตอบ",
        "No printer was found, or it does not respond",
        "ตรวจว่าเปิดเครื่องและเสียบสาย กดปุ่ม FEED หรือออนไลน์ แล้วปิดเปิดเครื่อง",
        "Check that it is on and its cable is in, press its online or feed button, then switch it off and on",
    ),
    "P-02": _code(
        "กระดาษหมด",
        "The printer is out of paper",
        "ใส่ม้วนใหม่ ให้ด้านที่ไวความร้อนอยู่ด้านนอก",
        "Insert a new roll with the thermal side facing out",
    ),
    "P-03": _code(
        "ฝาเครื่องพิมพ์ปิดไม่สนิท",
        "The cover of the printer is not closed",
        "ปิดฝาให้ได้ยินเสียงล็อก",
        "Close it until it clicks",
    ),
    "P-04": _code(
        "ใบมีดติดเศษกระดาษ",
        "Scraps of paper block the cutter",
        "ปิดเครื่อง เปิดฝา เอาเศษกระดาษออก แล้วเปิดเครื่อง",
        "Switch it off, open the cover, remove the scraps, switch it on",
    ),
    "P-05": _code(
        "เครื่องพิมพ์แจ้งว่าขัดข้อง",
        "The printer reports a fault",
        "ปิดแล้วเปิดใหม่ ถ้ายังเป็น ให้เปลี่ยนเครื่อง",
        "Switch it off and on. If it stays, replace the printer",
    ),
    "P-06": _code(
        "เครื่องพิมพ์อาจมีใบติดตามของคนก่อนค้างอยู่",
        "The printer may still hold an earlier receipt",
        "ปิดเครื่องพิมพ์ 5 วินาที แล้วเปิด ทำลายใบที่ออกมา",
        "Switch the printer off for five seconds, then on. Destroy what comes out",
    ),
    "P-07": _code(
        "กระดาษใกล้หมด",
        "The paper is running low",
        "เปลี่ยนม้วนใหม่ หรือเตรียมไว้",
        "Change the roll, or have a new one ready",
    ),
    "P-08": _code(
        "เครื่องพิมพ์รุ่นนี้ไม่บอกสถานะ",
        "The printer does not report its status",
        "ลองพิมพ์ที่หน้าช่าง หรือ `kiosk print-test` ถ้าออกตามปกติ ใช้ต่อได้",
        "Print a slip on the technician’s screen or with `kiosk print-test`. If it comes out, all is well",
    ),
    "P-09": _code(
        "ไม่มีไลบรารีที่จัดรูปอักษรไทย",
        "The library that shapes Thai for the printer is missing",
        "`apt install libraqm0 libfribidi0`",
        "`apt install libraqm0 libfribidi0`",
    ),
    "P-10": _code(
        "ใบมีดใช้ใกล้ครบอายุ",
        "The printer’s cutter is near the end of its life",
        "เตรียมเครื่องพิมพ์สำรอง แล้วเปลี่ยนในรอบตรวจถัดไป",
        "Have another printer ready, and change it at the next service",
    ),
    "S-01": _code(
        "ไม่พบเครื่องสแกน",
        "No scanner was found",
        "ตรวจสายและไฟ ถอดแล้วเสียบใหม่ `kiosk scan --list` บอกว่าเห็นเครื่องใด",
        "Check cable and power, plug it in again. `kiosk scan --list` shows which scanners are seen",
    ),
    "S-02": _code(
        "ไม่มีกระดาษบนเครื่องสแกน",
        "There is no paper on the scanner",
        "วางกระดาษตามลูกศร แล้วสแกนใหม่",
        "Place the page at the mark and scan again",
    ),
    "S-03": _code(
        "กระดาษติดในเครื่องสแกน",
        "Paper is jammed in the scanner",
        "เปิดฝา แล้วค่อย ๆ ดึงกระดาษออก",
        "Open it and pull the paper out gently",
    ),
    "S-04": _code(
        "ฝาเครื่องสแกนเปิดอยู่",
        "The scanner lid is open",
        "ปิดฝา",
        "Close it",
    ),
    "S-05": _code(
        "เครื่องสแกนขัดข้อง หรือส่งภาพที่ใช้ไม่ได้",
        "The scanner has a fault, or sends unusable images",
        "ปิดแล้วเปิดใหม่ ถ้ายังเป็น เปลี่ยนสาย แล้วเปลี่ยนเครื่อง",
        "Switch it off and on. If it stays, change the cable, then the scanner",
    ),
    "S-06": _code(
        "ไม่มีโปรแกรมอ่านตัวหนังสือ หรือไม่มีแบบจำลองของตู้",
        "The program that reads letters, or the kiosk’s own model, is missing",
        "`apt install tesseract-ocr tesseract-ocr-tha` แล้ว `apt reinstall damrongdham-kiosk`",
        "`apt install tesseract-ocr tesseract-ocr-tha`, then `apt reinstall damrongdham-kiosk`",
    ),
    "S-07": _code(
        "ตัวหนังสือบนหน้านี้อ่านด้วยเครื่องไม่ได้ เช่น เป็นลายมือ",
        "The text of this page cannot be read by machine: it is handwriting, for example",
        "ไม่ต้องแก้ เจ้าหน้าที่อ่านจากภาพ ถ้าเป็นทุกหน้า ทำความสะอาดกระจก",
        "Nothing to repair: staff read the image. If it happens with every page, clean the glass",
    ),
    "S-08": _code(
        "เครื่องสแกนยังไม่ตอบ",
        "The scanner has not answered yet",
        "รอครู่หนึ่ง ถ้ายังเป็น ดู S-01",
        "Wait a moment. If it stays, see S-01",
    ),
    "S-09": _code(
        "เครื่องนี้เปิดภาพอย่างปลอดภัยไม่ได้ (ไม่มี Landlock หรือ libseccomp2) จึงไม่สแกน",
        "This machine cannot confine picture processes (no Landlock or libseccomp2): scanning is off",
        "`apt install libseccomp2` และใช้เคอร์เนลของ Debian",
        "`apt install libseccomp2`, and use Debian’s kernel",
    ),
    "A-01": _code(
        "ไม่พบลำโพงหรือการ์ดเสียง",
        "No loudspeaker or sound card was found",
        "ตรวจสาย `aplay -L` บอกชื่อที่ใส่ใน `sound.device` ได้",
        "Check the cable. `aplay -L` shows the names for `sound.device`",
    ),
    "A-02": _code(
        "เล่นเสียงไม่สำเร็จ",
        "A sound could not be played",
        "เริ่มเครื่องใหม่ ถ้ายังเป็น เปลี่ยนลำโพง",
        "Restart the machine. If it stays, replace the loudspeaker",
    ),
    "N-01": _code(
        "ตู้ติดต่อศูนย์ไม่ได้ เพราะเครือข่าย ที่อยู่ของศูนย์ หรือศูนย์เพิกถอนตู้",
        "Nothing reaches the centre: the network, the address of the centre, or the centre has revoked the kiosk",
        "ตรวจสายและไฟของเราเตอร์ แล้วดูเหตุผลที่หน้าช่าง เรื่องเก็บในตู้และส่งเองเมื่อเครือข่ายกลับมา",
        "Check cable and router; the technician’s screen has the reason. Complaints are kept and sent when it is back",
    ),
    "N-02": _code(
        "นาฬิกายังไม่ได้ตั้งจากเซิร์ฟเวอร์เวลา",
        "No time server has set the clock",
        "ทำขั้นนาฬิกาของการตั้งค่าอีกครั้ง ถ้าเป็นทุกครั้งที่ไฟดับ เปลี่ยนถ่านบนเมนบอร์ด",
        "Do the clock step of the set-up again. If it happens after every power cut, replace the board’s battery",
    ),
    "N-03": _code(
        "ยังไม่ได้ตั้งที่อยู่ของศูนย์",
        "`centre.url` is not set",
        "ทำขั้นศูนย์ของการตั้งค่า หรือใส่ `centre.url`",
        "Do the centre step of the set-up, or set `centre.url`",
    ),
    "N-04": _code(
        "โปรแกรมส่งเรื่องไม่ทำงาน",
        "The forwarder is not running",
        "เริ่มเครื่องใหม่ ถ้ายังเป็น ดู `systemctl status damrongdham-kiosk-forwarder`",
        "Restart the machine. If it stays: `systemctl status damrongdham-kiosk-forwarder`",
    ),
    "T-01": _code(
        "`kiosk.area` ไม่ใช่รหัสของพื้นที่ใด",
        "`kiosk.area` is not the code of an area",
        "ใช้รหัสกรมการปกครอง 2, 4 หรือ 6 หลัก",
        "Give the DOPA code of a province, district or tambon",
    ),
    "T-02": _code(
        "ยังไม่ได้บอกชื่อหรือพื้นที่ของสถานที่",
        "`kiosk.centre_name_th`, `centre_name_en` or `area` is empty",
        "ทำขั้นสถานที่ของการตั้งค่า",
        "Do the hall step of the set-up",
    ),
    "T-03": _code(
        "ยังไม่ได้ตั้ง PIN ของช่าง จึงเปิดหน้าช่างไม่ได้",
        "No technician PIN is set, so the technician’s screen cannot be opened",
        "`kiosk pin` ให้บรรทัดสำหรับ `kiosk.toml`",
        "`kiosk pin` prints the line for `kiosk.toml`",
    ),
    "T-04": _code(
        "ไม่มีไฟล์ใบรับรองที่ `centre.ca_file` บอก",
        "The file of `centre.ca_file` is missing",
        "คัดลอกไฟล์มาใหม่ หรือทำขั้นศูนย์ของการตั้งค่าอีกครั้ง",
        "Copy the file again, or do the centre step of the set-up again",
    ),
    "T-05": _code(
        "ไม่มี libthai บรรทัดจึงตัดกลางคำ",
        "libthai is missing: Thai lines break inside words",
        "`apt install libthai0`",
        "`apt install libthai0`",
    ),
    "T-06": _code(
        "PIN ของช่างเก็บแบบเก่าที่เดาได้ง่าย",
        "The technician PIN is stored in an old format that is quick to guess",
        "ตั้ง PIN ใหม่ด้วย `kiosk pin`",
        "Make a new one with `kiosk pin`",
    ),
    "T-09": _code(
        "การตรวจข้อหนึ่งทำไม่สำเร็จ",
        "A health check failed to run",
        "แจ้งผู้ดูแลตู้ พร้อมผลของ `kiosk doctor`",
        "Report it to whoever maintains the kiosk, with the output of `kiosk doctor`",
    ),
    "T-10": _code(
        "การปิดกั้นเครื่องไม่ครบ",
        "A part of the lock-down is not in force",
        "เริ่มเครื่องใหม่ ถ้ายังเป็น สั่ง `apt reinstall damrongdham-kiosk` `kiosk doctor` บอกส่วนที่ขาด",
        "Restart the machine. If it stays: `apt reinstall damrongdham-kiosk`. `kiosk doctor` names the part",
    ),
    "T-11": _code(
        "ช่อง USB ปลดล็อกอยู่ แป้นพิมพ์และแฟลชไดรฟ์ใช้ได้",
        "The lock of the USB ports is open: a keyboard and a stick work until it closes",
        "เสร็จงานแล้วสั่ง `kiosk unlock --close` หรือเริ่มเครื่องใหม่",
        "When the work is done: `kiosk unlock --close`, or restart the machine",
    ),
    "T-12": _code(
        "จอแสดงคอนโซลอื่น ไม่ใช่หน้าจอของตู้",
        "The display shows another console than the interface’s",
        "ดูว่าใครอยู่ที่เครื่อง แล้วสั่ง `chvt 1`",
        "See who is at the machine, then `chvt 1`",
    ),
    "T-13": _code(
        "ยังไม่ได้ตั้ง `keypad.usb` แป้นปุ่มจึงถูกล็อก",
        "`keypad.usb` is not set, so the keypad is locked",
        "ดูรหัสด้วย `lsusb` แล้วใส่ใน `kiosk.toml`",
        "Find its identity with `lsusb` and write it into `kiosk.toml`",
    ),
    "T-14": _code(
        "ดิสก์สึกหรือเริ่มเสีย",
        "The disk is worn or failing",
        "รอให้ส่งเรื่องหมด แล้วเปลี่ยนดิสก์ก่อนที่จะเสีย",
        "Let everything waiting be sent, then replace the disk before it fails",
    ),
    "T-15": _code(
        "อัปเดตความปลอดภัยของ Debian ไม่สำเร็จมา 14 วัน",
        "Debian’s security updates have not succeeded for 14 days",
        "เปิดตู้ไว้ในเวลากลางคืน ตรวจ `network.proxy` เหตุผลอยู่ใน `journalctl -u damrongdham-kiosk-update`",
        "Leave the kiosk on at night and check `network.proxy`. Reasons: `journalctl -u damrongdham-kiosk-update`",
    ),
    "T-16": _code(
        "`kiosk.toml` มีค่าที่โปรแกรมรุ่นนี้ไม่รู้จัก ค่านั้นไม่มีผล",
        "`kiosk.toml` has an option that this release does not know; it has no effect",
        "`kiosk settings` บอกชื่อ ถ้าพิมพ์ผิด แก้แล้วเริ่มเครื่องใหม่ ถ้าเป็นของรุ่นใหม่กว่า อัปเดตตู้",
        "`kiosk settings` names it. Correct a mistyped name and restart the machine; update for one of a newer release",
    ),
}
