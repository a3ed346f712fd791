"""The pictures of the technicians' handbook: what each shows. `./run handbook` makes them (tools/desk_handbook)."""

from collections.abc import Mapping

from protocol.bilingual_text import BilingualText

# Name of the file without its ending -> what a reader who does not see the picture has to know.
TECHNICIAN_PICTURES: Mapping[str, BilingualText] = {
    "kiosk-parts": BilingualText(
        "ภาพตู้ด้านหน้า มีหมายเลขที่จอ เครื่องอ่านบัตร ช่องใบติดตาม เครื่องสแกน และลำโพง",
        "The kiosk from the front, with numbers at panel, card reader, receipt, scanner and loudspeaker",
    ),
    "kiosk-wiring": BilingualText(
        "แผนผังสาย จากคอมพิวเตอร์ไปยังอุปกรณ์แต่ละชิ้น มีหมายเลขตามลำดับการต่อ",
        "The cables from the computer to each device, numbered in the order of connecting",
    ),
    "kiosk-image": BilingualText(
        "สามวิธีลงระบบ: ดิสก์อิมเมจ แฟลชไดรฟ์ และ apt", "Three ways to install: disk image, stick and apt"
    ),
    "setup-welcome": BilingualText("หน้าแรกของการตั้งค่า", "The first page of the set-up"),
    "setup-rotation": BilingualText("หน้าถามว่าภาพตั้งตรงหรือไม่", "The question whether the picture is upright"),
    "setup-stick": BilingualText("หน้าถามหาแฟลชไดรฟ์ที่มีค่าตั้ง", "The page that asks for a stick with settings"),
    "setup-network": BilingualText("หน้าเลือกการเชื่อมต่อเครือข่าย", "The choice of the network connection"),
    "setup-network-connected": BilingualText("หน้าบอกที่อยู่เมื่อเชื่อมต่อแล้ว", "The address after connecting"),
    "setup-clock": BilingualText("หน้าเลือกผู้ตั้งนาฬิกา", "The choice of who sets the clock"),
    "setup-centre": BilingualText("หน้ากรอกที่อยู่ของศูนย์", "The address of the centre"),
    "setup-fingerprint": BilingualText("หน้าเทียบลายพิมพ์ใบรับรอง", "The fingerprint to compare"),
    "setup-hall": BilingualText("หน้ากรอกหมายเลขตู้", "The kiosk’s number"),
    "setup-ruler": BilingualText("หน้าวัดความกว้างด้วยไม้บรรทัด", "The line to measure with a ruler"),
    "setup-touch": BilingualText("หน้าลองการสัมผัส", "The test of the touch panel"),
    "setup-reader": BilingualText("หน้าลองเครื่องอ่านบัตร", "The test of the card reader"),
    "setup-scanner": BilingualText("หน้าเลือกเครื่องสแกน", "The choice of the scanner"),
    "setup-printer": BilingualText("หน้าเลือกเครื่องพิมพ์", "The choice of the printer"),
    "setup-printer-judge": BilingualText("หน้าถามว่าใบทดสอบออกมาหรือไม่", "The question whether the slip came out"),
    "setup-sound": BilingualText("หน้าลองลำโพง", "The test of the loudspeaker"),
    "setup-pin": BilingualText("หน้าตั้ง PIN ของช่าง", "The choice of the technician’s PIN"),
    "setup-enrol": BilingualText("หน้าแสดงรหัสให้เจ้าหน้าที่เทียบ", "The code that an officer compares"),
    "setup-key": BilingualText("หน้าแสดงกุญแจกู้คืนของดิสก์", "The recovery key of the disk"),
    "setup-end": BilingualText("หน้าบอกว่าตั้งค่าเสร็จแล้ว", "The end of the set-up"),
    "kiosk-welcome": BilingualText("หน้าต้อนรับประชาชน", "The welcome of citizens"),
    "kiosk-receipt": BilingualText("หน้าใบติดตามหลังส่งเรื่อง", "The receipt after a case was sent"),
    "kiosk-pin": BilingualText("หน้าใส่ PIN ของช่าง", "The entry of the technician’s PIN"),
    "kiosk-technician": BilingualText("หน้าช่าง มีรายงานและปุ่ม", "The technician’s screen with report and buttons"),
    "kiosk-tests": BilingualText("การลองอุปกรณ์บนหน้าช่าง", "The device tests on the technician’s screen"),
    "kiosk-fault": BilingualText("จอแจ้งว่ากระดาษหมด พร้อมรหัส P-02", "The screen says that paper is out, with P-02"),
    "kiosk-page": BilingualText("หน้าของตู้ที่ศูนย์ มีรายงานและปุ่มคำสั่ง", "The kiosk’s page at the centre"),
    "kiosk-usb": BilingualText("สองวิธีเปิดช่อง USB", "The two ways to open the USB ports"),
    "kiosk-paper": BilingualText(
        "วิธีใส่ม้วนกระดาษ ปลายกระดาษออกจากด้านบนของม้วน", "How the roll lies: the paper comes from its top"
    ),
    "kiosk-old-disk": BilingualText(
        "ดิสก์เดิม ตู้ใหม่ และศูนย์ เรื่องที่ค้างไปถึงศูนย์ทางแฟลชไดรฟ์",
        "The old disk, the new kiosk and the centre: what waits travels by stick",
    ),
    "kiosk-boot-menu": BilingualText("เมนูเปิดเครื่อง มีรายการ Recovery", "The boot menu with the entry Recovery"),
    "kiosk-out-of-service": BilingualText("หน้าแจ้งขัดข้อง รหัส K-16", "The fault page with code K-16"),
}
