"""How a picture says that it was made: the digital source type in its own metadata.

Cameras, editors and image generators write one of the IPTC's terms as an address ending in
``digitalsourcetype/<term>``, in XMP or in the signed claims of C2PA. Either stands as plain text
among the file's bytes. Metadata is easily lost or forged: a picture without a term says nothing.
"""

from __future__ import annotations

import re

ORIGIN = "digital_source_type"
"""The attribute of an item that holds the term."""

TRAINED = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia")
"""The terms for pictures that a trained model made, wholly or in part."""

_TERM = re.compile(rb"cv\.iptc\.org/newscodes/digitalsourcetype/([A-Za-z]{4,60})")


def origin_of(data: bytes) -> str:
    """Return the digital source type that a file's bytes hold, empty where there is none.

    A file may hold several, as a photograph that a model has edited does. One of a trained model
    stands for the whole, wherever it is; else the first does.

    Source: IPTC NewsCodes, Digital Source Type; C2PA specification 2.1, actions.

    Examples
    --------
    >>> origin_of(b"..http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia..")
    'trainedAlgorithmicMedia'
    >>> origin_of(b"no metadata")
    ''
    """
    found = [term.decode("ascii") for term in _TERM.findall(data)]
    return next((term for term in found if term in TRAINED), found[0] if found else "")
