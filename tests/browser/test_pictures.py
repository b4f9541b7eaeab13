"""Chromium shows a picture as it is kept just as it showed the one that was sent, to the last pixel and frame."""

import base64
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from app.chat.pictures import clean
from tests.samples import SAMPLES, media_type

# What a page shows, by an element: upright, in the page's colours. And every frame, by the decoder behind it: how long
# it stands, and how often all of them are shown again.
_SEEN = """async ([type, data]) => {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  const pixels = (image, width, height) => {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d", {colorSpace: "srgb"});
    context.drawImage(image, 0, 0);
    return [...context.getImageData(0, 0, width, height).data].join();
  };
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([bytes], {type}));
  await image.decode();
  const size = [image.naturalWidth, image.naturalHeight];
  const seen = {size, image: pixels(image, ...size), frames: []};
  const decoder = new ImageDecoder({type, data: bytes});
  await decoder.tracks.ready;
  await decoder.completed;
  const {frameCount, repetitionCount} = decoder.tracks.selectedTrack;
  seen.repetitions = repetitionCount;
  for (let frameIndex = 0; frameIndex < frameCount; frameIndex++) {
    const {image: frame} = await decoder.decode({frameIndex});
    seen.frames.push([frame.duration, pixels(frame, frame.displayWidth, frame.displayHeight)]);
  }
  return seen;
}"""


@pytest.fixture(scope="module")
def look(browser: Browser) -> Iterator[Callable[[str, bytes], Any]]:
    """What Chromium shows of a picture of that media type."""
    page = browser.new_page()
    page.route("**", lambda route: route.fulfill(body="", content_type="text/html"))
    page.goto("https://shop.example/")  # the decoder is for secure pages
    yield lambda type, data: page.evaluate(_SEEN, [type, base64.b64encode(data).decode()])
    page.close()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_it_looks_the_same(look: Callable[[str, bytes], Any], path: Path) -> None:
    type, kept = media_type(path), io.BytesIO()
    size = clean(type, io.BytesIO(path.read_bytes()), kept)
    before, after = look(type, path.read_bytes()), look(type, kept.getvalue())
    assert after == before
    assert tuple(after["size"]) == size
