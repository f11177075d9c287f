"""The music itself: pitch, key, chords, style, mood, metre, variation."""

from __future__ import annotations

from ensemble.band.theory import Chord, Key, parse_chord, parse_key, roman
from nodes.planners.rules.amounts import amount, amounts, degree
from nodes.planners.rules.ask import missing
from nodes.planners.rules.attributes import Reading, read
from nodes.planners.rules.lexicon import mood_implies
from nodes.planners.rules.outcome import Outcome, ask, do, step
from nodes.planners.rules.references import Target, find
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.speech import Clause, word_set
from state.errors import LoopCopilotError

_UP = word_set("up higher raise raised increase lift above sharper sharpen upward upwards add bump plus")
_DOWN = word_set("""down lower lowered drop decrease below flatten flat deeper downward downwards reduce minus dip""")
_MOODS = {
    "sadder": "sad", "darker": "dark", "happier": "happy", "brighter": "happy", "calmer": "calm", "moodier": "melancholic",
    "gloomier": "sad", "dreamier": "dreamy", "groovier": "groovy", "chiller": "chill", "angrier": "aggressive",
    "scarier": "scary", "spookier": "scary", "creepier": "scary", "tenser": "tense", "heavier": "aggressive", "lighter": "playful",
    "sunnier": "happy", "cheerier": "happy", "more cheerful": "happy", "melancholier": "melancholic", "sexier": "romantic",
    "smoother": "smooth", "grittier": "gritty", "epicer": "epic", "bigger": "epic", "sweeter": "warm", "colder": "cold",
    "warmer": "warm", "wilder": "energetic", "crazier": "weird", "mellower": "relaxed", "livelier": "upbeat", "bouncier": "upbeat",
    "peppier": "upbeat", "weirder": "weird", "gentler": "calm", "harder": "aggressive", "meaner": "aggressive", "jollier": "happy",
    "cooler": "cool", "dancier": "groovy", "dramatic": "dramatic", "gentle": "warm", "softer": "calm", "softer mood": "calm",
    "dirtier": "gritty",
}  # fmt: skip
_GENRES = {
    "jazzier": "jazz",
    "funkier": "funk",
    "rockier": "rock",
    "bluesier": "blues",
    "folksier": "folk",
    "poppier": "pop",
}
_OPPOSITES = {
    "sad": "uplifting", "dark": "happy", "happy": "melancholic", "melancholic": "happy", "energetic": "calm", "calm": "energetic",
    "aggressive": "calm", "tense": "relaxed", "dramatic": "relaxed", "scary": "playful", "relaxed": "energetic", "chill": "energetic",
    "upbeat": "calm", "sleepy": "energetic", "dreamy": "energetic", "cold": "warm", "uplifting": "melancholic",
}  # fmt: skip
"""What a mood gives way to when there is too much of it."""
_STYLE_VERBS = (
    "create",
    "replace",
    "style",
    "reroll",
    "add",
    "variation",
    "vary",
    "repeat",
    "mood_move",
    "more",
    "less",
)


def pitch(clause: Clause, scene: Scene) -> Outcome | None:
    """'down a fourth', 'up 2 semitones', 'Shift this music by 3 semitone', 'transpose the bass an octave lower'."""
    said = amount(clause, "semitones")
    verb = clause.says(
        "transpose",
        "shift",
        "pitch shift",
        "modulate",
        "pitch",
        "transposed",
        "move",
        "repitch",
        "tune down",
        "tune up",
        "tune it",
        "detune",
        "retune",
    )
    words = set(clause.words)
    if said is None and clause.says("tone down", "tone it down", "tone that down"):
        return None
    if said is None and not verb and not (clause.has("pitch") and words & (_UP | _DOWN)):
        if (
            not (words & {"higher", "lower", "deeper"})
            or clause.has("volume", "tempo", "effect_eq")
            or clause.says("in the mix")
        ):
            return None
        if amount(clause, "db") or (clause.begins("lower") and clause.words[0] == "lower"):
            return None
    if said is not None and not verb and not words & (_UP | _DOWN) and not clause.has("pitch", "create", "pronoun"):
        return None
    if said is not None and clause.has("add") and words & {"above", "harmony", "harmonies"}:
        return None
    target = _pitch_target(clause, scene)
    if target.unclear or (target.missing and not target.stems):
        return ask(target.unclear or missing(target.missing, scene))
    bare = amount(clause, "bare") if verb and said is None else None
    value = said.value if said else bare.value if bare and abs(bare.value) <= 48 else None
    if value is None:
        if read(clause.text).key:
            return None
        if not words & (_UP | _DOWN):
            return (
                ask("By how much should the pitch move, up or down? For example 'up a fourth' or 'down 2 semitones'.")
                if verb and clause.has("pitch") and not clause.has("pan") and not clause.says("move")
                else None
            )
        value = (
            12.0
            if target.stems and not words & {"pitch"}
            else {"small": 1.0, "normal": 2.0, "large": 5.0}[degree(clause)]
        )
    place = said or bare
    signed = place is not None and clause.words[place.start][0] == "-"
    down = (bool(words & _DOWN) and not (words & {"up"})) or signed
    semitones = round(-abs(value) if down else abs(value))
    if abs(semitones) > 24:
        return ask("The pitch can move by up to 24 semitones, two octaves. How far should it go?")
    if semitones == 0:
        return None
    if target.stems and all((p := scene.player(name)) is not None and p.is_drum for name in target.stems):
        return ask("Drums have no key to shift. Which other stem should move, or should the whole loop?")
    stems = target.stems if not _whole(target, scene) else ()
    return do(step("shift_pitch", semitones=semitones, stems=list(stems)))


def _pitch_target(clause: Clause, scene: Scene) -> Target:
    target = find(clause, scene)
    added = scene.fresh and scene.steps and scene.steps[-1].tool in {"add_track", "replace_track"}
    if not target.said or target.pronoun:
        octave = "octave" in clause.words and scene.newest and scene.focus == scene.newest
        stems = scene.focus if added or octave else ()
        if target.pronoun and target.stems and scene.fresh:
            stems = target.stems
        target = Target(stems, whole=not stems)
    if scene.protected and not (target.stems and not set(target.stems) & set(scene.protected)):
        return Target(tuple(n for n in (target.stems or scene.names) if n not in scene.protected))
    return target


def _whole(target: Target, scene: Scene) -> bool:
    pitched = {player.name for player in scene.players if not player.is_drum}
    return target.whole or (bool(pitched) and set(target.stems) >= pitched and len(target.stems) == len(scene.names))


def key(clause: Clause, scene: Scene) -> Outcome | None:
    """'in D minor instead', 'transpose it to F', 'make it minor', 'change the key to A major'."""
    reading = read(clause.text)
    wanted = reading.key
    mode = next((m.words for m in clause.marks("mode_word")), None)
    if reading.chords and not clause.has("pitch"):
        return None
    if wanted is None:
        if (
            mode is None
            or mode not in word_set("dorian locrian lydian major minor mixolydian phrygian")
            or amount(clause, "semitones")
        ):
            return None
        if scene.key is None:
            return ask(f"No key is known for this loop. Which one should it have, for example 'D {mode}'?")
        tonic = scene.key.split()[0]
        return do(step("rearrange", key=str(parse_key(f"{tonic} {mode}")), instruments=scene.names))
    try:
        present = parse_key(scene.key) if scene.key else None
        aim = parse_key(wanted)
    except ValueError:
        return None
    if present is not None and "mode" in reading.inferred and mode is None:
        aim = Key(aim.tonic, present.mode)
    if present is None:
        return do(step("rearrange", key=str(aim), instruments=scene.names))
    if aim == present:
        return ask(f"The loop is in {present} already. Which key should it move to?")
    if aim.mode == present.mode:
        return do(step("shift_pitch", to_key=str(aim)))
    return do(step("rearrange", key=str(aim), instruments=scene.names))


_PROGRESSIONS = {
    False: (("I", "V", "vi", "IV"), ("I", "vi", "ii", "V"), ("vi", "IV", "I", "V")),
    True: (("i", "VI", "III", "VII"), ("i", "iv", "VII", "III"), ("i", "VII", "VI", "v")),
}


def chords(clause: Clause, scene: Scene) -> Outcome | None:
    """'change the chords to Dm G C Am', 'a ii-V-I', 'different chords', 'use seventh chords'."""
    reading = read(clause.text)
    named = clause.has("chords")
    if reading.numerals:
        frame = parse_key(reading.key or scene.key or "C major")
        symbols = tuple(str(roman(numeral, frame)) for numeral in reading.numerals)
        said_key = reading.key if reading.key and "key" not in reading.inferred else None
        return do(step("set_chords", chords=list(symbols), key=said_key if said_key != scene.key else None))
    if len(reading.chords) > 1 or (reading.chords and named):
        return do(
            step(
                "set_chords",
                chords=list(reading.chords),
                key=reading.key if reading.key and "key" not in reading.inferred and reading.key != scene.key else None,
            )
        )
    if (
        not named
        or clause.has("louder", "quieter", "remove", "pan", "mute")
        or not clause.has("reroll", "replace", "variation", "create", "more", "vary", "pronoun", "chords")
    ):
        return None
    if find(clause, scene).stems and not clause.has("reroll", "replace"):
        return None
    verb = clause.says(
        "reharmonize",
        "reharmonise",
        "re harmonize",
        "re harmonise",
        "reharm",
        "different",
        "new",
        "other",
        "change",
        "another",
        "vary",
        "fresh",
    )
    rich = clause.says(
        "jazzier",
        "richer",
        "seventh",
        "sevenths",
        "7th",
        "7ths",
        "jazz",
        "extended",
        "more complex",
        "jazzy",
        "more interesting",
        "lusher",
        "lush",
    )
    if not verb and not rich:
        return (
            ask(
                "Which chords should it have? Write them one a bar, for example 'Dm7 G7 Cmaj7 Am7', or as numerals: 'ii V I'."
            )
            if clause.has("replace", "create", "add")
            else None
        )
    return do(step("set_chords", chords=_enriched(scene) if rich and not verb else _others(scene)))


def _chords_now(scene: Scene) -> tuple[str, ...]:
    return scene.request.gat.chords if scene.request.gat else ()


def _others(scene: Scene) -> list[str]:
    """A progression of the key that is not the present one."""
    frame = parse_key(scene.key or "C major")
    ways = [[str(roman(numeral, frame)) for numeral in way] for way in _PROGRESSIONS[frame.minor]]
    now = list(_chords_now(scene))[:4]
    return next(way for way in ways if way != now)


def _enriched(scene: Scene) -> list[str]:
    """The present chords with their sevenths."""
    frame = parse_key(scene.key or "C major")
    found = []
    for symbol in _chords_now(scene) or _others(scene):
        try:
            chord = parse_chord(symbol)
        except ValueError:
            found.append(symbol)
            continue
        seventh = "maj7" if (chord.root + 11) % 12 in frame.scale else "7"
        quality = {"": seventh, "m": "m7", "dim": "m7b5", "sus4": "7sus4"}.get(chord.quality, chord.quality)
        found.append(str(Chord(chord.root, quality, chord.bass, chord.spelling)))
    return found


def rearrange(clause: Clause, scene: Scene) -> Outcome | None:
    """'make it jazzy', 'make it sadder', 'a reggae version', 'rearrange this to jazz with saxophone solo', 'in 3/4'."""
    reading = read(clause.text)
    moved = [mark.words for mark in clause.marks("mood_move")]
    genre = next((_GENRES[word] for word in moved if word in _GENRES), reading.genre)
    mood = next((_MOODS[word] for word in moved if word in _MOODS), None if _of_a_part(reading) else reading.mood)
    if mood and (clause.has("less") or clause.says("too", "not so", "not as")) and not clause.has("more"):
        mood = _OPPOSITES.get(mood, "calm")
    metre = reading.time_signature if "time_signature" not in reading.inferred or reading.genre == "waltz" else None
    verb = clause.says(
        "rearrange", "rearranged", "re arrange", "restyle", "reimagine", "arrangement", "rearrangement", "remix"
    )
    if not (genre or mood or metre) and not (verb and (reading.instruments or reading.without)):
        return (
            ask("In which style should I arrange it? For example 'as jazz', 'reggae', 'a waltz', or darker or happier.")
            if verb
            else None
        )
    said = (
        clause.has(*_STYLE_VERBS, "pronoun", "mixword")
        or clause.says("in", "as", "like", "more", "but")
        or len(clause.words) <= 3
    )
    if not said:
        return None
    if (
        genre
        and metre is None
        and not mood
        and "genre" in reading.inferred
        and not clause.has("create", "style", "mood_move", "more", "replace")
    ):
        return None
    solo = next((m.words for m in reading.instruments if m.solo or f"{m.words} solo" in clause.text.lower()), None)
    words = [m.words for m in reading.instruments]
    without = [w.words for w in reading.without]
    instruments: list[str] = words if len(words) > (1 if solo else 0) and not (solo and len(words) == 1) else []
    if not genre and not instruments:
        gone = {name for word in without for name in find_names(word, scene)}
        instruments = [name for name in scene.names if name not in gone]
    return do(
        step(
            "rearrange", genre=genre, mood=mood, instruments=instruments, without=without, solo=solo,
            time_signature=metre if metre != scene.time_signature else None, key=_mode_for(mood, reading, scene), feel=reading.feel,
        )
    )  # fmt: skip


def _of_a_part(reading: Reading) -> bool:
    """Whether the mood word only says how an instrument is to play: 'a mellow trombone'."""
    if reading.mood is None or "mood" not in reading.spans:
        return False
    start, end = reading.spans["mood"]
    return any(mention.phrase[0] <= start and end <= mention.phrase[1] for mention in reading.instruments)


def find_names(word: str, scene: Scene) -> tuple[str, ...]:
    from nodes.planners.rules.references import named

    return named(word, scene)


def _mode_for(mood: str | None, reading: Reading, scene: Scene) -> str | None:
    """The key that was said, else the mode that a mood calls for, on the present tonic, where it differs."""
    if reading.key:
        return reading.key
    if mood is None or scene.key is None:
        return None
    try:
        present = parse_key(scene.key)
    except (ValueError, LoopCopilotError):
        return None
    wanted = mood_implies(mood).get("mode")
    if wanted is None or present.minor == (wanted == "minor"):
        return None
    return str(Key(present.tonic, wanted))


def density(clause: Clause, scene: Scene) -> Outcome | None:
    """'make the bass busier', 'simpler drums', 'too busy'."""
    busier, sparser = clause.first("busier"), clause.first("sparser")
    if busier is None and sparser is None:
        return None
    down = sparser is not None and (
        busier is None or sparser.start <= busier.start or clause.says("too busy", "less busy")
    )
    target = find(clause, scene)
    if target.missing and not target.stems:
        return ask(missing(target.missing, scene))
    amount_ = {"small": 0.3, "normal": 0.5, "large": 0.8}[degree(clause)]
    stems = [name for name in target.stems if name not in scene.protected]
    return do(step("vary", density="sparse" if down else "busy", stems=stems, amount=amount_))


def vary(clause: Clause, scene: Scene) -> Outcome | None:
    """'another take of the bass', 'give me a variation', 'sounds like this music', 'redo the drums'."""
    mark = clause.first("variation", "reroll")
    if mark is None or (
        mark.words in {"make", "change", "generate", "new", "different"}
        and not clause.has("variation")
        and not _about_stem(clause, scene)
    ):
        return None
    target = find(clause, scene)
    if target.unclear or (target.missing and not target.stems):
        return (
            ask(target.unclear or missing(target.missing, scene))
            if clause.has("variation") or clause.begins("reroll")
            else None
        )
    far = clause.says(
        "completely",
        "totally",
        "very different",
        "wild",
        "wildly",
        "quite different",
        "really different",
        "radically",
        "entirely",
        "something else",
        "something different",
    )
    amount_ = 0.9 if far else 0.25 if clause.has("small") else 0.5
    said = next((a for a in amounts(clause) if a.unit == "percent"), None)
    if said:
        amount_ = min(1.0, said.value / 100)
    stems = [name for name in (target.stems or (scene.names if scene.protected else ())) if name not in scene.protected]
    return do(step("vary", stems=stems, amount=amount_))


def _about_stem(clause: Clause, scene: Scene) -> bool:
    """'a different bass line', 'new drums', 'change the melody'."""
    return bool(find(clause, scene).stems) and clause.says(
        "different", "new", "change", "another", "other", "fresh", "change up"
    )
