/** The look of the tray above the field, and of a file that is on its way. */

export const SHEET = `
@layer components {
  .tray {
    display: grid;
    gap: 2px;
    max-height: min(300px, 40dvh);
    margin: 0 0 8px;
    padding: 4px;
    overflow: auto;
    border: 1px solid var(--line);
    border-radius: 16px;
    background: var(--sunken);
    list-style: none;

    li {
      display: flex;
      align-items: center;
      gap: 10px;
      min-width: 0;
      padding: 4px;
    }
  }

  .preview {
    display: grid;
    width: 52px;
    height: 52px;
    flex: none;
    place-items: center;
    border-radius: 10px;
    background: var(--hover);
    color: var(--muted);
    font-size: 12px;
    font-weight: 620;
    object-fit: cover;
  }

  .tray-text {
    display: grid;
    flex: 1;
    gap: 4px;
    min-width: 0;
  }

  .tray-name {
    overflow: hidden;
    font-size: 14px;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .tray-size {
    color: var(--muted);
    font-size: 12.5px;
  }

  .tray-caption {
    min-height: 44px;
    padding: 6px 12px;
    border-radius: 12px;

    &::placeholder {
      color: var(--muted);
      opacity: 1;
    }
  }

  .tray-remove {
    display: grid;
    width: 44px;
    height: 44px;
    flex: none;
    place-items: center;
    padding: 0;
    border: 0;
    border-radius: 50%;
    background: none;
    color: var(--muted);
    cursor: pointer;

    &:hover {
      background: var(--hover);
      color: var(--ink);
    }

    svg {
      fill: none;
      stroke: currentcolor;
      stroke-width: 2;
      stroke-linecap: round;
    }
  }

  .upload {
    min-width: min(260px, 100%);

    > * {
      flex: 1 0 100%;
      min-width: 0;
    }

    .bubble-foot {
      font-size: 13px;
      white-space: normal;

      > span {
        margin-inline-end: auto;
      }

      button {
        flex: none;
      }
    }
  }

  .upload-file {
    display: flex;
    align-items: center;
    gap: 10px;
  }

  /* A box of one size, so that nothing moves once it is drawn. */
  .upload-file[data-picture] {
    flex-direction: column;
    align-items: stretch;
    gap: 4px;

    .preview {
      width: 100%;
      height: 180px;
    }
  }

  .upload-name {
    display: grid;
    min-width: 0;
    overflow-wrap: anywhere;

    small {
      font-size: 12.5px;
    }
  }

  .upload-bar {
    height: 5px;
    margin-block: 8px 2px;
    overflow: hidden;
    border: 0;
    border-radius: 3px;
    background: rgb(127 127 127 / 40%);
    appearance: none;

    &::-webkit-progress-bar {
      background: rgb(127 127 127 / 40%);
    }

    &::-webkit-progress-value {
      background: currentcolor;
    }

    &::-moz-progress-bar {
      background: currentcolor;
    }
  }
}
`;
