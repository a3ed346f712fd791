"""The words of the corpus: Thai words by frequency, invented names, offices, English words.

Thai words: the frequency list of the Thai National Corpus in `pythainlp` (CC0-1.0). Places: `geothai` (MIT). Names of
people are put together from syllables, so that no real person is named.
"""

import random
import re
import zlib
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from pythainlp.corpus import tnc

from ocr.training.typefaces import Split
from thai import places

# So frequent that no sentence does without them; shared by all parts of the split.
_COMMON_WORDS = 400
# Flattens the frequencies, so that rare letters are met: with 1.0 half of all words would be from the first 100.
_FREQUENCY_POWER = 0.6
_NOT_A_WORD = re.compile(r"(.)\1\1")
_THAI_WORD = re.compile("[ก-ฮ\u0e30-\u0e39เ-\u0e4d]+")

GIVEN_STARTS = "สม วิ ประ ศิริ พร อนุ กิตติ ธน ณัฐ จิรา สุ บุญ ปิยะ ชัย อรุณ มณี วร นิ รัต ดวง ทวี เฉลิม ฐิติ ภัทร อัญ ปฐ ญาณ ฤดี".split()
GIVEN_ENDS = "ชาย พร ศักดิ์ วัฒน์ พงษ์ ณี รัตน์ ลักษณ์ นันท์ ภา ดา เดช ฤทธิ์ ศรี กุล พล สิทธิ์ วุฒิ กานต์ ชญา ฎา หญิง โชติ ณุ".split()
FAMILY_PARTS = (
    "ทอง ศรี บุญ แก้ว วงศ์ พันธุ์ สุข ใจ ดี มา คำ จันทร์ ชัย รุ่ง เรือง สว่าง นาม โพธิ์ สิงห์ ประเสริฐ เจริญ ผล ทรัพย์ แสน"
    " หล้า ไชย เพชร งาม ยิ่ง มั่น คง ญาติ ฤกษ์ ภู่ ฉ่ำ ฟ้า ถาวร ธรรม ษา"
).split()
TITLES = "นาย นาง นางสาว ด.ช. ด.ญ. น.ส. ร.ต.อ. พ.ต.ท. พ.อ. ดร. ว่าที่ ร.ต. จ.ส.อ. พระครู นพ.".split() + ["นาย", "นาง", "นางสาว"] * 4
OFFICES = (
    "ที่ว่าการอำเภอ|ศูนย์ดำรงธรรมจังหวัด|สำนักงานจังหวัด|เทศบาลตำบล|องค์การบริหารส่วนตำบล|สำนักงานที่ดิน|การไฟฟ้าส่วนภูมิภาค"
    "|การประปาส่วนภูมิภาค|แขวงทางหลวง|สำนักงานสาธารณสุข|สถานีตำรวจภูธร|สำนักงานขนส่ง|สำนักงานเกษตร|กรมการปกครอง|กระทรวงมหาดไทย"
    "|สำนักงานคุ้มครองผู้บริโภค|ธนาคารเพื่อการเกษตร|สำนักงานแรงงาน|โรงเรียนบ้าน|โรงพยาบาลส่งเสริมสุขภาพ|ป่าไม้จังหวัด|ชลประทาน"
).split("|")
POSITIONS = (
    "นายอำเภอ|ปลัดอำเภอ|ผู้ใหญ่บ้าน|กำนัน|นายก อบต.|หัวหน้าสำนักงาน|นิติกรชำนาญการ|นักวิชาการ|เจ้าพนักงานธุรการ|ผู้อำนวยการ"
    "|รองผู้ว่าราชการจังหวัด|ประธานชุมชน|ผู้รับมอบอำนาจ|เจ้าหน้าที่|วิศวกรโยธา"
).split("|")
PROBLEMS = (
    "ถนนเป็นหลุมเป็นบ่อ|น้ำท่วมขัง|ไฟฟ้าดับบ่อย|เสียงดังรบกวน|กลิ่นเหม็น|การบุกรุกที่ดินสาธารณะ|ขยะตกค้าง|สุนัขจรจัด|หนี้นอกระบบ"
    "|ฝุ่นละออง|น้ำเสียลงลำคลอง|การก่อสร้างผิดแบบ|การเรียกรับเงิน|แนวเขตที่ดินพิพาท|ภัยแล้ง|ไฟป่าและหมอกควัน|รถบรรทุกน้ำหนักเกิน"
    "|โรงงานปล่อยควัน|เจ้าหน้าที่พูดจาไม่สุภาพ|การพนัน|ยาเสพติด|ค่าไฟฟ้าสูงผิดปกติ"
).split("|")
THINGS = (
    "ซ่อมแซมถนน|ขุดลอกคลอง|ติดตั้งไฟส่องสว่าง|เครื่องสูบน้ำ|เบี้ยยังชีพผู้สูงอายุ|ทุนการศึกษา|การจัดตั้งศูนย์|สวัสดิการแห่งรัฐ"
    "|งานสารบรรณ|การรักษาความสะอาด|การควบคุมอาคาร|รถน้ำดับเพลิง|ที่ดินทำกิน|หมู่บ้าน|เงินเยียวยา"
).split("|")
DOCUMENTS = "บัตรประจำตัวประชาชน ทะเบียนบ้าน โฉนดที่ดิน ใบเสร็จรับเงิน สัญญากู้ยืม หนังสือมอบอำนาจ ใบแจ้งความ แผนที่สังเขป".split()
PLACES = "วัด โรงเรียน ตลาดสด ศาลากลางจังหวัด สะพาน หมู่บ้าน ชุมชน โรงพยาบาล สี่แยก หนองน้ำ สวนสาธารณะ สถานีขนส่ง".split()
UNITS = "บาท คน ครัวเรือน ฉบับ แผ่น ชุด ราย วัน ไร่ ครั้ง หลัง ตัว เมตร กิโลเมตร ลิตร กิโลกรัม เครื่อง คัน ต้น แห่ง ชั่วโมง ปี เดือน ตร.ม.".split()
ABBREVIATIONS = (
    "อบต. อบจ. สภ. รพ.สต. ทต. กฟภ. กปภ. กทม. ศดธ. ส.ป.ก. น.ส.3 ภ.บ.ท.5 ป.ป.ช. ส.ต.ง. พ.ร.บ. พ.ร.ก. ม.ร.ว. ป.วิ.อ. ศอ.บต. มท"
    " นร ปค ปปท. คสช. ก.พ. กกต. สนง. ผวจ. ปจว. ร.ง.4 สปสช. อสม. ผญบ. ชรบ."
).split()
ENGLISH_WORDS = (
    "office report project service online system email line facebook internet website phone mobile road bridge water power"
    " meter market school hospital police station bank account transfer number total date name address complaint request"
    " letter document copy original page form print scan camera computer printer network server update download file"
    " version model serial warranty company limited group public private health safety fire waste air dust noise smoke"
    " quality standard test result code level high low new old north south east west center tower plaza hotel resort"
    " village city town district province country Thailand Bangkok Asia Co Ltd Inc No Mr Mrs Ms Dr Tel Fax Ref Subject"
    " Dear Sir Madam Sincerely Regards thank you please with and for the from that this have been will not are was were"
    " PDF JPEG QR SMS ATM ID VAT GPS CCTV USB WiFi LED PVC AC DC kW km cm kg mm ISO COVID PM AI IT HR CEO NGO UN WHO"
).split()
ENGLISH_PHRASES = (
    "{word} {word}",
    "{word} {word} {word}",
    "The {word} of the {word} is {word}",
    "Please {word} the {word} before {word}",
    "{Word} {Word} {number}",
    "{place} {word}",
    "Amphoe {place}, {place} Province",
    "We {word} that the {word} in {place} was {word}",
    "{Word}: {word} {word} {word}",
)


@dataclass(frozen=True)
class Vocabulary:
    """Words of one part of the split, with accumulated weights for `random.choices`."""

    words: tuple[str, ...]
    weights: tuple[float, ...]
    thai_places: tuple[str, ...]
    english_places: tuple[str, ...]

    def choose(self, chance: random.Random, count: int) -> list[str]:
        """`count` words, frequent ones more often."""
        return chance.choices(self.words, cum_weights=self.weights, k=count)


def split_of(word: str) -> Split:
    """The part that a word belongs to: 8 of 10 train, 1 tunes, 1 is held out. The same on every machine."""
    place = zlib.crc32(word.encode()) % 10
    return "tuning" if place == 0 else "held_out" if place == 1 else "training"


@cache
def vocabulary(split: Split) -> Vocabulary:
    """The words of one part: the most frequent Thai words, and of the others those that `split_of` gives it."""
    words, weights = [], []
    for rank, (word, count) in enumerate(sorted(tnc.word_freqs(), key=lambda entry: (-entry[1], entry[0]))):
        usable = _THAI_WORD.fullmatch(word) and not _NOT_A_WORD.search(word) and len(word) > 1
        if usable and (rank < _COMMON_WORDS or split_of(word) == split):
            words.append(word)
            weights.append(count**_FREQUENCY_POWER)
    districts = [area for province in places.provinces() for area in places.districts(province.code)]
    tambons = [area for district in districts for area in places.tambons(district.code)]
    areas = [area for area in (*places.provinces(), *districts, *tambons) if split_of(area.th) == split]
    thai, english = sorted({area.th for area in areas}), sorted({area.en for area in areas})
    return Vocabulary(tuple(words), tuple(accumulate(weights)), tuple(thai), tuple(english))
