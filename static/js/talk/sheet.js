/** The look of quotes, and of emoji that are alone. */

export const SHEET = `
@layer components {
  .quote {
    display: grid;
    flex: none;
    align-content: center;
    width: 0;
    min-width: 100%;
    padding: 4px 10px;
    border: 0;
    border-inline-start: 3px solid currentcolor;
    border-radius: 6px;
    background: rgb(127 127 127 / 16%);
    color: inherit;
    font: inherit;
    font-size: 13.5px;
    line-height: 1.4;
    text-align: start;

    :is(bdi, span) {
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }

    bdi {
      font-weight: 620;
    }
  }

  button.quote:enabled {
    cursor: pointer;
  }

  .bubble .quote {
    margin-block: 2px 5px;

    & ~ p {
      min-width: 180px; /* of a quote above a short answer there is something to read */
    }
  }

  .bubble-row[data-mine="true"]:not([data-note]) .bubble:not([data-big], [data-pending="failed"]) .quote {
    background: rgb(0 0 0 / 16%);

    &:focus-visible {
      outline-color: currentcolor;
    }
  }

  .bubble-side {
    position: relative;
  }

  .bubble-quote {
    position: absolute;
    inset-block-end: -3px;
    inset-inline-start: 100%;
    display: grid;
    place-items: center;
    width: 44px;
    height: 44px;
    padding: 0;
    border: 0;
    border-radius: 50%;
    background: none;
    color: var(--muted);
    opacity: 0;
    cursor: pointer;

    svg {
      fill: none;
      stroke: currentcolor;
      stroke-width: 1.8;
      stroke-linecap: round;
      stroke-linejoin: round;
    }

    [data-mine="true"] & {
      inset-inline: auto 100%;
    }

    [dir="rtl"] & svg {
      transform: scaleX(-1);
    }

    &:hover {
      color: var(--ink);
    }

    &:focus-visible,
    .bubble-row:hover &,
    [data-touched] & {
      opacity: 1;
    }
  }

  @media (hover: none) {
    .bubble-row:not([data-touched]) .bubble-quote {
      pointer-events: none;
    }
  }

  .quote-tray {
    display: flex;
    align-items: center;
    gap: 6px;
    padding-block-end: 8px;

    .quote {
      flex: 1;
      min-width: 0;
      margin: 0;
      border-color: var(--accent-ink);
      background: var(--bubble);
    }
  }

  .bubble-row:not([data-note]) .bubble[data-big]:not([data-pending="failed"]) {
    padding: 0 2px;
    border-color: transparent;
    background: none;
    color: inherit;

    .bubble-foot {
      color: var(--muted);
    }
  }

  .bubble[data-big] > p {
    font: 40px / 1.25 var(--emoji-font);
  }
}
`;
