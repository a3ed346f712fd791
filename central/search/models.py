"""Tables of the search. The words themselves are in a column or a virtual table of the database (`word_index`)."""

from django.db import models

from central.cases.models import Case
from central.search.words import MAX_WORD_CHARS


class IndexedCase(models.Model):
    """A case in the index. Deleting the row removes its words: on PostgreSQL they are a column `words` of this table,
    on SQLite a trigger deletes them from the table `search_words`."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="+")
    indexed_at = models.DateTimeField()
    word_count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"words of {self.case_id}"


class CaseMark(models.Model):
    """A case whose text has changed since it was indexed. Triggers of the database write one row for each change, so
    that no writer can forget it. No foreign key: the case may be deleted meanwhile."""

    case_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"mark of {self.case_id}"


class IndexWord(models.Model):
    """A word of the index and the number of cases that have it: the vocabulary for spelling and for the weight of a
    word. Words of fewer than `vocabulary.MIN_CASES` cases are left out: one of them may be somebody's name."""

    word = models.CharField(max_length=MAX_WORD_CHARS, primary_key=True)
    case_count = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.word}: {self.case_count}"
