"""The rules planner: a message, clause by clause, through small matchers; all of it is understood, or nothing is changed.

    text -> speech.clause -> clauses.split -> for each clause the first matcher that knows it -> steps, foreseen by scene

No model, no randomness, no state between calls: equal requests give equal plans.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from nodes.planners.planner import PlanRequest
from nodes.planners.rules import ask, clauses, complete
from nodes.planners.rules.by_content import by_content
from nodes.planners.rules.checking import checked
from nodes.planners.rules.edits import adding, attached, edit_whole, effects, keeping, pace, removing
from nodes.planners.rules.edits.again import same_too, without_again
from nodes.planners.rules.edits.around import around, on_recording
from nodes.planners.rules.edits.correcting import corrected
from nodes.planners.rules.edits.first_loop import first_loop, new_loop
from nodes.planners.rules.edits.restart import restart
from nodes.planners.rules.matchers import MATCHERS
from nodes.planners.rules.merging import merged
from nodes.planners.rules.outcome import UNDERSTOOD, Outcome, say, step
from nodes.planners.rules.plain import unasked
from nodes.planners.rules.plain.answering import answered
from nodes.planners.rules.plain.asides import lacks_in_words, only_states
from nodes.planners.rules.plain.courtesies import decided
from nodes.planners.rules.plain.plainly import plainly
from nodes.planners.rules.plain.promised import missing_file
from nodes.planners.rules.plain.unadorned import unadorned
from nodes.planners.rules.plain.wrapping import unwrapped
from nodes.planners.rules.pointing import resolved
from nodes.planners.rules.readings import only_asks, preferred, readings
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.talk import beside, chatter, elsewhere, remarks, retelling, smalltalk, withdrawing, wondering
from nodes.planners.rules.talk.praise import is_praise, speaks_of
from nodes.planners.rules.words.comparisons import chosen, settled
from nodes.planners.rules.words.references import find, is_instrument
from nodes.planners.rules.words.speech import Clause, clause
from nodes.planners.rules.words.spelling import respelled
from state.plan import Plan, Step

_LONGEST_WORDS = 2000


class RulesPlanner:
    """Understands musicians' English by rules. See `nodes.planners.planner.Planner`."""

    name = "rules"

    def plan(self, request: PlanRequest) -> Plan:
        """The plan for `request`: steps whose arguments are valid, or an answer, or one question."""
        if (count := len(request.text.split())) > _LONGEST_WORDS:
            return Plan(question=ask.too_long(count, _LONGEST_WORDS))
        scene = Scene.of(request)
        message = _message(request.text, scene)
        if (absent := missing_file(message, scene) or elsewhere.not_there(message, scene)) is not None:
            return Plan(question=absent)
        meant = resolved(decided(request.text, scene), scene)
        if meant != request.text:
            request, message = replace(request, text=meant), _message(meant, scene)
        plan = self._read(request, message)
        for reading in readings(request.text, scene):
            if plan.question is None and not reading.surely:
                continue
            shorter = self._read(replace(request, text=reading.text), _message(reading.text, scene))
            if shorter.answer != smalltalk.NOTED and preferred(plan, shorter, reading, scene):
                return shorter
        if plan.steps and not scene.exists and only_asks(request.text):
            return Plan(answer=smalltalk.HELP)
        return plan

    def _read(self, request: PlanRequest, message: Clause) -> Plan:
        scene = Scene.of(request)
        if (meant := corrected(message, scene)) is not None:
            return checked(Plan(steps=list(meant.steps), question=meant.question, answer=meant.answer))
        message, unreal = unasked.set_aside(plainly(answered(message, scene), scene), scene)
        if unreal is not None:
            return Plan(question=unreal if scene.exists else ask.NO_LOOP)
        compared = settled(message, scene)
        if isinstance(compared, str):
            return Plan(question=compared)
        message = compared
        if not message.words:
            return Plan(question=ask.VAGUE if scene.exists else ask.NO_LOOP)
        talk = smalltalk.smalltalk(message, scene)
        if talk is not None:
            return _of_talk(talk, request)
        if (carried := same_too(message, scene)) is not None:
            return checked(Plan(steps=list(carried.steps), question=carried.question))
        parts = clauses.split(message, lambda part: _alone(part, request))
        if not parts:
            return Plan(question=ask.VAGUE if scene.exists else ask.NO_LOOP)
        if (talk := chatter.parting(parts, lambda part: smalltalk.smalltalk(part, scene))) is not None:
            return _of_talk(talk, request)
        parts = chatter.without_chatter(withdrawing.standing(pace.mended(parts), scene), scene)
        wishes = attached.instructions(parts, scene)
        plan = checked(_plan(wishes, scene)) if wishes else attached.told(scene)
        unknown = scene.exists and (plan.question or "").startswith(ask.UNKNOWN)
        if unknown and chatter.only_talks(parts, lambda part: smalltalk.smalltalk(part, scene) is not None):
            return _of_talk(say(smalltalk.NOTED), request)
        return plan


def _message(text: str, scene: Scene) -> Clause:
    return unadorned(respelled(clause(unwrapped(attached.without_name(text, scene)))), exists=scene.exists)


def _alone(part: Clause, request: PlanRequest) -> tuple[str, ...]:
    """The tools that a clause would call if it were the whole message. A bare instrument ('and a bass') is no instruction."""
    if request.gat is None:
        return ()
    scene = Scene.of(request)
    for matcher in MATCHERS:
        outcome = None if matcher is adding.add else matcher(part, scene)
        if outcome is not None:
            return () if outcome.question else tuple(made.tool for made in outcome.steps)
    return ()


def _of_talk(talk: Outcome, request: PlanRequest) -> Plan:
    """Small talk; beside a file that was just attached, what was heard in it."""
    if request.uploads and request.gat is not None and not request.history:
        return Plan(steps=[step("describe")])
    return Plan(answer=talk.answer)


def _plan(parts: Sequence[Clause], scene: Scene) -> Plan:
    """Every clause in order; a question of any of them is the question of the whole."""
    if (choice := ask.choice(parts, scene.request.text)) is not None:
        return Plan(question=choice)
    answers: list[tuple[Clause, str]] = []
    unmet: list[str] = []
    steps: list[Step] = []
    built = scene.exists and around(parts, scene) is not None  # 'keep the drums and make a jazz loop around them'
    kept = [
        part
        for part, after in zip_longest(parts, parts[1:])
        if scene.exists
        and not built
        and not removing.only_names(part, after, scene)
        and (removing.protect(part, scene, parts) or (len(parts) > 1 and remarks.forbids(part)))
    ]
    left = [part for part in parts if part not in kept]
    told: tuple[Clause, Step] | None = None
    heard: list[tuple[Clause, tuple[Step, ...]]] = []
    while left:
        if retelling.adds_nothing(left[0], told[1] if told else None, steps):
            left, told = left[1:], None
            continue
        if scene.exists and len(parts) == 1 and remarks.forbids(left[0]):
            said = left[0].text
            if remarks.withholds(left[0]) and (held := find(left[0], scene).stems):
                return Plan(question=remarks.mute_or_remove(held))
            return Plan(answer=f"Nothing to do: '{said}' leaves the loop as it is. What should change instead?")
        used, outcome = _outcome(left, scene)
        part, taken, left = left[0], left[:used], left[used:]
        if outcome is not None and outcome.steps:
            outcome = complete.completed(part, outcome, scene)
            if part.words[0] == "or" and steps and "?" in scene.request.text:
                return Plan(question=ask.either(heard[-1][0], part))
        told_only = len(parts) > 1 and (
            remarks.remarks(part, scene) or remarks.says_nothing(part) or lacks_in_words(part) or only_states(part)
        )
        told_only = told_only or remarks.speaks_of(part, left[0] if left else None, scene)
        if left and (remarks.calls_for_effect(part, left[0], scene) or remarks.puts_in_front(part, left[0], scene)):
            outcome = UNDERSTOOD  # 'the keys could use some width, chorus them' adds no keys
        if outcome is not None and len(parts) > 1 and all(made.tool == "describe" for made in outcome.steps):
            outcome = UNDERSTOOD if outcome.question is None and wondering.rhetorical(part, scene) else outcome
        if outcome is None and told_only:
            outcome = UNDERSTOOD
        if outcome is None:
            if scene.exists and remarks.forbids(part) and (held := find(part, scene).stems):
                return Plan(question=remarks.mute_or_remove(held))
            return Plan(question=ask.not_understood(part, scene))
        if outcome.question is not None and scene.steps and effects.refused(part):
            continue  # 'add a flute but no reverb': nothing wears it
        if outcome.question == ask.ONLY_VOICE and (left or scene.steps):
            unmet += [] if part.says(*_THEIR_OWN) else [ask.NO_VOICE]
            continue  # 'add vocals and make it faster'
        if outcome.question is not None:
            return Plan(question=outcome.question)
        if outcome.answer is not None:
            answers.append((part, outcome.answer))
            speaks_of(part, scene)
            if len(parts) > 1 and scene.exists:
                steps.append(step("describe", question=part.text[:500]))
        if told is not None and outcome.steps:
            again_said = retelling.retold(part, outcome.steps[0], *told)
            if again_said == "said":
                continue
            if again_said == "instead":
                praised = [clause for clause, made in heard if not made and is_praise(clause)]
                return _plan(
                    [clause for clause in parts if clause is not told[0] and clause not in praised],
                    retelling.speaking_of(told[0], scene),
                )
        if heard and steps and retelling.gives_the_figure(part, outcome.steps, heard[-1][0], steps[-1]):
            rest = [clause for clause in parts if clause is not heard[-1][0]]
            if len(rest) < len(parts):
                return _plan(rest, retelling.speaking_of(heard[-1][0], scene))
        how = retelling.told_how(part, outcome.steps, heard[-1][0], steps[-1]) if heard and steps else "new"
        if how != "new":
            steps[-1] = steps[-1] if how == "said" else outcome.steps[0]
            continue
        if steps and (narrow := retelling.narrowed(part, outcome.steps, steps[-1])) is not None:
            steps[-1] = narrow
            continue
        if retelling.only_the_rest(outcome.steps, steps, scene):
            continue
        told = (part, outcome.steps[-1]) if outcome.steps and retelling.tells_of(part) else None
        heard += [(clause, outcome.steps) for clause in taken]
        for made in outcome.steps:
            scene.after(made)
            steps.append(made)
        unmet += [sentence for sentence in outcome.unmet if sentence not in unmet]
    if answers and all(made.tool == "describe" for made in steps):
        return Plan(answer=" ".join(text for _, text in answers))
    if steps:
        restored = keeping.kept(parts, steps, scene.request)
        if isinstance(restored, str):
            return Plan(question=restored)
        steps = restored
        lost = complete.unheard(heard, scene.anew())
        return (
            Plan(question=complete.question(lost))
            if lost
            else Plan(steps=merged(on_recording(steps, scene)), unmet=unmet)
        )
    if scene.protected or not unmet:
        return Plan(question=f"Nothing will be changed{_kept(scene)}. What should I change instead?")
    return Plan(question=ask.ONLY_VOICE if unmet[0] == ask.NO_VOICE else unmet[0])


_THEIR_OWN = tuple(f"{whose} {what}" for whose in ("my", "our", "his", "her", "their") for what in ("voice", "vocals", "vocal", "singing", "singer", "rap"))  # fmt: skip
"""'I need it to sit under my voice': no voice of the band's."""


def _kept(scene: Scene) -> str:
    return f" on the {ask.listed(scene.protected)}" if scene.protected else ""


def _outcome(left: Sequence[Clause], scene: Scene) -> tuple[int, Outcome | None]:
    """(number of clauses taken up, what they mean)."""
    if not scene.exists:
        return first_loop(left, scene)
    made = around(left, scene) or restart(left, scene) or new_loop(left, scene)
    if made is not None:
        return made
    part = left[0]
    if len(left) > 1 and (lacking := retelling.absent(part, left[1], scene)) is not None:
        return 2, _matched(lacking, scene)
    if len(left) > 1 and (gone := [word for word in remarks.lacked(part, left[1], scene) if is_instrument(word)]):
        return 2, Outcome(question=ask.missing(gone, scene))
    if beside.leads_on(part, left[1] if len(left) > 1 else None, scene):
        return 1, UNDERSTOOD
    outcome = _matched(part, scene)
    if outcome is None and (shorter := without_again(part)) is not None:
        outcome = _matched(shorter, scene)
    if outcome is None and smalltalk.smalltalk(part, scene) is not None:
        outcome = UNDERSTOOD
    if outcome is None and len(left) > 1 and part.words[0] in remarks.SUBJECTS and _only_again(left[1]):
        joined = part.joined(left[1])
        outcome = _matched(joined, scene)
        if outcome is not None and (outcome.steps or outcome.question):
            return 2, outcome
    return 1, outcome


def _matched(part: Clause, scene: Scene) -> Outcome | None:
    compared = chosen(part, scene)
    if isinstance(compared, str):
        return Outcome(question=compared)
    part = compared
    if not scene.fresh and scene.focus and not scene.spoken and edit_whole.means_loop(part, scene):
        scene.focus = ()
    outcome = _known(part, scene)
    if outcome is None or outcome.question == ask.not_understood(part, scene):
        return by_content(part, scene, _known) or outcome
    return outcome


def _known(part: Clause, scene: Scene) -> Outcome | None:
    return next((outcome for matcher in MATCHERS if (outcome := matcher(part, scene)) is not None), None)


def _only_again(part: Clause) -> bool:
    return len(part.words) <= 3 and part.has("repeat", "reroll")
