"""Invented people: names that belong to nobody, phone numbers and addresses that do not exist."""

from dataclasses import dataclass
from random import Random

_TITLES = {"male": ("นาย",), "female": ("นาง", "นางสาว")}
_FIRST_NAMES = {
    "male": ("บุญมา", "สมหวัง", "ทองคำ", "ประเสริฐ", "วิเชียร", "สุรชัย", "คำปัน", "อุดม", "ไพโรจน์", "ณรงค์", "เฉลิม", "มานพ"),
    "female": ("มาลี", "สมศรี", "บัวผัน", "จันทร์แรม", "วิไล", "พิกุล", "สายทอง", "อำไพ", "รัตนา", "นงเยาว์", "ลำดวน", "ประนอม"),
}
_LAST_NAMES = (
    "ทดลองสุข",
    "ตัวอย่างดี",
    "สมมุติชัย",
    "จำลองกิจ",
    "สาธิตพงษ์",
    "นามสมมติ",
    "ลองงาน",
    "แบบอย่าง",
    "ฝึกหัดการ",
    "ซ้อมมือ",
    "ต้นแบบ",
    "อุปมา",
)


@dataclass(frozen=True)
class InventedPerson:
    """One person who does not exist."""

    title: str
    first_name: str
    last_name: str
    sex: str
    birth_date: str  # B.E. YYYYMMDD
    phone: str
    address: str

    @property
    def full_name(self) -> str:
        """Title and names."""
        return f"{self.title}{self.first_name} {self.last_name}"


def invent_person(random: Random) -> InventedPerson:
    """A person. Phone numbers begin with 000, which is not assigned to any network."""
    sex = random.choice(("male", "female"))
    year = 2569 - random.randint(19, 84)
    return InventedPerson(
        title=random.choice(_TITLES[sex]),
        first_name=random.choice(_FIRST_NAMES[sex]),
        last_name=random.choice(_LAST_NAMES),
        sex=sex,
        birth_date=f"{year}{random.randint(1, 12):02d}{random.randint(1, 28):02d}",
        phone=f"000{random.randint(0, 9_999_999):07d}",
        address=f"{random.randint(1, 299)} หมู่ที่ {random.randint(1, 14)}",
    )
