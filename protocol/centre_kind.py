"""What kind a centre is. The wording of a status depends on it (`protocol.case_status`)."""

from enum import StrEnum


class CentreKind(StrEnum):
    """The three levels of the tree of centres, from the top."""

    MINISTRY = "ministry"
    PROVINCE = "province"
    DISTRICT = "district"

    @classmethod
    def of_area(cls, area_code: str) -> "CentreKind":
        """The kind of the centre of an area: no code the ministry, 2 digits a province, more a district."""
        if not area_code:
            return cls.MINISTRY
        return cls.PROVINCE if len(area_code) == 2 else cls.DISTRICT
