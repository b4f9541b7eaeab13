/** The look of the list of names and of the picker. */

export const SHEET = `
@layer components {
  .emoji-popup {
    position: absolute;
    inset-block-end: calc(100% - 4px);
    inset-inline-end: max(12px, calc(50% - 400px));
    z-index: 8;
    max-width: calc(100% - 24px);
    margin: 0;
    padding: 6px;
    border: 1px solid var(--line);
    border-radius: 14px;
    background: var(--surface);
    box-shadow: var(--shadow);
    list-style: none;

    @media (width >= 760px) {
      inset-inline-end: max(20px, calc(50% - 400px));
    }

    li {
      min-height: 44px;
      border-radius: 10px;
      cursor: pointer;
    }

    li[aria-selected="true"] {
      outline: 2px solid var(--accent-ink); /* the field keeps the focus: this is where its keys go */
      outline-offset: -2px;
      background: var(--chosen);
    }
  }

  .emoji-menu {
    min-width: min(320px, 100% - 24px);
    max-height: min(366px, 50dvh);
    overflow: auto;
    inset-inline: max(12px, calc(50% - 400px)) auto;

    li {
      display: flex;
      align-items: center;
      gap: 10px;
      padding-inline: 8px 12px;
    }

    b {
      font: 22px var(--emoji-font);
    }

    :is(span, small) {
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }

    small {
      flex: 0 1 auto;
      min-width: 60px;
      text-align: end;
      margin-inline-start: auto;
      color: var(--muted);
      font-size: 13px;
    }
  }

  .picker {
    display: flex;
    flex-direction: column;
    width: 460px; /* a kind has 44 px, as each emoji */
    height: min(400px, 56dvh);
  }

  .picker-search {
    min-height: 44px;
    padding-inline: 12px;
    border: 1px solid var(--line-strong);
    border-radius: 10px;
    background: none;
    color: inherit;
    font: inherit;
    font-size: 16px; /* smaller, and phones zoom in */

    &:focus-visible {
      outline-offset: -2px;
    }
  }

  .picker-kinds {
    display: flex;
    flex: none;
    margin-block-start: 4px;
    border-block-end: 1px solid var(--line);

    button {
      flex: 1;
      min-width: 0;
      height: 44px;
      padding: 0;
      border: 0;
      background: none;
      font: 18px var(--emoji-font);
      filter: grayscale(1);
      cursor: pointer;
    }

    button[aria-pressed="true"] {
      box-shadow: inset 0 -2px var(--accent-ink);
      filter: none;
    }
  }

  .picker-all {
    display: grid;
    flex: 1;
    grid-template-columns: repeat(auto-fill, minmax(44px, 1fr));
    align-content: start;
    margin: 0;
    padding: 4px 0;
    overflow: hidden auto;
    overscroll-behavior: contain;
    list-style: none;

    li {
      display: grid;
      place-items: center;
      font: 26px / 1 var(--emoji-font);
    }
  }

  .picker-name {
    flex: none;
    min-height: 21px;
    margin: 4px 8px 0;
    overflow: hidden;
    color: var(--muted);
    font-size: 13px;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
}
`;
