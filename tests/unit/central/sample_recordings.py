"""Voice recordings as telephones and chat applications write them, made by FFmpeg."""

import subprocess
from functools import lru_cache

_TONE = ("-f", "lavfi", "-i", "sine=frequency=440:duration={seconds}")
_FILM = ("-f", "lavfi", "-i", "testsrc=duration=1:size=64x64:rate=5")
_ENCODERS = {
    "m4a": ("-c:a", "aac", "-f", "ipod"),
    "3gp": ("-c:a", "aac", "-f", "3gp"),
    "mp3": ("-f", "mp3"),
    "ogg": ("-c:a", "libopus", "-f", "ogg"),
    "wav": ("-f", "wav"),
    "aac": ("-c:a", "aac", "-f", "adts"),
}


@lru_cache(maxsize=16)
def recording(ending: str, seconds: float = 1.0) -> bytes:
    """A tone, with a title and a place."""
    options = ("-metadata", "title=เสียงสมชาย", "-metadata", "location=+13.7563+100.5018/", *_ENCODERS[ending])
    return _encode(*(part.format(seconds=seconds) for part in _TONE), *options)


def film() -> bytes:
    """A film with sound."""
    encoders = ("-c:v", "mpeg4", "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov", "-f", "mp4")
    return _encode(*_FILM, *(part.format(seconds=1) for part in _TONE), *encoders)


def amr() -> bytes:
    """Two seconds of AMR, of the lowest rate: FFmpeg decodes it and Debian's does not encode it."""
    return b"#!AMR\n" + (b"\x04" + bytes(12)) * 100


def _encode(*options: str) -> bytes:
    if "ipod" in options or "3gp" in options:  # these containers are written twice, so not into a pipe
        options = (*options[:-2], "-movflags", "frag_keyframe+empty_moov", *options[-2:])
    command = ["ffmpeg", "-v", "error", "-nostdin", *options, "pipe:1"]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
