"""Statements about a file that someone brings along: 'I have uploaded a drum pattern', 'my drummer played this groove', 'sent
you a break'. They ask for nothing; what is asked of the file stands in another clause."""

from __future__ import annotations

import re

from nodes.planners.rules.words.speech import Clause, word_set

_THING = (
    r"(?:file|recording|sample|clip|upload|attachment|audio|wav|mp3|loop|break|breakbeat|beat|drums?|drumloop|drumbeat|drumming|riff|take|sound|"
    r"track|groove|pattern|rhythm|percussion|song|tune|piece|music|part|line|melody|idea|solo|demo|memo|jam|guitar|piano|bass|cajon|congas|bongos|performance|something|one)"
)
_SENDING = (
    r"(?:uploaded|attached|sent|shared|provided|recorded|played|made|dropped|brought|added|laid down|tapped out|tapped|programmed|"
    r"enclosed|given|gave|filmed|bounced|chopped|looped|sampled|found|have|got)"
)
_SURELY = word_set("uploaded attached sent shared provided recorded enclosed")
_WHO = r"(?:i|we|my \w+|our \w+|a friend|a friend of mine|a student of mine|someone|he|she|they)"
_PARTS = (
    rf"{_WHO}(?:'ve|'d| have| had| has)? (?:just |already |also |now |here |only )*{_SENDING} .*\b{_THING}\b.*",
    rf"(?:just |already )?(?:uploaded|attached|sent|shared|recorded|dropped|enclosed)(?: you| u)? .*\b{_THING}\b.*",
    rf"(?:got|found|lifted|chopped|sampled|nicked|took|ripped|recorded|made|pulled|grabbed) (?:this|a|an|my|these|some) (?:\w+ )*{_THING} (?:of \w+ )?(?:off|from|out of|on|in|at|with|last|yesterday|today|myself)\b.*",
    rf"(?:there is|there's|here is|here's|here are|here comes|this is|these are|that's|that is|attached is|attached are|you (?:will |'ll )?(?:find|have)) .*\b{_THING}\b.*",
)
_STATEMENT = re.compile("|".join(f"(?:{part})" for part in _PARTS))
_WISHES = word_set(
    "want wants need needs should would could can please too more less instead must make add put like but where"
)
"""With these a clause asks for something, or finds fault."""
_FORMS = word_set(
    "uploaded attached sent shared provided recorded enclosed played made tapped programmed sampled chopped bounced"
)
_SELF = (("myself",), ("today",), ("earlier",), ("yesterday",), ("here",))


def brings(clause: Clause) -> bool:
    """Whether a clause only says that there is a file, and says so beyond doubt: 'I uploaded a beat'."""
    said = set(clause.words)
    return bool(said & _SURELY or clause.words[0] in {"got", "found", "took"}) and describes(clause)


def describes(clause: Clause) -> bool:
    """Whether a clause only says what a file is or where it comes from: 'this is a drum solo I recorded'."""
    words = clause.words
    if set(words) & _WISHES or not (
        set(words) & _FORMS or words[0] in {"i", "we", "i've", "we've", "got", "found", "took"}
    ):
        return False
    return _STATEMENT.fullmatch(" ".join(words)) is not None
