"""Reads a SoundFont 2 bank: which samples sound for a program and a key, and how.

After the SoundFont Technical Specification 2.04. Modulators are not read; velocity follows the default one (amplitude
is the square of velocity / 127). The built-in bank, TimGM6mb, holds all 128 programs and the kits Standard (0), Room (8),
Power (16), Electronic (24), TR-808 (25), Jazz (32, the same sounds as Standard), Brush (40) and Orchestra (48), each with
keys 27 to 87.
"""

from __future__ import annotations

import importlib.util
import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from state.errors import SetupError

_DRUM_BANK = 128
_INSTRUMENT, _KEYS, _VELOCITIES, _SAMPLE = 41, 43, 44, 53
_NOT_ADDED = frozenset({0, 1, 2, 3, 4, 12, 45, 46, 47, 50, _SAMPLE, 54, 57, 58})
"""Generators that only an instrument may set."""
_DEFAULTS = {8: 13500, 56: 100, 58: -1, **dict.fromkeys((21, 23, 25, 26, 27, 28, 30, 33, 34, 35, 36, 38), -12000)}
_EMU_ATTENUATION = 0.04
"""dB for each unit of initial attenuation: the EMU8000, which banks were made on, plays 0.4 of what the text says."""
_FULL_KEYS = 0x7F00
_BUILT_IN = "TimGM6mb.sf2"
_MISTUNED_CENTS = {9: 10, 47: -14, 78: -905}
"""Programs of the built-in bank that sound out of tune as a whole, by how much (against equal temperament at 440 Hz):
glockenspiel, timpani, whistle."""
_MISTUNED_SAMPLES = frozenset({21, 22, 23})
"""Programs of the built-in bank some of whose samples are up to 69 cents flat: accordion, harmonica, bandoneon. They are
tuned by the length of their loops."""


@dataclass(frozen=True)
class Envelope:
    """Six-stage envelope; times in seconds, `sustain` in centibels or per mille of attenuation."""

    delay: float
    attack: float
    hold: float
    decay: float
    sustain: float
    release: float


@dataclass(frozen=True)
class Zone:
    """One sample as it sounds over a range of keys. Offsets count samples of the bank."""

    low: int
    high: int
    softest: int
    hardest: int
    start: int
    end: int
    loop_start: int
    loop_end: int
    looped: bool
    rate: float
    """Hz at which the sample was recorded."""
    root: int
    """MIDI pitch at which it plays at that rate, but for `tune_cents`."""
    tune_cents: float
    cents_per_key: float
    attenuation_db: float
    pan: float
    """-1..1"""
    volume: Envelope
    modulation: Envelope
    decay_cents_per_key: float
    cutoff_cents: float
    resonance_db: float
    envelope_to_cutoff: float
    envelope_to_pitch: float
    vibrato_cents: float
    vibrato_hz: float
    vibrato_delay: float
    choke: int
    """Exclusive class: a note ends those of its class; 0 is none."""


class SoundFont:
    """A bank in memory. Presets are read when they are first asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._presets: dict[tuple[int, int], tuple[Zone, ...]] = {}
        try:
            chunks = dict(_chunks(memoryview(path.read_bytes())))
        except (OSError, struct.error, ValueError) as error:
            raise SetupError(f"{path} cannot be read as a SoundFont 2 bank: {error}", field="soundfont") from None
        if bytes(chunks.get("ifil", b""))[:2] == b"\3\0":
            raise SetupError(
                f"{path} is a compressed SoundFont 3; turn it into .sf2 (sf3convert -z)", field="soundfont"
            )
        missing = [
            name for name in ("smpl", "phdr", "pbag", "pgen", "inst", "ibag", "igen", "shdr") if name not in chunks
        ]
        if missing:
            raise SetupError(f"{path} is not a SoundFont 2 bank; it lacks {', '.join(missing)}", field="soundfont")
        self._pcm = np.frombuffer(chunks["smpl"], dtype="<i2")
        self._tables = {
            "phdr": [(h[0], h[1], h[2], h[3]) for h in struct.iter_unpack("<20sHHH12x", chunks["phdr"])],
            "inst": list(struct.iter_unpack("<20sH", chunks["inst"])),
            "shdr": list(struct.iter_unpack("<20sIIIIIBbHH", chunks["shdr"])),
        }
        self._bags = {name: [bag[0] for bag in struct.iter_unpack("<HH", chunks[name])] for name in ("pbag", "ibag")}
        self._generators = {name: list(struct.iter_unpack("<Hh", chunks[name])) for name in ("pgen", "igen")}
        headers = self._tables["phdr"]
        self._places = {(header[2], header[1]): index for index, header in reversed(list(enumerate(headers[:-1])))}
        if not self._places:
            raise SetupError(f"{path} holds no instrument", field="soundfont")

    @property
    def kits(self) -> dict[int, str]:
        """Drum kits by program."""
        names = self._tables["phdr"]
        return {
            program: names[place][0].split(b"\0")[0].decode("ascii", "replace")
            for (bank, program), place in sorted(self._places.items())
            if bank == _DRUM_BANK
        }

    def slice(self, start: int, end: int) -> NDArray[np.float32]:
        """Samples `start`..`end` of the bank."""
        return self._pcm[start:end].astype(np.float32) * np.float32(1 / 32768)

    def zones(self, program: int, is_drum: bool, pitch: int, velocity: int) -> tuple[Zone, ...]:
        """What sounds for a note. A kit's missing key is taken from the standard kit, then from its nearest key; a
        melodic preset's key outside its range is played by its nearest zone."""
        zones = self._preset(program, is_drum)
        found = _matching(zones, pitch, velocity)
        if not found and is_drum:
            found = _matching(self._preset(0, True), pitch, velocity)
        if found or not zones:
            return found
        nearest = min(zones, key=lambda zone: (max(zone.low - pitch, pitch - zone.high), zone.low))
        return _matching(zones, min(max(pitch, nearest.low), nearest.high), velocity) or (nearest,)

    def _preset(self, program: int, is_drum: bool) -> tuple[Zone, ...]:
        """The zones of the preset, or of its nearest relative: the first of its group of eight (General MIDI's families,
        General Standard's kits), then the first instrument or the standard kit, then whatever the bank has."""
        bank = _DRUM_BANK if is_drum else 0
        for key in ((bank, program), (bank, program // 8 * 8), (bank, 0), *sorted(self._places)):
            if key in self._places:
                if key not in self._presets:
                    try:
                        self._presets[key] = self._read(self._places[key])
                    except (IndexError, KeyError, OverflowError):
                        message = f"{self.path} is damaged: its preset {key[1]} of bank {key[0]} points to nothing"
                        raise SetupError(message, field="soundfont") from None
                return self._presets[key]
        raise AssertionError("a bank without presets is refused when it is read")

    def _read(self, place: int) -> tuple[Zone, ...]:
        headers = self._tables["phdr"]
        zones = []
        mend = self.path.name == _BUILT_IN and headers[place][2] != _DRUM_BANK
        for layer in self._layers("p", headers[place][3], headers[place + 1][3], _INSTRUMENT):
            instruments = self._tables["inst"]
            index = layer[_INSTRUMENT]
            for own in self._layers("i", instruments[index][1], instruments[index + 1][1], _SAMPLE):
                zone = self._zone(own, layer)
                if zone is not None:
                    zones.append(_in_tune(zone, headers[place][1]) if mend else zone)
        return tuple(zones)

    def _layers(self, level: str, first: int, last: int, target: int) -> Iterator[dict[int, int]]:
        bags, generators = self._bags[level + "bag"], self._generators[level + "gen"]
        common: dict[int, int] = {}
        for bag in range(first, last):
            own = dict(generators[bags[bag] : bags[bag + 1]])
            if target in own:
                yield {**common, **own}
            elif bag == first:
                common = own

    def _zone(self, own: dict[int, int], layer: dict[int, int]) -> Zone | None:
        def value(generator: int) -> int:
            added = 0 if generator in _NOT_ADDED else layer.get(generator, 0)
            return own.get(generator, _DEFAULTS.get(generator, 0)) + added

        def seconds(generator: int) -> float:
            return float(2 ** (min(8000, value(generator)) / 1200)) if value(generator) > -12000 else 0.0

        def envelope(first: int) -> Envelope:
            delay, attack, hold, decay = (seconds(first + stage) for stage in range(4))
            return Envelope(delay, attack, hold, decay, min(1000, max(0, value(first + 4))), seconds(first + 5))

        low, high = _range(own, layer, _KEYS)
        softest, hardest = _range(own, layer, _VELOCITIES)
        sample = self._tables["shdr"][own[_SAMPLE]]
        start = sample[1] + own.get(0, 0) + 32768 * own.get(4, 0)
        end = min(sample[2] + own.get(1, 0) + 32768 * own.get(12, 0), self._pcm.size)
        loop_start = sample[3] + own.get(2, 0) + 32768 * own.get(45, 0)
        loop_end = sample[4] + own.get(3, 0) + 32768 * own.get(50, 0)
        if low > high or softest > hardest or end - start < 8 or sample[9] & 0x8000:
            return None
        root = own.get(58, -1) if own.get(58, -1) >= 0 else sample[6]
        return Zone(
            low=low,
            high=high,
            softest=softest,
            hardest=hardest,
            start=start,
            end=end,
            loop_start=loop_start,
            loop_end=loop_end,
            looped=own.get(54, 0) & 1 == 1 and start <= loop_start < loop_end - 1 and loop_end <= end + 8,
            rate=float(sample[5] or 44100),
            root=root,
            tune_cents=sample[7] + value(52) + 100 * value(51),
            cents_per_key=value(56),
            attenuation_db=max(0, value(48)) * _EMU_ATTENUATION,
            pan=min(1.0, max(-1.0, value(17) / 500)),
            volume=envelope(33),
            modulation=envelope(25),
            decay_cents_per_key=value(40),
            cutoff_cents=value(8),
            resonance_db=min(96.0, max(0.0, value(9) / 10)),
            envelope_to_cutoff=value(11),
            envelope_to_pitch=value(7),
            vibrato_cents=value(6) or value(5),
            vibrato_hz=8.176 * 2 ** (value(24 if value(6) else 22) / 1200),
            vibrato_delay=seconds(23 if value(6) else 21),
            choke=value(57),
        )


def _in_tune(zone: Zone, program: int) -> Zone:
    """`zone` of the built-in bank at the pitch that it claims to have."""
    off = float(_MISTUNED_CENTS.get(program, 0))
    if program in _MISTUNED_SAMPLES and zone.looped:
        claimed = 440 * 2 ** ((zone.root - 69 - zone.tune_cents / 100) / 12)
        cycle = (zone.loop_end - zone.loop_start) / zone.rate
        periods = round(claimed * cycle)
        # A loop is a whole number of periods; of few ones it cannot be mistaken which number.
        if 1 <= periods <= 10:
            off = 1200 * math.log2(periods / cycle / claimed)
    return replace(zone, tune_cents=zone.tune_cents - off)


def _matching(zones: tuple[Zone, ...], pitch: int, velocity: int) -> tuple[Zone, ...]:
    return tuple(z for z in zones if z.low <= pitch <= z.high and z.softest <= velocity <= z.hardest)


def _range(own: dict[int, int], layer: dict[int, int], generator: int) -> tuple[int, int]:
    pairs = [part.get(generator, _FULL_KEYS) & 0xFFFF for part in (own, layer)]
    return max(pair & 0xFF for pair in pairs), min(pair >> 8 for pair in pairs)


def _chunks(content: memoryview) -> Iterator[tuple[str, memoryview]]:
    if bytes(content[:4]) + bytes(content[8:12]) != b"RIFFsfbk":
        raise ValueError("it does not begin as one")
    at = 12
    while at + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        if name == b"LIST":
            at += 12
            continue
        yield name.decode("ascii", "replace"), content[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def built_in() -> Path:
    """TimGM6mb.sf2 inside the package pretty_midi, found without importing it."""
    found = importlib.util.find_spec("pretty_midi")
    for folder in (found.submodule_search_locations or []) if found else []:
        path = Path(folder) / _BUILT_IN
        if path.is_file():
            return path
    raise SetupError(
        f"{_BUILT_IN} is not there; install pretty_midi or name a .sf2 in LOOPCOPILOT_SOUNDFONT", field="soundfont"
    )


def load(path: Path | None = None) -> SoundFont:
    """The bank at `path`, or the built-in one; each is read once a process. Raises SetupError saying what is wrong."""
    return _load(path or built_in())


@lru_cache(maxsize=4)
def _load(path: Path) -> SoundFont:
    return SoundFont(path)
