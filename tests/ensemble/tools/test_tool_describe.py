def test_the_answer_states_the_table_and_what_was_not_checked_and_changes_nothing(hall, loop):
    take = hall.play("describe", loop)
    assert take.gat == loop
    for fact in ("hip hop", "120 bpm", "G minor", "2 bars", "keys", "bass", "drums"):
        assert fact in take.answer
    assert "LUFS" in take.answer
    assert "Not checked by listening" in take.answer
    assert take.expectations == ()


def test_a_drummer_that_is_not_there_is_not_described(hall, loop):
    made = hall.play("remove_track", loop, stems=["drums"]).gat
    answer = hall.play("describe", made).answer
    assert "drums heard" not in answer.replace("no drums heard", "")
    assert "(standard kit)" not in answer
