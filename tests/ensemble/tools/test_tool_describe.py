from dataclasses import replace

from scripted_ears import ScriptedCaptioner, Seated


def test_the_answer_states_the_table_and_what_was_not_checked_and_changes_nothing(hall, loop):
    take = hall.play("describe", loop)
    assert take.gat == loop
    for fact in ("hip hop", "120 bpm", "G minor", "2 bars", "keys", "bass", "drums"):
        assert fact in take.answer
    assert "LUFS" in take.answer
    assert "Not checked by listening" in take.answer
    assert take.expectations == ()


def test_a_question_is_answered_first_with_where_it_is_known_from(hall, loop, chords):
    answer = hall.play("describe", loop, question="How fast is it, and what are the chords?").answer
    assert answer.startswith("Bpm: 120 (as asked for). Chords: ")
    assert "(inferred)" in answer
    table = hall.table_of(hall.upload(chords))
    assert hall.play("describe", table, question="which key?").answer.startswith("The key is not known")


def test_a_drummer_that_is_not_there_is_not_described(hall, loop):
    made = hall.play("remove_track", loop, stems=["drums"]).gat
    answer = hall.play("describe", made).answer
    assert "drums heard" not in answer.replace("no drums heard", "")
    assert "(standard kit)" not in answer


def test_a_seated_captioner_adds_its_words_behind_what_is_known(hall, loop):
    captioner = ScriptedCaptioner("A dusty loop.")
    seated = type(hall)(hall.folder)
    seated.stage = replace(hall.stage, players=Seated(caption=captioner))
    plain, told = (place.play("describe", loop) for place in (hall, seated))
    assert told.answer == f'{plain.answer} In the words of scripted, a model, not measured: "A dusty loop."'
    assert (plain.notes, told.notes) == ((), ("scripted (by-ear) on here described the loop; its weights are MIT.",))
    asked = seated.play("describe", loop, question="how fast is it?")
    assert asked.answer == hall.play("describe", loop, question="how fast is it?").answer
    assert len(captioner.heard) == 1
