from hypothesis import given, settings
from hypothesis import strategies as st

from bot.registry.index import KeySet

KEYS = st.lists(st.text(max_size=12), max_size=30)


@settings(deadline=None)
@given(KEYS, KEYS)
def test_a_key_set_never_says_no_to_a_key_that_it_holds(held, asked):
    known = KeySet(held)
    assert all(known.has_any([*asked, key]) for key in held)
    if not set(held) & set(asked):
        assert not known.has_any(asked)
