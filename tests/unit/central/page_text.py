"""The HTML of a page without the marks for line breaks (central.word_wrap), so that tests find whole sentences."""

import re
from typing import Any

_WORDS = re.compile('<span class="words">(.*?)</span>', re.DOTALL)


def page_text(response: Any) -> str:
    """The HTML of a response, with every text in one piece."""
    html = str(response.content.decode())
    return _WORDS.sub(lambda words: words[1].replace("<wbr>", ""), html)
