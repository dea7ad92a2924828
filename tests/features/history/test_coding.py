import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from oracles.strategies import worlds
from oracles.worlds import BASE, DAY, Payment, World

from features.history.coding import CodedRows, Coder, Vocabulary

WORDS = st.lists(st.sampled_from((None, "a", "b", "c", "")), max_size=6)


@given(st.lists(st.tuples(WORDS, st.booleans()), min_size=1, max_size=4))
def test_equal_words_have_equal_codes_in_all_columns_and_calls(columns):
    vocabulary, codes = Vocabulary(), {}
    for words, coded in columns:
        column = pa.chunked_array(
            [pa.array(words[:2], pa.string()), pa.array(words[2:], pa.string())]
        )
        (found,) = vocabulary.codes(column.dictionary_encode() if coded else column)
        assert (found.dtype, found.flags.c_contiguous) == (np.int32, True)
        for word, code in zip(words, found.tolist(), strict=True):
            assert codes.setdefault(word, code) == code
    assert codes.pop(None, -1) == -1
    assert {word: vocabulary.words[code].as_py() for word, code in codes.items()} == {
        word: word for word in codes
    }


def test_suspicion_is_taken_where_it_is_given_in_memory_of_its_own():
    table = World.of([Payment(f"t{n}", BASE + n, suspicion=n) for n in range(4)]).table()
    cut = pa.concat_tables([table.slice(0, 1), table.slice(1)])
    found = Coder().rows(cut).suspicion
    assert (found.tolist(), found.dtype) == ([0, 1, 2, 3], np.int32)
    assert found.flags.c_contiguous
    assert found.flags.writeable
    assert not len(Coder().rows(table.drop_columns("suspicion")).suspicion)


def test_a_null_among_the_words_of_a_dictionary_is_null():
    words = pa.DictionaryArray.from_arrays(
        pa.array([0, 1, None], pa.int32()), pa.array(["a", None])
    )
    assert Vocabulary().codes(pa.chunked_array([words]))[0].tolist() == [0, -1, -1]


@given(worlds(), st.integers(0, 24))
def test_tables_coded_one_after_the_other_are_the_whole_table(world, cut):
    table, coder = world.table(), Coder()
    parts = CodedRows.joined([coder.rows(table.slice(0, cut)), coder.rows(table.slice(cut))])
    whole = Coder().rows(table)
    for name, column in vars(whole).items():
        found = getattr(parts, name)
        assert found.dtype == column.dtype
        if name in {"time", "amount", "channel", "exchanged", "suspicion"}:
            np.testing.assert_array_equal(found, column)
        else:
            assert len(set(zip(found, column, strict=True))) == len(set(found)) == len(set(column))
    some = whole.between(BASE, BASE + DAY)
    assert some.time.tolist() == [t for t in whole.time.tolist() if BASE <= t < BASE + DAY]
