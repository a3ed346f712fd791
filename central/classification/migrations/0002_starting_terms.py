"""The terms that a new installation begins with: the areas of the national strategy 2018–2037, the subjects of the
reform plans, the 17 sustainable development goals, and common sub-topics. Administrators change them."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_STRATEGY = (
    ("security", "ความมั่นคง", "Security", ("safety", "drugs")),
    ("competitiveness", "การสร้างความสามารถในการแข่งขัน", "Competitiveness", ("utilities",)),
    ("people", "การพัฒนาและเสริมสร้างศักยภาพทรัพยากรมนุษย์", "Human capital", ()),
    ("opportunity", "การสร้างโอกาสและความเสมอภาคทางสังคม", "Social opportunity and equality",
     ("help", "debt", "labour", "land", "consumer")),
    ("green", "การสร้างการเติบโตบนคุณภาพชีวิตที่เป็นมิตรต่อสิ่งแวดล้อม", "Environmentally friendly growth", ("environment",)),
    ("government", "การปรับสมดุลและพัฒนาระบบการบริหารจัดการภาครัฐ", "Public administration", ("corruption",)),
)  # fmt: skip
_REFORM = (
    ("politics", "การเมือง", "Politics", ()),
    ("administration", "การบริหารราชการแผ่นดิน", "Public administration", ()),
    ("law", "กฎหมาย", "Law", ()),
    ("justice", "กระบวนการยุติธรรม", "Justice", ("safety", "drugs")),
    ("economy", "เศรษฐกิจ", "Economy", ("debt", "consumer")),
    ("environment", "ทรัพยากรธรรมชาติและสิ่งแวดล้อม", "Natural resources and environment", ("environment", "land")),
    ("health", "สาธารณสุข", "Public health", ()),
    ("media", "สื่อสารมวลชน เทคโนโลยีสารสนเทศ", "Media and information technology", ()),
    ("society", "สังคม", "Society", ("help",)),
    ("energy", "พลังงาน", "Energy", ()),
    ("integrity", "การป้องกันและปราบปรามการทุจริต", "Prevention of corruption", ("corruption",)),
    ("education", "การศึกษา", "Education", ()),
    ("culture", "วัฒนธรรม กีฬา แรงงาน และทรัพยากรมนุษย์", "Culture, sports, labour", ("labour",)),
)
_SDG = (
    ("sdg1", "ขจัดความยากจน", "1 No poverty", ("help", "debt")),
    ("sdg2", "ขจัดความหิวโหย", "2 Zero hunger", ()),
    ("sdg3", "สุขภาพและความเป็นอยู่ที่ดี", "3 Good health and well-being", ("drugs",)),
    ("sdg4", "การศึกษาที่มีคุณภาพ", "4 Quality education", ()),
    ("sdg5", "ความเท่าเทียมทางเพศ", "5 Gender equality", ()),
    ("sdg6", "น้ำสะอาดและสุขาภิบาล", "6 Clean water and sanitation", ()),
    ("sdg7", "พลังงานสะอาดที่ทุกคนเข้าถึงได้", "7 Affordable and clean energy", ()),
    ("sdg8", "งานที่มีคุณค่าและการเติบโตทางเศรษฐกิจ", "8 Decent work and economic growth", ("labour",)),
    ("sdg9", "อุตสาหกรรม นวัตกรรม โครงสร้างพื้นฐาน", "9 Industry, innovation, infrastructure", ("utilities",)),
    ("sdg10", "ลดความเหลื่อมล้ำ", "10 Reduced inequalities", ()),
    ("sdg11", "เมืองและชุมชนที่ยั่งยืน", "11 Sustainable cities and communities", ()),
    ("sdg12", "การผลิตและการบริโภคที่ยั่งยืน", "12 Responsible consumption and production", ("consumer",)),
    ("sdg13", "การรับมือการเปลี่ยนแปลงสภาพภูมิอากาศ", "13 Climate action", ()),
    ("sdg14", "ทรัพยากรทางทะเล", "14 Life below water", ()),
    ("sdg15", "ระบบนิเวศบนบก", "15 Life on land", ("environment", "land")),
    ("sdg16", "ความสงบสุข ยุติธรรม และสถาบันที่เข้มแข็ง", "16 Peace, justice and strong institutions",
     ("safety", "corruption")),
    ("sdg17", "ความร่วมมือเพื่อการพัฒนา", "17 Partnerships for the goals", ()),
)  # fmt: skip
_SUBTOPIC = (
    ("electricity", "ไฟฟ้า", "Electricity", ("utilities",)),
    ("street_light", "ไฟส่องสว่างริมทาง", "Street lights", ("utilities",)),
    ("water", "ประปาและน้ำใช้", "Water supply", ("utilities",)),
    ("road", "ถนนและทางเท้า", "Roads and footpaths", ("utilities",)),
    ("drainage", "ท่อระบายน้ำและน้ำท่วมขัง", "Drainage", ("utilities",)),
    ("telephone", "โทรศัพท์และอินเทอร์เน็ต", "Telephone and internet", ("utilities",)),
    ("encroachment", "บุกรุกที่สาธารณะ", "Encroachment on public land", ("land",)),
    ("boundary", "แนวเขตและทางเข้าออก", "Boundaries and access", ("land",)),
    ("title_deed", "เอกสารสิทธิ", "Title deeds", ("land",)),
    ("waste_water", "น้ำเสีย", "Waste water", ("environment",)),
    ("air", "กลิ่น ควัน ฝุ่น", "Smell, smoke, dust", ("environment",)),
    ("noise", "เสียงดัง", "Noise", ("environment",)),
    ("waste", "ขยะ", "Waste", ("environment",)),
)


def add_terms(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    term = apps.get_model("classification", "Term")
    tables = {"strategy": _STRATEGY, "reform": _REFORM, "sdg": _SDG, "subtopic": _SUBTOPIC}
    term.objects.bulk_create(
        term(scheme=scheme, code=code, position=position, name_th=th, name_en=en, topics=list(topics))
        for scheme, rows in tables.items()
        for position, (code, th, en, topics) in enumerate(rows, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [("classification", "0001_initial")]
    operations = [migrations.RunPython(add_terms, migrations.RunPython.noop)]
