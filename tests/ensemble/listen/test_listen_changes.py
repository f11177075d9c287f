"""What a step did, measured against a mixer of the tests' own: each change as promised, and each promise broken."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from synthetic import RATE, Audio, bassline, beat, level_db, melody, stereo

from ensemble.listen.verify import VERIFIERS, verify
from ensemble.protocols import Mixdown, MixStem
from state.artifacts import ArtifactStore
from state.errors import InputError
from state.gat import GlobalAttributeTable, Stem
from state.take import Take
from state.verdict import Check, Expectation

BPM, BARS = 100.0, 4
NOTES = [60, 62, 64, 65, 67, 69, 71, 72, 71, 69, 67, 65, 64, 62, 60, 67]


class PlainMixer:
    """Gain, constant-power pan, and two effects by FFT; the mix is the sum times the master gain."""

    def mix(
        self,
        stems: Sequence[MixStem],
        bpm: float | None,
        mix_effects: Sequence[object] = (),
        master_gain_db: float | None = None,
        *,
        strict: bool = False,
    ) -> Mixdown:
        rendered = {stem.name: self.render(stem) for stem in stems}
        total = np.sum(list(rendered.values()), axis=0)
        for effect in mix_effects:
            total = with_effect(total, effect)
        gain = 0.0 if master_gain_db is None else master_gain_db
        return Mixdown(rendered, (total * 10 ** (gain / 20)).astype(np.float32), gain)

    def render(self, stem: MixStem) -> Audio:
        if stem.muted:
            return np.zeros_like(stem.audio)
        audio = stem.audio
        for effect in stem.effects:
            audio = with_effect(audio, effect)
        angle = (stem.pan + 1) * np.pi / 4
        sides = np.sqrt(2) * np.array([[np.cos(angle)], [np.sin(angle)]])
        return (audio * sides * 10 ** (stem.gain_db / 20)).astype(np.float32)


def with_effect(audio: Audio, effect: Any) -> Audio:
    spectrum = np.fft.rfft(audio, axis=1)
    hertz = np.fft.rfftfreq(audio.shape[1], 1 / RATE)
    if effect.kind == "lowpass":
        spectrum *= 1 / np.sqrt(1 + (hertz / effect.cutoff_hz) ** 8)
    elif effect.kind == "highpass":
        spectrum *= (hertz / effect.cutoff_hz) ** 4 / np.sqrt(1 + (hertz / effect.cutoff_hz) ** 8)
    elif effect.kind == "reverb":
        tail = np.random.default_rng(0).standard_normal(RATE) * np.exp(-np.arange(RATE) / 9000) * 0.02
        spectrum *= 1 + np.fft.rfft(tail, audio.shape[1])
    elif effect.kind == "delay":
        echo = round(effect.beats * 60 / BPM * RATE)
        spectrum *= 1 + 0.4 * np.exp(-2j * np.pi * hertz * echo / RATE)
    result = np.fft.irfft(spectrum, audio.shape[1], axis=1)
    if effect.kind == "distortion":
        result = np.tanh(8 * result) / 4
    if effect.kind == "tremolo":
        time = np.arange(audio.shape[1]) / RATE
        result = result * (1 - effect.depth / 2 * (1 + np.cos(2 * np.pi * time / (effect.beats * 60 / BPM))))
    return result.astype(np.float32)


MIXER = PlainMixer()


def fitted(audio: Audio) -> Audio:
    return np.resize(audio[0], round(BARS * 4 * 60 / BPM * RATE))[None].repeat(2, axis=0).astype(np.float32)


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path)


def made(store: ArtifactStore, stems: Sequence[Stem], **changes: Any) -> GlobalAttributeTable:
    """A table of `stems`, mixed as it says."""
    effects = changes.get("mix_effects", ())
    sound = [MixStem(s.name, store.audio(s.audio), s.gain_db, s.pan, s.muted, s.effects) for s in stems]
    mix = MIXER.mix(sound, BPM, effects, changes.get("master_gain_db")).mix
    values: dict[str, Any] = {
        "revision": 1, "bpm": BPM, "key": "C major", "bars": BARS, "duration_seconds": mix.shape[1] / RATE,
        "stems": tuple(stems), "mix": store.put_audio(mix),
    }  # fmt: skip
    return GlobalAttributeTable.model_validate(values | changes)


def stem(store: ArtifactStore, name: str, instrument: str, audio: Audio, **changes: Any) -> Stem:
    return Stem(
        name=name, instrument=instrument, audio=store.put_audio(audio), tool="t", seed=1, backend="test", **changes
    )


@pytest.fixture
def loop(store: ArtifactStore) -> GlobalAttributeTable:
    return made(
        store,
        [
            stem(store, "keys", "electric piano 1", fitted(melody(NOTES, BPM))),
            stem(store, "bass", "electric bass (finger)", fitted(bassline(BPM))),
            stem(store, "drums", "standard kit", fitted(beat(BPM, BARS))),
        ],
    )


def remade(store: ArtifactStore, loop: GlobalAttributeTable, name: str, **changes: Any) -> GlobalAttributeTable:
    """`loop` with one stem changed and the mix made anew."""
    stems = [old.model_copy(update=changes) if old.name == name else old for old in loop.stems]
    return made(store, stems)


def judge(
    store: ArtifactStore, before: GlobalAttributeTable | None, after: GlobalAttributeTable, *wanted: Expectation
) -> list[Check]:
    checks = verify(Take(gat=after, expectations=wanted, seed=1), before, store, MIXER)
    assert [check.name for check in checks] == [item.name for item in wanted]
    json.dumps([check.model_dump() for check in checks], allow_nan=False)
    return checks


def status(
    store: ArtifactStore,
    before: GlobalAttributeTable | None,
    after: GlobalAttributeTable,
    name: str,
    value: Any = None,
    of: str | None = None,
) -> str:
    return judge(store, before, after, Expectation(name=name, value=value, stem=of))[0].status


def test_a_new_loop_passes_what_it_promises(store: ArtifactStore, loop: GlobalAttributeTable) -> None:
    wanted = [
        Expectation(name="bpm", value=BPM),
        Expectation(name="bars", value=BARS),
        Expectation(name="key", value="C major"),
        Expectation(name="duration_seconds", value=loop.duration_seconds),
        Expectation(name="audible"),
        Expectation(name="has", value="drums"),
        Expectation(name="has", value="keys"),
        Expectation(name="lacks", value="violin"),
        *(Expectation(name="sounding", stem=name) for name in loop.stem_names),
    ]
    assert {check.name: check.status for check in judge(store, None, loop, *wanted)} == dict.fromkeys(
        (item.name for item in wanted), "passed"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [("bpm", 92.0), ("bars", 3), ("key", "F# major"), ("duration_seconds", 9.7), ("has", "violin"), ("lacks", "keys")],
)
def test_a_new_loop_fails_what_is_not_so(
    store: ArtifactStore, loop: GlobalAttributeTable, name: str, value: object
) -> None:
    assert status(store, None, loop, name, value) == "failed"


def test_a_silent_stem_does_not_sound(store: ArtifactStore, loop: GlobalAttributeTable) -> None:
    quiet = remade(store, loop, "bass", audio=store.put_audio(np.zeros((2, loop.samples), dtype=np.float32)))
    assert status(store, None, quiet, "sounding", of="bass") == "failed"
    assert status(store, None, quiet, "has", "bass") == "failed"
    assert status(store, None, quiet, "sounding", of="keys") == "passed"


def test_a_stem_of_another_length_fails_the_duration(store: ArtifactStore, loop: GlobalAttributeTable) -> None:
    short = [
        old.model_copy(update={"audio": store.put_audio(store.audio(old.audio)[:, :-1])}) if old.name == "keys" else old
        for old in loop.stems
    ]
    odd = loop.revised(stems=tuple(short))
    assert status(store, None, odd, "duration_seconds", loop.duration_seconds) == "failed"
    assert status(store, None, loop, "duration_seconds", loop.duration_seconds + 1.2 / RATE) == "failed"


def test_preserved_and_unchanged(store: ArtifactStore, loop: GlobalAttributeTable) -> None:
    touched = remade(store, loop, "keys", gain_db=-0.1)
    assert status(store, loop, touched, "preserved", ["bass", "drums"]) == "passed"
    assert status(store, loop, touched, "preserved", ["keys", "drums"]) == "failed"
    assert status(store, loop, loop.revised(bpm=101.0), "unchanged", ["key", "bars"]) == "passed"
    assert status(store, loop, loop.revised(bpm=101.0), "unchanged", ["key", "bpm"]) == "failed"


def test_added(store: ArtifactStore, loop: GlobalAttributeTable) -> None:
    flute = stem(store, "flute", "flute", fitted(melody([84, 86, 88, 89], BPM)))
    assert status(store, loop, made(store, [*loop.stems, flute]), "added", of="flute") == "passed"
    unheard = made(store, loop.stems).revised(stems=(*loop.stems, flute))
    assert status(store, loop, unheard, "added", of="flute") == "failed"
    faint = flute.model_copy(update={"gain_db": -60.0})
    assert status(store, loop, made(store, [*loop.stems, faint]), "added", of="flute") == "failed"
    assert status(store, loop, loop, "added", of="flute") == "failed"
    assert status(store, loop, loop, "added", of="keys") == "failed"


def test_removed(store: ArtifactStore, loop: GlobalAttributeTable) -> None:
    rest = [old for old in loop.stems if old.name != "keys"]
    assert status(store, loop, made(store, rest), "removed", "keys") == "passed"
    assert status(store, loop, loop.revised(stems=tuple(rest)), "removed", "keys") == "failed"
    assert status(store, loop, loop, "removed", "keys") == "failed"


@pytest.mark.parametrize("semitones", [-12, -7, -5, 1, 5, 7, 12])
def test_transposed_tells_every_shift_from_every_other(
    store: ArtifactStore, loop: GlobalAttributeTable, semitones: int
) -> None:
    moved = remade(store, loop, "keys", audio=store.put_audio(fitted(melody(NOTES, BPM, transpose=semitones))))
    low = tuple(pitch + semitones for pitch in (33, 33, 36, 38, 40, 40, 36, 31))
    moved = remade(store, moved, "bass", audio=store.put_audio(fitted(bassline(BPM, low))))
    for claimed in (semitones, semitones + 1, semitones - 1, semitones + 12, semitones - 12, -semitones):
        expected = "passed" if claimed == semitones else "failed"
        assert status(store, loop, moved, "transposed", claimed) == expected, claimed


def test_transposed_wants_every_pitched_stem_moved_and_drums_left(
    store: ArtifactStore, loop: GlobalAttributeTable
) -> None:
    moved = remade(store, loop, "keys", audio=store.put_audio(fitted(melody(NOTES, BPM, transpose=3))))
    assert status(store, loop, moved, "transposed", 3, "keys") == "passed"
    assert status(store, loop, moved, "transposed", 3) == "failed"
    drummed = remade(store, moved, "drums", audio=store.put_audio(fitted(beat(BPM, BARS, seed=9))))
    assert status(store, loop, drummed, "transposed", 3) == "failed"


def test_transposed_is_unmeasurable_on_another_part(store: ArtifactStore, loop: GlobalAttributeTable) -> None:
    rng = np.random.default_rng(0)
    hiss = remade(store, loop, "keys", audio=store.put_audio(stereo(0.1 * rng.standard_normal(loop.samples))))
    assert status(store, loop, hiss, "transposed", 3, "keys") == "unmeasurable"


def test_speed_is_exact_to_the_sample(store: ArtifactStore, loop: GlobalAttributeTable) -> None:
    def cut_to(samples: int) -> GlobalAttributeTable:
        return loop.revised(mix=store.put_audio(store.audio(loop.mix)[:, :samples]))

    assert status(store, loop, cut_to(round(loop.samples / 1.2)), "speed", 1.2) == "passed"
    assert status(store, loop, cut_to(round(loop.samples / 1.2) + 3), "speed", 1.2) == "failed"
    assert status(store, loop, loop, "speed", 1.2) == "failed"


def test_gain_is_measured_on_the_rendered_stem(store: ArtifactStore, loop: GlobalAttributeTable) -> None:
    softer = remade(store, loop, "bass", gain_db=-4.0)
    assert status(store, loop, softer, "gain_db", -4.0, "bass") == "passed"
    assert status(store, loop, softer, "gain_db", -3.0, "bass") == "failed"
    assert status(store, loop, loop, "gain_db", -4.0, "bass") == "failed"
    silenced = remade(store, loop, "bass", muted=True)
    assert status(store, loop, silenced, "gain_db", -4.0, "bass") == "unmeasurable"
    whole = made(store, loop.stems, master_gain_db=-6.0)
    assert status(store, loop, whole, "gain_db", -6.0) == "passed"
    assert status(store, loop, whole, "gain_db", -2.0) == "failed"


@pytest.mark.parametrize("place", [-1.0, -0.5, 0.0, 0.3, 0.8])
def test_panned(store: ArtifactStore, loop: GlobalAttributeTable, place: float) -> None:
    moved = remade(store, loop, "keys", pan=place)
    assert status(store, loop, moved, "panned", place, "keys") == "passed"
    assert status(store, loop, moved, "panned", -place if place else 0.5, "keys") == "failed"


def test_muted(store: ArtifactStore, loop: GlobalAttributeTable) -> None:
    silenced = remade(store, loop, "keys", muted=True)
    assert status(store, loop, silenced, "muted", of="keys") == "passed"
    assert status(store, loop, loop, "muted", of="keys") == "failed"
    assert status(store, loop, silenced, "muted", False, "keys") == "failed"
    only_said = loop.revised(stems=silenced.stems)
    assert status(store, loop, only_said, "muted", of="keys") == "failed"


def test_span_is_bit_exact_outside(store: ArtifactStore, loop: GlobalAttributeTable) -> None:
    audio = store.audio(loop.stems[0].audio).copy()
    audio[:, 40_000:80_000] *= np.float32(0.5)
    inside = remade(store, loop, "keys", audio=store.put_audio(audio))
    assert status(store, loop, inside, "span", [40_000, 80_000], "keys") == "passed"
    assert status(store, loop, inside, "span", [40_000, 79_000], "keys") == "failed"
    assert status(store, loop, loop, "span", [40_000, 80_000], "keys") == "failed"
    audio[0, 39_999] += np.float32(1e-6)
    spilled = remade(store, loop, "keys", audio=store.put_audio(audio))
    assert status(store, loop, spilled, "span", [40_000, 80_000], "keys") == "failed"


@pytest.mark.parametrize("kind", ["reverb", "delay", "lowpass", "highpass", "distortion", "tremolo"])
@pytest.mark.parametrize("of", ["keys", "drums", None])
def test_effect_is_heard_in_its_direction(
    store: ArtifactStore, loop: GlobalAttributeTable, kind: str, of: str | None
) -> None:
    effect = [{"kind": kind} | ({"cutoff_hz": 900.0} if kind.endswith("pass") else {})]
    if of is None:
        plain = made(store, loop.stems)
        probe = GlobalAttributeTable.model_validate({**dict(plain), "mix_effects": effect})
        after = made(store, loop.stems, mix_effects=probe.mix_effects)
    else:
        probe_stem = Stem.model_validate({**dict(loop.stems[0]), "effects": effect})
        after = remade(store, loop, of, effects=probe_stem.effects)
    assert status(store, loop, after, "effect", kind, of) == "passed"
    # Said in the table, not done to the sound: the mix, or a mixer that forgets.
    if of is None:
        assert status(store, loop, after.revised(mix=loop.mix), "effect", kind) == "failed"
    other = "lowpass" if kind != "lowpass" else "highpass"
    assert status(store, loop, after, "effect", other, of) == "failed"


@pytest.mark.parametrize(("said", "done"), [("lowpass", "highpass"), ("highpass", "lowpass"), ("reverb", "lowpass"), ("tremolo", "lowpass")])  # fmt: skip
def test_effect_of_another_direction_fails(
    store: ArtifactStore, loop: GlobalAttributeTable, said: str, done: str
) -> None:
    settings = {"cutoff_hz": 900.0}
    table = {kind: made(store, loop.stems, mix_effects=_chain(kind, settings)) for kind in (said, done)}
    cheat = table[said].revised(mix=table[done].mix)
    assert status(store, loop, cheat, "effect", said) == "failed"


def _chain(kind: str, settings: dict[str, float]) -> tuple[Any, ...]:
    from pydantic import TypeAdapter

    from state.effects import Effect

    fields = {"kind": kind} | (settings if kind.endswith("pass") else {})
    return (TypeAdapter(Effect).validate_python(fields),)


def test_varied(store: ArtifactStore, loop: GlobalAttributeTable) -> None:
    shuffled = [NOTES[(5 * index) % len(NOTES)] for index in range(len(NOTES))]
    variation = remade(store, loop, "keys", audio=store.put_audio(fitted(melody(shuffled, BPM))))
    assert status(store, loop, variation, "varied", of="keys") == "passed"
    assert status(store, loop, loop, "varied", of="keys") == "failed"
    foreign = [61, 63, 66, 68, 70, 61, 66, 63] * 2
    other = remade(store, loop, "keys", audio=store.put_audio(fitted(melody(foreign, BPM))))
    assert status(store, loop, other, "varied", of="keys") == "failed"


CHANGES = {
    "preserved": ["keys"], "unchanged": ["bpm"], "added": None, "removed": "keys", "transposed": 3, "speed": 1.2,
    "gain_db": -3.0, "span": [0, 10], "effect": "reverb", "varied": None,
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_a_change_is_unmeasurable_without_a_before(store: ArtifactStore, loop: GlobalAttributeTable, name: str) -> None:
    assert status(store, None, loop, name, CHANGES[name], "keys") == "unmeasurable"


def test_a_stem_that_is_not_there_fails(store: ArtifactStore, loop: GlobalAttributeTable) -> None:
    for name in ("sounding", "muted", "panned", "gain_db"):
        assert status(store, loop, loop, name, 1.0, "oboe") == "failed"


def test_an_expectation_without_a_check_is_an_error(store: ArtifactStore, loop: GlobalAttributeTable) -> None:
    with pytest.raises(InputError, match="swagger"):
        judge(store, None, loop, Expectation(name="swagger"))


def test_every_expectation_of_the_contract_has_a_check() -> None:
    assert set(VERIFIERS) == {
        "bpm", "key", "bars", "duration_seconds", "audible", "clipping", "seam", "has", "lacks", "loudness_lufs",
        "time_signature", "preserved", "unchanged", "added", "removed", "transposed", "speed", "gain_db", "panned",
        "muted", "span", "effect", "varied", "sounding",
    }  # fmt: skip


def test_levels_in_this_file_are_sane(store: ArtifactStore, loop: GlobalAttributeTable) -> None:
    assert -40 < level_db(store.audio(loop.mix)) < 0


@pytest.mark.parametrize("kind", ["chorus", "phaser", "bitcrush", "reverb"])
def test_an_effect_that_changed_nothing_fails(store: ArtifactStore, loop: GlobalAttributeTable, kind: str) -> None:
    only_said = loop.revised(mix_effects=_chain(kind, {}))
    assert status(store, loop, only_said, "effect", kind) == "failed"
    louder = only_said.revised(mix=store.put_audio(store.audio(loop.mix) * np.float32(0.7)))
    assert status(store, loop, louder, "effect", kind) == "failed"
