/** The look of an address beside the first message, of the question for one, and of the line that says where answers go. */

export const SHEET = `
@layer components {
  .away-field[data-own="true"] {
    border-block-start: 1px solid var(--line);

    &:first-child {
      border-block-start: 0;
    }
  }

  .away-note {
    margin: 0;
    padding: 0 17px 11px;
    color: var(--muted);
    font-size: 13.5px;
    line-height: 1.4;
    overflow-wrap: anywhere;
  }

  .away {
    width: min(100%, 340px);
    margin: 14px auto 4px;
    padding: 14px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
  }

  .away-form {
    display: grid;
    grid-column: 1 / -1;
    gap: 10px;

    p {
      margin: 0;
      overflow-wrap: anywhere;
    }

    .trouble {
      min-height: 0;

      &:empty {
        position: absolute; /* it takes no room, and what it will say is heard */
      }
    }

    .field {
      border-radius: 12px;
    }
  }

  .away-asked {
    font-weight: 600;
  }

  .away-use {
    color: var(--muted);
    font-size: 13.5px;
    line-height: 1.4;
  }

  .away-acts {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;

    .button {
      flex: 1 1 auto;
      min-height: 44px;
      padding-inline: 14px;
    }
  }

  .away-line {
    margin: 0;
    padding: 14px 12px 4px;
    color: var(--muted);
    font-size: 13.5px;
    line-height: 1.4;
    text-align: center;
    overflow-wrap: anywhere;

    bdi {
      display: inline-block; /* as one, where it fits a line */
      max-width: 100%;
    }

    button {
      min-width: 44px;
      min-height: 44px;
      margin-block: -12px;
      padding-inline: 8px;
      border: 0;
      border-radius: 10px;
      background: none;
      color: var(--accent-ink);
      font: inherit;
      font-weight: 580;
      cursor: pointer;
    }
  }
}
`;
