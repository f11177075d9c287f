"""An attached file beside a loop: laid over it, put in a stem's place, told about, asked about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nodes.planners.rules.ask import listed
from nodes.planners.rules.outcome import Outcome, ask, do, say, step
from nodes.planners.rules.plain.sent_in import brings, describes
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.talk.complaints import complains
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.openings import OPENERS
from nodes.planners.rules.words.references import find, mentions
from nodes.planners.rules.words.speech import Clause, word_set
from state.plan import Plan
from state.take import Upload

_NOUNS = "file|recording|sample|clip|upload|attachment|audio|wav|mp3|flac|ogg"
_OWN = f"{_NOUNS}|loop|break|beat|drums|riff|take|sound|track|groove|one|part|line|idea"
_KINDS = r"(?:(?:attached|uploaded|own|new|drum|drums|guitar|bass|piano|audio|sound|recorded|little) )*"
_SENT_BY = r"(?:i|we) (?:just |have |already )*(?:uploaded|attached|sent|shared|provided|recorded|gave you|dropped in|sent over|sent in|threw in|put up|added as a file|brought)(?: you| here| just now| earlier)?"
_SENT = rf"(?:that |which )?{_SENT_BY}"
_FILE = rf"(?:(?:this|that|these|my|our) {_KINDS}(?:{_OWN})|the {_KINDS}(?:{_NOUNS})|the (?:attached|uploaded|recorded) {_KINDS}(?:{_OWN})|(?:the|that|this|my) {_KINDS}(?:{_OWN}) {_SENT}|this file {_SENT}|what {_SENT_BY}|this|these)"
_PLACE = r"(?: (?:instead|in|too|as well|also|now|there|please))*"
_WHERE = r"(?: (?:(?:to|under|underneath|beneath|behind|over|on|on top|on top of|into|in|alongside|with|along with|below|above) ?.*))?"
_ADD = re.compile(
    rf"(?:add|layer|lay|put|include|mix|insert|drop|bring|throw|place|stack|play|blend|overdub|use|pop|stick|slide|slip|tuck|chuck|sneak|toss|run) (?:in )?{_FILE}{_PLACE}{_WHERE}"
)
_ADD_IT = re.compile(
    rf"(?:add|layer|include|insert|mix|blend|overdub|lay|put|place|stick|throw|drop|pop) (?:in )?it{_PLACE}{_WHERE}"
)
_AS_LAYER = re.compile(
    rf"(?:use|add|put|have|play|take) (?:in )?{_FILE} as (?:a|an|another|one more|an extra)(?: \w+)? (?:layer|track|part|stem|line)"
)
_TOLD = (
    "this is", "this was", "this one is", "this one was", "this file is", "this recording is", "this recording was", "this clip is", "this sample is",
    "the file is", "the recording is", "the sample is", "the attached file is", "that's", "that is", "it's", "it is", "here is", "here's", "here are", "these are", "attached is", "attached",
    "i recorded", "i played", "i made this", "see attached", "here you go", "here it is", "there you go", "my", "our", "heres", "thats",
)  # fmt: skip
_SENT_FILE = re.compile(rf"\b(?:the|my|that|this) {_KINDS}(?:{_OWN}) {_SENT}")
_ABOUT_FILE = word_set("this that it file recording sample clip upload attachment attached uploaded")
_ABOUT_LOOP = ("this loop", "the loop", "the current loop", "this track", "the music", "the mix", "our loop")
_UNDER = word_set("under underneath beneath behind below")


def unused(scene: Scene) -> Upload | None:
    """The newest attached file that is no stem yet, while there is a loop."""
    request = scene.request
    if not request.uploads or request.gat is None:
        return None
    upload = request.uploads[-1]
    if any(stem.audio == upload.audio for stem in request.gat.stems):
        return None
    if request.attached:
        return upload
    lineage = request.revisions.lineage()
    first = request.revisions.revision(lineage[-1]) if lineage else None
    if any(stem.audio == upload.audio for stem in (first.stems if first is not None else ())):
        return None
    if request.attached is None and any(stem.tool == "upload" for stem in request.gat.stems):
        return None
    done = [made for turn in request.history for made in turn.steps]
    return None if any(made.arguments.get("instrument") == upload.name for made in done) else upload


def fresh(scene: Scene) -> Upload | None:
    """Of those the one that came with this message."""
    return None if scene.request.attached == 0 else unused(scene)


def use(clause: Clause, scene: Scene) -> Outcome | None:
    """'add this to the loop', 'replace the drums with this recording', 'use this drum loop instead'."""
    upload = unused(scene)
    if upload is None:
        return None
    text = " ".join(clause.words)
    named = _named(upload)
    text = (
        re.sub(
            rf"\b(?:(?:my|the|this|that|our) {_KINDS})?{named}(?: (?:file|recording|sample|clip|take))?(?: \. \w+)?(?!\w)",
            "this file",
            text,
        )
        if named
        else text
    )
    swapped = (
        re.fullmatch(rf"(?:use|put|take|play|try|have|insert) (?:in )?(?:{_FILE}|it(?: in)?(?= (?:instead|in place) of)) (?:as|instead of|in place of|rather than|for) (?P<old>.+)", text)
        or re.fullmatch(rf"(?:replace|swap|swap out|switch|switch out|exchange|change|trade|substitute) (?P<old>.+?) (?:with|for|by|to|against) {_FILE}{_PLACE}", text)
    )  # fmt: skip
    place = r"(?:over|its place|their place|that place)"
    taking = re.fullmatch(rf"(?:(?P<old>.+?) ,? ?)?{_FILE} (?:should|can|could|will|must|to) take {place}", text)
    if taking is not None and taking["old"]:
        return _in_place_of(taking["old"].split(), upload, scene)
    if taking is not None and scene.steps and scene.steps[-1].tool == "remove_track":
        return do(step("add_track", instrument=upload.name))
    if swapped is not None and _AS_LAYER.fullmatch(text) is None:
        return _in_place_of(swapped["old"].split(), upload, scene)
    if re.fullmatch(rf"(?:use|put|take|play|try|have|i want) (?:in )?{_FILE} instead{_PLACE}", text):
        if scene.steps and scene.steps[-1].tool == "remove_track":
            return do(step("add_track", instrument=upload.name))  # 'lose the drums and use this instead'
        drums = upload.instrument == "drum recording" or clause.says("drum", "drums", "beat", "break")
        return _in_place_of(["the", "drums"], upload, scene) if drums else ask(_which_goes(upload, scene))
    if (
        _ADD.fullmatch(text)
        or _AS_LAYER.fullmatch(text)
        or (not scene.focus and fresh(scene) is not None and _ADD_IT.fullmatch(text))
    ):
        below = bool(_UNDER & set(clause.words))
        return do(step("add_track", instrument=upload.name, gain_db=-4.0 if below else None))
    return None


def without_name(text: str, scene: Scene) -> str:
    """The message with the name of a file that waits to be used made into words: a name holds a full stop."""
    upload = unused(scene)
    return re.sub(re.escape(upload.name), "this file", text, flags=re.IGNORECASE) if upload is not None else text


def _named(upload: Upload) -> str:
    """The file's name as words, for a pattern; empty where it has none worth matching."""
    words = re.findall(r"[a-z0-9]+", upload.name.rsplit(".", 1)[0].lower())
    return " ".join(words) if words and len("".join(words)) > 2 else ""


def _in_place_of(words: list[str], upload: Upload, scene: Scene) -> Outcome:
    target = find(Clause(tuple(words), tuple(words)), scene)
    laid = step("add_track", instrument=upload.name)
    if not target.stems:
        # Nothing stands in its place: 'use this drum loop instead' on a loop without drums.
        return do(laid) if target.missing == ("drums",) else ask(_which_goes(upload, scene))
    gone = step("remove_track", stems=list(target.stems))
    return do(laid, gone) if len(target.stems) == len(scene.names) else do(gone, laid)


def _which_goes(upload: Upload, scene: Scene) -> str:
    return f"What should {upload.name} take the place of: {listed(scene.names, 'or')}? Or say 'add this' to lay it over the loop."


def tells(clause: Clause, scene: Scene) -> bool:
    """Whether a clause only states something about a file that was just attached: 'this is a waltz in 3/4'."""
    if scene.request.uploads and brings(clause):
        return True
    if not _just_attached(scene) or complains(clause):
        return False
    if describes(clause):
        return True
    if clause.has("faster", "slower", "busier", "sparser", "mood_move") and clause.says("too", "more", "less"):
        return False
    if clause.says("too", "should be", "want", "needs", "need", "not enough", "what i want", "instead", "solo"):
        return False
    text = f"{' '.join(clause.words)} "
    if not any(text.startswith(f"{phrase} ") for phrase in _TOLD):
        return False
    if clause.words[0] in {"my", "our"}:  # 'my guitar riff in E minor', but not 'my drums louder'
        return not clause.has("louder", "quieter", "faster", "slower", "higher", "lower", "remove", "mute", "left")
    return True


def _just_attached(scene: Scene) -> bool:
    request = scene.request
    if not request.uploads or request.gat is None or request.attached == 0:
        return False
    return fresh(scene) is not None or bool(request.attached) or not request.history


def told(scene: Scene) -> Plan:
    """What was heard in the file, in answer to words that only state something about it."""
    upload = fresh(scene)
    if upload is None:
        return Plan(steps=[step("describe")])
    return Plan(
        answer=f"{heard(upload)} Nothing was changed. Say 'add this' to lay it over the loop, or 'use this instead of the "
        f"{scene.names[0] if scene.names else 'drums'}'."
    )


def instructions(parts: Sequence[Clause], scene: Scene) -> list[Clause]:
    """The clauses that are not mere statements about an attached file."""
    left: list[Clause] = []
    before = False
    for part in parts:
        before = tells(part, scene) or (before and _describes(part))
        left += [] if before else [part]
    return left


def _describes(part: Clause) -> bool:
    """'(this is my band,) 140 bpm': a tempo, key or metre by itself, after words that tell about the file."""
    said = read(part.text)
    framed = said.bpm or said.key or said.time_signature
    return bool(framed) and len(part.words) <= 4 and part.words[0] not in OPENERS and not part.has("faster", "slower")


_APART = word_set(
    "just only extract isolate separate split rip pull get take remove strip cut draw lift demix unmix grab single stem"
)
_DRAWN = word_set("extract isolate separate split rip demix unmix")
_FROM_FILE = re.compile(
    rf"\b(?:from|out of|of|in|off|inside) {_FILE}(?= |$)|\b(?:split|separate|demix|unmix) (?:up )?{_FILE}"
)


def taken_apart(clause: Clause, scene: Scene) -> Outcome | None:
    """'extract the drums', 'take the vocals out of this' about a file that was just attached: parts are drawn out of what
    is in the loop only, so this is asked about before the loop itself is taken apart instead."""
    upload = fresh(scene)
    apart = clause.words[0] in _APART or clause.begins("keep", "remove") is not None
    if upload is None or not apart or clause.says(*_ABOUT_LOOP):
        return None
    of_file = _FROM_FILE.search(" ".join(clause.words)) is not None
    if not of_file and clause.words[0] not in _DRAWN and not (clause.has("voice") and not mentions(clause)):
        return None
    stems = find(clause, scene).stems
    own = f" For those of the loop say 'extract the {listed(stems)} from the loop'." if stems else ""
    return ask(
        f"{upload.name} is not in the loop yet and parts can be drawn only out of what is in it; a file that a session begins with can "
        f"be taken apart.{own} Shall I lay this file over the loop?"
    )


_EDITED = re.compile(
    r"\b(?:this|that|the (?:attached|uploaded|recorded)) (?:music|song|audio|recording|file|clip|sample|piece|tune|upload|wav|mp3)\b"
)
_MADE = re.compile(r"^(?:re ?)?(?:arrange|do|make|mix|vary|generate|create|shift|transpose|pitch|speed|slow|reverse|turn|convert|change|style|harmoni[sz]e|give|write|compose|put|add)\b")  # fmt: skip


def edited(clause: Clause, scene: Scene) -> Outcome | None:
    """'rearrange this music to jazz' about a file that was just attached beside a loop: tools change what is in the loop, so
    this is asked about before the loop itself is changed instead."""
    upload = fresh(scene)
    text = " ".join(clause.words)
    if upload is None or not _MADE.search(text) or not _EDITED.search(text) or clause.says(*_ABOUT_LOOP):
        return None
    return ask(
        f"{upload.name} is not in the loop, and what is changed is the loop. Shall I lay this file over it, or did you mean the "
        "loop as it is? A new conversation that begins with the file can change the file itself."
    )


def question(clause: Clause, scene: Scene) -> Outcome | None:
    """'what is this?', 'how fast is this?' about a file that was just attached beside a loop."""
    upload = fresh(scene)
    asks = clause.words[0] in word_set(
        "what what's whats how which is does who tell can describe caption analyse analyze"
    )
    sent = _SENT_FILE.search(" ".join(clause.words)) is not None
    if upload is None or not asks or not (sent or _ABOUT_FILE & set(clause.words)) or clause.says(*_ABOUT_LOOP):
        return None
    if clause.words[0] in {"can", "does", "is"} and not clause.says("fast", "key", "tempo", "bpm", "long", "drums"):
        return None
    for words, fact in (
        (("key", "scale"), f"in {upload.key}" if upload.key else "in no key that could be made out"),
        (("fast", "bpm", "tempo", "speed"), f"at {upload.bpm:g} bpm" if upload.bpm else "without a steady pulse"),
        (("long", "bars", "length", "seconds"), _length(upload)),
        (("metre", "meter", "time signature"), f"in {upload.time_signature}"),
        (("chords", "progression"), f"on {' '.join(upload.chords)}" if upload.chords else "without chords that could be made out"),
    ):  # fmt: skip
        if clause.says(*words):
            return say(f"{upload.name} is {fact}, as measured from the audio.")
    return say(heard(upload))


def _length(upload: Upload) -> str:
    bars = f"{upload.bars} bars, " if upload.bars else ""
    return f"{bars}{upload.duration_seconds:.1f} seconds long"


def heard(upload: Upload) -> str:
    """One sentence on the file, as measured."""
    if upload.caption:
        return f"{upload.name}: {upload.caption.rstrip('.')}."
    facts = [f"a {upload.instrument}", _length(upload)]
    facts += [f"{upload.bpm:g} bpm"] if upload.bpm else []
    facts += [upload.key] if upload.key else []
    return f"{upload.name} is {', '.join(facts)}, as measured from the audio."
