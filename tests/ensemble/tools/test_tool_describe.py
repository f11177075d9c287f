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
