"""Learners' English and turns of everyday speech in the words of the grammar, whatever they are said about.

'the bass it is too strong, make less'          -> 'the bass is too strong'
'remove all, only the drums must stay'          -> 'keep only the drums'
'same music, but arranged for string quartet'   -> 'arrange it for string quartet'
'deliver the drums as separate files'           -> 'export the drums as separate files'
"""

from __future__ import annotations

import re
from collections.abc import Callable

from nodes.planners.rules.plain.rewording import HEAD, reworded, text_of
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.speech import Clause

_END = r"(?= ?[.,;!?]| please| thanks| and| but|$)"
_ALL = (
    r"(?:everything(?: else)?|everybody|everyone|all(?: of (?:it|them))?|all the (?:instruments|stems|tracks|parts|others)|all (?:instruments|stems|tracks|parts)|"
    r"the (?:other )?(?:instruments|others|rest))"
)
_CLEARED = r"(?:everything|all|all of it|all of them) (?:away|out|off|gone)"
_AWAY = r"(?:remove|delete|erase|drop|cut|get rid of|take away|take out|take off|strip|clear|throw away|throw out)"
_ONLY = r"(?:only|just|leave only|leave just|just leave me|only leave me|leave me only|leave me|just leave|keep only|keep just|leave|nothing but|only leave|only keep)"
_STAYS = r"(?:(?: (?:must|should|can|may|shall|has to|have to|will))? (?:stay|stays|remain|remains|be left|is left|are left|stay in|survive|be there|play|plays))?"
_FILES = r"(?:files?|wavs?|stems|midis?|mp3s?|flacs?|tracks|clips)"
_DEGREE = r"(?P<how>(?:a bit|a little|a little bit|a tad|a touch|slightly|way|far|much|really|just|so|still) )?"
_FAULT = r"(?:loud|quiet|soft|strong|weak|heavy|present|bright|dark|harsh|boomy|sharp|low|high|faint|prominent|forward|shrill)"
_THE_REST = (
    r"(?:the rest(?: of (?:the |my |it |them ?)?\w*)?|everything(?: else)?|everyone else|all the rest|all the others|the others|the other \w+|the mix|the band|"
    r"(?:the|my) \w+(?: and (?:the |my )?\w+)?)"
)
_BEAT = (
    r"(?:beat|drums|break|drum loop|drum track|loop|groove|rhythm|recording|drum recording|drum beat|breakbeat|clip)?"
)
_MAKE = r"make|create|build|write|compose|generate|produce|do|start|craft|cook up|put together|whip up"
_MUSIC = r"(?:music|tune|piece|song|thing|melody|loop|track|notes|composition|material|number)"

_Order = Callable[[re.Match[str]], str]
_TURNS: tuple[tuple[re.Pattern[str], _Order], ...] = (
    (
        re.compile(rf"(?<=too )(?P<fault>{_FAULT}) (?:over|above|under|against|next to|beside|compared (?:to|with)|in comparison (?:to|with)|relative to|on top of|beneath|for) {_THE_REST}{_END}"),
        lambda found: found["fault"],
    ),
    (
        re.compile(r"(?<!\w)(?P<what>(?:the|my|our) \w+) (?:it|he|she|they) (?P<is>is|are|was|sounds?|has|have)(?!\w)"),
        lambda found: f"{found['what']} {found['is']}",
    ),
    (
        re.compile(
            rf"(?<!\w)(?P<is>is|are|sounds?|it's) (?:(?:a bit|a little|way|far|much|really) )?(?:too|very|so) (?:much )?(?P<fault>{_FAULT}|fast|slow|busy|long|short) ?(?:[.,;:-] )?(?:so |and |please |can you |could you )*"
            r"(?:(?:make|do|put|give|set|need|want|i want|i need|play)(?: (?:it|him|her|them|that))? )?(?P<size>(?:a bit|a little|a little bit|much|slightly|a lot) )?(?P<way>less|more)(?: please| pls)?(?= ?[.!?]|$)"
        ),
        lambda found: f"{found['is']} {_sized(found['size'])}too {_fault(found)}",
    ),
    (
        re.compile(r"(?<!\w)(?P<what>(?:the|my) \w+) ,? ?i (?:can )?hear (?:it |him |her |them )?(?:(?:very|too|so|a bit|a little|quite|really|much) )*(?P<fault>weak|quiet|soft|low|little|faint|loud|strong|hard)(?= ?[.,;!?]|$)"),
        lambda found: f"{found['what']} is too {'loud' if found['fault'] in {'loud', 'strong', 'hard'} else 'quiet'}",
    ),
    (
        re.compile(rf"(?<=too )(?P<fault>{_FAULT}) (?:vs|versus)(?: \.)? (?:the |my )?\w+(?= ?[.,;!?]|$)"),
        lambda found: found["fault"],
    ),
    (
        re.compile(rf"(?<=too )(?P<fault>{_FAULT}|fast|slow|busy) ?[.,;:!-] (?:a bit |a little )?(?:less|more)(?: please| pls)?(?= ?[.!?]|$)"),
        lambda found: found["fault"],
    ),
    (
        re.compile(rf"{HEAD}mute {_ALL} ?(?:[,;.:-] )?(?:and |but )*{_ONLY} (?P<kept>(?:the |my )?[\w ]+?){_STAYS}(?= ?[.,;!?]| please|$)"),
        lambda found: f"mute everything except {found['kept']}",
    ),
    (
        re.compile(
            rf"{HEAD}(?:{_AWAY} {_ALL}|{_CLEARED}|take {_ALL} (?:out|away|off)) ?(?:[,;.:-] )?(?:and |but )*(?P<only>{_ONLY}) (?P<kept>(?:the |my )?[\w ]+?){_STAYS}(?= ?[.,;!?]| please|$)"
        ),
        lambda found: f"keep only {found['kept']}",
    ),
    (
        re.compile(rf"^(?:the )?(?:very |exact |exactly the )?same {_MUSIC} ?(?:[,;:-] )?(?:but |only |just |now )*(?:(?:re)?arranged? |scored? |set |orchestrated |written |transcribed )?for (?=\w)"),
        lambda found: "arrange it for ",
    ),
    (
        re.compile(r"^(?:i want it |i'd like it |can (?:i|we) have it |now )?(?:(?:re)?arranged?|scored?|orchestrated?|transcribed?) for (?=\w)"),
        lambda found: "arrange it for ",
    ),
    (
        re.compile(
            rf"{HEAD}(?:(?:can|could|would|will) you (?:please )?)?(?:deliver|supply|provide|hand over|hand me|prepare|produce|output|print|ship|furnish|submit|write out) (?:me |us )?(?P<what>[\w ,]+? (?:as|in|to) (?:[\w ]+ )?{_FILES})(?!\w)"
        ),
        lambda found: f"export {re.sub(r'^(only|just) ', '', found['what'])}",
    ),
    (
        re.compile(
            r"(?<!\w)(?:put|bring|give|get|have|want|restore|use|take|set)(?: me| us)? (?:back )?(?:the|my) (?:old|previous|original|earlier|former|first) (?P<what>tempo|speed|pace)(?: back| again)?(?: in| on)?(?= ?[.,;!?]| please|$)"
        ),
        lambda found: "go back to the old tempo",
    ),
    (
        re.compile(r"^(?:the|my) (?:old|previous|original|earlier|former) (?:tempo|speed|pace)(?: again| back)?(?= ?[.,;!?]| please|$)"),
        lambda found: "go back to the old tempo",
    ),
    (
        re.compile(r"(?<!\w)(?:remind me (?:of )?|refresh my memory (?:on|about) )(?:what )?(?P<what>(?:the|our|my) (?:chord changes|chords|changes|tempo|key|bpm|progression|instruments|length))(?: (?:is|are|was|were))?(?: again)?(?: we're in| we are in)?(?= ?[.,;!?]| please|$)"),
        lambda found: f"what {'are' if re.search(r'(?:chords|changes|instruments)$', found['what']) else 'is'} {found['what'].replace('chord changes', 'chords').replace('changes', 'chords')}",
    ),
    (
        re.compile(r"(?<=\w) (?P<as>as|in|to) (?:two |three |four |all )?(?:separate|individual|single|different|separated) (?P<kind>(?:wav|midi|mid|mp3|flac|audio|wave) (?:files?|stems|tracks|clips)|wavs|midis|mp3s|stems)(?!\w)"),
        lambda found: f"{found['as']} {found['kind']}",
    ),
    (
        re.compile(r"(?<!\w)spread (?P<who>(?:the|my) \w+ and (?:the )?\w+|them)(?: apart| out| wide)*(?= ?[.,;!?]| please|$)"),
        lambda found: f"pan {found['who']} apart",
    ),
    (
        re.compile(r"(?<!\w)go (?:really |totally |absolutely )?(?:wild|crazy|mad|nuts|bananas|to town) (?:with|on) (?=(?:the|my) \w)"),
        lambda found: "vary a lot ",
    ),
    (
        re.compile(r"(?<!\w)mix (?P<what>(?:the|my) \w+(?: (?:line|part|pattern|melody|groove))?) up(?= ?[.,;!?]| a bit| a little| slightly|$)"),
        lambda found: f"mix up {found['what']}",
    ),
    (
        re.compile(r"^(?P<put>(?:(?:a |just a )?(?:bit|touch|little|hint|dash|tad|lot) of|some|a little|more|less) (?:\w+ )?(?:reverb|delay|echo|chorus|distortion|compression|phaser|tremolo) (?:on|for|to) (?:the|my) \w+) only(?= ?[.,;!?]|$)"),
        lambda found: found["put"],
    ),
    (
        re.compile(r"(?<!\w)chord changes(?!\w)"),
        lambda found: "chords",
    ),
    (
        re.compile(r"(?<!\w)(?P<ask>(?:what|how) (?:would|might|could|will|does|'d) (?:it all|it|this|that|the \w+)) (?:be|go|work|come across|turn out|come out|do|fare|translate)(?: like)?(?= (?:as|with|in|at|without|for) )"),
        lambda found: f"{found['ask']} sound like".replace("how", "what"),
    ),
    (
        re.compile(
            r"(?<=\w) ?(?:[,;.?!-] )?(?:but )?(?:nothing (?:too )?(?:wild|crazy|drastic|extreme|radical|dramatic|fancy|major|mad|big|different|adventurous|far out|insane|over the top)|"
            r"(?:don't|do not) (?:go (?:too )?(?:wild|crazy|mad|far|overboard)|overdo it|change (?:it )?too much|(?:stray|go|drift|wander|move|get) too far(?: away)?|deviate too much)(?: from (?:what's there|what is there|the original|it|that|there|this|the \w+|what (?:it|he|she|we) (?:plays?|has|have|had)))?)(?: please)?(?= ?[.,;!?]|$)"
        ),
        lambda found: " slightly",
    ),
    (
        re.compile(r"(?<!\w)(?:minor|tiny|subtle|modest|gentle) (?=(?:variation|change|rework|variant)s?(?!\w))"),
        lambda found: "slight ",
    ),
    (
        re.compile(r"(?<!\w)(?P<size>(?:way |far )?(?:too|so|less|more|that|this) )?(?P<much>much |of the |the |some |bit of )verb(?!\w)"),
        lambda found: f"{found['size'] or ''}{found['much']}reverb",
    ),
    (re.compile(r"(?<=less )verb(?!\w)"), lambda found: "reverb"),
    (
        re.compile(r"(?<!\w)(?P<take>take|turn|pull|kill|cut|lose|drop|remove) (?P<off>off )?(?P<the>the |some |some of the )verb(?!\w)"),
        lambda found: f"{found['take']} {found['off'] or ''}{found['the']}reverb",
    ),
    (
        re.compile(
            rf"^(?:please |ok |now |let's |can you |could you )*(?:use|using|take|with|grab) (?:this|my|the|these|it|that) ?{_BEAT} ?(?:, )?(?:to |and |now )*(?:{_MAKE}) (?:me |us )?"
            rf"(?=(?:a|an|some) [^.;!?]*?\b(?:loop|track|song|tune|piece|groove|music|jam|beat|number)(?!\w))"
        ),
        lambda found: "use my beat for ",
    ),
)  # fmt: skip
"""What is said, and how the grammar says it."""
_SMALL = re.compile(
    r"(?<!\w)(?:var(?:y|iation|iations|iant|iants)|takes?|pass|another|again|rework|redo|mix|shuffle|different|version)(?!\w)"
)


def in_plain_words(message: Clause, scene: Scene) -> Clause:
    """The message with each of these turns in plain words; nothing where there is no loop yet."""
    if not scene.exists or len(message.words) > _LONGEST:
        return message
    text = text_of(message)
    for pattern, order in _TURNS:
        found = pattern.search(text)
        if found is None:
            continue
        instead = order(found).strip()
        if instead == "use my beat for" and not any(player.is_drum for player in scene.players):
            continue
        if instead == "slightly" and not _SMALL.search(text):
            continue
        if found[0].strip() != instead:
            message = reworded(message, found, instead)
            text = text_of(message)
    if any({"reverb", "delay"} & set(player.effects) for player in scene.players):
        worn = "reverb" if any("reverb" in player.effects for player in scene.players) else "delay"
        found = _WET.search(text_of(message))
        if found is not None:
            head = "have " if found["is"] in {"are", "sound", "feel"} else "has " if found["is"] else ""
            head = "it has " if found["is"] and found["is"].endswith("'s") else head
            message = reworded(message, found, f"{head}too much {worn}")
    return message


_WET = re.compile(
    r"(?<!\w)(?:(?P<is>is|are|sounds?|feels?|it's|that's) )?(?:(?:a bit|a little|way|far|much|really|just|slightly|a tad|still|kind of) )*too (?:wet|washy|drowned|washed out|reverby|echoey|roomy)(?!\w)"
)
_LONGEST = 60


def _sized(size: str | None) -> str:
    return "" if size is None else "a bit " if size.strip() not in {"much", "a lot"} else "much "


def _fault(found: re.Match[str]) -> str:
    """'too strong, make less' is too loud; 'too weak, make more' is too quiet."""
    return {"strong": "loud", "heavy": "loud", "weak": "quiet", "faint": "quiet"}.get(found["fault"], found["fault"])
