/** The look of the card that asks how it was. */

export const SHEET = `
@layer components {
  .rating {
    display: grid;
    gap: 10px;
    width: min(100%, 340px);
    margin: 14px auto 4px;
    padding: 14px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    text-align: center;

    p:empty {
      position: absolute; /* it takes no room, and what it will say is heard */
    }
  }

  .rating[data-asks="false"] {
    padding-block: 10px;
    border-color: transparent;
  }

  .rating-ask {
    font-weight: 600;
  }

  .rating-thanks {
    color: var(--muted);
    font-size: 14px;
  }

  .rating-faces {
    display: flex;
    gap: 10px;

    button {
      display: grid;
      flex: 1 1 0;
      gap: 4px;
      justify-items: center;
      align-content: center;
      min-width: 0;
      min-height: 72px;
      padding: 8px 6px;
      border: 1px solid var(--line-strong);
      border-radius: 12px;
      background: none;
      color: inherit;
      font: inherit;
      font-size: 14px;
      overflow-wrap: anywhere;
      cursor: pointer;

      &:hover {
        background: var(--hover);
      }

      &[aria-pressed="true"] {
        border-color: var(--accent-edge);
        background: var(--chosen);
        color: var(--accent-ink);
        font-weight: 600;
        cursor: default;
      }

      &:disabled {
        border-color: var(--line);
        background: none;
        color: var(--faint);
        cursor: default;
      }
    }

    svg {
      fill: none;
      stroke: currentcolor;
      stroke-width: 1.7;
      stroke-linecap: round;
    }
  }

  .rating-comment {
    display: grid;
    gap: 8px;
    text-align: start;

    label {
      display: grid;
      gap: 4px;
      font-size: 14px;
    }

    .field {
      min-height: 64px;
      padding: 10px 12px;
      border-radius: 12px;
      resize: vertical;
    }

    .button {
      justify-self: end;
      min-height: 44px;
    }
  }
}
`;
