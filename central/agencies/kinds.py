"""What kinds of agencies there are and at which level they work. Plain Python: the routing and its explanation use it.

Kind and level are apart, so that a rule can name «the police of the area» at any level, or at one: a police station is
`police` at `district`, a provincial police headquarters `police` at `province`, a police region or bureau `police` at
`bureau`, the inspector-general `police` at `national`. A case about the police has `about_kind` `police`."""

from enum import StrEnum

from protocol.bilingual_text import BilingualText


class AgencyKind(StrEnum):
    """The field an agency works in."""

    ADMINISTRATION = "administration"
    LOCAL_GOVERNMENT = "local_government"
    POLICE = "police"
    LAND = "land"
    ROADS = "roads"
    ELECTRICITY = "electricity"
    WATER = "water"
    IRRIGATION = "irrigation"
    ENVIRONMENT = "environment"
    HEALTH = "health"
    EDUCATION = "education"
    LABOUR = "labour"
    WELFARE = "welfare"
    CONSUMER = "consumer"
    COMMERCE = "commerce"
    AGRICULTURE = "agriculture"
    ENERGY = "energy"
    TRANSPORT = "transport"
    FINANCE = "finance"
    JUSTICE = "justice"
    ANTI_CORRUPTION = "anti_corruption"
    NARCOTICS = "narcotics"
    MILITARY = "military"
    OTHER = "other"


class AgencyLevel(StrEnum):
    """The level an agency works at, widest first."""

    NATIONAL = "national"
    BUREAU = "bureau"  # a region of several provinces, or a bureau
    PROVINCE = "province"
    DISTRICT = "district"
    TAMBON = "tambon"


KINDS: dict[AgencyKind, BilingualText] = {
    AgencyKind.ADMINISTRATION: BilingualText("ฝ่ายปกครอง", "Administration"),
    AgencyKind.LOCAL_GOVERNMENT: BilingualText("องค์กรปกครองส่วนท้องถิ่น", "Local government"),
    AgencyKind.POLICE: BilingualText("ตำรวจ", "Police"),
    AgencyKind.LAND: BilingualText("ที่ดิน", "Land"),
    AgencyKind.ROADS: BilingualText("ทางหลวงและถนน", "Roads"),
    AgencyKind.ELECTRICITY: BilingualText("ไฟฟ้า", "Electricity"),
    AgencyKind.WATER: BilingualText("ประปา", "Water supply"),
    AgencyKind.IRRIGATION: BilingualText("ชลประทาน", "Irrigation"),
    AgencyKind.ENVIRONMENT: BilingualText("ทรัพยากรธรรมชาติและสิ่งแวดล้อม", "Environment"),
    AgencyKind.HEALTH: BilingualText("สาธารณสุข", "Public health"),
    AgencyKind.EDUCATION: BilingualText("การศึกษา", "Education"),
    AgencyKind.LABOUR: BilingualText("แรงงาน", "Labour"),
    AgencyKind.WELFARE: BilingualText("พัฒนาสังคมและสวัสดิการ", "Welfare"),
    AgencyKind.CONSUMER: BilingualText("คุ้มครองผู้บริโภค", "Consumer protection"),
    AgencyKind.COMMERCE: BilingualText("พาณิชย์และอุตสาหกรรม", "Commerce and industry"),
    AgencyKind.AGRICULTURE: BilingualText("เกษตร", "Agriculture"),
    AgencyKind.ENERGY: BilingualText("พลังงาน", "Energy"),
    AgencyKind.TRANSPORT: BilingualText("ขนส่ง", "Transport"),
    AgencyKind.FINANCE: BilingualText("การเงินและการคลัง", "Finance"),
    AgencyKind.JUSTICE: BilingualText("ยุติธรรม", "Justice"),
    AgencyKind.ANTI_CORRUPTION: BilingualText("ปราบปรามการทุจริต", "Anti-corruption"),
    AgencyKind.NARCOTICS: BilingualText("ปราบปรามยาเสพติด", "Narcotics control"),
    AgencyKind.MILITARY: BilingualText("ทหาร", "Military"),
    AgencyKind.OTHER: BilingualText("อื่นๆ", "Other"),
}
LEVELS: dict[AgencyLevel, BilingualText] = {
    AgencyLevel.NATIONAL: BilingualText("ส่วนกลาง", "National"),
    AgencyLevel.BUREAU: BilingualText("ภาคหรือกองบัญชาการ", "Region or bureau"),
    AgencyLevel.PROVINCE: BilingualText("จังหวัด", "Province"),
    AgencyLevel.DISTRICT: BilingualText("อำเภอ", "District"),
    AgencyLevel.TAMBON: BilingualText("ตำบล", "Tambon"),
}
