"""Signatures, by the examples that Amazon published with the rules."""

import pytest

from app.backup.signature import Asked, Signer, query_of

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
S3 = Signer("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")


@pytest.mark.parametrize(
    ("path", "query", "headers", "expected"),
    [
        (
            "/test.txt",
            {},
            {"range": "bytes=0-9"},
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        ("/", {"lifecycle": ""}, {}, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        (
            "/",
            {"prefix": "J", "max-keys": "2"},
            {},
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ],
)
def test_the_examples_of_s3(path: str, query: dict[str, str], headers: dict[str, str], expected: str) -> None:
    host, stamp = "examplebucket.s3.amazonaws.com", "20130524T000000Z"
    headers = {"host": host, "x-amz-content-sha256": EMPTY, "x-amz-date": stamp, **headers}
    assert S3.signature(Asked("GET", host, path, query, EMPTY), headers, stamp) == expected


def test_the_simplest_example_of_the_rules_themselves() -> None:
    signer = Signer("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service")
    host, stamp = "example.amazonaws.com", "20150830T123600Z"
    found = signer.signature(Asked("GET", host, "/", {}, EMPTY), {"host": host, "x-amz-date": stamp}, stamp)
    assert found == "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"


def test_a_query_is_in_order_and_encoded_once() -> None:
    assert query_of({"b": "x/y z", "a": "", "a~": "é"}) == "a=&a~=%C3%A9&b=x%2Fy%20z"
