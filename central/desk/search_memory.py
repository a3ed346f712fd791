"""What an officer has searched for, by a random token. The token is in the URL of the results and the text is not: it
may name a person, and addresses are in logs and in the history of a browser. The texts end with the session."""

import secrets

from django.contrib.sessions.backends.base import SessionBase

_KEY = "searches"
_MAX_TEXTS = 20  # older ones are dropped; going back further shows an empty box


def remember_text(session: SessionBase, text: str) -> str:
    """The token of this text."""
    texts: dict[str, str] = dict(session.get(_KEY, {}))
    for token, other in texts.items():
        if other == text:
            return token
    token = secrets.token_urlsafe(8)
    session[_KEY] = dict(list(texts.items())[-(_MAX_TEXTS - 1) :]) | {token: text}
    return token


def recall_text(session: SessionBase, token: str) -> str:
    """The text of this token, '' when it is not of this session or was dropped."""
    return str(session.get(_KEY, {}).get(token, ""))
