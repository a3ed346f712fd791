"""What the apps publish to each other. A signal is sent inside the transaction of the command that causes it.

A receiver that must reach the outside (mail, notice) writes a row or enqueues a task: a transaction that fails must
leave nothing behind."""

from django.dispatch import Signal

case_event_appended = Signal()  # case: Case, event: CaseEvent
letter_page_stored = Signal()  # letter_page: LetterPage
attachment_stored = Signal()  # attachment: Attachment
case_erased = Signal()  # case: Case. Every app erases what it has, and returns its files
case_texts_indexed = Signal()  # case_ids: Sequence[int]; new cases, and cases with a changed text or name

# case: Case, news: str, a `central.notices.codes.News` ('question', 'answer'). Sent for news that is no event of the
# case itself, under the lock of the case. Changes of status, agency, officer and due date are found without it.
citizen_news = Signal()
