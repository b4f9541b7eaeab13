"""Something to play: silence, and a film that the browser makes itself."""

import io
import wave

from playwright.sync_api import Page

_FILM = """async ([width, height]) => {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const paint = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/webm" });
  const pieces = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const ended = new Promise((resolve) => (recorder.onstop = resolve));
  recorder.start();
  for (let frame = 0; frame < 12; frame++) {
    paint.fillStyle = `hsl(${frame * 30} 80% 50%)`;
    paint.fillRect(0, 0, width, height);
    await new Promise(requestAnimationFrame);
  }
  recorder.stop();
  await ended;
  return [...new Uint8Array(await new Blob(pieces).arrayBuffer())];
}"""


def wav(seconds: float = 1) -> bytes:
    """Silence."""
    kept = io.BytesIO()
    with wave.open(kept, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\0" * int(8000 * seconds))
    return kept.getvalue()


def film(page: Page, width: int = 160, height: int = 120) -> bytes:
    """Some frames of WebM."""
    return bytes(page.evaluate(_FILM, [width, height]))
