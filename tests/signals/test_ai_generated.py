"""What pictures declare about their origin: a trained model anywhere in a file counts."""

from __future__ import annotations

import pytest

from fairview.catalog.origin import origin_of

AT = b"http://cv.iptc.org/newscodes/digitalsourcetype/"


@pytest.mark.parametrize(
    ("data", "term"),
    [
        (AT + b"digitalCapture ", "digitalCapture"),
        (AT + b"digitalCapture " + AT + b"compositeWithTrainedAlgorithmicMedia ",
         "compositeWithTrainedAlgorithmicMedia"),
        (AT + b"digitalCapture " + AT + b"trainedAlgorithmicMedia ", "trainedAlgorithmicMedia"),
        (AT + b"digitalCapture " + AT + b"minorHumanEdits ", "digitalCapture"),
        (b"nothing", ""),
    ],
)  # fmt: skip
def test_a_photograph_that_a_model_edited_is_not_a_photograph(data: bytes, term: str) -> None:
    assert origin_of(b"\xff\xd8" + data + b"\x00") == term
