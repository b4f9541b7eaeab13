/** The look of what shows files. */

export const SHEET = `
@layer components {
  .file button {
    position: absolute;
    inset: 0;
    width: 100%;
    padding: 0;
    border: 0;
    background: none;
    color: inherit;
    font: inherit;
    text-align: start;
    cursor: pointer;

    &:focus-visible {
      outline-offset: -3px;
    }
  }

  .file-picture img {
    display: block;
    width: 100%;
    height: 100%;
    object-fit: cover;
  }

  .file-picture[data-small] img {
    object-fit: scale-down;
  }

  /* Black and white are both seen on it, where a picture is transparent. */
  .file-picture,
  .viewer-stage {
    img[data-come] {
      background: #aeb5bf;
    }
  }

  .file .file-failed {
    padding: 8px;
    color: var(--muted);
    font-size: 13px;
    text-align: center;
    text-decoration: underline;
  }

  .file-player {
    display: block;
    width: 100%;
    height: 60px;
    padding: 4px;
  }

  video.file-player {
    position: absolute;
    inset: 0 0 60px;
    height: calc(100% - 60px);
    padding: 0;
    background: #000;
  }

  .file[data-kind="video"] .file-failed {
    inset-block-end: 60px;
    height: calc(100% - 60px);
  }

  .file[data-kind="audio"] .file-failed {
    height: 60px;
  }

  .file .file-card {
    display: flex;
    align-items: center;
    gap: 10px;
    inset-block-start: auto;
    height: 60px;
    padding: 0 12px 0 10px;

    &:hover {
      background: var(--hover);
    }

    svg {
      flex: none;
      fill: none;
      stroke: var(--muted);
      stroke-width: 2;
      stroke-linecap: round;
      stroke-linejoin: round;
    }
  }

  .file-sign {
    display: grid;
    place-items: center;
    flex: none;
    width: 40px;
    height: 40px;
    border-radius: 10px;
    background: var(--chosen);
    color: var(--accent-ink);
    font-size: 10.5px;
    font-weight: 700;
  }

  .file-words {
    flex: 1;
    min-width: 0;
  }

  .file-name {
    display: -webkit-box;
    overflow: hidden;
    font-size: 14px;
    font-weight: 550;
    line-height: 1.25;
    overflow-wrap: anywhere;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }

  /* On the page's side, whichever way they run. */
  .file-name,
  .file-size {
    text-align: left;

    [dir="rtl"] & {
      text-align: right;
    }
  }

  .file-size {
    display: block;
    color: var(--muted);
    font-size: 12.5px;
    line-height: 1.35;
  }

  .viewer {
    width: 100%;
    max-width: none;
    height: 100%;
    max-height: none;
    margin: 0;
    padding: 0;
    overflow: hidden;
    border: 0;
    background: #0b0d10fa;
    color: #f2f4f7;

    &:focus {
      outline: none;
    }

    svg {
      fill: none;
      stroke: currentcolor;
      stroke-width: 2;
      stroke-linecap: round;
      stroke-linejoin: round;
    }

    :focus-visible {
      outline-color: #fff;
    }
  }

  .viewer-stage {
    display: grid;
    place-items: center;
    position: absolute;
    inset: 60px 0 16px;
    touch-action: none;
    user-select: none;

    img {
      max-width: 100%;
      max-height: 100%;
      width: auto;
      height: auto;
      min-height: 0;
      object-fit: contain;
    }

    &[data-large="true"] {
      cursor: grab;
    }
  }

  .viewer-head {
    display: flex;
    align-items: center;
    gap: 4px;
    position: absolute;
    z-index: 1;
    inset: 0 0 auto;
    padding: 8px;
    padding-inline-start: 16px;
    background: linear-gradient(#0b0d10cc, #0b0d1000);

    p:first-child {
      display: flex;
      flex: 1;
      gap: 10px;
      min-width: 0;
      margin: 0;
      font-size: 14px;
      white-space: nowrap;

      bdi {
        overflow: hidden;
        text-overflow: ellipsis;
      }

      span {
        opacity: .75;
      }
    }
  }

  .viewer-tool {
    display: grid;
    place-items: center;
    flex: none;
    width: 44px;
    height: 44px;
    padding: 0;
    border: 0;
    border-radius: 50%;
    background: #0b0d10b3;
    color: inherit;
    cursor: pointer;

    &:hover {
      background: #3a4250;
    }

    &[aria-disabled="true"] {
      opacity: .4;
      cursor: default;
    }

    &:is([data-tool="before"], [data-tool="after"]) {
      position: absolute;
      z-index: 1;
      inset-block-start: calc(50% - 22px);
      inset-inline-start: 12px;
    }

    &[data-tool="after"] {
      inset-inline: auto 12px;
    }

    [dir="rtl"] &:is([data-tool="before"], [data-tool="after"]) svg {
      transform: scaleX(-1);
    }
  }

  .viewer-failed {
    min-height: 44px;
    border: 0;
    background: none;
    color: inherit;
    font: inherit;
    text-decoration: underline;
    cursor: pointer;
  }

  .viewer-trouble:not(:empty) {
    position: absolute;
    z-index: 1;
    inset: 60px 12px auto auto;
    margin: 0;
    padding: 8px 14px;
    border-radius: 10px;
    background: #b3202c;
  }
}
`;
