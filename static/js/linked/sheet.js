/** The look of a log that is linked to a conversation: beside the rest, and plainly of before. */

export const SHEET = `
@layer components {
  .linked {
    margin-block: 12px;
    padding: 4px 12px 12px;
    border: 1px dashed var(--line);
    border-radius: 16px;

    h2 {
      margin: 10px 0 4px;
      color: var(--muted);
      font-size: 12.5px;
      font-weight: 550;
      text-align: center;
    }

    .thread-day {
      margin-block: 8px;
      color: var(--muted);
      font-size: 12.5px;
      text-align: center;
    }
  }

  .linked-more {
    display: block;
    min-height: 44px;
    margin-inline: auto;
    padding-inline: 18px;
    border: 1px solid var(--line);
    border-radius: 22px;
    background: var(--surface);
    color: inherit;
    font: inherit;
    font-size: 13.5px;
    cursor: pointer;
  }
}
`;
