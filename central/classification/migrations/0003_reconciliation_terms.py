"""Terms of the reconciliation scheme to begin with, where a centre has entered none. Administrators change them."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_SCHEME = "reconciliation"
_TERMS = (
    ("inequality", "ความเหลื่อมล้ำและการเข้าถึงโอกาส", "Inequality and access to opportunity",
     ("help", "debt", "labour", "consumer")),
    ("resources", "ที่ดินและทรัพยากรธรรมชาติ", "Land and natural resources", ("land", "environment")),
    ("services", "บริการสาธารณะที่ทั่วถึง", "Public services for everybody", ("utilities",)),
    ("community", "ความสงบและความขัดแย้งในชุมชน", "Peace and conflict in communities", ("safety", "drugs")),
    ("integrity", "การทุจริตและการใช้อำนาจของเจ้าหน้าที่", "Corruption and abuse of power", ("corruption",)),
    ("justice", "กฎหมายและกระบวนการยุติธรรม", "Law and justice", ()),
    ("politics", "การเมืองและการมีส่วนร่วม", "Politics and participation", ()),
    ("media", "สื่อและข้อมูลข่าวสาร", "Media and information", ()),
    ("diversity", "ความต่างทางความเชื่อและวัฒนธรรม", "Differences of belief and culture", ()),
)  # fmt: skip


def add_terms(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    term = apps.get_model("classification", "Term")
    if term.objects.filter(scheme=_SCHEME).exists():
        return
    term.objects.bulk_create(
        term(scheme=_SCHEME, code=code, position=position, name_th=th, name_en=en, topics=list(topics))
        for position, (code, th, en, topics) in enumerate(_TERMS, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [("classification", "0002_starting_terms")]
    operations = [migrations.RunPython(add_terms, migrations.RunPython.noop)]
