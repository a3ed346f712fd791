"""Checks and encodes voice recordings anew. Runs in a confined child process that may start FFmpeg only. No Django.

Whatever a telephone, a recorder or a chat application writes becomes one kind of file: Opus in Ogg, one channel. Place,
device, title and pictures of the source are gone, and so is whatever its decoder could be made to do outside the child.
"""

import re
import struct
import subprocess
import tempfile
from pathlib import Path

from central.cases.refusals import Refusal, RefusedFileError

PROGRAM = "ffmpeg"
AUDIO = "audio/ogg"
MAX_RECORDING_S = 3600  # encoding an hour takes 20 s of a processor
DEADLINE_S, MEMORY_MB = 55.0, 1024  # of all that a request does with recordings: the proxy waits for 60 s
WORKER_DEADLINE_S = 600.0  # an hour of recording on a machine that is thirty times too busy
_MPEG_SYNCS = (b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2", b"\xff\xe3", b"\xff\xe2")
_ADTS_SYNCS = (b"\xff\xf1", b"\xff\xf9", b"\xff\xf0", b"\xff\xf8")
_STARTS = (b"ID3", b"OggS", b"#!AMR", *_MPEG_SYNCS, *_ADTS_SYNCS)
_MOVIE_BRANDS = (b"M4A", b"M4B", b"mp4", b"iso", b"3g", b"qt", b"dash", b"MSNV")
# Of containers and codecs only those of recordings: the others, some of them rarely tested, are never run.
_FORMATS = "mp3,aac,ogg,wav,amr,mov"
_CODECS = (
    "mp3,mp3float,aac,aac_latm,opus,libopus,vorbis,speex,libspeex,flac,alac,amrnb,amrwb,pcm_s16le,pcm_s16be,pcm_u8,"
    "pcm_s24le,pcm_s32le,pcm_f32le,pcm_mulaw,pcm_alaw,adpcm_ms,adpcm_ima_wav,gsm,gsm_ms"
)
_SAMPLES_PER_S = 48_000  # the clock of Opus in Ogg, whatever its rate
_LENGTH = re.compile(r"Duration: (\d{2,4}):(\d{2}):")
_VIDEO = re.compile(r"Stream #0:\d+.*: Video: (?!.*\(attached pic\))")


def is_recording(content: bytes) -> bool:
    """Whether a file begins like a recording. Its container may have a film, which `clean_recording` refuses."""
    if (content[:4], content[8:12]) == (b"RIFF", b"WAVE") or content.startswith(_STARTS):
        return True
    return content[4:8] == b"ftyp" and content[8:12].startswith(_MOVIE_BRANDS)


def clean_recording(content: bytes) -> tuple[str, bytes]:
    """'' and the recording as Opus in Ogg; otherwise a Refusal and b''."""
    try:
        return "", _encoded(content)
    except RefusedFileError as error:
        return error.refusal.value, b""


def check_recording(content: bytes) -> str:
    """'' for a recording whose first second can be decoded, otherwise a Refusal. It takes a fraction of a second, so
    whoever sends a wrong file is told at once."""
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch, "source")
        source.write_bytes(content)
        output, code = _run([*_input(source), "-t", "1", "-f", "null", "-"])
    if _VIDEO.search(output):
        return Refusal.VIDEO.value
    if code != 0:
        return Refusal.DAMAGED.value
    length = _LENGTH.search(output)
    hours, minutes = (int(length[1]), int(length[2])) if length else (0, 0)
    # The length in the head of some files is an estimate: only what is far too long is refused by it.
    return Refusal.TOO_LONG.value if hours * 3600 + minutes * 60 > 2 * MAX_RECORDING_S else ""


def duration_s(recording: bytes) -> float:
    """Seconds of a clean recording, by the position on its last Ogg page (RFC 7845). Raises ValueError."""
    last = recording.rfind(b"OggS")
    if last < 0 or len(recording) < last + 14:
        raise ValueError("no Ogg page")
    (position,) = struct.unpack_from("<q", recording, last + 6)
    return float(max(position, 0)) / _SAMPLES_PER_S


def _encoded(content: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as scratch:
        source, target = Path(scratch, "source"), Path(scratch, "clean.ogg")
        source.write_bytes(content)
        options = [*_input(source), "-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1"]
        options += ["-vn", "-sn", "-dn", "-t", str(MAX_RECORDING_S + 1), "-ac", "1", "-ar", "16000", "-threads", "1"]
        options += ["-c:a", "libopus", "-application", "voip", "-b:a", "24k", "-compression_level", "3"]
        options += ["-fflags", "+bitexact", "-flags:a", "+bitexact", "-f", "ogg", str(target)]
        output, code = _run(options)
        if _VIDEO.search(output):
            raise RefusedFileError(Refusal.VIDEO)
        clean = target.read_bytes() if target.exists() else b""
    if code != 0 or not clean.startswith(b"OggS"):
        raise RefusedFileError(Refusal.DAMAGED)
    seconds = duration_s(clean)
    if seconds > MAX_RECORDING_S:
        raise RefusedFileError(Refusal.TOO_LONG)
    if seconds < 0.1:
        raise RefusedFileError(Refusal.DAMAGED)
    return clean


def _input(source: Path) -> list[str]:
    """The first sound of the file, opened with the listed containers and codecs only."""
    options = ["-hide_banner", "-nostdin", "-nostats", "-threads", "1", "-protocol_whitelist", "file"]
    options += ["-format_whitelist", _FORMATS, "-codec_whitelist", _CODECS, "-i", str(source)]
    return [*options, "-map", "0:a:0"]


def _run(options: list[str]) -> tuple[str, int]:
    """What FFmpeg says, and its exit code."""
    run = subprocess.run([PROGRAM, *options], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    return run.stderr.decode(errors="replace"), run.returncode
