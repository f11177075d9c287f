"""Steps that are one wish told twice, made one."""

from __future__ import annotations

from nodes.planners.rules.outcome import step
from nodes.planners.rules.scene import CREATING
from state.plan import Step


def merged(steps: list[Step]) -> list[Step]:
    """Neighbouring removals as one, so that 'no drums, no bass' is one step."""
    found: list[Step] = []
    for made in steps:
        last = found[-1] if found else None
        if last is not None and last.tool == made.tool == "undo" and "revision" in made.arguments:
            found[-1] = made  # 'forget that, go back to the start'
            continue
        if (
            last is not None
            and made.tool in {"adjust_track", "vary", "add_effect", "export", "rearrange"}
            and (made.tool, made.arguments) == (last.tool, last.arguments)
        ):
            continue  # 'softer and further back': one wish in two words
        if last is not None and last.tool in CREATING and made.tool == "remove_track" and _never_there(last, made):
            without = [*last.arguments.get("without", []), *made.arguments["stems"]]
            found[-1] = step(last.tool, **{**last.arguments, "without": without})
            continue  # 'a bossa nova on these drums, D minor, but no guitar'
        if last is not None and _missed(last, made):
            found[-1] = made  # 'where did the drums go? bring them back'
            continue
        if last is not None and _gone_anyway(last, made):
            found[-1] = made  # 'no keys, just guitar'
            continue
        if last is not None and _needless(last, made):
            found[-1] = (
                made  # 'it's too washy, take the reverb off', 'the guitar is a bit much, I'd rather have a banjo'
            )
            continue
        if last is not None and _silent_already(last, made):
            continue  # 'lose the bass for a moment, just guitar and drums'
        if last is not None and _same_again(last, made):
            found[-1] = made  # 'the drums need glue, put a compressor on them', 'bounce the stems, I need them'
            continue
        if last is not None and (both := _restyled(last, made)) is not None:
            found[-1] = both  # 'darker and more cinematic'
            continue
        if last is not None and _placed_anew(last, made):
            found[-1] = made  # 'they feel glued to my left ear, bring them to the centre'
            continue
        if last is not None and _one_strip(last, made):
            found[-1] = step("adjust_track", **{**last.arguments, **made.arguments})
            continue  # 'turn the congas up and put them to the right'
        if (
            last is not None
            and last.tool == made.tool == "vary"
            and not (set(last.arguments) | set(made.arguments)) - {"stems", "amount"}
            and last.arguments.get("stems") == made.arguments.get("stems")
        ):
            found[-1] = max(last, made, key=lambda varied: varied.arguments.get("amount", 0.5))
            continue  # 'mix it up, give me a variation'
        if (
            last is not None
            and last.tool == made.tool == "remove_track"
            and "keep" not in last.arguments
            and "keep" not in made.arguments
        ):
            names = dict.fromkeys([*last.arguments["stems"], *made.arguments["stems"]])
            found[-1] = step("remove_track", stems=list(names))
        else:
            found.append(made)
    return found


def _never_there(last: Step, made: Step) -> bool:
    """Whether those who are to go were not asked for by the step that makes the music."""
    stems = set(made.arguments.get("stems", []))
    return bool(stems) and not stems & set(last.arguments.get("instruments", []))


def _missed(last: Step, made: Step) -> bool:
    """Whether a question only missed whom the next step brings back."""
    asked = str(last.arguments.get("question", "")).lower().split()
    missed = last.tool == "describe" and asked[:1] in (["where"], ["where's"], ["what"])
    back = made.arguments.get("mute") is False
    return missed and back and (asked[0] != "what" or "happened" in asked)


def _gone_anyway(last: Step, made: Step) -> bool:
    """Whether those that one step removes are not among those that the next one keeps."""
    kept = made.arguments.get("keep") if last.tool == made.tool == "remove_track" else None
    return bool(kept) and not set(kept or ()) & set(last.arguments.get("stems", ())) and "keep" not in last.arguments


def _needless(last: Step, made: Step) -> bool:
    """Whether a step changed what the next one takes away."""
    stems = set(last.arguments.get("stems", ()))
    if not stems or last.tool not in {"adjust_track", "add_effect", "vary"} or "solo" in last.arguments:
        return False
    kinds = {effect["kind"] for effect in last.arguments.get("effects", ())}
    taken_off = made.tool == "add_effect" and bool(kinds) and kinds <= set(made.arguments.get("remove", ()))
    return (
        (made.tool == "remove_track" and stems <= set(made.arguments.get("stems", ())))
        or (made.tool == "replace_track" and stems == {made.arguments["stem"]})
        or (taken_off and stems == set(made.arguments.get("stems", ())))
    )


def _silent_already(last: Step, made: Step) -> bool:
    """Whether those that a step would not keep were muted by the one before it."""
    muted = last.tool == "adjust_track" and last.arguments.get("mute") is True
    kept = made.arguments.get("keep") if made.tool == "remove_track" else None
    return muted and bool(kept) and not set(kept or ()) & set(last.arguments.get("stems", ()))


def _same_again(last: Step, made: Step) -> bool:
    """Whether a step does again what the one before it did: the same file written, the same effect put on the same stems."""
    if last.tool != made.tool or "remove" in last.arguments or "remove" in made.arguments:
        return False
    if last.tool == "regenerate_span":
        return last.arguments == made.arguments  # "I'd like a fill at the end there, so redo the last bar"
    if last.tool == "add_effect":
        kinds, others = ([effect["kind"] for effect in one.arguments.get("effects", ())] for one in (last, made))
        return kinds == others and last.arguments.get("stems") == made.arguments.get("stems")
    return last.tool == "export" and last.arguments == made.arguments


def _placed_anew(last: Step, made: Step) -> bool:
    """Whether two steps do nothing but place the same stems."""
    placed = all(set(one.arguments) == {"stems", "pan"} and one.tool == "adjust_track" for one in (last, made))
    return placed and last.arguments["stems"] == made.arguments["stems"]


def _one_strip(last: Step, made: Step) -> bool:
    """Level and place of the same stems."""
    if not last.tool == made.tool == "adjust_track" or last.arguments.get("stems") != made.arguments.get("stems"):
        return False
    said, more = set(last.arguments) - {"stems"}, set(made.arguments) - {"stems"}
    return bool(last.arguments.get("stems")) and not said & more and said | more <= {"gain_db", "pan"}


def _restyled(last: Step, made: Step) -> Step | None:
    """A mood and a style as one new arrangement; None where they are not one wish."""
    if not last.tool == made.tool == "rearrange":
        return None
    moved, styled = (last, made) if "mood" in last.arguments else (made, last)
    if "genre" in moved.arguments or "mood" in styled.arguments or "mood" not in moved.arguments:
        return None
    fields = {**moved.arguments, **styled.arguments}
    if "genre" in styled.arguments and "instruments" not in styled.arguments:
        fields.pop("instruments", None)  # the style chooses its band
    return step("rearrange", **fields)
