"""The music itself: pitch, key, chords, style, mood, metre, variation."""

from __future__ import annotations

from ensemble.band.instruments import resolve
from ensemble.band.theory import Key, parse_key
from nodes.planners.rules.ask import missing
from nodes.planners.rules.outcome import UNDERSTOOD, Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.talk.complaints import states, tells_how
from nodes.planners.rules.talk.praise import is_praise
from nodes.planners.rules.words.amounts import amounts, degree
from nodes.planners.rules.words.attributes import Reading, read
from nodes.planners.rules.words.lexicon import mood_implies
from nodes.planners.rules.words.references import Target, find, mentions, named
from nodes.planners.rules.words.speech import Clause
from state.errors import LoopCopilotError

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


def means_loop(clause: Clause, scene: Scene) -> bool:
    """Whether 'it' is the loop although one stem was spoken of last: mood, variation and style are the loop's, and so is
    the level unless that stem was just added."""
    mark = clause.first("pronoun")
    if mark is None or mark.words not in {"it", "this"} or mentions(clause) or clause.has("newest", "oldest"):
        return False
    if clause.says("on it", "to it", "from it", "of it", "off it", "it out", "it again"):
        return False
    if clause.has("mood_move", "variation", "vary") or (clause.begins("reroll") and clause.words[0] == "vary"):
        return True
    if clause.words[0] != "make" or not clause.has("louder", "quieter") or scene.goes_on:
        return False
    past = [turn for turn in scene.request.history if turn.steps and turn.status in {"done", "partial"}]
    return bool(past) and past[-1].steps[-1].tool not in {"add_track", "replace_track"}


def rearrange(clause: Clause, scene: Scene) -> Outcome | None:
    """'make it jazzy', 'make it sadder', 'a reggae version', 'rearrange this to jazz with saxophone solo', 'in 3/4'."""
    if states(clause) or is_praise(clause):
        return None
    reading = read(clause.text)
    if clause.words[1:2] in (("the",), ("my",)) and any(
        reading.spans.get(name, (1, 1))[0] == 0 for name in ("genre", "mood")
    ):
        return None  # 'pop the drums': no style for all
    moved = [mark.words for mark in clause.marks("mood_move")]
    if clause.has("variation") and clause.says(*_TOO_FAR, *_STRAYING):
        return None  # 'a wilder variation' strays further
    genre = next((_GENRES[word] for word in moved if word in _GENRES), reading.genre)
    mood = next(
        (_MOODS[word] for word in moved if word in _MOODS), None if _of_a_part(reading) and not genre else reading.mood
    )
    if mood and (clause.has("less") or clause.says("too", "not so", "not as")) and not clause.has("more"):
        mood = _OPPOSITES.get(mood, "calm")
    elif (
        mood is None
        and clause.has("less")
        and (unwanted := read(clause.without((m.start, m.end) for m in clause.marks("less")).text).mood)
    ):
        mood = _OPPOSITES.get(unwanted, "calm")
    metre = reading.time_signature if "time_signature" not in reading.inferred or reading.genre == "waltz" else None
    if metre is None and clause.says("waltz"):
        metre = "3/4"
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
        or bool(genre and "genre" not in reading.inferred and reading.without)  # 'reggae, no piano'
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
    if metre and metre == scene.time_signature and not (genre or mood or reading.instruments or reading.without):
        # 'make it a waltz, in 3/4' has said so already
        return (
            UNDERSTOOD if scene.steps and scene.steps[-1].tool == "rearrange" else Outcome(answer=f"It is in {metre}.")
        )
    soloist = next((m for m in reading.instruments if m.solo or f"{m.words} solo" in clause.text.lower()), None)
    solo = soloist.words.lower().removesuffix(" solo") if soloist else None
    without = [w.words for w in reading.without]
    instruments = [m.words.lower() for m in reading.instruments if m is not soloist]
    if instruments and len(instruments) < 3 and not clause.says("only", "just", "for"):
        instruments += _beside(instruments, without, scene)
    if solo and instruments:
        instruments.append(solo)
    if not genre and not instruments:
        gone = {name for word in without for name in named(word, scene)}
        instruments = [name for name in scene.names if name not in gone]
    return do(
        step(
            "rearrange", genre=genre, mood=reading.mood_word if mood == reading.mood and not moved else mood, instruments=instruments, without=without, solo=solo,
            time_signature=metre if metre != scene.time_signature else None, key=_mode_for(mood, reading, scene), feel=reading.feel,
        )
    )  # fmt: skip


def _beside(words: list[str], without: list[str], scene: Scene) -> list[str]:
    """The stems that stay beside one or two new players ('funk, with a slap bass'): those of other roles."""
    chosen = [choice for word in words if (choice := resolve(word, scene.genre)) is not None]
    taken = {choice.instrument.role for choice in chosen} | {choice.stem for choice in chosen}
    gone = {name for word in without for name in named(word, scene)}
    return [
        player.name
        for player in scene.players
        if player.role not in taken and player.name not in taken | gone and resolve(player.name) is not None
    ]


def _of_a_part(reading: Reading) -> bool:
    """Whether the mood word only says how an instrument is to play: 'a mellow trombone'."""
    if reading.mood is None or "mood" not in reading.spans:
        return False
    start, end = reading.spans["mood"]
    return any(mention.phrase[0] <= start and end <= mention.phrase[1] for mention in reading.instruments)


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
    if clause.words[0] == "thin" and "out" in clause.words[2:5]:  # 'thin the keys out'
        at = clause.words.index("out", 2)
        clause = (
            clause.part(0, 1).joined(clause.part(at, at + 1)).joined(clause.part(1, at)).joined(clause.part(at + 1))
        )
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


_TOO_FAR = (
    "too wild", "wild", "too crazy", "crazy", "too different", "very different", "completely different", "totally different", "radical", "too radical", "too far", "too far out",
    "too far off", "drastic", "too drastic", "mad", "too mad", "overboard", "too much", "fancy", "too fancy", "big", "extreme", "too extreme",
)  # fmt: skip


_STRAYING = ("wilder", "crazier", "bolder", "gentler", "softer", "lighter", "milder", "subtler")
_NEGATIONS = ("nothing", "not", "not as", "not so", "less", "don't go", "without going", "not be")
_FAR = (
    "completely", "wilder", "bolder", "freer", "totally", "very different", "wild", "wildly", "quite different", "really different", "radically",
    "entirely", "something else", "something different",
)  # fmt: skip


def vary(clause: Clause, scene: Scene) -> Outcome | None:
    """'another take of the bass', 'give me a variation', 'sounds like this music', 'redo the drums'."""
    mark = clause.first("variation", "reroll")
    if mark is not None and mark.words.startswith("like ") and tells_how(clause):
        return None
    if mark is None or (
        mark.words in {"make", "change", "generate", "new", "different"}
        and not clause.has("variation")
        and not (_about_stem(clause, scene) or _slightly(clause))
    ):
        return None
    target = find(clause, scene)
    if not target.said and scene.spoken:
        target = Target(scene.present(scene.spoken))
    elif not target.said and clause.says("try another", "another one"):
        target = Target(scene.present(scene.focus))
    if target.unclear or (target.missing and not target.stems):
        return (
            ask(target.unclear or missing(target.missing, scene))
            if clause.has("variation") or clause.begins("reroll")
            else None
        )
    far = clause.says(*_FAR)
    mild = clause.says(*(f"{negation} {much}" for negation in _NEGATIONS for much in _TOO_FAR))
    far = far and not mild
    amount_ = (
        0.9
        if far or clause.says("a lot", "lots", "heavily", "drastically", "a great deal")
        else 0.25
        if mild or clause.has("small") or clause.says("gentler", "softer", "lighter", "subtler", "milder", "closer")
        else 0.5
    )
    said = next((a for a in amounts(clause) if a.unit == "percent"), None)
    if said:
        amount_ = min(1.0, said.value / 100)
    stems = [name for name in (target.stems or (scene.names if scene.protected else ())) if name not in scene.protected]
    return do(step("vary", stems=stems, amount=amount_))


def _slightly(clause: Clause) -> bool:
    """'change the tune a tiny bit', 'make the song a little different': a variation; 'change the tempo a bit' is none."""
    whole = clause.has("mixword", "lead_noun") or clause.says("it", "this", "that")
    told = whole and clause.has("small") and clause.says("change", "different", "alter", "modify")
    return told and not clause.has("tempo", "volume", "chords", "style", "instead", "mode_word")


def _about_stem(clause: Clause, scene: Scene) -> bool:
    """'a different bass line', 'new drums', 'change the melody'."""
    return bool(find(clause, scene).stems) and clause.says(
        "different", "new", "change", "another", "other", "fresh", "change up"
    )
