"""More turns of speech in the words of the grammar, those that set one thing against another.

'the bass should be quieter, not louder'         -> 'the bass should be quieter'
'same tune but jazzy'                            -> 'make it jazzy'
'change it from minor to major'                  -> 'put it in major'
'undo that and try an oboe instead'              -> 'undo that and add an oboe'
"""

from __future__ import annotations

import re
from collections.abc import Callable

from nodes.planners.rules.plain.rewording import HEAD, reworded, text_of
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.references import find, mentions
from nodes.planners.rules.words.speech import Clause

_END = r"(?= ?[.,;!?]| please| and|$)"
_EFFECT = r"(?:reverb|delay|echo|chorus|distortion|compression|phaser|tremolo|saturation|overdrive|eq)"
_ASKING = r"(?:(?:please|i need|i want|i'd like|i would like|give me|send me|can i have|could i have|could i get|can i get|may i have|can we have|get me|we need|now|and|ok) ,? ?)*"
_NICE = r"(?:nice|great|lovely|good|cool|perfect|awesome|wonderful|sweet|super|ideal|welcome|helpful|fantastic|amazing)"
_MOVE = (
    r"(?:louder|quieter|softer|faster|slower|higher|lower|brighter|darker|up|down|left|right|longer|shorter|busier|sparser|more|less|warmer|drier|wetter|"
    r"to the left|to the right|major|minor)"
)


def _always(found: re.Match[str], scene: Scene) -> bool:
    return True


_TURNS: tuple[tuple[re.Pattern[str], str, Callable[[re.Match[str], Scene], bool]], ...] = (
    (
        re.compile(r"^(?:(?:hey|oh|so|wait|ok|and) ,? ?)*where (?:did|have|has|are|is) (?P<who>(?:the|my) \w+)\b[^?.!;]*[?] (?:(?:please|so|can you|could you|just|well) ,? ?)*(?:bring|put|let|get|turn|have|want|i want) (?:them|him|her|it)(?: (?:back|on|in|play|again|up|here))+"),
        "bring back {who}",
        lambda found, scene: any(
            player.muted and player.name in find(_words(found["who"]), scene).stems for player in scene.players
        ),
    ),
    (
        re.compile(rf"(?<=\w) ?,? (?:and |but )?(?:not|instead of|rather than) (?:being )?(?P<other>{_MOVE})(?= ?[.,;!?]|$)"),
        "",
        lambda found, scene: re.search(rf"\b{_MOVE}\b", found.string[: found.start()]) is not None,
    ),
    (
        re.compile(r"^(?:the )?same (?:music|tune|piece|song|thing|loop|track|idea|one)? ?(?:, )?(?:but|only|just) (?P<how>(?:(?:a bit|a little|much|more|slightly|really|very) )*[\w-]+(?: and [\w-]+)?)(?= ?[.!?]| please|$)"),
        "make it {how}",
        lambda found, scene: bool(read(found["how"]).genre or read(found["how"]).mood),
    ),
    (
        re.compile(r"(?<!\w)(?:change|switch|move|turn|put|make|take|bring|flip|convert|transform|go)(?: (?:it|this|that|everything|the (?:key|loop|song|whole thing|tonality|mode)))? from (?P<old>major|minor) (?:in)?to (?P<new>major|minor)(?!\w)"),
        "put it in {new}",
        _always,
    ),
    (
        re.compile(r"^(?P<open>(?:(?:actually|no|hmm|ok|please|sorry) ,? ?)*)(?P<undo>(?:undo|scratch|forget|revert|cancel|drop) (?:that|it|this|the last (?:one|step|change|thing))) ?(?:, )?(?:and |then )*(?:try|add|use|put in|put|do|give me|take|bring in|let's try|have) (?P<new>(?:a|an|some) [\w ]+?) instead(?= ?[.!?]|$| please)"),
        "{open}undo that and add {new}",
        lambda found, scene: _plays(found["new"]),
    ),
    (
        re.compile(
            r"^(?P<old>(?:the|my) \w+)(?:'s| is| are| gets| get)? [^.,;!?]+? [.,;-] (?:so |and |please |can you |could you )*(?:take|throw|get|pull|kick|leave) (?:it|them|that) (?:out|away|off) ?(?:, )?(?:and |then )*"
            r"(?:give me|put in|put|add|use|bring in|get me|try|give us|let me have) (?P<new>(?:a|an|some) [\w ]+?)(?: in)? instead(?= ?[.!?]|$| please)"
        ),
        "replace {old} with {new}",
        lambda found, scene: _plays(found["new"]) and bool(find(_words(found["old"]), scene).stems),
    ),
    (
        re.compile(rf"^(?P<what>(?:(?:a|just a|maybe a) (?:bit|touch|little|hint|dash|tad) of |some |a little |a bit more |more |a )?(?:\w+ )?{_EFFECT}(?: and (?:some |a bit of )?{_EFFECT})? (?:on|for|over) (?:the|my) \w+) (?:would|could|might|'d) (?:also )?be (?:really |so |very |quite )?{_NICE}(?= ?[.!?]|$)"),
        "add {what}",
        _always,
    ),
    (
        re.compile(rf"{HEAD}(?:let's |i want |i'd like |can we |could we |we can |please )*(?:(?:have|get|let) )?(?P<who>(?:the |my )?\w+) back(?: in| on| again)*{_END}"),
        "bring {who} back in",
        lambda found, scene: any(
            player.muted and player.name in find(_words(found["who"]), scene).stems for player in scene.players
        ),
    ),
    (
        re.compile(r"(?<!\w)(?:(?:i have |i've got |just |here's |got )?(?:a|one|just one|another|one more)? ?(?:quick|short|small|little|simple|last|dumb|stupid)? ?question) ?[:,.-] (?=\w)"),
        "",
        _always,
    ),
    (
        re.compile(r"^(?:everything|it|it all|all|the rest)(?: is|'s| sounds| are) (?:\w+ )?(?:fine|good|great|ok|okay|perfect|nice|lovely|cool|right) ?(?:, )?(?:except|but|apart from|besides|only)(?: for)? (?P<who>(?:the|my) \w+) ?[,;:-] (?:it|they|he|she|which)(?='s|'re| )"),
        "{who}",
        _always,
    ),
    (
        re.compile(rf"{HEAD}(?:keep the \w+ ,? ?(?:but|and) )?(?:(?:can|could|let|have|get|may|should|would|make) )(?P<who>(?:an? |the )?(?:\w+ )?(?:duo|trio|quartet|quintet|sextet|orchestra|ensemble|band|choir))(?: to)? play (?:it|this|that|everything|the (?:loop|song|music|tune|whole thing))(?: instead)?{_END}"),
        "arrange it for {who}",
        _always,
    ),
    (
        re.compile(rf"^{_ASKING}(?P<what>(?:the |my )?\w+(?: (?:and|,) (?:the |my )?\w+)*) ?(?:, )?(?:each|all|both|every one)(?: of them)? (?:as|in|on) (?:its|their|a|an) (?:own|separate|individual|single) (?:\w+ )?(?:files?|tracks?|wavs?|stems?){_END}"),
        "export {what} as separate files",
        _always,
    ),
    (
        re.compile(rf"^{_ASKING}(?:just|only) (?P<what>(?:the |my )?\w+(?: (?:and|,) (?:the |my )?\w+)*) (?:(?:on|by) (?:its|their) own |alone |by (?:itself|themselves) )?(?:, )?(?P<how>as|in) (?:an? )?(?P<kind>midi|wav|wave|mp3|flac|ogg|aiff)(?: files?)?{_END}"),
        "export {what} as {kind}",
        _always,
    ),
    (
        re.compile(rf"^{_ASKING}(?:separate|individual|single|isolated) (?P<kind>wav files|midi files|files|wavs|midis|stems|tracks) (?:of|for) (?P<what>(?:the |my )?\w+(?: (?:and|,) (?:the |my )?\w+)*){_END}"),
        "export {what} as separate {kind}",
        _always,
    ),
    (
        re.compile(rf"^{_ASKING}(?:one|a|a separate|a single) (?:wav|midi|audio )?(?:file|track|wav|stem) (?:per|for each|for every|of each) (?:instrument|stem|part|track|player){_END}"),
        "export the stems as separate files",
        _always,
    ),
    (
        re.compile(r"(?<=\w) ?(?:, )?(?:but |and )?keep (?:it|that|them|things|the changes?) (?:very |quite |rather )?(?:subtle|small|minimal|modest|light|slight|close)(?= ?[.!?]|$)"),
        "slightly",
        lambda found, scene: re.search(r"\b(?:change|vary|variation|mix|redo|tweak|rework|switch|take|version)\b", found.string[: found.start()]) is not None,
    ),
    (
        re.compile(r"^(?:a few |some |only |just |make |do |please )*(?:small|slight|minor|little|tiny|subtle) (?:changes|change|tweaks|tweak|variations|adjustments|edits) (?:to|on|in|of|for) (?P<who>(?:the|my) \w+)(?: ?,? ?nothing more)?(?= ?[.!?]|$| please)"),
        "vary {who} slightly",
        _always,
    ),
    (
        re.compile(r"^(?:only|just) (?P<who>(?:the |my )?\w+(?: and (?:the |my )?\w+)?) (?:stays?|remains?|is kept|are kept|should stay|must stay) ?(?:[,;:-] )?(?:and )?(?:the rest|everything else|all the rest|all the others|the others|all else) (?:can |must |should |has to |have to )?(?:goes|go|out|away|leaves?|be gone)(?= ?[.!?]|$| please)"),
        "keep only {who}",
        _always,
    ),
    (
        re.compile(r"(?:right |just )?before (?:it|the loop) (?:loops|repeats|restarts|starts|comes|goes)(?: (?:a?round|again|over|back))*"),
        "at the end",
        _always,
    ),
    (
        re.compile(r"(?<!\w)too much (?=(?:notes|hits|fills|things|chords|instruments|beats)(?!\w))"),
        "too many",
        _always,
    ),
    (
        re.compile(r"(?:^|(?<=[,.!] ))(?:ok |okay |so |right |and |here's a |a |one |another )*(?:new idea|idea|other idea|change of plans?|one more thing|last thing|more thing|next thing|thought) [:,-] (?=\w)"),
        "",
        _always,
    ),
    (
        re.compile(r"(?<!\w)(?:i|we) (?:don't|do not|can't|cannot|can hardly|can barely|hardly|barely|could not|couldn't) (?:really )?hear (?P<what>it|them|(?:the|my) \w+) (?:enough|well enough|very well|properly|well|clearly|so well|too well)(?!\w)"),
        "{what} is too quiet",
        _always,
    ),
    (
        re.compile(r"(?<!\w)(?:kill|drop|cut|take out|lose|remove|lose) (?P<who>[^.,;!?]+?) for (?:a|one|just a|a little) (?:sec|second|moment|minute|while)(?= ?[.,;!?]| please|$)"),
        "mute {who}",
        _always,
    ),
    (
        re.compile(rf"{HEAD}(?:share|send|give|email|mail|pass|get)(?: me| us)? (?:the |a )?(?P<kind>midi|wav|wavs|mp3|audio)(?: files?)? (?:of|for|from) (?P<what>(?:the |my )?\w+(?: and (?:the |my )?\w+)?)(?: with me| with us| over| to me)*{_END}"),
        "export {what} as {kind}",
        _always,
    ),
    (
        re.compile(rf"{HEAD}(?P<verb>export|bounce|render|save)(?: it| this| the loop| the mix| everything)? (?:without|minus|sans) (?P<what>(?:the |my )?\w+(?: (?:and|or) (?:the |my )?\w+)?)(?= ?[.,;!?]| as| please|$)"),
        "{verb} everything except {what}",
        _always,
    ),
    (re.compile(r"(?<!\w)quit (?=(?:the|my) \w)"), "remove", _always),
    (re.compile(r"(?<!\w)(?:listen|hear)(?: to)? (?P<only>only|just) (?:to )?(?=(?:the|my) \w)"), "hear {only}", _always),
    (re.compile(r"^in (?:which|what) (?:key|tonality|scale) (?:are we|is it|is this|is the (?:loop|song|music)|do we play)(?: in)?"), "which key is it in", _always),
    (re.compile(r"(?<!\w)tonality(?!\w)"), "key", _always),
    (
        re.compile(r"^(?P<one>(?:the |my )?\w+) (?:covers|cover|hides|hide|buries|bury|swallows|swallow|masks|mask|eats|eat|(?:is|are) (?:covering|hiding|burying|swallowing|masking|eating))(?: up)? (?P<other>(?:the |my )?\w+)(?= ?[.,;!?]|$)"),
        "{one} drowns out {other}",
        lambda found, scene: bool(find(_words(found["one"]), scene).stems and find(_words(found["other"]), scene).stems),
    ),
    (
        re.compile(r"(?<=\w) ?(?:[,;:-] |because |since |as |so |cause )+(?:it|they|he|she)(?:'s| is| are)? (?:(?:just|kind of|really|always|completely) )*(?:disappears?|disappearing|gets? lost|getting lost|lost|vanish(?:es)?|buried|hidden|drowned|drowning|hard to hear|not audible|inaudible)(?: (?:behind|under|in|among|beneath|by|between) [\w ]+?)?(?= ?[.,;!?]|$)"),
        "",
        lambda found, scene: re.search(r"\b(?:louder|up|audible|boost|raise|bring|more|higher)\b", found.string[: found.start()]) is not None,
    ),
)  # fmt: skip


_SUNG = {"do": "c", "re": "d", "mi": "e", "fa": "f", "sol": "g", "la": "a", "si": "b"}
_SOLFA = re.compile(
    r"(?:(?<=\bin )|(?<=\bto )|(?<=\ben ))(?P<note>do|re|mi|fa|sol|la|si)(?P<sign> (?:sharp|flat))? (?P<mode>major|minor|mayor|menor|maggiore|minore|majeur|mineur)(?!\w)"
)


def in_letters(message: Clause) -> Clause:
    """'in fa minor' -> 'in f minor'."""
    found = _SOLFA.search(text_of(message))
    if found is None:
        return message
    mode = "major" if found["mode"].startswith("ma") else "minor"
    return reworded(message, found, f"{_SUNG[found['note']]}{found['sign'] or ''} {mode}")


def turned(message: Clause, scene: Scene) -> Clause:
    """The message with each of these turns in plain words; nothing where there is no loop yet."""
    if not scene.exists or len(message.words) > _LONGEST:
        return message
    text = text_of(message)
    for pattern, instead, holds in _TURNS:
        found = pattern.search(text)
        if found is None or not holds(found, scene):
            continue
        said = {name: value or "" for name, value in found.groupdict().items()}
        changed = reworded(message, found, " ".join(instead.format(**said).split()))
        message = changed if changed.bare().words else message
        text = text_of(message)
    return message


_LONGEST = 60


def _words(text: str) -> Clause:
    return Clause(tuple(text.split()), tuple(text.split()))


def _plays(text: str) -> bool:
    return bool(mentions(_words(text)))
