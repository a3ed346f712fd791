"""Makes the sounds of the kiosk: python assets/sounds/make.py. They are sums of sines and nobody else's work."""

import math
import struct
import wave
from pathlib import Path

RATE = 22050  # samples a second
LOUDEST = 0.5  # of full scale
HERE = Path(__file__).parent

# Each sound is notes one after the other: hertz, seconds. Above 300 and below 3,000 Hz, where old ears still hear.
SOUNDS = {
    "touch": ((1320.0, 0.035),),
    "success": ((659.3, 0.13), (880.0, 0.13), (1318.5, 0.28)),
    "error": ((440.0, 0.18), (330.0, 0.34)),
    "take_card": ((880.0, 0.16), (659.3, 0.16), (880.0, 0.16), (659.3, 0.3)),
}


def samples(notes: tuple[tuple[float, float], ...]) -> list[int]:
    """The notes with a soft beginning and end, each with a quiet octave above it."""
    made = []
    for hertz, seconds in notes:
        count = round(seconds * RATE)
        for index in range(count):
            edge = min(1.0, index / 110, (count - index) / (0.6 * count))
            angle = 2 * math.pi * hertz * index / RATE
            made.append(round(32767 * LOUDEST * edge * (0.8 * math.sin(angle) + 0.2 * math.sin(2 * angle))))
    return made


def write(name: str) -> None:
    """One WAV file: 16 bits, one channel."""
    made = samples(SOUNDS[name])
    with wave.open(str(HERE / f"{name}.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{len(made)}h", *made))


if __name__ == "__main__":
    for sound in SOUNDS:
        write(sound)
