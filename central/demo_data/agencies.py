"""The invented register of Khon Kaen: 270 agencies of all kinds, with areas, contacts and declared days."""

from collections.abc import Iterator
from random import Random

from central.agencies import commands
from central.agencies.details import AgencyDetails, ContactDetails
from central.agencies.kinds import AgencyKind, AgencyLevel
from central.agencies.models import Agency
from central.agencies.rule_commands import RuleDetails, add_rules
from central.agencies.rule_set_install import install_rules
from central.centres.models import Centre
from central.demo_data.persons import invent_person
from protocol.topics import Topic
from thai import places

AGENCY_COUNT = 270
_PROVINCE = "40"
# Code, Thai name, English name, kind, declared working days.
_PROVINCIAL_OFFICES = (
    ("land-office", "สำนักงานที่ดินจังหวัด", "Provincial Land Office", AgencyKind.LAND, None),
    ("pea", "การไฟฟ้าส่วนภูมิภาคจังหวัด", "Provincial Electricity Authority", AgencyKind.ELECTRICITY, None),
    ("pwa", "การประปาส่วนภูมิภาคสาขา", "Provincial Waterworks Authority", AgencyKind.WATER, None),
    ("highways", "แขวงทางหลวง", "Highway District", AgencyKind.ROADS, None),
    ("rural-roads", "แขวงทางหลวงชนบท", "Rural Roads Office", AgencyKind.ROADS, None),
    ("environment", "สำนักงานทรัพยากรธรรมชาติและสิ่งแวดล้อมจังหวัด", "Environment Office", AgencyKind.ENVIRONMENT, None),
    ("health", "สำนักงานสาธารณสุขจังหวัด", "Public Health Office", AgencyKind.HEALTH, None),
    ("labour", "สำนักงานสวัสดิการและคุ้มครองแรงงานจังหวัด", "Labour Protection Office", AgencyKind.LABOUR, None),
    ("welfare", "สำนักงานพัฒนาสังคมและความมั่นคงของมนุษย์จังหวัด", "Social Development Office", AgencyKind.WELFARE, None),
    ("consumer", "สำนักงานคุ้มครองผู้บริโภคจังหวัด", "Consumer Protection Office", AgencyKind.CONSUMER, None),
    ("agriculture", "สำนักงานเกษตรจังหวัด", "Agriculture Office", AgencyKind.AGRICULTURE, 20),
    ("energy", "สำนักงานพลังงานจังหวัด", "Energy Office", AgencyKind.ENERGY, 30),
    ("pacc", "สำนักงานป้องกันและปราบปรามการทุจริต", "Anti-Corruption Office", AgencyKind.ANTI_CORRUPTION, 30),
    ("narcotics", "ศูนย์อำนวยการป้องกันและปราบปรามยาเสพติดจังหวัด", "Narcotics Centre", AgencyKind.NARCOTICS, None),
    ("justice", "สำนักงานยุติธรรมจังหวัด", "Justice Office", AgencyKind.JUSTICE, None),
    ("commerce", "สำนักงานพาณิชย์จังหวัด", "Commerce Office", AgencyKind.COMMERCE, None),
    ("transport", "สำนักงานขนส่งจังหวัด", "Transport Office", AgencyKind.TRANSPORT, None),
    ("irrigation", "โครงการชลประทานจังหวัด", "Irrigation Project", AgencyKind.IRRIGATION, None),
    ("education", "สำนักงานศึกษาธิการจังหวัด", "Education Office", AgencyKind.EDUCATION, None),
    ("finance", "สำนักงานคลังจังหวัด", "Finance Office", AgencyKind.FINANCE, None),
)
_TOPIC_OFFICES = {
    Topic.LAND: "land-office",
    Topic.ENVIRONMENT: "environment",
    Topic.CORRUPTION: "pacc",
    Topic.DRUGS: "narcotics",
    Topic.DEBT: "justice",
    Topic.CONSUMER: "consumer",
    Topic.LABOUR: "labour",
    Topic.HELP: "welfare",
}


def create_register(centre: Centre, random: Random) -> list[Agency]:
    """Create the agencies of the province's centre, then the rules that route its cases."""
    install_rules("police", centre, None)
    present = Agency.objects.filter(centre=centre).count()
    for number, details in enumerate(_all_details(random), start=present + 1):
        if number > AGENCY_COUNT:
            break
        commands.create(details, centre, None)
    by_code = {agency.code: agency for agency in Agency.objects.filter(centre=centre)}
    local = RuleDetails(topic=Topic.UTILITIES.value, lead_kind=AgencyKind.LOCAL_GOVERNMENT.value)
    safety = RuleDetails(
        topic=Topic.SAFETY.value, lead_kind=AgencyKind.POLICE.value, lead_level=AgencyLevel.DISTRICT.value
    )
    offices = [RuleDetails(topic=topic.value, lead_agency=by_code[code]) for topic, code in _TOPIC_OFFICES.items()]
    add_rules([local, safety, *offices], centre, None)
    return list(by_code.values())


def _all_details(random: Random) -> Iterator[AgencyDetails]:
    """Provincial offices, the police, an office of each district, then local governments, in this order."""
    name = places.full_name(_PROVINCE, "th").removeprefix("จังหวัด").removeprefix("จ.")
    for code, name_th, name_en, kind, days in _PROVINCIAL_OFFICES:
        yield _details(random, code, f"{name_th}{name}", name_en, kind, AgencyLevel.PROVINCE, _PROVINCE, days=days)
    yield _details(
        random, "police-region-4", "ตำรวจภูธรภาค 4", "Provincial Police Region 4", AgencyKind.POLICE, AgencyLevel.BUREAU,
        _PROVINCE, supervising_code="police-inspector-general",
    )  # fmt: skip
    for district in places.districts(_PROVINCE):
        yield _details(
            random, f"police-{district.code}", f"สถานีตำรวจภูธร{district.th}", f"{district.en} Police Station",
            AgencyKind.POLICE, AgencyLevel.DISTRICT, district.code, supervising_code="police-region-4",
        )  # fmt: skip
        yield _details(
            random, f"district-{district.code}", f"ที่ทำการปกครองอำเภอ{district.th}", f"{district.en} District Office",
            AgencyKind.ADMINISTRATION, AgencyLevel.DISTRICT, district.code,
        )  # fmt: skip
    for district in places.districts(_PROVINCE):
        for tambon in places.tambons(district.code):
            yield _details(
                random, f"sao-{tambon.code}", f"องค์การบริหารส่วนตำบล{tambon.th}", f"{tambon.en} SAO",
                AgencyKind.LOCAL_GOVERNMENT, AgencyLevel.TAMBON, tambon.code,
            )  # fmt: skip


def _details(  # noqa: PLR0917
    random: Random,
    code: str,
    name_th: str,
    name_en: str,
    kind: AgencyKind,
    level: AgencyLevel,
    area: str,
    *,
    days: int | None = None,
    supervising_code: str = "",
) -> AgencyDetails:
    contact, executive = invent_person(random), invent_person(random)
    return AgencyDetails(
        code=code,
        name_th=name_th,
        name_en=name_en,
        kind=kind.value,
        level=level.value,
        areas=(area,),
        email=f"{code}@agency.example",
        phone=contact.phone,
        declared_days=days,
        supervising_code=supervising_code,
        contact_point=ContactDetails(contact.full_name, "เจ้าหน้าที่ผู้ประสานงาน", contact.phone, f"{code}@agency.example"),
        cceo=ContactDetails(executive.full_name, "ผู้บริหาร"),
    )
