"""A complaint and the fix of it: 'too loud, turn the drums down' is one wish told twice, not two."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from nodes.planners.rules.edits.again import MORE
from nodes.planners.rules.edits.premature import EFFECTS
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.talk import complaints
from nodes.planners.rules.talk.remarks import SUBJECTS
from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.references import find, mentions
from nodes.planners.rules.words.speech import Clause, clause, word_set
from state.plan import Step

_OF_ONE_PLACE = frozenset({"adjust_track", "add_effect", "change_speed", "shift_pitch", "vary"})
_TIMBRED = ("timbre_bright", "timbre_dark", "timbre_warm", "timbre_bassy", "timbre_thin", "timbre_mids", "timbre_scoop")
_TIMBRES = ("timbre_bright", "timbre_dark", "timbre_warm")
_BACK_TO_IT = word_set(
    """use take load open restore get keep pick want go back to return bring let's i give me have play reload recall choose
    select switch stick with that this it one version again please the there then let us"""
)


def tells_of(part: Clause) -> bool:
    """Whether a clause tells how something is: 'the bass is too quiet', 'drums are too loud', 'it drags'."""
    named = mentions(part)
    stated = (
        bool(named)
        and named[0].start == 0
        and (
            bool({"is", "are", "sounds", "sound"} & set(part.words[: named[0].end + 1]))
            or (part.words[named[0].end :][:1] in {("has",), ("have",), ("got",)} and part.says("too much"))
        )
    )
    stated = stated or (bool(named) and named[0].start <= 1 and "too" in part.words[named[0].end : named[0].end + 3])
    wished = part.words[0] in {"the", "our", "my", "she", "he", "they"} and bool(
        {"wants", "want", "needs", "loves", "asked"} & set(part.words[:4])
    )
    return wished or part.words[0] in _TOLD or stated or complaints.complains(part)


_TOLD = SUBJECTS | word_set("tempo loop track song way feels sounds seems looks")


def adds_nothing(part: Clause, told: Step | None, steps: Sequence[Step]) -> bool:
    """'(the last two bars are boring,) redo them', '(version 2 was the right one,) load that'."""
    if told is not None and told.tool == "regenerate_span":
        return complaints.asks_for_another(part)
    if steps and steps[-1].tool != "describe" and _goes_ahead(part):
        return True
    if steps and _TO_HEAR.fullmatch(" ".join(part.words)):
        return True  # "(drop the piano) and let's see how that sounds"
    if steps and steps[-1].tool == "remove_track" and _TAKEN.fullmatch(" ".join(part.words)):
        return True  # 'we do not want the guitar, take it out'
    if (
        steps
        and steps[-1].arguments.get("keep")
        and part.first("rest")
        and (part.has("remove", "mute") or part.words[-1] in {"out", "away"})
    ):
        return True  # 'only the violin, get rid of the others'
    if steps and steps[-1].tool == "add_track" and _ADDED.fullmatch(" ".join(part.words)):
        return True  # 'would an oboe fit here? add it'
    if steps and steps[-1].tool == "replace_track" and _SWAPPED.fullmatch(" ".join(part.words)):
        return True  # 'a church organ would suit us better than the piano, could you swap them?'
    if steps and steps[-1].tool == "undo" and _liked_before(part):
        return True
    back = bool(steps) and steps[-1].tool == "undo" and part.has("pronoun")
    return back and len(part.words) <= 7 and set(part.words) <= _BACK_TO_IT


def narrowed(part: Clause, made: Sequence[Step], last: Step) -> Step | None:
    """'(make it busier.) Only the piano': the order before, for those alone; None where it is an order of its own."""
    kept = made[0].arguments.get("keep") if len(made) == 1 else None
    alone = part.words[0] in {"only", "just"} and last.tool in _OF_ONE_PLACE - {"change_speed"}
    if not kept or not alone or not set(kept) <= set(last.arguments.get("stems") or kept):
        return None
    return last.model_copy(update={"arguments": {**last.arguments, "stems": kept}})


def only_the_rest(made: Sequence[Step], steps: Sequence[Step], scene: Scene) -> bool:
    """'(drop the keys,) I want to hear just bass and drums': those that are left are all that is heard already."""
    if not steps or len(made) != 1 or not made[0].arguments.get("solo"):
        return False
    silenced = steps[-1].tool == "remove_track" or bool(steps[-1].arguments.get("mute"))
    return silenced and set(made[0].arguments.get("stems", ())) == {
        player.name for player in scene.players if not player.muted
    }


_TAKEN = re.compile(
    r"(?:take|leave|cut|drop|kick|pull|throw|keep) (?:it|them|that) out|(?:remove|lose|drop|delete|cut|kill|ditch|mute|get rid of) (?:it|them|that)"
)
_SWAPPED = re.compile(
    r"(?:swap|change|exchange|switch|replace|trade|substitute|make|do)(?: (?:it|them|that|those|these|the two|one for the other|the (?:swap|switch|change|exchange)|that (?:swap|switch|change)))?(?: (?:in|over|around|out|round|for (?:me|us)))*"
)
_ADDED = re.compile(r"(?:add|put|bring|use|include) (?:it|one|that|them|him|her)(?: in| on)?")
_FILL = word_set("please then now just ok okay and so yes")
_GO_AHEAD = frozenset(
    {
        "do", "try", "give it a try", "give that a try", "give it a go", "give it a shot", "do it", "do that", "do so", "do this", "go for it", "go ahead", "try it", "try that", "make it so", "make it happen", "make that happen",
        "let's do it", "let's do that", "let's try it", "let's try that", "let's hear it", "let me hear it", "let me hear that", "play it", "go on",
    }
)  # fmt: skip
"""Says again that what was said before is to be done: 'What would this sound like as reggae? Do it.'"""
_LIKE_THAT = re.compile(
    r"(?:(?:can|could|would) (?:you|we) |let's |we should |i'd )*(?:do|have|make|take|set|put|bring|get|use|go with|go for|try)(?: (?:it|them|that|those|this))?"
    r"(?: (?:like (?:that|this)|that way|this way|there|to that|at that|with that|in there))?"
)
_LIKED = word_set("liked loved preferred enjoyed dug")
_WAS = word_set("was were sounded felt worked")
_BETTER = word_set("better nicer fine good great right perfect best lovely cooler stronger ok okay well")


_MEND = re.compile(
    r"(?:(?:can|could|would|will) (?:you|we) )?(?:fix|sort|mend|correct|remedy|change|repair|solve|address|rectify|do something about|see to|take care of|deal with) (?:that|it|this)(?: out| right| for me| up)*"
)


_TO_HEAR = re.compile(
    r"(?:and |then |so )*(?:(?:let's|let us|let me|we'll|we can|i want to|i'd like to|i'll) )?(?:just )?(?:(?:see|hear|find out|check) )?(?:how|what|if|whether) (?:that|this|it|they|those)(?:'ll| will| would|'d)?(?: all)? "
    r"(?:sounds?|feels?|does|do|works?|sits?|goes|go|is|be|fits?|helps?|turns? out)(?: (?:like|now|then|first|better|to it|for us|together|out))*"
)


def _goes_ahead(part: Clause) -> bool:
    said = " ".join(word for word in part.words if word not in _FILL)
    pointing = bool(set(part.words) & {"that", "this", "there", "those"})
    return (
        said in _GO_AHEAD or _MEND.fullmatch(said) is not None or (pointing and _LIKE_THAT.fullmatch(said) is not None)
    )


def absent(part: Clause, after: Clause, scene: Scene) -> Clause | None:
    """'there is no bass in this, fix that': what is missing is to be added, and what cannot be heard although it is there is to
    be louder; None where that is not what is said."""
    missing = mentions(part)
    bids = _goes_ahead(after) or _ADDS_ONE.fullmatch(" ".join(after.words)) is not None
    if not (missing and part.says(*_LACKING) and bids):
        return None
    there = [player for mention in missing if (player := scene.player(mention.words)) is not None]
    if there:
        return clause(f"{'unmute' if there[0].muted else 'turn up'} the {there[0].name}")
    if find(part, scene).stems and not part.says(*_NOBODY):
        return None
    names = " and a ".join(mention.words for mention in missing)
    return clause(f"add a {names}")


_ADDS_ONE = re.compile(
    r"(?:(?:so|then|please|just|can you|could you|would you|let's) )*(?:add|put|throw|give|get|bring|drop|slap|stick|chuck|pop|insert|include|make)(?: me| us| it)?(?: in)?"
    r"(?: (?:it|one|some|that|them|a bit|a little|something))(?: (?:in|to it|back|please|there|on top|for me|too|in there|to that|here|now))*"
)
_NOBODY = (
    "there is no", "there's no", "theres no", "there are no", "there isn't a", "there isn't any", "there aren't any", "it has no", "i hear no",
    "it doesn't have a", "we've got no", "it hasn't got a", "there's not a",
)  # fmt: skip
"""Says that nobody of that name plays, whatever else a stem may be called: 'there's no piano' beside an electric one."""
_LACKING = (
    "is missing", "are missing", "missing", "needs a", "need a", "needs some", "needs an", "need some", "it needs", "i miss", "we've got no", "i've got no", "there's not a",
    "where's the", "where's my", "i don't hear", "i can't hear", "there isn't", "lacks", "theres no",
    "there is no", "there's no", "there are no", "there isn't a", "there isn't any", "there aren't any", "no", "it has no", "it hasn't got",
    "it lacks", "i hear no", "i can't hear a", "i can't hear any", "i don't hear a", "i don't hear any", "there is not a", "where is the", "where are the",
    "where's the", "got no", "it doesn't have a", "it doesn't have any", "without a", "without any",
)  # fmt: skip


def told_how(part: Clause, made: Sequence[Step], before: Clause, last: Step) -> Literal["new", "said", "instead"]:
    """'(low pass on the piano,) I want it muffled': the same effect in other words; a number said before stands."""
    if len(made) == 1 and made[0].tool == last.tool and _wishes_it(part, made[0], before, last):
        return "said"
    if len(made) != 1 or not made[0].tool == last.tool == "add_effect" or mentions(part):
        return "new"
    one, other = ([effect["kind"] for effect in step.arguments.get("effects", ())] for step in (made[0], last))
    if one != other or not one or made[0].arguments.get("stems") != last.arguments.get("stems"):
        return "new"
    if not part.says(
        "i want", "i'd like", "we want", "should", "like", "so", "i'd love", "must", "needs", "has to", "make"
    ):
        return "new"
    return "said" if amounts(before) else "instead"


def _wishes_it(part: Clause, made: Step, before: Clause, last: Step) -> bool:
    """'(make it quicker,) I want more speed', '(add a flute,) it should have a flute'."""
    if (
        not part.says("i want", "we want", "i need", "it should", "it has to", "it must", "it needs", "i'd like")
        or amounts(part)
        or set(part.words) & _FARTHER - {"more"}
    ):
        return False
    if made.tool == "add_track":
        return made.arguments.get("instrument") == last.arguments.get("instrument") and not part.says(
            "another", "second"
        )
    return made.tool == "change_speed" and _way(part, made) == _way(before, last) != 0


_MEASURED = frozenset({"adjust_track", "change_speed", "shift_pitch"})
_FARTHER = word_set("more again further another extra additional then also too even still by times")


def gives_the_figure(part: Clause, made: Sequence[Step], before: Clause, last: Step) -> bool:
    """'(make it faster,) 10 percent faster', '(louder guitar,) and I mean a lot louder': the same, now with how much."""
    if len(made) != 1 or made[0].tool != last.tool or last.tool not in _MEASURED or amounts(before):
        return False
    if last.tool == "change_speed" and amounts(part) and not part.has("faster", "slower"):
        return "bpm" in made[0].arguments  # 'faster. say 110'
    if (
        before.has("large", "small")
        or not (amounts(part) or part.has("large", "small"))
        or set(part.words) & (_FARTHER - {"by"})
    ):
        return False
    stems = made[0].arguments.get("stems"), last.arguments.get("stems")
    if set(made[0].arguments) != set(last.arguments) and last.tool != "change_speed":
        return False
    if mentions(part) and stems[0] != stems[1]:
        return False
    if stems[0] != stems[1] and stems[0]:
        return False
    return _way(part, made[0]) == _way(before, last) != 0


def _way(part: Clause, made: Step) -> int:
    """1 up, -1 down, 0 unknown."""
    if made.tool == "change_speed":
        return int(part.has("faster")) - int(part.has("slower"))
    value = made.arguments.get("gain_db") or made.arguments.get("semitones") or 0
    return (value > 0) - (value < 0)


def _liked_before(part: Clause) -> bool:
    """'(undo that,) I liked it as reggae', 'it was better in G minor': why, not what."""
    words = part.words
    was = next((at for at, word in enumerate(words[:5]) if word in _WAS), None)
    better = was is not None and bool(set(words[was + 1 : was + 4]) & _BETTER)
    liked = words[0] in {"i", "we"} and bool(set(words[1:4]) & _LIKED)
    return liked or better


def retold(part: Clause, made: Step, before: Clause, told: Step) -> Literal["new", "said", "instead"]:
    """What a clause is to the complaint before it: a new wish, the same said again, or what is meant instead of it."""
    named = bool(mentions(part))
    if " ".join(part.words) in MORE:
        return "new"  # 'the guitar up a bit. more.'
    if _MUCH.fullmatch(" ".join(before.words)) and made.tool != told.tool:
        return "instead"  # "it's a bit much for the little ones, drop the tempo to 72"
    if made == told and made.tool == "add_track":
        return "said"  # 'the bride wants violins, so add some violins'
    if len(part.words) <= 3 and complaints.asks_for_another(part):
        return "said"  # 'the second bar feels off, try again'
    if told.tool == "add_effect" and made.tool == "rearrange" and not named and part.has(*_TIMBRES):
        return "said"  # "it's too bright, make it darker"
    if told.tool == "add_effect" and made.arguments.get("key") and not named and before.has(*_TIMBRES):
        return "instead"  # "it's too dark. Major maybe?"
    if made.tool == told.tool == "rearrange" and {"mood", "genre"} <= set(made.arguments) and "mood" in told.arguments:
        return "instead"  # 'it is too aggressive. Could we do a warm folk version?'
    if told.tool == "vary" and _thins(told, made) and not told.arguments.get("stems"):
        return "instead"  # 'too busy. Drop the accordion'
    if (
        told.tool == "change_speed"
        and made.arguments.get("feel")
        and before.says("rushing", "dragging", "drags", "rushes", "rushed")
    ):
        return "instead"  # "it's rushing. Half time on the drums"
    of_it = part.has("pronoun") and not named and told.arguments.get("stems") == made.arguments.get("stems")
    if told.tool == "add_effect" and made.tool == "adjust_track" and of_it and before.has(*_TIMBRED):
        return "instead"  # 'bass too boomy, cut it by 3 dB'
    if (
        told.tool == "vary"
        and made.tool in {"replace_track", "remove_track"}
        and part.has("pronoun")
        and complaints.complains(before)
    ):
        return "instead"  # "I'm not keen on the new one, make it a flugelhorn"
    kinds = {*_kinds(made)} if made.tool == told.tool == "add_effect" and before.has(*EFFECTS) else set()
    if kinds and not part.has(*_TIMBRED) and not kinds & {*_kinds(told)}:
        return "new"  # 'the guitar is dry, a bit of reverb and some delay would be lovely on it'
    same = made.tool == told.tool and _same_kind(made, told)
    if same and _same_density(made, told) and not named:
        return "said"  # 'the comping is too busy, leave more space'
    vague = (not named and part.has("pronoun")) or (named and not mentions(before))  # 'too loud, turn the drums down'
    placed = made.tool in _OF_ONE_PLACE and made.arguments.get("stems") == told.arguments.get("stems")
    if made.tool == "undo" or (same and (told.tool == "undo" or vague or placed)):
        return "instead"
    return "new"


def _kinds(made: Step) -> list[str]:
    return [effect["kind"] for effect in made.arguments.get("effects", ())]


_MUCH = re.compile(
    r"(?:it's|that's|this is|it is|that is|it feels|it was) (?:(?:just|all|a bit|a little|way|far|rather|kind of|too|still) )*much(?: (?:for|to) .*)?"
)


def speaking_of(complaint: Clause, scene: Scene) -> Scene:
    """The scene of the same message anew, with what a complaint speaks of in focus: 'the drums are too loud, turn them
    down' asks for one change, not two."""
    anew = scene.anew()
    over = complaint.first("drowning")  # 'the piano drowns out the guitar' speaks of the piano
    subject = complaint.part(0, over.start) if over is not None and over.start > 1 else complaint
    stems = find(subject, anew).stems
    anew.focus, anew.spoken = stems or (() if complaint.has("mixword") else anew.focus), stems
    return anew


def _same_kind(made: Step, told: Step) -> bool:
    """Whether two steps change the same thing: 'too loud, and pan it left' are two wishes."""
    return (
        set(made.arguments) - {"stems", "amount"} == set(told.arguments) - {"stems", "amount"}
        or made.tool != "adjust_track"
    )


def _thins(told: Step, made: Step) -> bool:
    """Whether a step does what a complaint of too much or too little asks for: fewer players, or one more."""
    if told.arguments.get("density") == "sparse":
        return made.tool == "remove_track" or bool(made.tool == "adjust_track" and made.arguments.get("mute"))
    return told.arguments.get("density") == "busy" and made.tool == "add_track"


def _same_density(made: Step, told: Step) -> bool:
    return (
        made.tool == "vary"
        and made.arguments.get("density") is not None
        and made.arguments.get("density") == told.arguments.get("density")
    )
