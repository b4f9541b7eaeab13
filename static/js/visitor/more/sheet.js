/** The look of a question to answer first, and of a code for a camera: dark on white in any theme. */

export const SHEET = `
@layer components {
  .leave {
    width: min(400px, 100% - 32px);
    padding: 22px;
    border: 1px solid var(--line);
    border-radius: 18px;
    background: var(--surface);
    box-shadow: var(--shadow);
    color: inherit;

    &[open] {
      display: grid;
      grid-template-columns: 1fr 1fr;
      gap: 10px;
      animation: rise 180ms ease-out;
    }

    &::backdrop {
      background: rgb(10 14 22 / 45%);
    }

    p {
      margin: 0 0 10px;
      grid-column: 1 / -1;
      overflow-wrap: anywhere;
    }
  }

  .leave > .copy-line {
    justify-items: stretch;

    .field {
      min-height: 68px;
    }
  }

  .leave-whole,
  .leave > .copy-line,
  .leave > .copy-line ~ .button {
    grid-column: 1 / -1;
  }

  @keyframes rise {
    from {
      opacity: 0;
      transform: translateY(10px);
    }
  }

  .code {
    width: 208px;
    margin-inline: auto;
    grid-column: 1 / -1;
    border-radius: 12px;
    background: #fff;
    fill: #000;
    shape-rendering: crispEdges;
  }
}
`;
