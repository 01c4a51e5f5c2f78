"""Pages as bytes become one Arrow table for each stream that lives in them."""

from resources.decode.batch import Decoded, Decoder

__all__ = ["Decoded", "Decoder"]
