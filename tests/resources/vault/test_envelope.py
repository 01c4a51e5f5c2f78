"""Envelopes: one spelling of a context, and nothing opens that was changed."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from resources.errors import Stop
from resources.vault.datakey import DataKey
from resources.vault.envelope import canonical, open_, seal

KEY = DataKey(bytes(range(32)))
NONCE = bytes(12)
CONTEXTS = st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=3)


@given(CONTEXTS, CONTEXTS)
def test_two_contexts_have_two_spellings(one: dict[str, str], other: dict[str, str]) -> None:
    assert (canonical(one) == canonical(other)) == (one == other)


@given(st.text(max_size=6), st.text(max_size=6), st.text(max_size=6))
def test_a_border_between_key_and_value_can_not_move(a: str, b: str, c: str) -> None:
    assume(b)
    assert canonical({a: b + c}) != canonical({a + b: c})


def test_the_order_of_a_context_does_not_matter() -> None:
    assert canonical({"a": "1", "b": "2"}) == canonical({"b": "2", "a": "1"})


@given(st.binary(max_size=200), CONTEXTS)
def test_what_was_sealed_opens(plain: bytes, context: dict[str, str]) -> None:
    assert open_(seal(plain, context, KEY, NONCE), context, KEY) == plain


@given(st.binary(max_size=40), st.data())
def test_any_flipped_bit_stops(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal(plain, {"a": "bc"}, KEY, NONCE))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Stop):
        open_(bytes(sealed), {"a": "bc"}, KEY)


@given(st.integers(0, 39))
def test_any_cut_stops(length: int) -> None:
    sealed = seal(b"12345678", {}, KEY, NONCE)
    with pytest.raises(Stop):
        open_(sealed[:length], {}, KEY)


def test_another_key_or_context_stops_and_says_what_next() -> None:
    sealed = seal(b"plain", {"a": "bc"}, KEY, NONCE)
    with pytest.raises(Stop, match="another key or for another place"):
        open_(sealed, {"ab": "c"}, KEY)
    with pytest.raises(Stop, match="connect again"):
        open_(sealed, {"a": "bc"}, DataKey(bytes(32)))


def test_a_nonce_has_twelve_bytes() -> None:
    with pytest.raises(ValueError, match="12 bytes"):
        seal(b"plain", {}, KEY, b"short")
